// The stack alone, no world: a client and a server joined by memory.
import { cipherSuites, libssl, MemoryTransport, testCredentials } from '../../dist/src/index.js';
import { allowNoDheKex, earlyDataAccepted, pskGroups, readEarlyData, suites, tls12, tls13 } from './kinds.mjs';

const readBytesMax = 16_384;

/** Two contexts, and the connections of one kind between them. */
export class CoreHandshakes {
  #library;
  #client;
  #server;
  #kind;
  #earlyData;
  #session;

  constructor(crypto, kind) {
    const L = libssl({ profile: '3.0', seed: 'bench', crypto });
    this.#library = L;
    this.#kind = kind;
    this.#client = L.SSL_CTX_new(L.TLS_client_method());
    this.#server = L.SSL_CTX_new(L.TLS_server_method());
    L.SSL_CTX_set_max_proto_version(this.#client, kind.version);
    if (kind.version === tls12) {
      const suite = cipherSuites.find(({ opensslName }) => opensslName === suites[tls12]);
      L.SSL_CTX_set_cipher_suites(this.#client, [suite.code]);
    } else {
      L.SSL_CTX_set_ciphersuites(this.#client, suites[tls13]);
    }
    L.SSL_CTX_use_credential(this.#server, testCredentials['ec-p256']);
    if (kind.exchange === 'psk') {
      for (const ctx of [this.#client, this.#server]) L.SSL_CTX_set_options(ctx, allowNoDheKex);
    }
    if (kind.earlyBytes !== undefined) {
      this.#earlyData = new Uint8Array(kind.earlyBytes);
      L.SSL_CTX_set_max_early_data(this.#server, kind.earlyBytes);
    }
    this.#begin();
  }

  /** Connections one after the other, each handshaken, closed by both sides and freed. */
  run(count) {
    const { by } = this.#kind;
    for (let i = 0; i < count; i++) {
      const ends = this.#connect(this.#session);
      if (by === 'before') this.#keep(ends);
      this.#close(ends);
    }
  }

  /** The first of all, which is full. */
  #begin() {
    const L = this.#library;
    const first = this.#connect(undefined);
    const name = L.SSL_get_cipher_name(first.c);
    if (name !== suites[this.#kind.version]) throw new Error(`the model took ${name}`);
    if (this.#kind.by !== undefined) this.#keep(first);
    this.#close(first);
    if (this.#kind.exchange === 'psk') {
      L.SSL_CTX_set1_groups_list(this.#client, pskGroups.client);
      L.SSL_CTX_set1_groups_list(this.#server, pskGroups.server);
    }
  }

  #keep({ c }) {
    const L = this.#library;
    if (this.#session !== undefined) L.SSL_SESSION_free(this.#session);
    this.#session = L.SSL_get1_session(c);
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
    if (session !== undefined && this.#earlyData !== undefined) this.#sendEarlyData(c, s);
    let done = 0;
    for (let round = 0; round < 4 && done < 2; round++) done = L.SSL_do_handshake(c) + L.SSL_do_handshake(s);
    if (done !== 2) throw new Error(`no handshake: ${L.takeErrors().join(', ')}`);
    const reused = session === undefined ? 0 : 1;
    if (L.SSL_session_reused(c) !== reused) throw new Error('the model resumed unasked, or did not');
    if (this.#kind.version === tls13) L.SSL_read(c, readBytesMax); // the tickets: there are no data
    return { c, s };
  }

  #sendEarlyData(c, s) {
    const L = this.#library;
    if (L.SSL_write_early_data(c, this.#earlyData) !== 1) throw new Error('no early data were written');
    const [result, { length }] = L.SSL_read_early_data(s, readBytesMax);
    if (result !== readEarlyData.success || length !== this.#earlyData.length) throw new Error('no early data came');
    L.SSL_do_handshake(c);
    const [end] = L.SSL_read_early_data(s, readBytesMax);
    if (end !== readEarlyData.finish) throw new Error('the early data did not end');
    if (L.SSL_get_early_data_status(c) !== earlyDataAccepted) throw new Error('the early data were rejected');
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
