/** Worlds with code under test: one host that runs it, one server of the emulator, half a millisecond apart. */
import type { Code } from '../../sim/code/index.js';
import {
  type HostRecorder,
  type Recorder,
  recordPlan,
  type ServerRecorder,
  scenario,
} from '../../sim/scenario/index.js';
import type { Profile } from '../../sim/stacks/stack.js';
import { type CodeRunOptions, type RunResult, runWithCode } from '../../sim/world/index.js';
import { testCredentials } from '../../src/index.js';

export interface CodeWorld {
  readonly w: Recorder;
  readonly server: ServerRecorder;
  readonly client: HostRecorder;
}

type Settings = Omit<CodeRunOptions, 'codes'> & { readonly profile?: Profile };

/** Runs what `record` says with these codes. */
export function playCode(
  codes: Readonly<Record<string, Code>>,
  record: (world: CodeWorld) => void,
  { profile = '3.0', ...options }: Settings = {},
): Promise<RunResult> {
  const one = scenario({
    name: 'mine',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    codes,
    record(w) {
      const server = w.server();
      const client = w.client();
      w.link(client, server, { latencyUs: 500 });
      record({ w, server, client });
    },
  });
  return runWithCode(recordPlan(one, { seed: '1', profile }), { codes, ...options });
}

/** Runs one piece of code on the client's host, and says what its step came to. */
export async function runOne(
  code: Code,
  options: Settings = {},
): Promise<{ result: RunResult; outcome: string; ret: unknown }> {
  const result = await playCode({ it: code }, ({ client }) => client.code('it'), options);
  const step = result.steps.get('client-1');
  return { result, outcome: step?.outcome ?? 'none', ret: step?.observed.ret };
}

/** What Node's tls takes: a self-signed certificate for `simtls.test`, and its key. */
export const pem: { readonly cert: string; readonly key: string } = {
  cert: pemOf('CERTIFICATE', testCredentials['ec-p256'].chain[0]),
  key: pemOf('PRIVATE KEY', testCredentials['ec-p256'].key.pkcs8),
};

function pemOf(label: string, der: Uint8Array | undefined): string {
  const lines =
    Buffer.from(der ?? [])
      .toString('base64')
      .match(/.{1,64}/gu) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
