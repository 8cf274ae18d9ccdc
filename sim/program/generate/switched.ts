/** Servers that change the context of a connection, as virtual hosts do: whose id context its session then has. */
import { handshake, newPair } from './connections.js';
import { type Move, newContext } from './contexts.js';
import { ref } from './draft.js';
import { takeSession } from './sessions.js';

export const switchedMoves: readonly Move[] = [
  (draft) => {
    const pair = newPair(draft);
    const others = draft.liveContexts('server').filter((ctx) => ctx !== pair.server.context);
    const other = draft.pick(others) ?? newContext(draft, 'server');
    if (draft.likely(70)) draft.emit('SSL_CTX_set_session_id_context', ref(other), { text: 'other' });
    if (draft.likely(50)) draft.emit('SSL_set_session_id_context', ref(pair.server), { text: 'own' });
    draft.emit('SSL_set_SSL_CTX', ref(pair.server), ref(other));
    if (draft.likely(30)) draft.emit('SSL_get_SSL_CTX', ref(pair.server));
    handshake(draft, pair);
    const session = takeSession(draft, pair.server);
    draft.emit('SSL_SESSION_get0_id_context', ref(session));
    return true;
  },
];
