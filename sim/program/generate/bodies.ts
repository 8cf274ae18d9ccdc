/** What callbacks do: small bodies of steps that a callback may make, and what it answers. */
import type { CallbackName } from '../../stacks/index.js';
import { callbackShapes } from '../calls.js';
import type { Move } from './contexts.js';
import type { ConnectionDraft, ContextDraft, Draft, DraftStep } from './draft.js';
import { ref } from './draft.js';
import { bareSession } from './sessions.js';

/** A step of a body; undefined where nothing that it needs is there. */
export type Step = (draft: Draft) => DraftStep | readonly DraftStep[] | undefined;

export const step = (call: string, ...args: readonly unknown[]): DraftStep => ({
  call,
  args: args as DraftStep['args'] & {},
});

const sessionGetters = [
  'SSL_SESSION_get_id',
  'SSL_SESSION_is_resumable',
  'SSL_SESSION_has_ticket',
  'SSL_SESSION_get_timeout',
  'SSL_SESSION_get_protocol_version',
  'SSL_SESSION_get0_hostname',
  'SSL_SESSION_get0_id_context',
  'SSL_SESSION_get_ticket_lifetime_hint',
] as const;
const connectionGetters = [
  'SSL_get_session',
  'SSL_session_reused',
  'SSL_version',
  'SSL_is_init_finished',
  'SSL_in_before',
  'SSL_get_shutdown',
  'SSL_get_num_tickets',
] as const;

export const onContext: readonly Step[] = [
  () => step('SSL_CTX_sess_get_cache_size', '$@ctx'),
  () => step('SSL_CTX_get_timeout', '$@ctx'),
  () => step('SSL_CTX_get_session_cache_mode', '$@ctx'),
  (draft) => step('SSL_CTX_sess_set_cache_size', '$@ctx', draft.random.pick([0, 1, 2, 3])),
  (draft) =>
    step(
      'SSL_CTX_set_session_cache_mode',
      '$@ctx',
      draft.random.pick(['SSL_SESS_CACHE_BOTH', 'SSL_SESS_CACHE_BOTH|SSL_SESS_CACHE_NO_INTERNAL_STORE']),
    ),
  () => step('SSL_CTX_flush_sessions', '$@ctx', 0),
  (draft) => {
    const known = draft.pick(draft.liveSessions());
    return known && step('SSL_CTX_remove_session', '$@ctx', ref(known));
  },
  (draft) => {
    const known = draft.pick(draft.liveSessions((one) => one.bare && one.home === undefined));
    return known && step('SSL_CTX_add_session', '$@ctx', ref(known));
  },
];

const onSession: readonly Step[] = [
  (draft) => step(draft.random.pick(sessionGetters), '$@session'),
  (draft) => step(draft.random.pick(sessionGetters), '$@session'),
  () => step('SSL_CTX_remove_session', '$@ctx', '$@session'),
  () => step('SSL_CTX_add_session', '$@ctx', '$@session'),
  () => [step('SSL_SESSION_up_ref', '$@session'), step('SSL_SESSION_free', '$@session')],
  () => step('SSL_SESSION_up_ref', '$@session'),
  (draft) => {
    const copy = draft.fresh('d');
    return [{ let: copy, call: 'SSL_SESSION_dup', args: ['$@session'] }, step('SSL_SESSION_free', `$${copy}`)];
  },
  (draft) => step('SSL_SESSION_set1_id_context', '$@session', { text: draft.random.pick(['', 'inner']) }),
];

export const onConnection: readonly Step[] = [
  (draft) => step(draft.random.pick(connectionGetters), '$@ssl'),
  (draft) => step(draft.random.pick(connectionGetters), '$@ssl'),
  (draft) => {
    const taken = draft.fresh('g');
    return [{ let: taken, call: 'SSL_get1_session', args: ['$@ssl'] }, step('SSL_SESSION_free', `$${taken}`)];
  },
  (draft) => step('SSL_set_session_id_context', '$@ssl', { text: draft.random.pick(['', 'inner']) }),
  (draft) => step('SSL_set_num_tickets', '$@ssl', draft.random.pick([0, 1, 2, 3])),
  (draft) => step('SSL_set_quiet_shutdown', '$@ssl', draft.random.pick([0, 1])),
  () => step('SSL_set_options', '$@ssl', 'SSL_OP_NO_TICKET'),
];

/** What ends a program there: rare. */
const misused: readonly DraftStep[] = [
  step('SSL_do_handshake', '$@ssl'),
  step('SSL_clear', '$@ssl'),
  step('SSL_set_session', '$@ssl', null),
  step('SSL_CTX_free', '$@ctx'),
];

function drawSteps(draft: Draft, callback: CallbackName, depth = 1): readonly DraftStep[] {
  const { given } = callbackShapes[callback];
  const known = [
    ...onContext,
    ...(given.includes('@session') ? [...onSession, ...onSession] : []),
    ...(given.includes('@ssl') ? [...onConnection, ...onConnection] : []),
  ];
  const steps: DraftStep[] = [];
  for (let count = draft.random.pick([0, 1, 1, 2, 2, 3]); count > 0; count--) {
    const drawn = draft.random.pick(known)(draft) ?? [];
    const some = isList(drawn) ? drawn : [drawn];
    if (callback === 'remove' && draft.limits.givesLockBackTwice && some.some(locks) && !draft.likely(4)) continue;
    steps.push(...some);
  }
  if (callback === 'servername' && draft.likely(60)) {
    const other = draft.pick(draft.liveContexts('server'));
    if (other !== undefined) steps.push(step('SSL_set_SSL_CTX', '$@ssl', ref(other)));
  }
  if (given.includes('@ssl') && draft.likely(2)) steps.push(draft.random.pick(misused));
  if (depth === 1 && draft.likely(6)) steps.push(drawOn(draft, '$@ctx', callback, depth + 1));
  return steps;
}

