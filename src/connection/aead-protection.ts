/** Records under an AEAD: RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2. */
import { type Aead, aeadTagBytes, type CryptoProvider } from '../crypto/index.js';
import type { AeadRecords, DirectionKeys } from '../handshake/index.js';
import { type RecordScratch, recordScratch } from '../session/index.js';
import { briefBytes } from '../wire/index.js';
import { type OpenFailure, type Protection, putWord, type RecordFrame, recordPrefix, word } from './protection.js';

const explicitNonceBytes = 8;

export class AeadProtection implements Protection {
  readonly #aead: Aead;
  /** The fixed IV, 4 or 12 bytes. */
  readonly #iv0: number;
  readonly #iv1: number;
  readonly #iv2: number;
  readonly #explicitBytes: number;
  readonly #scratch: RecordScratch;
  #sequence = 0;
  readonly form = 'outer-type';
  readonly version: number;

  /** @param scratch - shared by all that never seal or open two records at once; one of its own unless told */
  constructor(
    crypto: CryptoProvider,
    records: AeadRecords,
    keys: DirectionKeys,
    version: number,
    scratch: RecordScratch = recordScratch(),
  ) {
    this.#scratch = scratch;
    this.#aead = crypto.aead(records.cipher, keys.key);
    const iv = keys.fixedIv;
    this.#iv0 = word(iv, 0);
    this.#iv1 = word(iv, 4);
    this.#iv2 = word(iv, 8);
    this.#explicitBytes = records.cipher === 'chacha20-poly1305' ? 0 : explicitNonceBytes;
    this.version = version;
  }

  /** explicit nonce, ciphertext, tag */
  seal(frame: RecordFrame, plaintext: Uint8Array): Uint8Array {
    const prefix = recordPrefix(this.#sequence++, frame, plaintext.length, this.#scratch.prefix);
    const sealed = this.#aead.seal(this.#nonce(prefix), prefix, plaintext);
    if (this.#explicitBytes === 0) return sealed;
    const fragment = briefBytes(explicitNonceBytes + sealed.length);
    for (let at = 0; at < explicitNonceBytes; at += 1) fragment[at] = prefix[at] ?? 0; // the number, which stands first
    fragment.set(sealed, explicitNonceBytes);
    return fragment;
  }

  open(frame: RecordFrame, fragment: Uint8Array): Uint8Array | OpenFailure {
    const length = fragment.length - this.#explicitBytes - aeadTagBytes;
    if (length < 0) return 'no-nonce';
    const prefix = recordPrefix(this.#sequence++, frame, length, this.#scratch.prefix);
    const nonce = this.#nonce(this.#explicitBytes === 0 ? prefix : fragment);
    return this.#aead.open(nonce, prefix, fragment.subarray(this.#explicitBytes)) ?? 'bad';
  }

  /**
   * GCM: salt and explicit nonce side by side. ChaCha20: the IV with the sequence number folded into its end.
   * @param before - begins with the explicit nonce, or the sequence number
   */
  #nonce(before: Uint8Array): Uint8Array {
    const { nonce } = this.#scratch;
    const isExplicit = this.#explicitBytes > 0;
    putWord(nonce, 0, this.#iv0);
    putWord(nonce, 4, isExplicit ? word(before, 0) : this.#iv1 ^ word(before, 0));
    putWord(nonce, 8, isExplicit ? word(before, 4) : this.#iv2 ^ word(before, 4));
    return nonce;
  }
}
