/** Programs that misuse a handle on purpose: both stacks must call it by the same name. */
import { handshake, newConnection, newPair, setSession } from './connections.js';
import { type Move, newContext } from './contexts.js';
import type { Draft, DraftArgument } from './draft.js';
import { ref } from './draft.js';
import { bareSession } from './sessions.js';

type Step = readonly [call: string, ...args: DraftArgument[]];

/** One move for each kind of misuse, by the name that docs/programs.md gives it. */
export const misuses: ReadonlyMap<string, Move> = new Map<string, Move>([
  [
    'unbound',
    (draft) => {
      const call = draft.random.pick([
        'SSL_SESSION_get_id',
        'SSL_free',
        'SSL_CTX_free',
        'SSL_clear',
        'i2d_SSL_SESSION',
      ]);
      draft.emit(call, draft.random.pick(['$nobody', '$#99']));
      return true;
    },
  ],
  [
    'wrong-kind',
    (draft) => {
      const handles = [bareSession(draft), newConnection(draft, 'client'), newContext(draft, 'server')] as const;
      const [session, ssl, ctx] = [ref(handles[0]), ref(handles[1]), ref(handles[2])];
      const wrong: readonly Step[] = [
        ['SSL_set_session', session, session],
        ['SSL_set_session', ssl, ctx],
        ['SSL_CTX_add_session', ctx, ssl],
        ['SSL_SESSION_free', ssl],
        ['SSL_free', ctx],
        ['SSL_CTX_free', session],
        ['SSL_shutdown', ctx],
        ['d2i_SSL_SESSION', session],
      ];
      draft.emit(...draft.random.pick(wrong));
      return true;
    },
  ],
  [
    'use-after-free',
    (draft) => {
      const session = bareSession(draft);
      draft.emit('SSL_SESSION_free', ref(session));
      session.refs -= 1;
      const after = draft.random.pick([
        'SSL_SESSION_free',
        'SSL_SESSION_get_id',
        'SSL_SESSION_dup',
        'SSL_SESSION_up_ref',
      ]);
      draft.emit(after, ref(session));
      return true;
    },
  ],
  [
    'not-owned',
    (draft) => {
      const ssl = newConnection(draft, 'client');
      setSession(draft, ssl, bareSession(draft));
      const name = draft.fresh('y');
      draft.bind(name, 'SSL_get_session', ref(ssl));
      draft.emit('SSL_SESSION_free', `$${name}`);
      draft.emit('SSL_SESSION_free', `$${name}`);
      return true;
    },
  ],
  [
    'in-cache',
    (draft) => {
      const ctx = newContext(draft, 'server');
      const session = bareSession(draft);
      draft.emit('SSL_CTX_add_session', ref(ctx), ref(session));
      session.home = ctx;
      if (draft.likely(50)) draft.emit('SSL_SESSION_set1_id', ref(session), draft.hex(8));
      else draft.emit('SSL_CTX_add_session', ref(newContext(draft, 'client')), ref(session));
      return true;
    },
  ],
  [
    'in-handshake',
    (draft) => {
      const { client } = newPair(draft);
      draft.emit('SSL_do_handshake', ref(client));
      client.state = 'handshake';
      const name = draft.fresh('y');
      draft.bind(name, 'SSL_get_session', ref(client));
      draft.emit('SSL_CTX_add_session', ref(client.context), `$${name}`);
      return true;
    },
  ],
  [
    'same-handle',
    (draft) => {
      const ssl = newConnection(draft, 'client');
      const call = draft.random.pick(['sim_pair', 'sim_handshake', 'sim_exchange', 'sim_close', 'SSL_copy_session_id']);
      draft.emit(call, ref(ssl), ref(ssl));
      return true;
    },
  ],
  [
    'session-changed',
    (draft) => {
      const pair = newPair(draft);
      if (draft.likely(70)) handshake(draft, pair);
      else draft.emit('SSL_do_handshake', ref(pair.client));
      if (pair.client.state === 'before') pair.client.state = 'handshake';
      setSession(draft, pair.client, draft.likely(50) ? null : bareSession(draft));
      const [client, server] = [ref(pair.client), ref(pair.server)];
      const io: readonly Step[] = [
        ['SSL_do_handshake', client],
        ['SSL_read', client, 1],
        ['SSL_write', client, { text: 'hello' }],
        ['SSL_shutdown', client],
        ['SSL_renegotiate', client],
        ['sim_exchange', server, client],
        ['sim_close', client, server],
      ];
      draft.emit(...draft.random.pick(io));
      return true;
    },
  ],
]);

/** Calls that get NULL where C would not take it: no misuse, the step is not made. */
export function nullHandle(draft: Draft): boolean {
  const calls: readonly Step[] = [
    ['SSL_new', null],
    ['SSL_clear', null],
    ['SSL_CTX_set_timeout', null, 130],
    ['SSL_SESSION_get_id', null],
    ['SSL_SESSION_dup', null],
    ['SSL_shutdown', null],
    ['SSL_set_session', null, null],
  ];
  const [call, ...args] = draft.random.pick(calls);
  if (call === 'SSL_new' || call === 'SSL_SESSION_dup') draft.bind(draft.fresh('nothing'), call, ...args);
  else draft.emit(call, ...args);
  return true;
}