/** In a remove callback of 1.1.1: who wants the lock next waits for ever, and each such program for an alarm. */
function locks({ call }: DraftStep): boolean {
  return call === 'SSL_CTX_add_session' || call === 'SSL_CTX_remove_session' || call === 'SSL_CTX_flush_sessions';
}

export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** Three ticket keys, each of 80 bytes of one value. */
const ticketKeys: readonly unknown[] = ['a1', 'b2', 'c3'].map((byte) => ({ hex: byte.repeat(80) }));

function drawAnswer(draft: Draft, callback: CallbackName): unknown {
  const { random } = draft;
  switch (callback) {
    case 'remove':
    case 'info':
    case 'read':
    case 'write':
      return undefined;
    case 'verify':
      return random.pick([1, 1, 1, 'preverify_ok', 'preverify_ok', 0, -1]);
    case 'new':
    case 'not-resumable':
      return random.pick([0, 0, 1]);
    case 'ticket-generate':
      return draft.likely(90) ? 1 : 0;
    case 'servername':
      return random.pick([0, 0, 0, 0, 3, 3, 1, 2]);
    case 'get': {
      const session = draft.pick(draft.liveSessions());
      if (session === undefined || draft.likely(20)) return null;
      return draft.likely(60) ? ref(session) : { session: ref(session), copy: random.pick([0, 1]) };
    }
    case 'ticket-key': {
      const [first, second] = [random.pick(ticketKeys), random.pick(ticketKeys)];
      return {
        seal: random.pick([1, 1, 1, 1, 1, 1, 1, 0, -1]),
        open: random.pick([1, 1, 1, 2, 2, 0, -1]),
        keys: draft.likely(50) ? [first] : [first, second],
      };
    }
    case 'ticket-decrypt':
      if (draft.likely(20)) return random.pick([0, 1, 2, 3, 4]);
      return {
        SSL_TICKET_EMPTY: random.pick([1, 2, 2, 2]),
        SSL_TICKET_NO_DECRYPT: random.pick([0, 1, 2, 2]),
        SSL_TICKET_SUCCESS: random.pick([0, 1, 2, 3, 3, 4, 4]),
        SSL_TICKET_SUCCESS_RENEW: random.pick([0, 1, 2, 3, 3, 4, 4]),
      };
    case 'generate-id':
      return draft.likely(5) ? 0 : { hex: draft.hex(random.pick([32, 32, 32, 8, 1, 0, 33])).hex };
  }
}

function drawOn(draft: Draft, object: string, callback: CallbackName, depth = 1): DraftStep {
  const steps = drawSteps(draft, callback, depth);
  const returns = drawAnswer(draft, callback);
  const args = [object, callback];
  return { call: 'sim_on', args, steps, ...(returns === undefined ? {} : { returns }) };
}

const forClients: readonly CallbackName[] = ['new', 'remove', 'servername', 'verify', 'verify', 'info'];
const forServers: readonly CallbackName[] = [
  'new',
  'remove',
  'get',
  'servername',
  'ticket-key',
  'ticket-generate',
  'ticket-decrypt',
  'generate-id',
  'not-resumable',
  'verify',
  'info',
];

function onSome(draft: Draft, ctx: ContextDraft | undefined, names: readonly CallbackName[]): boolean {
  const name = draft.random.pick(names);
  // 1.1.1 flushes in the order of a hash: where ids are random, so is the order in which bodies run
  if (ctx === undefined || (name === 'remove' && draft.limits.randomOrder)) return false;
  draft.steps.push(drawOn(draft, ref(ctx), name));
  return true;
}

export const bodyMoves: readonly Move[] = [
  (draft) => onSome(draft, draft.pick(draft.liveContexts()), ['new', 'remove', 'remove']),
  (draft) => {
    if (draft.limits.randomOrder) return false;
    const ctx = draft.pick(draft.liveContexts());
    if (ctx === undefined) return false;
    const sessions = [bareSession(draft), bareSession(draft)];
    for (const session of sessions) {
      draft.emit('SSL_CTX_add_session', ref(ctx), ref(session));
      session.home = ctx;
    }
    draft.steps.push(drawOn(draft, ref(ctx), 'remove'));
    return true;
  },
];

/** Where connections shake hands. */
export const handshakeBodyMoves: readonly Move[] = [
  (draft) => onSome(draft, draft.pick(draft.liveContexts('client')), forClients),
  (draft) => onSome(draft, draft.pick(draft.liveContexts('server')), forServers),
  (draft) => onSome(draft, draft.pick(draft.liveContexts('server')), forServers),
  (draft) => {
    const ssl: ConnectionDraft | undefined = draft.pick(draft.liveConnections((one) => one.state === 'before'));
    if (ssl === undefined) return false;
    draft.steps.push(
      drawOn(draft, ref(ssl), draft.random.pick(['generate-id', 'not-resumable', 'verify', 'info'] as const)),
    );
    return true;
  },
];
