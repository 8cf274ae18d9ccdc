/** Races: what another task does while the transport of a connection is read or written. */
import { isList, onConnection, onContext, type Step, step } from './bodies.js';
import { closeWell, handshake, newPair, sessionToOffer, setSession } from './connections.js';
import type { Move } from './contexts.js';
import type { ConnectionDraft, Draft, DraftStep } from './draft.js';
import { ref } from './draft.js';
import { takeSession } from './sessions.js';

/** On what the tasks share: the session that is offered, the caches, other connections. */
const others: readonly Step[] = [
  ...onContext,
  (draft) => otherCall(draft, 'SSL_do_handshake'),
  (draft) => otherCall(draft, 'SSL_read'),
  (draft) => otherCall(draft, 'SSL_write', { text: 'between' }),
  (draft) => otherCall(draft, 'SSL_shutdown'),
  (draft) => otherCall(draft, 'SSL_clear'),
  (draft) => otherCall(draft, 'sim_cut'),
  (draft) => otherCall(draft, 'SSL_free'),
  (draft) => onSome(draft, 'SSL_SESSION_free'),
  (draft) => onSome(draft, 'SSL_SESSION_up_ref'),
  flush,
  flush,
  remove,
  remove,
];

function otherCall(draft: Draft, call: string, ...more: readonly unknown[]): DraftStep | undefined {
  const other = draft.pick(draft.liveConnections());
  return other && step(call, ref(other), ...more);
}

function onSome(draft: Draft, call: string): DraftStep | undefined {
  const one = draft.pick(draft.liveSessions());
  return one && step(call, ref(one));
}

function flush(draft: Draft): DraftStep | undefined {
  const ctx = draft.pick(draft.liveContexts());
  // 1.1.1 flushes in the order of a hash: where ids are random, so is the order of callbacks
  return ctx && !draft.limits.randomOrder ? step('SSL_CTX_flush_sessions', ref(ctx), 0) : undefined;
}

function remove(draft: Draft): DraftStep | undefined {
  const [ctx, one] = [draft.pick(draft.liveContexts()), draft.pick(draft.liveSessions())];
  return ctx && one && step('SSL_CTX_remove_session', ref(ctx), ref(one));
}

/** `peer` works too, as it does on a machine with two tasks. */
function race(draft: Draft, ssl: ConnectionDraft, peer: ConnectionDraft | undefined): void {
  const point = draft.random.pick(['read', 'write']);
  const steps: DraftStep[] = [];
  // most act once
  if (draft.likely(60)) steps.push({ call: 'sim_on', args: ['$@ssl', point], steps: [] });
  for (let count = draft.random.pick([1, 1, 1, 2, 3]); count > 0; count--) {
    const drawn = draft.random.pick(draft.likely(75) ? others : onConnection)(draft) ?? [];
    steps.push(...(isList(drawn) ? drawn : [drawn]));
  }
  if (peer !== undefined && draft.likely(30)) steps.push(step('SSL_do_handshake', ref(peer)));
  draft.steps.push({ call: 'sim_on', args: [ref(ssl), point], steps });
}

export const raceMoves: readonly Move[] = [
  (draft) => {
    const ssl = draft.pick(draft.liveConnections((one) => one.state !== 'ended'));
    if (ssl === undefined) return false;
    race(draft, ssl, ssl.peer);
    return true;
  },
  (draft) => {
    const pair = newPair(draft);
    const { client, server } = pair;
    if (draft.likely(70)) setSession(draft, client, sessionToOffer(draft));
    const [first, second] = draft.random.shuffled([client, server]);
    if (first === undefined || second === undefined) return false;
    race(draft, first, second);
    if (draft.likely(30)) race(draft, second, first);
    handshake(draft, pair);
    if (draft.likely(40)) draft.emit('SSL_is_init_finished', ref(first));
    takeSession(draft, client);
    if (draft.likely(50)) draft.emit('sim_exchange', ref(client), ref(server));
    if (draft.likely(50)) closeWell(draft, pair);
    return true;
  },
];
