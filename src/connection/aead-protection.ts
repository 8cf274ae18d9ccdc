/** Records under an AEAD: RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2. */
import { type Aead, aeadTagBytes, type CryptoProvider } from '../crypto/index.js';
import type { AeadRecords, DirectionKeys } from '../handshake/index.js';
import { briefBytes } from '../wire/index.js';
import {
  type OpenFailure,
  type Protection,
  putWord,
  type RecordFrame,
  recordPrefix,
  SequenceNumber,
  word,
} from './protection.js';

export class AeadProtection implements Protection {
  readonly #aead: Aead;
  /** The fixed IV, 4 or 12 bytes. */
  readonly #iv0: number;
  readonly #iv1: number;
  readonly #iv2: number;
  readonly #explicitBytes: number;
  readonly #sequence = new SequenceNumber();
  readonly form = 'outer-type';
  readonly version: number;

  constructor(crypto: CryptoProvider, records: AeadRecords, keys: DirectionKeys, version: number) {
    this.#aead = crypto.aead(records.cipher, keys.key);
    const iv = keys.fixedIv;
    this.#iv0 = word(iv, 0);
    this.#iv1 = word(iv, 4);
    this.#iv2 = word(iv, 8);
    this.#explicitBytes = records.cipher === 'chacha20-poly1305' ? 0 : 8;
    this.version = version;
  }

  /** explicit nonce, ciphertext, tag */
  seal(frame: RecordFrame, plaintext: Uint8Array): Uint8Array {
    const sequence = this.#sequence.next();
    const sealed = this.#aead.seal(this.#nonce(sequence), recordPrefix(sequence, frame, plaintext.length), plaintext);
    if (this.#explicitBytes === 0) return sealed;
    const fragment = briefBytes(sequence.length + sealed.length);
    fragment.set(sequence);
    fragment.set(sealed, sequence.length);
    return fragment;
  }

  open(frame: RecordFrame, fragment: Uint8Array): Uint8Array | OpenFailure {
    const length = fragment.length - this.#explicitBytes - aeadTagBytes;
    if (length < 0) return 'no-nonce';
    const sequence = this.#sequence.next();
    const explicit = this.#explicitBytes === 0 ? sequence : fragment.subarray(0, this.#explicitBytes);
    const sealed = fragment.subarray(this.#explicitBytes);
    return this.#aead.open(this.#nonce(explicit), recordPrefix(sequence, frame, length), sealed) ?? 'bad';
  }

  /** GCM: salt and explicit nonce side by side. ChaCha20: the IV with the sequence number folded into its end. */
  #nonce(explicit: Uint8Array): Uint8Array {
    const nonce = new Uint8Array(12);
    putWord(nonce, 0, this.#iv0);
    if (this.#explicitBytes > 0) nonce.set(explicit, 4);
    else {
      putWord(nonce, 4, this.#iv1 ^ word(explicit, 0));
      putWord(nonce, 8, this.#iv2 ^ word(explicit, 4));
    }
    return nonce;
  }
}
