/** Records under a block cipher: RFC 5246 §6.2.3.2 (the MAC is encrypted), RFC 7366 (the MAC covers what is encrypted). */
import { type BlockCipher, type CryptoProvider, cipherBlockBytes, macBytes } from '../crypto/index.js';
import type { BlockRecords, DirectionKeys } from '../handshake/index.js';
import { equalBytes } from '../session/index.js';
import { type OpenFailure, type Protection, type RecordFrame, recordPrefix } from './protection.js';

export interface BlockOptions {
  readonly version: number;
  readonly encryptThenMac: boolean;
  /** Random bytes for the IV of each record that is sealed. */
  readonly fillIv: (target: Uint8Array) => void;
}

export class BlockProtection implements Protection {
  readonly form = 'outer-type';
  readonly ivBytes: number = cipherBlockBytes;
  readonly #crypto: CryptoProvider;
  readonly #cipher: BlockCipher;
  readonly #records: BlockRecords;
  readonly #macKey: Uint8Array;
  readonly #options: BlockOptions;
  #sequence = 0;
  #lastIv = new Uint8Array(cipherBlockBytes);

  constructor(crypto: CryptoProvider, records: BlockRecords, keys: DirectionKeys, options: BlockOptions) {
    this.#crypto = crypto;
    this.#cipher = crypto.blockCipher(records.cipher, keys.key);
    this.#records = records;
    this.#macKey = keys.macKey;
    this.#options = options;
  }

  get mac(): { readonly bytes: number; readonly covers: 'plaintext' | 'ciphertext' } {
    return { bytes: macBytes[this.#records.mac], covers: this.#options.encryptThenMac ? 'ciphertext' : 'plaintext' };
  }

  get version(): number {
    return this.#options.version;
  }

  /** IV, ciphertext, and behind them the MAC where that comes last */
  seal(frame: RecordFrame, plaintext: Uint8Array): Uint8Array {
    const sequence = this.#sequence++;
    const iv = new Uint8Array(cipherBlockBytes);
    this.#options.fillIv(iv);
    this.#lastIv = iv;
    if (this.#options.encryptThenMac) {
      const encrypted = joined(iv, this.#cipher.encrypt(iv, padded(plaintext)));
      return joined(encrypted, this.#mac(sequence, frame, encrypted));
    }
    const content = joined(plaintext, this.#mac(sequence, frame, plaintext));
    return joined(iv, this.#cipher.encrypt(iv, padded(content)));
  }

  lastIv(): Uint8Array {
    return this.#lastIv;
  }

  open(frame: RecordFrame, fragment: Uint8Array): Uint8Array | OpenFailure {
    const sequence = this.#sequence++;
    const macLength = macBytes[this.#records.mac];
    if (!this.#options.encryptThenMac) return this.#openWithMacInside(sequence, frame, fragment);
    const length = fragment.length - macLength;
    if (length < 0) return 'no-mac';
    const encrypted = fragment.subarray(0, length);
    if (!equalBytes(this.#mac(sequence, frame, encrypted), fragment.subarray(length))) return 'bad';
    if (!isWholeBlocks(encrypted, 1)) return 'no-blocks';
    const content = this.#decrypt(encrypted);
    const padding = paddingOf(content, 0);
    return padding === undefined ? 'bad' : content.subarray(0, content.length - padding);
  }

  /** The MAC is computed whether or not the padding fits, and both end alike: RFC 5246 §6.2.3.2, implementation note. */
  #openWithMacInside(sequence: number, frame: RecordFrame, fragment: Uint8Array): Uint8Array | OpenFailure {
    const macLength = macBytes[this.#records.mac];
    if (!isWholeBlocks(fragment, macLength + 1)) return 'no-blocks';
    const content = this.#decrypt(fragment);
    const padding = paddingOf(content, macLength);
    const length = content.length - (padding ?? 0) - macLength;
    const plaintext = content.subarray(0, length);
    const fits = equalBytes(this.#mac(sequence, frame, plaintext), content.subarray(length, length + macLength));
    return fits && padding !== undefined ? plaintext : 'bad';
  }

  #mac(sequence: number, frame: RecordFrame, covered: Uint8Array): Uint8Array {
    const data = joined(recordPrefix(sequence, frame, covered.length), covered);
    return this.#crypto.hmac(this.#records.mac, this.#macKey, data);
  }

  #decrypt(encrypted: Uint8Array): Uint8Array {
    return this.#cipher.decrypt(encrypted.subarray(0, cipherBlockBytes), encrypted.subarray(cipherBlockBytes));
  }
}

/** Whether there are an IV and whole blocks, with room for so many bytes in them. */
function isWholeBlocks(encrypted: Uint8Array, contentBytesMin: number): boolean {
  return encrypted.length % cipherBlockBytes === 0 && encrypted.length >= cipherBlockBytes + contentBytesMin;
}

/** RFC 5246 §6.2.3.2: every byte of the padding, its length among them, holds that length without itself. */
function padded(content: Uint8Array): Uint8Array {
  const padding = cipherBlockBytes - (content.length % cipherBlockBytes);
  const blocks = new Uint8Array(content.length + padding).fill(padding - 1);
  blocks.set(content);
  return blocks;
}

/** How many bytes of padding there are, with the one that says so; undefined where they do not fit beside `others` bytes. */
function paddingOf(content: Uint8Array, others: number): number | undefined {
  const last = content[content.length - 1] ?? 0;
  const padding = last + 1;
  if (padding + others > content.length) return undefined;
  return content.subarray(-padding).every((byte) => byte === last) ? padding : undefined;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
