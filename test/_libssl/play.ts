/** Has the libssl of an OpenSSL line play flows of TLS 1.3. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type ProfileName, testCredentials } from '../../src/index.js';
import { nodeOf } from '../_lines.js';
import type { Conversation } from './conversation.js';
import type { EarlyDataFlow } from './early-data-flows.js';
import type { KeyCase } from './key-cases.js';

/** What is to be played. */
export interface ToPlay {
  readonly flows?: readonly EarlyDataFlow[];
  readonly keys?: readonly KeyCase[];
  readonly noTickets?: readonly NoTicketCase[];
}

/** A server whose callback has no keys for tickets. */
export interface NoTicketCase {
  readonly version: number;
  /** SSL_CTX_set_max_early_data, without anti-replay. */
  readonly early: number;
  /** It has a callback for sessions that are removed, for which each session is cached. */
  readonly onRemove: boolean;
}

/** What both ends do then; behind it stands how many sessions were new, and how many are cached. */
export const noTicketSteps: readonly string[] = [
  ...['client', 'server', 'client', 'server'].map((who) => `${who} SSL_do_handshake`),
  'client SSL_read',
  'server SSL_write hi',
  'client SSL_read',
  'client SSL_write hi',
  'server SSL_read',
];

/** What the ends answered; of a key's case also which callbacks were called. */
export interface Played {
  readonly flows: readonly (readonly string[])[];
  readonly keys: readonly { readonly answers: readonly string[]; readonly asked: string }[];
  readonly noTickets: readonly (readonly string[])[];
}

/** A flow that does not go on is a failure, not a test that hangs. */
const playedMs = 60_000;

/** Undefined where the line is not installed, which is logged. */
export function playOnLibssl(t: ExecutionContext, profile: ProfileName, toPlay: ToPlay): Played | undefined {
  return askProgram(t, profile, { program: './play-on-libssl.js', input: toPlay }) as Played | undefined;
}

/** The answers of each conversation; undefined where the line is not installed, which is logged. */
export function converseOnLibssl(
  t: ExecutionContext,
  profile: ProfileName,
  conversations: readonly Conversation[],
): string[][] | undefined {
  return askProgram(t, profile, { program: './converse-on-libssl.js', input: { conversations } }) as
    | string[][]
    | undefined;
}

/** What a program for the node of that line answers. */
function askProgram(
  t: ExecutionContext,
  profile: ProfileName,
  { program, input }: { readonly program: string; readonly input: object },
): unknown {
  const node = nodeOf(profile);
  if (node === undefined) {
    t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
    t.pass();
    return undefined;
  }
  const { chain, key } = testCredentials['ec-p256'];
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const text = JSON.stringify({ ...input, certificate: base64(chain[0]!), key: base64(key.pkcs8) });
  const path = fileURLToPath(new URL(program, import.meta.url));
  const run = spawnSync(node, [path], { input: text, timeout: playedMs });
  if (run.status !== 0) throw new Error(`${node}: ${run.signal ?? run.status}\n${run.stderr}`);
  return JSON.parse(String(run.stdout));
}
