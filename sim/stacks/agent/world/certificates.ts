/** Certificates in and out of libssl, as DER. */
import { type Library, type Pointer, readBytes, withMemory } from '../library.js';

export class Certificates {
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  /** The context shows that certificate. */
  use(ctx: Pointer, certificate: Uint8Array, key: Uint8Array): void {
    const library = this.#library;
    const shown = library.integer('SSL_CTX_use_certificate_ASN1', ctx, certificate.length, certificate);
    const privateKey = this.#decoded('d2i_AutoPrivateKey', key);
    const known = library.integer('SSL_CTX_use_PrivateKey', ctx, privateKey);
    library.call('EVP_PKEY_free', privateKey);
    library.call('ERR_clear_error');
    if (shown !== 1 || known !== 1) throw new Error('libssl does not take a test certificate');
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

  #decoded(name: 'd2i_X509' | 'd2i_AutoPrivateKey', der: Uint8Array): Pointer {
    const made = withMemory(der, (memory) => this.#library.pointer(name, null, BigUint64Array.of(memory), der.length));
    if (made === null) throw new Error(`${name} gives NULL`);
    return made;
  }
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
