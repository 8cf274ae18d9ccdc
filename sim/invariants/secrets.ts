import type { Broken, Invariant } from './violation.js';

export const endsAgreeOnSecrets: Invariant = {
  code: 'AUTH',
  name: 'ends-agree-on-secrets',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'simtls',
  reason: 'both ends have seen the same handshake and hold the same keys, or somebody stands between them',
  source:
    'RFC 5246 §7.4.9, RFC 8446 §4.4.4: Finished covers the handshake and the keys; RFC 8446 §7.1: so does the resumption secret',
  where: 'tls_process_finished, ssl/statem/statem_lib.c',
  helps: 'a fault of simtls: report the plan and its seed (simtls shrink makes it small)',
};

/** What an end holds after a handshake that covers all of it: the resumption secret, or the verify data of both Finished. */
type Secrets = readonly [Uint8Array, Uint8Array];

export function judgeSecrets(connection: number, client: Secrets, server: Secrets): Broken | undefined {
  if (Buffer.compare(client[0], server[0]) === 0 && Buffer.compare(client[1], server[1]) === 0) return undefined;
  return {
    invariant: endsAgreeOnSecrets,
    text: `connection ${connection}: both ends have finished the handshake, and hold other secrets`,
  };
}
