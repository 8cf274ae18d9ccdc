// The stack alone, no world: a client and a server joined by memory.
import { cipherSuites, libssl, MemoryTransport, testCredentials } from '../../dist/src/index.js';

export const tls12 = 0x0303;
/** What all handshakes that are measured agree on, besides X25519 and a certificate for P-256. */
export const suite = cipherSuites.find(({ opensslName }) => opensslName === 'ECDHE-ECDSA-AES128-GCM-SHA256');

const readBytesMax = 16_384;

/** Two contexts, and the connections between them. */
export class CoreHandshakes {
  #library;
  #client;
  #server;
  #session;

  constructor(crypto) {
    this.#library = libssl({ profile: '3.0', seed: 'bench', crypto });
    this.#client = this.#library.SSL_CTX_new(this.#library.TLS_client_method());
    this.#server = this.#library.SSL_CTX_new(this.#library.TLS_server_method());
    this.#library.SSL_CTX_set_max_proto_version(this.#client, tls12);
    this.#library.SSL_CTX_set_cipher_suites(this.#client, [suite.code]);
    this.#library.SSL_CTX_use_credential(this.#server, testCredentials['ec-p256']);
    const first = this.#connect(undefined);
    const name = this.#library.SSL_get_cipher_name(first.c);
    if (name !== suite.opensslName) throw new Error(`the model took ${name}`);
    this.#session = this.#library.SSL_get1_session(first.c);
    this.#close(first);
  }

  /**
   * Connections one after the other, each handshaken, closed by both sides and freed.
   * @param kind `full` or `resumed`, by the ticket of the connection that the constructor made
   */
  run(kind, count) {
    const session = kind === 'resumed' ? this.#session : undefined;
    for (let i = 0; i < count; i++) this.#close(this.#connect(session));
  }

  #connect(session) {
    const L = this.#library;
    const c = L.SSL_new(this.#client);
    const s = L.SSL_new(this.#server);
    const [ct, st] = MemoryTransport.pair();
    L.SSL_set_transport(c, ct);
    L.SSL_set_transport(s, st);
    L.SSL_set_connect_state(c);
    L.SSL_set_accept_state(s);
    if (session !== undefined) L.SSL_set_session(c, session);
    let done = 0;
    for (let round = 0; round < 4 && done < 2; round++) done = L.SSL_do_handshake(c) + L.SSL_do_handshake(s);
    if (done !== 2) throw new Error(`no handshake: ${L.takeErrors().join(', ')}`);
    const reused = session === undefined ? 0 : 1;
    if (L.SSL_session_reused(c) !== reused) throw new Error('the model resumed unasked, or did not');
    return { c, s };
  }

  #close({ c, s }) {
    const L = this.#library;
    L.SSL_shutdown(c);
    L.SSL_read(s, readBytesMax);
    L.SSL_shutdown(s);
    if (L.SSL_shutdown(c) !== 1) throw new Error('the connection was not closed');
    L.SSL_free(c);
    L.SSL_free(s);
  }
}
