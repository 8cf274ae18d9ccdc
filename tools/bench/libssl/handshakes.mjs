// Real libssl's handshakes: two connections joined by memory BIOs, as core.mjs joins the model's.
import { allowNoDheKex, earlyDataAccepted, pskGroups, readEarlyData, suites, tls12, tls13 } from '../kinds.mjs';
import { C, failure, memory, must, space } from './functions.mjs';

/** Macros over SSL_CTX_ctrl (ssl.h). */
const setGroupsList = 92;
const setMaxProtoVersion = 124;
/** EVP_PKEY_EC (evp.h). */
const ecKey = 408;
const readBytesMax = 16_384;

/** Two contexts with one suite, the server's with a certificate; of the groups, X25519 comes first of itself. */
export class Handshakes {
  #server = must(C.SSL_CTX_new(C.TLS_method()), 'SSL_CTX_new');
  #client = must(C.SSL_CTX_new(C.TLS_method()), 'SSL_CTX_new');
  #memory = C.BIO_s_mem();
  #buffer = space(readBytesMax);
  #length = new BigUint64Array(1);
  #kind;
  #earlyData;
  #session = null;

  constructor({ certificate, key, kind }) {
    this.#kind = kind;
    for (const ctx of [this.#server, this.#client]) {
      must(C.SSL_CTX_ctrl(ctx, setMaxProtoVersion, kind.version, null), 'SSL_CTX_set_max_proto_version');
      if (kind.version === tls12) must(C.SSL_CTX_set_cipher_list(ctx, suites[tls12]), 'SSL_CTX_set_cipher_list');
      else must(C.SSL_CTX_set_ciphersuites(ctx, suites[tls13]), 'SSL_CTX_set_ciphersuites');
      if (kind.exchange === 'psk') C.SSL_CTX_set_options(ctx, allowNoDheKex);
    }
    must(C.SSL_CTX_use_certificate_ASN1(this.#server, certificate.length, memory(certificate)), 'the certificate');
    must(C.SSL_CTX_use_PrivateKey_ASN1(ecKey, this.#server, memory(key), key.length), 'the key');
    if (kind.earlyBytes !== undefined) {
      this.#earlyData = space(kind.earlyBytes);
      must(C.SSL_CTX_set_max_early_data(this.#server, kind.earlyBytes), 'SSL_CTX_set_max_early_data');
    }
    this.#begin();
  }

  /** Connections one after the other, each handshaken, closed by both sides and freed. */
  run(count) {
    for (let i = 0; i < count; i++) this.#connection(this.#session);
  }

  /** What one connection puts on the wire, both ways together, and how many calls through FFI it takes. */
  costs() {
    return this.#connection(this.#session, { counts: true });
  }

  /** The first of all, which is full. */
  #begin() {
    this.#connection(null, { keeps: this.#kind.by !== undefined });
    if (this.#kind.exchange !== 'psk') return;
    for (const [ctx, group] of [
      [this.#client, pskGroups.client],
      [this.#server, pskGroups.server],
    ]) {
      must(C.SSL_CTX_ctrl(ctx, setGroupsList, 0, memory(Buffer.from(`${group}\0`))), 'SSL_CTX_set1_groups_list');
    }
  }

  #connection(session, { keeps = this.#kind.by === 'before', counts = false } = {}) {
    const c = C.SSL_new(this.#client);
    const s = C.SSL_new(this.#server);
    const toServer = C.BIO_new(this.#memory);
    const toClient = C.BIO_new(this.#memory);
    C.BIO_up_ref(toServer);
    C.BIO_up_ref(toClient);
    C.SSL_set_bio(c, toClient, toServer);
    C.SSL_set_bio(s, toServer, toClient);
    C.SSL_set_connect_state(c);
    C.SSL_set_accept_state(s);
    let calls = 10;
    if (session !== null) {
      C.SSL_set_session(c, session);
      calls++;
      if (this.#earlyData !== undefined) calls += this.#sendEarlyData(c, s);
    }
    let done = 0;
    for (let round = 0; round < 4 && done < 2; round++) {
      done = Math.max(0, C.SSL_do_handshake(c)) + Math.max(0, C.SSL_do_handshake(s));
      calls += 2;
    }
    if (done !== 2) throw failure('a handshake of libssl');
    if (C.SSL_session_reused(c) !== (session === null ? 0 : 1)) throw new Error('libssl resumed unasked, or did not');
    calls++;
    if (this.#kind.version === tls13) {
      C.SSL_read(c, this.#buffer, readBytesMax); // the tickets: there are no data
      calls++;
    }
    if (keeps) calls += this.#keep(c);
    if (session === null) this.#expectSuite(c);
    const bytes = counts ? Number(C.BIO_number_written(toServer)) + Number(C.BIO_number_written(toClient)) : 0;
    C.SSL_shutdown(c);
    C.SSL_read(s, this.#buffer, readBytesMax);
    C.SSL_shutdown(s);
    if (C.SSL_shutdown(c) !== 1) throw new Error('libssl did not close the connection');
    C.SSL_free(c);
    C.SSL_free(s);
    calls += 6;
    return { calls, bytes };
  }

  /** @returns how many calls that took */
  #sendEarlyData(c, s) {
    const sent = BigInt(this.#kind.earlyBytes);
    const write = C.SSL_write_early_data(c, this.#earlyData, this.#kind.earlyBytes, this.#length);
    if (write !== 1) throw failure('SSL_write_early_data');
    const read = C.SSL_read_early_data(s, this.#buffer, readBytesMax, this.#length);
    if (read !== readEarlyData.success || this.#length[0] !== sent) throw failure('SSL_read_early_data');
    C.SSL_do_handshake(c);
    const end = C.SSL_read_early_data(s, this.#buffer, readBytesMax, this.#length);
    if (end !== readEarlyData.finish) throw failure('the end of early data');
    if (C.SSL_get_early_data_status(c) !== earlyDataAccepted) throw new Error('libssl rejected the early data');
    return 5;
  }

  /** @returns how many calls that took */
  #keep(c) {
    C.SSL_SESSION_free(this.#session);
    this.#session = C.SSL_get1_session(c);
    return 2;
  }

  #expectSuite(ssl) {
    const name = C.SSL_CIPHER_get_name(C.SSL_get_current_cipher(ssl));
    if (name !== suites[this.#kind.version]) throw new Error(`libssl took ${name}`);
  }
}
