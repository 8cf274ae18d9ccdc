/** Programs on the OpenSSL of the node that runs the tests. */
import { PassThrough } from 'node:stream';
import {
  isMisuse,
  isObservation,
  type Line,
  type MisuseLine,
  type Observation,
  parseProgram,
  runProgram,
  runProgramCommand,
} from '../../sim/program/index.js';
import { type LibsslPool, openLine, type Profile, profiles, type Stack } from '../../sim/stacks/index.js';

/** The line of OpenSSL that this node carries, of whatever patch level. */
export const runningProfile: Profile =
  profiles.find((profile) => (process.versions['openssl'] ?? '').startsWith(profile)) ?? '3.0';

export function openRunning(): LibsslPool {
  return openLine(runningProfile, { anyPatch: true }).pool;
}

/** `step('c', 'SSL_new', '$cc')` binds; `step(null, …)` does not. */
export function step(name: string | null, call: string, ...args: readonly unknown[]): Record<string, unknown> {
  return { ...(name === null ? {} : { let: name }), call, args };
}

/** A client and a server joined and ready to shake hands; TLS 1.2 unless said. */
export function pair({
  version = 'TLS1_2_VERSION',
}: {
  readonly version?: string;
} = {}): readonly Record<string, unknown>[] {
  return [
    step('cc', 'SSL_CTX_new', 'TLS_client_method'),
    step('sc', 'SSL_CTX_new', 'TLS_server_method'),
    step(null, 'sim_use_certificate', '$sc'),
    step(null, 'SSL_CTX_set_max_proto_version', '$cc', version),
    step('c', 'SSL_new', '$cc'),
    step('s', 'SSL_new', '$sc'),
    step(null, 'sim_pair', '$c', '$s'),
  ];
}

export function program(steps: readonly unknown[], profile: Profile = runningProfile): Record<string, unknown> {
  return { format: 'simtls-program/1', profile, steps };
}

/** Runs steps on a fresh stack, and ends it. */
export function lines(stack: Stack, steps: readonly unknown[]): readonly Line[] {
  try {
    return [...runProgram(parseProgram(program(steps, stack.profile)), stack)];
  } finally {
    stack.end();
  }
}

/** The last line, which must be an observation. */
export function last(stack: Stack, steps: readonly unknown[]): Observation {
  const line = lines(stack, steps).at(-1);
  if (line === undefined || !isObservation(line)) throw new Error(`no observation: ${JSON.stringify(line)}`);
  return line;
}

/** The last line, which must be a misuse. */
export function misuse(stack: Stack, steps: readonly unknown[]): MisuseLine {
  const line = lines(stack, steps).at(-1);
  if (line === undefined || !isMisuse(line)) throw new Error(`no misuse: ${JSON.stringify(line)}`);
  return line;
}

/** What a command says to standard input, and with which exit code it ends. */
export async function command(
  options: Parameters<typeof runProgramCommand>[0],
  input = '',
): Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const stdin = new PassThrough();
  stdin.end(input);
  const code = await runProgramCommand(options, {
    stdin,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  return { code, out: out.join('').split('\n').slice(0, -1), err: err.join('') };
}
