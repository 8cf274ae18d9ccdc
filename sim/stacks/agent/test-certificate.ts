/** The certificate that `sim_use_certificate` gives a context. */
import type { Errors } from './errors.js';
import { type Library, type Pointer, withMemory } from './library.js';

export interface AgentCredential {
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER, PKCS#8. */
  readonly key: Uint8Array;
}

export class TestCertificate {
  credential: AgentCredential = { certificate: new Uint8Array(), key: new Uint8Array() };
  readonly #library: Library;
  readonly #errors: Errors;
  #own: { readonly certificate: Pointer | null; readonly key: Pointer | null } | undefined;

  constructor(library: Library, errors: Errors) {
    this.#library = library;
    this.#errors = errors;
  }

  use(ctx: Pointer | null): void {
    // Decoded once: that takes longer than a handshake's own messages.
    this.#own ??= {
      certificate: this.#fromDer('d2i_X509', this.credential.certificate),
      key: this.#fromDer('d2i_AutoPrivateKey', this.credential.key),
    };
    const done =
      this.#library.integer('SSL_CTX_use_certificate', ctx, this.#own.certificate) === 1 &&
      this.#library.integer('SSL_CTX_use_PrivateKey', ctx, this.#own.key) === 1;
    this.#errors.clear();
    if (!done) throw new Error('libssl does not take the test certificate');
  }

  #fromDer(name: 'd2i_X509' | 'd2i_AutoPrivateKey', der: Uint8Array): Pointer | null {
    return withMemory(der, (memory) => this.#library.pointer(name, null, BigUint64Array.of(memory), der.length));
  }
}
