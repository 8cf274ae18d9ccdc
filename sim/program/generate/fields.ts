/** What programs read and set that is one field of a session, a connection or a context; and cipher lists. */
import { cipherNames } from '../constants.js';
import type { Move } from './contexts.js';
import type { ConnectionDraft, ContextDraft, Draft, DraftStep, SessionDraft } from './draft.js';
import { ref } from './draft.js';

function session(draft: Draft, act: (one: SessionDraft) => void): boolean {
  const one = draft.pick(draft.liveSessions());
  if (one === undefined) return false;
  act(one);
  return true;
}

function connection(draft: Draft, act: (ssl: ConnectionDraft) => void): boolean {
  const ssl = draft.pick(draft.liveConnections());
  if (ssl === undefined) return false;
  act(ssl);
  return true;
}

function context(draft: Draft, act: (ctx: ContextDraft) => void): boolean {
  const ctx = draft.pick(draft.liveContexts());
  if (ctx === undefined) return false;
  act(ctx);
  return true;
}

const sessionGetters = [
  'SSL_SESSION_get0_cipher',
  'SSL_SESSION_get0_peer',
  'SSL_SESSION_get_compress_id',
  'SSL_SESSION_get0_alpn_selected',
  'SSL_SESSION_get0_ticket_appdata',
  'SSL_SESSION_get0_ticket',
  'SSL_SESSION_print_keylog',
] as const;

const connectionGetters = [
  'SSL_get_verify_result',
  'SSL_get_current_cipher',
  'SSL_get0_alpn_selected',
  'SSL_get_max_early_data',
  'SSL_get_early_data_status',
  'SSL_get_SSL_CTX',
] as const;

/** The kind of name is nearly always the only one that there is. */
function servername(draft: Draft, ssl: string): DraftStep {
  if (draft.likely(20)) return { call: 'SSL_get_servername_type', args: [ssl] };
  return { call: 'SSL_get_servername', args: [ssl, draft.likely(90) ? 'TLSEXT_NAMETYPE_host_name' : 1] };
}

const contextGetters = [
  'SSL_CTX_get_verify_mode',
  'SSL_CTX_get_max_early_data',
  'SSL_CTX_get_recv_max_early_data',
  'SSL_CTX_get_tlsext_ticket_keys',
] as const;

const someBytes = [{ text: 'h2' }, { text: 'data' }, { hex: '' }, { hex: '00ff' }] as const;

export const fieldMoves: readonly Move[] = [
  (draft) => session(draft, (one) => draft.emit(draft.random.pick(sessionGetters), ref(one))),
  (draft) =>
    session(draft, (one) => {
      if (draft.likely(60)) draft.emit('SSL_SESSION_get_master_key', ref(one));
      else draft.emit('SSL_SESSION_get_master_key', ref(one), draft.random.pick([0, 1, 47, 48, 49, 1024]));
    }),
  (draft) =>
    session(draft, (one) => {
      const call = draft.random.pick(['SSL_SESSION_set1_ticket_appdata', 'SSL_SESSION_set1_alpn_selected'] as const);
      draft.emit(call, ref(one), draft.random.pick(someBytes));
    }),
  (draft) =>
    session(draft, (one) => {
      if (one.bare || draft.likely(10)) draft.emit('SSL_SESSION_set_cipher', ref(one), draft.random.pick(cipherNames));
    }),
  (draft) =>
    session(draft, (one) => {
      if (draft.oddTimes) return;
      if (draft.likely(60)) draft.emit('SSL_SESSION_get_time_ex', ref(one));
      else draft.emit('SSL_SESSION_set_time_ex', ref(one), draft.age());
    }),
  (draft) => connection(draft, (ssl) => draft.emit(draft.random.pick(connectionGetters), ref(ssl))),
  (draft) => connection(draft, (ssl) => draft.steps.push(servername(draft, ref(ssl)))),
  (draft) =>
    connection(draft, (ssl) => {
      const mode = draft.random.pick(['SSL_VERIFY_NONE', 'SSL_VERIFY_NONE', 'SSL_VERIFY_PEER']);
      draft.emit('SSL_set_verify', ref(ssl), mode);
    }),
  (draft) =>
    connection(draft, (ssl) => {
      // The id of a session, or one that no session has.
      const one = draft.pick(draft.liveSessions());
      const id = draft.fresh('id');
      if (one !== undefined && draft.likely(70)) {
        draft.bind(id, 'SSL_SESSION_get_id', ref(one));
        draft.emit('SSL_has_matching_session_id', ref(ssl), `$${id}`);
      } else {
        const own = draft.likely(50) ? { text: draft.random.pick(['aaaa', 'bbbb']) } : draft.hex(draft.length(32));
        draft.emit('SSL_has_matching_session_id', ref(ssl), own);
      }
    }),
  (draft) =>
    connection(draft, (ssl) => {
      draft.emit(
        'SSL_set_ssl_method',
        ref(ssl),
        draft.random.pick(['TLSv1_2_method', 'TLS_method', 'TLS_client_method', 'TLS_server_method']),
      );
      if (ssl.state !== 'before') ssl.changed = true;
    }),
  (draft) => context(draft, (ctx) => draft.emit(draft.random.pick(contextGetters), ref(ctx))),
  (draft) =>
    context(draft, (ctx) => {
      draft.emit(
        'SSL_CTX_set_tlsext_ticket_keys',
        ref(ctx),
        draft.random.pick([
          { hex: 'a1'.repeat(80) },
          { hex: 'a1'.repeat(80) },
          { hex: 'b2'.repeat(80) },
          { hex: 'a1'.repeat(48) },
        ]),
      );
    }),
  (draft) =>
    context(draft, (ctx) => {
      draft.emit('SSL_CTX_set_alpn_protos', ref(ctx), { text: draft.random.pick(['h2', 'h2,http/1.1', 'http/1.1']) });
    }),
];

/** Rules that leave something, rules that leave nothing, and words that nobody knows. */
const rules: readonly string[] = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ALL:!aNULL',
  'HIGH:!MD5:!AESGCM:!AESCCM:!ARIA',
  'DEFAULT:!AES256',
  'DEFAULT:+ECDHE-ECDSA-AES256-GCM-SHA384',
  'ALL:-AES128:+SHA1',
  'AES128+ECDHE+ECDSA:@STRENGTH',
  'AES128:AES256:@STRENGTH',
  'SHA384,SHA256;SHA1 AESGCM',
  'nothing',
  '',
  'ECDHE-ECDSA-AES128-SHA:!SHA1',
];

const suites: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256',
  '',
  'TLS_NONE',
];

export const cipherMoves: readonly Move[] = [
  (draft) =>
    context(draft, (ctx) => draft.emit('SSL_CTX_set_cipher_list', ref(ctx), { text: draft.random.pick(rules) })),
  (draft) =>
    context(draft, (ctx) => {
      draft.emit('SSL_CTX_set_cipher_list', ref(ctx), { text: draft.random.pick(rules.slice(0, 4)) });
    }),
  (draft) =>
    connection(draft, (ssl) => draft.emit('SSL_set_cipher_list', ref(ssl), { text: draft.random.pick(rules) })),
  (draft) =>
    connection(draft, (ssl) => draft.emit('SSL_set_ciphersuites', ref(ssl), { text: draft.random.pick(suites) })),
  (draft) => connection(draft, (ssl) => draft.emit('SSL_get_current_cipher', ref(ssl))),
];
