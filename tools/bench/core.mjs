// The stack alone, no world: a client and a server joined by memory, one full connection and one resumed, each closed by both sides.
import { libssl, MemoryTransport, testCredentials } from '../../dist/src/index.js';

const readBytesMax = 16_384;

/** @returns what runs the two connections under a seed of its own */
export function coreRunner(crypto) {
  return (seed) => {
    const L = libssl({ profile: '3.0', seed: String(seed), crypto });
    const cc = L.SSL_CTX_new(L.TLS_client_method());
    const sc = L.SSL_CTX_new(L.TLS_server_method());
    L.SSL_CTX_set_max_proto_version(cc, 0x0303);
    L.SSL_CTX_use_credential(sc, testCredentials['ec-p256']);
    const first = connect(L, cc, sc, null);
    const session = L.SSL_get1_session(first.c);
    close(L, first);
    const second = connect(L, cc, sc, session);
    if (L.SSL_session_reused(second.c) !== 1) throw new Error('the second connection was not resumed');
    close(L, second);
    L.SSL_SESSION_free(session);
    L.SSL_CTX_free(cc);
    L.SSL_CTX_free(sc);
  };
}

function connect(L, cc, sc, session) {
  const c = L.SSL_new(cc);
  const s = L.SSL_new(sc);
  const [ct, st] = MemoryTransport.pair();
  L.SSL_set_transport(c, ct);
  L.SSL_set_transport(s, st);
  L.SSL_set_connect_state(c);
  L.SSL_set_accept_state(s);
  if (session !== null) L.SSL_set_session(c, session);
  let done = 0;
  for (let round = 0; round < 4 && done < 2; round++) done = L.SSL_do_handshake(c) + L.SSL_do_handshake(s);
  if (done !== 2) throw new Error(`no handshake: ${L.takeErrors().join(', ')}`);
  return { c, s };
}

function close(L, { c, s }) {
  L.SSL_shutdown(c);
  L.SSL_read(s, readBytesMax);
  L.SSL_shutdown(s);
  if (L.SSL_shutdown(c) !== 1) throw new Error('the connection was not closed');
  L.SSL_free(c);
  L.SSL_free(s);
}
