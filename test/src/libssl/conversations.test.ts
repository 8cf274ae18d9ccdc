/** What scenarios of TLS 1.3 rest on, on the model and on each line of real OpenSSL. */
import test from 'ava';
import {
  type Libssl,
  MemoryTransport,
  profileNames,
  type Ssl,
  type SslCtx,
  type SslSession,
  testCredentials,
} from '../../../src/index.js';
import { Bench, tls12, tls13 } from '../../_bench.js';
import { type Api, answersIn, converse } from '../../_libssl/conversation.js';
import { conversations } from '../../_libssl/conversations.js';
import { converseOnLibssl } from '../../_libssl/play.js';

const Op = { noAntiReplay: 0x0100_0000, noTicket: 0x4000 } as const;
const Verify = { handshake: 3, late: 11 } as const; // PEER, FAIL_IF_NO_PEER_CERT, POST_HANDSHAKE
const clientCache = 1;
const readBytes = 100;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

for (const profile of profileNames) {
  for (const [title, one] of Object.entries(conversations)) {
    test(`${profile}: ${title}`, (t) => {
      t.deepEqual(converse(model(new Bench(profile)), one), answersIn(profile, one));
    });
  }

  test(`${profile}: real OpenSSL answers each conversation so`, (t) => {
    const all = Object.values(conversations);
    const answers = converseOnLibssl(t, profile, all);
    if (answers === undefined) return;
    t.deepEqual(
      answers,
      all.map((one) => answersIn(profile, one)),
    );
  });
}

function model(b: Bench): Api<SslCtx, Ssl, SslSession> {
  const { L } = b;
  const far = new Map<Ssl, MemoryTransport>();
  const near = new Map<Ssl, MemoryTransport>();
  const credential = testCredentials['ec-p256'];
  return {
    context(setup) {
      const ctx = b.ctx({ version: setup.max12 === true ? tls12 : tls13 });
      if (setup.certificate === true) L.SSL_CTX_use_credential(ctx, credential);
      if (setup.maxEarlyData !== undefined) L.SSL_CTX_set_max_early_data(ctx, setup.maxEarlyData);
      if (setup.noAntiReplay === true) L.SSL_CTX_set_options(ctx, Op.noAntiReplay);
      if (setup.noTicket === true) L.SSL_CTX_set_options(ctx, Op.noTicket);
      if (setup.cacheClient === true) L.SSL_CTX_set_session_cache_mode(ctx, clientCache);
      if (setup.verify !== undefined) {
        L.SSL_CTX_trust(ctx, credential.chain);
        L.SSL_CTX_set_verify(ctx, Verify[setup.verify]);
        L.SSL_CTX_set_session_id_context(ctx, bytes('x'));
      }
      if (setup.lateAuthentication === true) L.SSL_CTX_set_post_handshake_auth(ctx, 1);
      if (setup.psk !== undefined) usePsk(L, ctx, setup.psk);
      return ctx;
    },
    connection(ctx, role, session) {
      const ssl = L.SSL_new(ctx)!;
      const [mine, others] = MemoryTransport.pair();
      near.set(ssl, mine);
      far.set(ssl, others);
      L.SSL_set_transport(ssl, mine);
      if (role === 'client') L.SSL_set_connect_state(ssl);
      else L.SSL_set_accept_state(ssl);
      if (session !== undefined) L.SSL_set_session(ssl, session);
      return ssl;
    },
    take: (ssl) => Buffer.concat(far.get(ssl)!.take()),
    put: (ssl, data) => near.get(ssl)!.put(data),
    call(ssl, name, word) {
      L.takeErrors();
      const [result, data] = called(L, ssl, name, word);
      const error = L.SSL_get_error(ssl, result).replace('SSL_ERROR_', '');
      return `${result} ${result > 0 ? Buffer.from(data).toString() : [error, ...L.takeErrors()].join(' ')}`.trim();
    },
    session: (ssl) => L.SSL_get1_session(ssl)!,
    reused: (ssl) => L.SSL_session_reused(ssl),
    certificate: (ssl) => L.SSL_get0_peer_certificate(ssl) !== null,
    free: (ssl) => L.SSL_free(ssl),
  };
}

function called(L: Libssl, ssl: Ssl, name: string, word: string): [result: number, bytes: Uint8Array] {
  const none = new Uint8Array(0);
  switch (name) {
    case 'SSL_write_early_data':
      return [L.SSL_write_early_data(ssl, bytes(word)), none];
    case 'SSL_read_early_data':
      return L.SSL_read_early_data(ssl, readBytes);
    case 'SSL_get_early_data_status':
      return [L.SSL_get_early_data_status(ssl), none];
    case 'SSL_write':
      return [L.SSL_write(ssl, bytes(word)), none];
    case 'SSL_read':
      return L.SSL_read(ssl, readBytes);
    case 'SSL_key_update':
      return [L.SSL_key_update(ssl, Number(word)), none];
    case 'SSL_verify_client_post_handshake':
      return [L.SSL_verify_client_post_handshake(ssl), none];
    case 'SSL_shutdown':
      return [L.SSL_shutdown(ssl), none];
    default:
      return [L.SSL_do_handshake(ssl), none];
  }
}

function usePsk(L: Libssl, ctx: SslCtx, identity: string): void {
  const session = (): SslSession => {
    const made = L.SSL_SESSION_new()!;
    L.SSL_SESSION_set1_master_key(made, new Uint8Array(32).fill(1));
    L.SSL_SESSION_set_cipher(made, 0x1301);
    L.SSL_SESSION_set_protocol_version(made, tls13);
    return made;
  };
  L.SSL_CTX_set_psk_use_session_callback(ctx, () => ({ identity: bytes(identity), session: session() }));
  L.SSL_CTX_set_psk_find_session_callback(ctx, (_ssl, offered) =>
    Buffer.from(offered).toString() === identity ? session() : undefined,
  );
  L.SSL_CTX_set_ciphersuites(ctx, 'TLS_AES_128_GCM_SHA256');
}
