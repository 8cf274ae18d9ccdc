// Real libssl's handshakes: two connections joined by memory BIOs, as core.mjs joins the model's.
import { C, failure, memory, must, space } from './functions.mjs';

/** Macros over SSL_CTX_ctrl (ssl.h). */
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
  #session = null;
  #suite;

  constructor({ certificate, key, version, suite }) {
    this.#suite = suite;
    for (const ctx of [this.#server, this.#client]) {
      must(C.SSL_CTX_ctrl(ctx, setMaxProtoVersion, version, null), 'SSL_CTX_set_max_proto_version');
      must(C.SSL_CTX_set_cipher_list(ctx, suite), 'SSL_CTX_set_cipher_list');
    }
    must(C.SSL_CTX_use_certificate_ASN1(this.#server, certificate.length, memory(certificate)), 'the certificate');
    must(C.SSL_CTX_use_PrivateKey_ASN1(ecKey, this.#server, memory(key), key.length), 'the key');
    this.#session = this.#connection(null, { keep: true }).session;
  }

  /**
   * Connections one after the other, each handshaken, closed by both sides and freed.
   * @param kind `full` or `resumed`, by the ticket of the connection that the constructor made
   */
  run(kind, count) {
    const session = kind === 'resumed' ? this.#session : null;
    for (let i = 0; i < count; i++) this.#connection(session, { keep: false });
  }

  /** What one connection puts on the wire, both ways together, and how many calls through FFI it takes. */
  costs(kind) {
    return this.#connection(kind === 'resumed' ? this.#session : null, { keep: false, count: true });
  }

  #connection(session, { keep, count = false }) {
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
    }
    let done = 0;
    for (let round = 0; round < 4 && done < 2; round++) {
      done = Math.max(0, C.SSL_do_handshake(c)) + Math.max(0, C.SSL_do_handshake(s));
      calls += 2;
    }
    if (done !== 2) throw failure('a handshake of libssl');
    if (C.SSL_session_reused(c) !== (session === null ? 0 : 1)) throw new Error('libssl resumed unasked, or did not');
    if (keep) this.#expectSuite(c);
    const made = keep ? C.SSL_get1_session(c) : null;
    const bytes = count ? Number(C.BIO_number_written(toServer)) + Number(C.BIO_number_written(toClient)) : 0;
    C.SSL_shutdown(c);
    C.SSL_read(s, this.#buffer, readBytesMax);
    C.SSL_shutdown(s);
    if (C.SSL_shutdown(c) !== 1) throw new Error('libssl did not close the connection');
    C.SSL_free(c);
    C.SSL_free(s);
    calls += 7;
    return { session: made, calls, bytes };
  }

  #expectSuite(ssl) {
    const name = C.SSL_CIPHER_get_name(C.SSL_get_current_cipher(ssl));
    if (name !== this.#suite) throw new Error(`libssl took ${name}`);
  }
}
