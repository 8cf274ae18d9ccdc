/** What protects the records of one direction in TLS 1.2: RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2. */
import { type Aead, aeadTagBytes, type CryptoProvider } from '../crypto/index.js';
import { type CipherSuite, type DirectionKeys, explicitNonceBytes } from '../handshake/index.js';

const additionalDataBytes = 13; // seq_num(8), type, version(2), length(2)

export interface RecordFrame {
  readonly contentType: number;
  readonly version: number;
}

export class Protection {
  readonly #aead: Aead;
  readonly #fixedIv: Uint8Array;
  readonly #explicitBytes: number;
  #sequence = 0;
  /** The version when the keys came to be: what 3.5 keeps beside them. */
  readonly version: number;

  constructor(crypto: CryptoProvider, suite: CipherSuite, keys: DirectionKeys, version: number) {
    this.#aead = crypto.aead(suite.aead, keys.key);
    this.#fixedIv = keys.fixedIv;
    this.#explicitBytes = explicitNonceBytes(suite);
    this.version = version;
  }

  /** By how much a record grows. */
  get overhead(): number {
    return this.#explicitBytes + aeadTagBytes;
  }

  /** explicit nonce, ciphertext, tag */
  seal(frame: RecordFrame, plaintext: Uint8Array): Uint8Array {
    const sequence = this.#nextSequence();
    const sealed = this.#aead.seal(this.#nonce(sequence), additionalData(sequence, frame, plaintext.length), plaintext);
    if (this.#explicitBytes === 0) return sealed;
    const fragment = new Uint8Array(sequence.length + sealed.length);
    fragment.set(sequence);
    fragment.set(sealed, sequence.length);
    return fragment;
  }

  /** The plaintext; `'too-short'`: no room for nonce and tag; `'bad'`: the tag does not fit. */
  open(frame: RecordFrame, fragment: Uint8Array): Uint8Array | 'too-short' | 'bad' {
    if (fragment.length < this.overhead) return 'too-short';
    const sequence = this.#nextSequence();
    const explicit = this.#explicitBytes === 0 ? sequence : fragment.subarray(0, this.#explicitBytes);
    const length = fragment.length - this.overhead;
    const sealed = fragment.subarray(this.#explicitBytes);
    return this.#aead.open(this.#nonce(explicit), additionalData(sequence, frame, length), sealed) ?? 'bad';
  }

  /** GCM: salt and explicit nonce side by side. ChaCha20: the IV with the sequence number folded into its end. */
  #nonce(explicit: Uint8Array): Uint8Array {
    const nonce = new Uint8Array(12);
    nonce.set(this.#fixedIv);
    if (this.#explicitBytes > 0) nonce.set(explicit, 4);
    else for (let i = 0; i < 8; i += 1) nonce[4 + i] = (nonce[4 + i] ?? 0) ^ (explicit[i] ?? 0);
    return nonce;
  }

  #nextSequence(): Uint8Array {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(this.#sequence / 2 ** 32));
    view.setUint32(4, this.#sequence >>> 0);
    this.#sequence += 1;
    return bytes;
  }
}

function additionalData(sequence: Uint8Array, frame: RecordFrame, length: number): Uint8Array {
  const data = new Uint8Array(additionalDataBytes);
  data.set(sequence);
  data[8] = frame.contentType;
  data[9] = frame.version >> 8;
  data[10] = frame.version & 0xff;
  data[11] = length >> 8;
  data[12] = length & 0xff;
  return data;
}
