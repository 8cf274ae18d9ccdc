/** What programs do that only TLS 1.3 knows: its suites and groups, keys updated, tickets asked for, certificates asked for later. */
import { type Pair, pairs, usable } from './connections.js';
import type { Move } from './contexts.js';
import type { Draft } from './draft.js';
import { ref } from './draft.js';

const suites: readonly string[] = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];
const groups: readonly string[] = ['X25519', 'P-256', 'P-384', 'P-521', 'X448'];
const options: readonly string[] = [
  'SSL_OP_ALLOW_NO_DHE_KEX',
  'SSL_OP_ALLOW_NO_DHE_KEX',
  'SSL_OP_ALLOW_NO_DHE_KEX|SSL_OP_PREFER_NO_DHE_KEX',
  'SSL_OP_NO_TLSv1_3',
  // with the versions below it, which the model does not have
  'SSL_OP_NO_TLSv1_2|SSL_OP_NO_TLSv1_1|SSL_OP_NO_TLSv1',
  'SSL_OP_ENABLE_MIDDLEBOX_COMPAT',
  'SSL_OP_NO_TICKET',
];
const verification: readonly string[] = [
  'SSL_VERIFY_PEER|SSL_VERIFY_POST_HANDSHAKE',
  'SSL_VERIFY_PEER|SSL_VERIFY_POST_HANDSHAKE',
  'SSL_VERIFY_PEER|SSL_VERIFY_POST_HANDSHAKE|SSL_VERIFY_CLIENT_ONCE',
  'SSL_VERIFY_PEER|SSL_VERIFY_POST_HANDSHAKE|SSL_VERIFY_FAIL_IF_NO_PEER_CERT',
];

/** Behind others: spelt otherwise, unknown to a line or to all, twice, or none at all. */
const oddGroups: readonly string[] = [':x25519', ':secp256r1', ' : P-384 ', ':p-521', ':nope', ':?nope', ':', '::X448'];

/** Some of the names, in some order. */
function some(draft: Draft, names: readonly string[]): { readonly text: string } {
  const shuffled = draft.random.shuffled([...names]);
  return { text: shuffled.slice(0, 1 + draft.random.int(names.length)).join(':') };
}

export const tls13ContextMoves: readonly Move[] = [
  (draft) => {
    const ctx = draft.pick(draft.liveContexts());
    if (ctx === undefined) return false;
    draft.emit('SSL_CTX_set_ciphersuites', ref(ctx), draft.likely(5) ? { text: '' } : some(draft, suites));
    return true;
  },
  (draft) => {
    const ctx = draft.pick(draft.liveContexts());
    if (ctx === undefined) return false;
    const { text } = some(draft, groups);
    const odd = draft.likely(15) ? draft.random.pick(oddGroups) : '';
    draft.emit('SSL_CTX_set1_groups_list', ref(ctx), { text: text + odd });
    return true;
  },
  (draft) => {
    const ctx = draft.pick(draft.liveContexts());
    if (ctx === undefined) return false;
    const call = draft.likely(70) ? 'SSL_CTX_set_options' : 'SSL_CTX_clear_options';
    draft.emit(call, ref(ctx), draft.random.pick(options));
    return true;
  },
  (draft) => {
    const [client, server] = [draft.pick(draft.liveContexts('client')), draft.pick(draft.liveContexts('server'))];
    if (client === undefined || server === undefined) return false;
    draft.emit('SSL_CTX_set_post_handshake_auth', ref(client), draft.random.pick([1, 1, 0]));
    draft.emit('SSL_CTX_set_verify', ref(server), draft.random.pick(verification));
    if (draft.likely(70)) draft.emit('SSL_CTX_set_session_id_context', ref(server), { text: 'app' });
    if (draft.likely(30)) draft.emit('sim_use_certificate', ref(client));
    return true;
  },
];

/** What has been asked for goes out with the next write, and is answered by what the peer reads. */
function pump(draft: Draft, asked: Pair['client'], other: Pair['client']): void {
  const rounds = draft.random.pick([0, 1, 2, 2, 3]);
  if (rounds > 0 && draft.likely(60)) draft.emit('SSL_do_handshake', ref(asked));
  else if (rounds > 0) draft.emit('SSL_write', ref(asked), { text: 'hello' });
  for (let round = 0; round < rounds; round++) draft.emit('SSL_read', ref(round % 2 === 0 ? other : asked), 1);
}

export const tls13ConnectionMoves: readonly Move[] = [
  (draft) => {
    const ssl = draft.pick(draft.liveConnections((one) => one.state === 'before' || draft.likely(20)));
    if (ssl === undefined) return false;
    draft.emit('SSL_set_post_handshake_auth', ref(ssl), draft.random.pick([1, 1, 0]));
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open']));
    if (pair === undefined) return false;
    draft.emit('SSL_verify_client_post_handshake', ref(draft.likely(90) ? pair.server : pair.client));
    pump(draft, pair.server, pair.client);
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open', 'open', 'ended']));
    if (pair === undefined) return false;
    const [first, second] = draft.random.shuffled([pair.client, pair.server]);
    if (first === undefined || second === undefined) return false;
    draft.emit(
      'SSL_key_update',
      ref(first),
      draft.random.pick(['SSL_KEY_UPDATE_NOT_REQUESTED', 'SSL_KEY_UPDATE_REQUESTED']),
    );
    pump(draft, first, second);
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open', 'ended']));
    if (pair === undefined) return false;
    for (let times = draft.random.int(3); times >= 0; times--) draft.emit('SSL_new_session_ticket', ref(pair.server));
    pump(draft, pair.server, pair.client);
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'handshake', 'before']);
    if (ssl === undefined) return false;
    draft.emit('SSL_verify_client_post_handshake', ref(ssl));
    return true;
  },
];
