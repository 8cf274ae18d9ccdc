/**
 * Records under an AEAD: RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2. The explicit nonce of GCM is the writer's choice; OpenSSL's
 * starts at random (EVP_CTRL_GCM_SET_IV_FIXED) and counts up, which a record that is read in the clear shows.
 */
import { type Aead, aeadTagBytes, type CryptoProvider } from '../crypto/index.js';
import type { AeadRecords, DirectionKeys } from '../handshake/index.js';
import { type RecordScratch, recordScratch } from '../session/index.js';
import { briefBytes } from '../wire/index.js';
import { type OpenFailure, type Protection, putWord, type RecordFrame, recordPrefix, word } from './protection.js';

/** Of GCM, which alone has one. */
const explicitNonceBytes = 8;

export interface AeadOptions {
  readonly version: number;
  /** Random bytes for the explicit nonce of the first record; none are drawn for a direction that is read. */
  readonly fillNonce?: ((target: Uint8Array) => void) | undefined;
  /** Shared by all that never seal or open two records at once; one of its own unless told. */
  readonly scratch?: RecordScratch;
}

export class AeadProtection implements Protection {
  readonly #aead: Aead;
  /** The fixed IV, 4 or 12 bytes. */
  readonly #iv0: number;
  readonly #iv1: number;
  readonly #iv2: number;
  readonly #scratch: RecordScratch;
  /** The explicit nonce of the record that was written last, 8 bytes; before the first, one below its own. */
  #explicit0 = -1;
  #explicit1 = -1;
  #sequence = 0;
  readonly form = 'outer-type';
  readonly version: number;
  readonly ivBytes: number;

  constructor(crypto: CryptoProvider, records: AeadRecords, keys: DirectionKeys, options: AeadOptions) {
    this.#scratch = options.scratch ?? recordScratch();
    this.#aead = crypto.aead(records.cipher, keys.key);
    const iv = keys.fixedIv;
    this.#iv0 = word(iv, 0);
    this.#iv1 = word(iv, 4);
    this.#iv2 = word(iv, 8);
    this.ivBytes = records.cipher === 'chacha20-poly1305' ? 0 : explicitNonceBytes;
    this.version = options.version;
    if (this.ivBytes === 0 || options.fillNonce === undefined) return;
    const first = new Uint8Array(explicitNonceBytes);
    options.fillNonce(first);
    this.#explicit0 = word(first, 0);
    this.#explicit1 = (word(first, 4) - 1) | 0;
    if (this.#explicit1 === -1) this.#explicit0 = (this.#explicit0 - 1) | 0;
  }

  /** explicit nonce, ciphertext, tag */
  seal(frame: RecordFrame, plaintext: Uint8Array): Uint8Array {
    const prefix = recordPrefix(this.#sequence++, frame, plaintext.length, this.#scratch.prefix);
    if (this.ivBytes === 0) return this.#aead.seal(this.#nonce(prefix), prefix, plaintext);
    const explicit = this.#nextExplicit();
    const sealed = this.#aead.seal(this.#nonce(explicit), prefix, plaintext);
    const fragment = briefBytes(explicitNonceBytes + sealed.length);
    fragment.set(explicit);
    fragment.set(sealed, explicitNonceBytes);
    return fragment;
  }

  open(frame: RecordFrame, fragment: Uint8Array): Uint8Array | OpenFailure {
    const length = fragment.length - this.ivBytes - aeadTagBytes;
    if (length < 0) return 'no-nonce';
    const prefix = recordPrefix(this.#sequence++, frame, length, this.#scratch.prefix);
    const nonce = this.#nonce(this.ivBytes === 0 ? prefix : fragment);
    return this.#aead.open(nonce, prefix, fragment.subarray(this.ivBytes)) ?? 'bad';
  }

  lastIv(): Uint8Array {
    const explicit = new Uint8Array(this.ivBytes);
    if (this.ivBytes === 0) return explicit;
    putWord(explicit, 0, this.#explicit0);
    putWord(explicit, 4, this.#explicit1);
    return explicit;
  }

  /** ctr64_inc: one up each time, from the highest number to 0. */
  #nextExplicit(): Uint8Array {
    this.#explicit1 = (this.#explicit1 + 1) | 0;
    if (this.#explicit1 === 0) this.#explicit0 = (this.#explicit0 + 1) | 0;
    return this.lastIv();
  }

  /**
   * GCM: salt and explicit nonce side by side. ChaCha20: the IV with the sequence number folded into its end.
   * @param before - begins with the explicit nonce, or the sequence number
   */
  #nonce(before: Uint8Array): Uint8Array {
    const { nonce } = this.#scratch;
    const isExplicit = this.ivBytes > 0;
    putWord(nonce, 0, this.#iv0);
    putWord(nonce, 4, isExplicit ? word(before, 0) : this.#iv1 ^ word(before, 0));
    putWord(nonce, 8, isExplicit ? word(before, 4) : this.#iv2 ^ word(before, 4));
    return nonce;
  }
}
