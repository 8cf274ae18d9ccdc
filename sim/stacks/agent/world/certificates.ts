/** Certificates in and out of libssl, as DER. */

import { type Library, type Pointer, readBytes, withMemory } from '../library.js';
import type { CtxEntry } from '../objects.js';
import { toHex } from './hex.js';

export class Certificates {
  readonly #library: Library;

  readonly #own = new Map<number, { readonly certificate: Uint8Array; readonly key: Pointer }>();
  readonly #onAsked: Pointer;

  constructor(library: Library) {
    this.#library = library;
    this.#onAsked = library.callback('certificate', (ssl: Pointer, ctx: Pointer) => this.#give(ssl, Number(ctx)));
  }

  /**
   * The context shows that certificate, and no other. libssl keeps one for each kind of key, and shows which it likes best: a second
   * of another kind is given to each connection when it asks.
   */
  use(ctx: CtxEntry, certificate: Uint8Array, key: Uint8Array): void {
    const library = this.#library;
    const current = library.pointer('SSL_CTX_get0_privatekey', ctx.address);
    const shown = { certificate, key: this.#decoded('d2i_AutoPrivateKey', key) };
    this.#own.set(ctx.id, shown);
    if (current === null || this.#kindOf(current) === this.#kindOf(shown.key)) {
      const taken =
        library.integer('SSL_CTX_use_certificate_ASN1', ctx.address, certificate.length, certificate) === 1 &&
        library.integer('SSL_CTX_use_PrivateKey', ctx.address, shown.key) === 1;
      library.call('ERR_clear_error');
      if (!taken) throw new Error('libssl does not take a test certificate');
    } else library.call('SSL_CTX_set_cert_cb', ctx.address, this.#onAsked, BigInt(ctx.id));
  }

  /** The contexts are gone. */
  forget(): void {
    this.#own.clear();
  }

  #give(ssl: Pointer, ctx: number): number {
    const own = this.#own.get(ctx);
    if (own === undefined) return 1;
    const library = this.#library;
    library.call('SSL_certs_clear', ssl);
    library.call('SSL_use_certificate_ASN1', ssl, own.certificate, own.certificate.length);
    return library.integer('SSL_use_PrivateKey', ssl, own.key);
  }

  /** The context takes them for authorities. */
  trust(ctx: Pointer, certificates: readonly Uint8Array[]): void {
    const store = this.#library.pointer('SSL_CTX_get_cert_store', ctx);
    for (const der of certificates) {
      const certificate = this.#decoded('d2i_X509', der);
      this.#library.call('X509_STORE_add_cert', store, certificate);
      this.#library.call('X509_free', certificate);
    }
  }

  /** In hex; null: none was shown. */
  ofPeer(ssl: Pointer): string | null {
    const library = this.#library;
    // Since 3.0 the old name is a macro.
    const name = library.errorsAreOld ? 'SSL_get_peer_certificate' : 'SSL_get1_peer_certificate';
    const certificate = library.pointer(name, ssl);
    if (certificate === null) return null;
    const length = library.integer('i2d_X509', certificate, null);
    const der = withMemory(new Uint8Array(length), (memory) => {
      library.call('i2d_X509', certificate, BigUint64Array.of(memory));
      return readBytes(memory, length);
    });
    library.call('X509_free', certificate);
    return toHex(der);
  }

  #kindOf(key: Pointer): number {
    return this.#library.integer(this.#library.errorsAreOld ? 'EVP_PKEY_id' : 'EVP_PKEY_get_id', key);
  }

  #decoded(name: 'd2i_X509' | 'd2i_AutoPrivateKey', der: Uint8Array): Pointer {
    const made = withMemory(der, (memory) => this.#library.pointer(name, null, BigUint64Array.of(memory), der.length));
    if (made === null) throw new Error(`${name} gives NULL`);
    return made;
  }
}
