/** Callbacks with bodies: what applications do inside them, and what they answer. */
import { newConnection } from './connections.js';
import { type Move, newContext } from './contexts.js';
import type { BodyDraft, Draft, DraftStep } from './draft.js';
import { ref } from './draft.js';

const step = (call: string, ...args: NonNullable<DraftStep['args']>): DraftStep => ({ call, args });

/** Some of the steps, in some order, often none. */
function some(draft: Draft, steps: readonly DraftStep[]): readonly DraftStep[] {
  return draft.random.shuffled([...steps]).slice(0, draft.random.pick([0, 1, 1, 2]));
}

const looks: readonly DraftStep[] = [
  step('SSL_SESSION_is_resumable', '$@session'),
  step('SSL_SESSION_get_timeout', '$@session'),
  step('SSL_CTX_get_session_cache_mode', '$@ctx'),
];

type Body = (draft: Draft) => readonly [string, BodyDraft];

const ofAny: readonly Body[] = [
  (draft) => [
    'remove',
    {
      steps: some(draft, [
        ...looks,
        step('SSL_SESSION_up_ref', '$@session'),
        step('SSL_CTX_remove_session', '$@ctx', '$@session'),
        step('SSL_CTX_sess_set_cache_size', '$@ctx', draft.random.pick([0, 3, 1000])),
      ]),
    },
  ],
  (draft) => [
    'new',
    {
      steps: some(draft, [
        ...looks,
        step('SSL_session_reused', '$@ssl'),
        step('SSL_CTX_remove_session', '$@ctx', '$@session'),
        step('SSL_SESSION_set1_hostname', '$@session', { text: 'c.example' }),
      ]),
      returns: draft.random.pick([0, 0, 1]),
    },
  ],
  (draft) => {
    const one = draft.pick(draft.liveSessions());
    const returns = one === undefined || draft.likely(40) ? null : ref(one);
    return [
      'get',
      { steps: some(draft, [step('SSL_session_reused', '$@ssl'), step('SSL_CTX_get_timeout', '$@ctx')]), returns },
    ];
  },
];

const ofServers: readonly Body[] = [
  (draft) => {
    const host = draft.pick(draft.liveContexts('server')) ?? newContext(draft, 'server');
    const answers = ['SSL_TLSEXT_ERR_OK', 'SSL_TLSEXT_ERR_OK', 'SSL_TLSEXT_ERR_NOACK', 'SSL_TLSEXT_ERR_ALERT_FATAL'];
    const steps = draft.likely(70) ? [step('SSL_set_SSL_CTX', '$@ssl', ref(host))] : [];
    return ['servername', { steps, returns: draft.random.pick(answers) }];
  },
  (draft) => {
    const keys = draft.random.pick([['a1'], ['b2'], ['b2', 'a1']]).map((byte) => ({ hex: byte.repeat(80) }));
    const returns = { seal: draft.random.pick([1, 1, 0]), open: draft.random.pick([1, 1, 2, 0]), keys };
    return ['ticket-key', { steps: some(draft, [step('SSL_version', '$@ssl')]), returns }];
  },
  (draft) => ['not-resumable', { steps: [], returns: draft.random.pick([0, 1, 1]) }],
];

export const bodyMoves: readonly Move[] = [
  (draft) => {
    const ctx = draft.pick(draft.liveContexts());
    if (ctx === undefined) return false;
    const [kind, body] = draft.random.pick(ctx.role === 'server' ? [...ofAny, ...ofServers] : ofAny)(draft);
    draft.body(kind, ctx, body);
    return true;
  },
  (draft) => {
    // A name that the callback of names is asked for.
    const ssl = draft.pick(draft.liveConnections((one) => one.state === 'before')) ?? newConnection(draft, 'client');
    draft.emit('SSL_set_tlsext_host_name', ref(ssl), { text: 'b.example' });
    return true;
  },
];
