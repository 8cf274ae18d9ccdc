/** Records of TLS 1.3: RFC 8446 §5.2 and §5.3. */
import { type Aead, aeadTagBytes, type CryptoProvider } from '../crypto/index.js';
import { type CipherSuiteOfTls13, trafficKeys } from '../handshake/index.js';
import { ContentType, ProtocolVersion, recordHeaderBytes, writeInnerPlaintext } from '../wire/index.js';
import type { OpenFailure, Protection, RecordFrame } from './protection.js';

/**
 * What it seals is content, type and padding, and all of its records look like application data. What it opens is that same inner
 * plaintext: the record layer looks for the type in it (`readInnerPlaintext`), since lengths are judged before.
 */
export class Tls13Protection implements Protection {
  readonly version: number = ProtocolVersion.tls13;
  readonly form = 'inner-type';
  readonly ivBytes = 0;
  readonly #aead: Aead;
  readonly #iv: Uint8Array;
  #sequence = 0;
  /** Written anew for each record. */
  readonly #nonce = new Uint8Array(12);
  readonly #header = Uint8Array.of(ContentType.applicationData, 0x03, 0x03, 0, 0);

  /** @param secret - the traffic secret of this direction */
  constructor(crypto: CryptoProvider, suite: CipherSuiteOfTls13, secret: Uint8Array) {
    const { key, iv } = trafficKeys(crypto, suite, secret);
    this.#aead = crypto.aead(suite.cipher, key);
    this.#iv = iv;
  }

  seal({ contentType, paddingBytes = 0 }: RecordFrame, plaintext: Uint8Array): Uint8Array {
    const inner = writeInnerPlaintext({ content: plaintext, contentType, paddingBytes });
    return this.#aead.seal(this.#nextNonce(), this.#additionalData(inner.length + aeadTagBytes), inner);
  }

  lastIv(): Uint8Array {
    return new Uint8Array(0);
  }

  open(_frame: RecordFrame, fragment: Uint8Array): Uint8Array | OpenFailure {
    if (fragment.length < aeadTagBytes + 1) return 'no-nonce';
    return this.#aead.open(this.#nextNonce(), this.#additionalData(fragment.length), fragment) ?? 'bad';
  }

  restart(): void {
    this.#sequence = 0;
  }

  /** The IV, with the sequence number folded into its end. */
  #nextNonce(): Uint8Array {
    const nonce = this.#nonce;
    nonce.set(this.#iv);
    let rest = this.#sequence;
    for (let at = nonce.length - 1; rest > 0; at--) {
      nonce[at] = (nonce[at] ?? 0) ^ (rest & 0xff);
      rest = Math.floor(rest / 0x100);
    }
    this.#sequence += 1;
    return nonce;
  }

  /** The record's header. */
  #additionalData(length: number): Uint8Array {
    this.#header[recordHeaderBytes - 2] = length >> 8;
    this.#header[recordHeaderBytes - 1] = length & 0xff;
    return this.#header;
  }
}
