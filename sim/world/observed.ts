/** What guards and checks read of an object. */
import { testCredentials } from 'simtls';
import type { Json } from '../plan/index.js';
import type { ObjectId, Snapshot } from '../stacks/index.js';
import type { Ended } from './activity.js';
import type { End } from './connections.js';
import { earlyDataStatus } from './early-data.js';
import type { Process } from './process.js';
import { type TestKey, testKeys } from './verbs.js';

const none: Uint8Array = new Uint8Array(0);

type Observed = Ended['observed'] & object;

/** What a connection shows besides its counts and state: to the program that has it, and to the accept loop that took it. */
export function connectionObserved(process: Process, ssl: ObjectId, end: End | undefined): Observed {
  const certificate = process.stack.peerCertificate(ssl);
  return {
    early: earlyDataStatus(process, ssl),
    key_updates: end?.keyUpdates ?? 0,
    certificate: certificate === null ? 0 : 1,
    peer_key: keyNamed(certificate),
  };
}

/** Which of the test certificates it is, by its key; null: none of them. */
export function keyNamed(certificate: Uint8Array | null): TestKey | null {
  if (certificate === null) return null;
  return testKeys.find((key) => Buffer.compare(testCredentials[key].chain[0] ?? none, certificate) === 0) ?? null;
}

export function observedOf(seen: Snapshot, nameOf: (object: ObjectId) => string): Observed {
  switch (seen.kind) {
    case 'ctx': {
      const { hits, misses, timeouts, cache_full } = seen.stats;
      return { refs: seen.refs, number: seen.number, hits, misses, timeouts, cache_full };
    }
    case 'ssl': {
      const session: Json = seen.session === null ? null : nameOf(seen.session);
      const { refs, reused, shutdown, state, version } = seen;
      return { refs, session, reused, shutdown, state, version };
    }
    case 'session':
      return { refs: seen.refs, resumable: seen.resumable, ticket: seen.ticket };
  }
}
