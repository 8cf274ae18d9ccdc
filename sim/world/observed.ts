/** What guards and checks read of an object. */
import type { Json } from '../plan/index.js';
import type { ObjectId, Snapshot } from '../stacks/index.js';
import type { Ended } from './activity.js';

export function observedOf(seen: Snapshot, nameOf: (object: ObjectId) => string): Ended['observed'] & object {
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
