/** Records of TLS 1.3: RFC 8446 §5.2 and §5.3. */
import { type Aead, aeadTagBytes, type CryptoProvider } from '../crypto/index.js';
import { type CipherSuiteOfTls13, trafficKeys } from '../handshake/index.js';
import { type RecordScratch, recordScratch } from '../session/index.js';
import { ContentType, ProtocolVersion, writeInnerPlaintext } from '../wire/index.js';
import { type OpenFailure, type Protection, putWord, type RecordFrame, word } from './protection.js';

/** Of GCM under TLS 1.2. */
const explicitNonceBytes = 8;

/**
 * What it seals is content, type and padding, and all of its records look like application data. What it opens is that same inner
 * plaintext: the record layer looks for the type in it (`readInnerPlaintext`), since lengths are judged before.
 */
export class Tls13Protection implements Protection {
  readonly version: number = ProtocolVersion.tls13;
  readonly form = 'inner-type';
  readonly ivBytes = 0;
  readonly #aead: Aead;
  readonly #iv0: number;
  readonly #iv1: number;
  readonly #iv2: number;
  readonly #scratch: RecordScratch;
  #sequence = 0;
  /** Where up to 3.0 a plain alert under these keys has a nonce. */
  readonly #placeOfNonceBytes: number;

  /**
   * @param secret - the traffic secret of this direction
   * @param scratch - shared by all that never seal or open two records at once; one of its own unless told
   */
  constructor(
    crypto: CryptoProvider,
    suite: Pick<CipherSuiteOfTls13, 'cipher' | 'hash'>,
    secret: Uint8Array,
    scratch: RecordScratch = recordScratch(),
  ) {
    this.#scratch = scratch;
    const { key, iv } = trafficKeys(crypto, suite, secret);
    this.#aead = crypto.aead(suite.cipher, key);
    this.#placeOfNonceBytes = suite.cipher === 'chacha20-poly1305' ? 0 : explicitNonceBytes;
    this.#iv0 = word(iv, 0);
    this.#iv1 = word(iv, 4);
    this.#iv2 = word(iv, 8);
  }

  seal({ contentType, paddingBytes = 0 }: RecordFrame, plaintext: Uint8Array): Uint8Array {
    const inner = writeInnerPlaintext({ content: plaintext, contentType, paddingBytes });
    return this.#aead.seal(this.#nextNonce(), this.#additionalData(inner.length + aeadTagBytes), inner);
  }

  /** Nothing wrote there: libssl sends what lay in its buffer. */
  lastIv(): Uint8Array {
    return new Uint8Array(this.#placeOfNonceBytes);
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
    const { nonce } = this.#scratch;
    putWord(nonce, 0, this.#iv0);
    putWord(nonce, 4, this.#iv1 ^ Math.floor(this.#sequence / 2 ** 32));
    putWord(nonce, 8, this.#iv2 ^ this.#sequence); // its low 32 bits
    this.#sequence += 1;
    return nonce;
  }

  /** The record's header. */
  #additionalData(length: number): Uint8Array {
    const { header } = this.#scratch;
    header[0] = ContentType.applicationData;
    header[1] = ProtocolVersion.tls12 >> 8;
    header[2] = ProtocolVersion.tls12 & 0xff;
    header[3] = length >> 8;
    header[4] = length & 0xff;
    return header;
  }
}
