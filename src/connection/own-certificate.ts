/** CERT: the certificate that a connection shows. SSL_copy_session_id shares it; a connection that goes to another context gives it up. */
import type { Credential } from '../crypto/index.js';
import { LibraryCrash } from '../handshake/index.js';

export class OwnCertificate {
  readonly #credential: Credential | undefined;
  #holders = 1;

  constructor(credential: Credential | undefined) {
    this.#credential = credential;
  }

  /** @throws LibraryCrash where its last connection has given it up: libssl, whose handshake has chosen it, reads freed memory */
  get credential(): Credential | undefined {
    if (this.#holders === 0) throw new LibraryCrash('the certificate that the handshake has chosen is freed');
    return this.#credential;
  }

  share(): this {
    this.#holders += 1;
    return this;
  }

  giveUp(): void {
    this.#holders -= 1;
  }
}
