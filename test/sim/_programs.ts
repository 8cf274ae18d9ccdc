/** Programs on the OpenSSL of the node that runs the tests. */
import { PassThrough } from 'node:stream';
import {
  isMisuse,
  isObservation,
  type Line,
  type MisuseKind,
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

/** The two have shaken hands, and the program holds the client's session `x`. */
export const connected: readonly unknown[] = [
  ...pair(),
  step(null, 'sim_handshake', '$c', '$s'),
  step('x', 'SSL_get1_session', '$c'),
];
/** A program for each misuse, which its last step commits. */
export const misuses: readonly (readonly [
  title: string,
  kind: MisuseKind,
  handle: string,
  steps: readonly unknown[],
])[] = [
  ['a name never bound', 'unbound', 'nobody', [step(null, 'SSL_new', '$nobody')]],
  ['a number never given to a session', 'unbound', '#1', [step(null, 'SSL_SESSION_free', '$#1')]],
  ['a context for a connection', 'wrong-kind', 'cc', [...pair(), step(null, 'SSL_clear', '$cc')]],
  [
    'bytes for a session',
    'wrong-kind',
    'b',
    [...connected, step('b', 'SSL_SESSION_get_id', '$x'), step(null, 'SSL_set_session', '$c', '$b')],
  ],
  ['a connection for bytes', 'wrong-kind', 'c', [...pair(), step(null, 'SSL_write', '$c', '$c')]],
  ['the first bad argument', 'wrong-kind', 'x', [...connected, step(null, 'SSL_set_session', '$x', '$nobody')]],
  [
    'an object destroyed',
    'use-after-free',
    'c',
    [...pair(), step(null, 'SSL_free', '$c'), step(null, 'SSL_clear', '$c')],
  ],
  [
    'a session that the program does not hold',
    'not-owned',
    'b',
    [
      ...pair(),
      step(null, 'sim_handshake', '$c', '$s'),
      step('b', 'SSL_get_session', '$c'),
      step(null, 'SSL_SESSION_free', '$b'),
    ],
  ],
  [
    'a context given back, which its connections keep',
    'not-owned',
    'cc',
    [...pair(), step(null, 'SSL_CTX_free', '$cc'), step(null, 'SSL_CTX_free', '$cc')],
  ],
  [
    'a new id for a cached session',
    'in-cache',
    'x',
    [
      ...connected,
      step(null, 'SSL_CTX_add_session', '$cc', '$x'),
      step(null, 'SSL_SESSION_set1_id', '$x', { hex: '00' }),
    ],
  ],
  [
    'a session in a second cache',
    'in-cache',
    'x',
    [
      ...connected,
      step(null, 'SSL_CTX_add_session', '$cc', '$x'),
      step(null, 'SSL_CTX_add_session', '$cc', '$x'),
      step(null, 'SSL_CTX_add_session', '$sc', '$x'),
    ],
  ],
  [
    'a session whose handshake goes on',
    'in-handshake',
    'h',
    [
      ...pair(),
      step(null, 'SSL_do_handshake', '$c'),
      step('h', 'SSL_get_session', '$c'),
      step(null, 'SSL_CTX_add_session', '$cc', '$h'),
    ],
  ],
  ['one connection as both', 'same-handle', 'c', [...pair(), step(null, 'sim_pair', '$c', '$c')]],
  [
    'one connection as both, by another name',
    'same-handle',
    'd',
    [...connected, step('d', 'SSL_dup', '$c'), step(null, 'SSL_copy_session_id', '$c', '$d')],
  ],
  [
    'reading after the session was changed',
    'session-changed',
    'c',
    [...connected, step(null, 'SSL_set_session', '$c', null), step(null, 'SSL_read', '$c', 1)],
  ],
  [
    'going on after the session was taken away between ClientHello and ServerHello',
    'session-changed',
    'c',
    [
      ...pair(),
      step(null, 'SSL_do_handshake', '$c'),
      step(null, 'SSL_set_session', '$c', null),
      step(null, 'sim_handshake', '$c', '$s'),
    ],
  ],
];
