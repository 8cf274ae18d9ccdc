/** Early data: contexts that allow it, sessions that carry it, and a connection that sends and reads it, or does otherwise. */
import { closeWell, handshake, newPair, usable } from './connections.js';
import type { Move } from './contexts.js';
import type { Draft } from './draft.js';
import { ref } from './draft.js';
import { takeSession } from './sessions.js';

const amounts: readonly number[] = [0, 1, 5, 100, 1_000, 16_384, 20_000];

function written(draft: Draft): { readonly text: string } | { readonly hex: string } {
  return draft.random.pick([
    { text: 'early' },
    { text: 'early' },
    { hex: '' },
    { hex: '6a'.repeat(101) },
    { hex: '6a'.repeat(17_000) },
  ]);
}

export const earlyDataMoves: readonly Move[] = [
  (draft) => {
    // A session that allows early data, and a connection that sends some.
    const first = newPair(draft);
    const { context } = first.server;
    draft.emit('SSL_set_max_early_data', ref(first.server), draft.random.pick(amounts));
    if (draft.likely(20)) draft.emit('SSL_get_max_early_data', ref(first.server));
    if (draft.likely(60)) draft.emit('SSL_CTX_set_max_early_data', ref(context), draft.random.pick(amounts));
    if (draft.likely(20)) draft.emit('SSL_CTX_set_recv_max_early_data', ref(context), draft.random.pick(amounts));
    if (draft.likely(30)) draft.emit('SSL_CTX_set_options', ref(context), 'SSL_OP_NO_ANTI_REPLAY');
    handshake(draft, first);
    const offered = takeSession(draft, first.client);
    closeWell(draft, first);
    for (let times = draft.random.pick([1, 1, 2]); times > 0; times--) {
      const pair = newPair(draft, first);
      draft.emit('SSL_set_session', ref(pair.client), ref(offered));
      if (draft.likely(10)) draft.emit('SSL_set_tlsext_host_name', ref(pair.client), { text: 'a.example' });
      for (let writes = draft.random.pick([1, 1, 2, 0]); writes > 0; writes--) {
        draft.emit('SSL_write_early_data', ref(pair.client), written(draft));
      }
      for (let reads = draft.random.pick([0, 1, 2, 2, 3]); reads > 0; reads--) {
        draft.emit('SSL_read_early_data', ref(pair.server), draft.random.pick([1, 5, 100, 16_384]));
        if (draft.likely(20)) draft.emit('SSL_write_early_data', ref(pair.server), { text: 'answer' });
      }
      handshake(draft, pair);
      if (draft.likely(40)) draft.emit('SSL_read_early_data', ref(pair.server), 100);
      if (draft.likely(50)) draft.emit('sim_handshake', ref(pair.client), ref(pair.server));
      if (draft.likely(50)) draft.emit('sim_exchange', ref(pair.client), ref(pair.server));
      draft.emit('SSL_get_early_data_status', ref(draft.random.pick([pair.client, pair.server])));
      if (draft.likely(50)) closeWell(draft, pair);
    }
    return true;
  },
  (draft) => {
    const ctx = draft.pick(draft.liveContexts('server'));
    if (ctx === undefined) return false;
    const call = draft.random.pick(['SSL_CTX_set_max_early_data', 'SSL_CTX_set_recv_max_early_data']);
    draft.emit(call, ref(ctx), draft.random.pick([...amounts, 'UINT_MAX']));
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['before', 'handshake', 'open', 'before']);
    if (ssl === undefined) return false;
    if (draft.likely(50)) draft.emit('SSL_write_early_data', ref(ssl), written(draft));
    else draft.emit('SSL_read_early_data', ref(ssl), draft.random.pick([1, 100]));
    if (ssl.state === 'before' && ssl.role !== 'none') ssl.state = 'handshake';
    return true;
  },
];
