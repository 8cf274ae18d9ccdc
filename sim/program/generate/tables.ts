/** What programs let callbacks answer out of tables, and the ex_data whose functions they watch. */
import { handshake, newPair } from './connections.js';
import type { Move } from './contexts.js';
import type { Draft } from './draft.js';
import { ref } from './draft.js';
import { takeSession } from './sessions.js';

const objectKinds = ['ctx', 'ssl', 'session', 'session'] as const;
const protocols = ['h2', 'http/1.1', 'h2,http/1.1', 'http/1.1,h2', 'spdy'] as const;
const suites = [
  'TLS1_3_CK_AES_128_GCM_SHA256',
  'TLS1_3_CK_AES_128_GCM_SHA256',
  'TLS1_3_CK_AES_256_GCM_SHA384',
  'TLS1_3_CK_CHACHA20_POLY1305_SHA256',
] as const;

/** A session to be a key from elsewhere, mostly whole. */
function keySession(draft: Draft): string {
  const { random } = draft;
  const name = draft.fresh('k');
  draft.bind(name, 'SSL_SESSION_new');
  if (!draft.likely(4)) draft.emit('SSL_SESSION_set_protocol_version', `$${name}`, 'TLS1_3_VERSION');
  draft.emit('SSL_SESSION_set_cipher', `$${name}`, random.pick(suites));
  draft.emit('SSL_SESSION_set1_master_key', `$${name}`, { hex: '6b'.repeat(random.pick([32, 32, 48])) });
  if (draft.likely(25)) draft.emit('SSL_SESSION_set_max_early_data', `$${name}`, random.pick([0, 100, 16_384]));
  draft.sessions.push({ name, refs: 1, home: undefined, bare: true });
  return `$${name}`;
}

export const tableMoves: readonly Move[] = [
  (draft) => {
    const pair = newPair(draft);
    const name = draft.random.pick(['a.example', 'b.example']);
    const host = draft.pick(draft.liveContexts('server'));
    if (host === undefined) return false;
    draft.emit('sim_virtual_host', ref(pair.server.context), { text: name }, ref(host));
    draft.emit('SSL_set_tlsext_host_name', ref(pair.client), { text: draft.likely(80) ? name : 'c.example' });
    handshake(draft, pair);
    takeSession(draft, pair.client);
    return true;
  },
  (draft) => {
    const server = draft.pick(draft.liveContexts('server'));
    const client = draft.pick(draft.liveContexts('client'));
    if (server === undefined || client === undefined) return false;
    const [session, identity] = [keySession(draft), { text: draft.random.pick(['key', 'key', 'other']) }];
    if (draft.likely(90)) draft.emit('sim_psk', ref(client), identity, session);
    if (draft.likely(90))
      draft.emit('sim_psk', ref(server), { text: 'key' }, draft.likely(85) ? session : keySession(draft));
    const pair = newPair(draft);
    if (draft.likely(25)) draft.emit('SSL_write_early_data', ref(pair.client), { text: 'early' });
    if (draft.likely(25)) draft.emit('SSL_read_early_data', ref(pair.server), 100);
    handshake(draft, pair);
    if (draft.likely(70)) takeSession(draft, pair.client);
    return true;
  },
  (draft) => {
    const server = draft.pick(draft.liveContexts('server'));
    const client = draft.pick(draft.liveContexts('client'));
    if (server === undefined || client === undefined) return false;
    draft.emit('sim_alpn_select', ref(server), { text: draft.random.pick(protocols) });
    draft.emit('SSL_CTX_set_alpn_protos', ref(client), { text: draft.random.pick(protocols) });
    const pair = newPair(draft);
    handshake(draft, pair);
    draft.emit('SSL_get0_alpn_selected', ref(draft.random.pick([pair.client, pair.server])));
    if (draft.likely(60)) takeSession(draft, pair.client);
    return true;
  },
];

export const exDataMoves: readonly Move[] = [
  (draft) => {
    draft.emit('sim_ex_data', draft.random.pick(objectKinds));
    return true;
  },
  (draft) => {
    const session = draft.pick(draft.liveSessions());
    if (session === undefined) return false;
    if (draft.likely(60)) draft.emit('SSL_SESSION_set_ex_data', ref(session), draft.random.pick([0, 1, 7]));
    else draft.emit('SSL_SESSION_get_ex_data', ref(session));
    return true;
  },
  (draft) => {
    const ssl = draft.pick(draft.liveConnections());
    if (ssl === undefined) return false;
    if (draft.likely(60)) draft.emit('SSL_set_ex_data', ref(ssl), draft.random.pick([0, 1, 7]));
    else draft.emit('SSL_get_ex_data', ref(ssl));
    return true;
  },
  (draft) => {
    const ctx = draft.pick(draft.liveContexts());
    if (ctx === undefined) return false;
    if (draft.likely(60)) draft.emit('SSL_CTX_set_ex_data', ref(ctx), draft.random.pick([0, 1, 7]));
    else draft.emit('SSL_CTX_get_ex_data', ref(ctx));
    return true;
  },
];
