/** What guards and checks read of an object. */
import type { Json } from '../plan/index.js';
import type { ObjectId, Snapshot } from '../stacks/index.js';
import type { Ended } from './activity.js';
import type { End } from './connections.js';
import { earlyDataStatus } from './early-data.js';
import type { Process } from './process.js';

type Observed = Ended['observed'] & object;

/** What a connection shows besides its counts and state: to the program that has it, and to the accept loop that took it. */
export function connectionObserved(process: Process, ssl: ObjectId, end: End | undefined): Observed {
  return {
    early: earlyDataStatus(process, ssl),
    key_updates: end?.keyUpdates ?? 0,
    certificate: process.stack.hasPeerCertificate(ssl) ? 1 : 0,
  };
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
