/** What protects the records of one direction, whatever the cipher suite: RFC 5246 §6.2.3, RFC 8446 §5.2. */

export interface RecordFrame {
  readonly contentType: number;
  readonly version: number;
  /** Zeros behind the type, in TLS 1.3 alone; none unless told. */
  readonly paddingBytes?: number;
}

/**
 * Why a record does not open. `no-nonce`: no room for an AEAD's nonce and tag; `no-mac`: none for the MAC behind what is
 * encrypted; `no-blocks`: what cannot be whole blocks with IV and padding, which is seen without the key; `bad`: tag, MAC or
 * padding do not fit, and nobody learns which.
 */
export type OpenFailure = 'no-nonce' | 'no-mac' | 'no-blocks' | 'bad';

export interface Protection {
  /** The version when the keys came to be: what 3.5 keeps beside them. */
  readonly version: number;
  /** `outer-type`: the header says what it is. `inner-type`: the plaintext does (RFC 8446 §5.2), and the header says application data. */
  readonly form: 'outer-type' | 'inner-type';
  /** What stands in front of the ciphertext: an explicit nonce or IV, in bytes. */
  readonly ivBytes: number;
  /** A MAC that is no part of the cipher; undefined for an AEAD. */
  readonly mac?: { readonly bytes: number; readonly covers: 'plaintext' | 'ciphertext' };
  /** The fragment that goes on the wire. */
  seal(frame: RecordFrame, plaintext: Uint8Array): Uint8Array;
  /** Explicit nonce or IV of the record sealed last. */
  lastIv(): Uint8Array;
  open(frame: RecordFrame, fragment: Uint8Array): Uint8Array | OpenFailure;
  /** The next record counts as the first again: what did not open was for other keys. */
  restart?(): void;
}

/** Four bytes as a number; those past the end are 0. An IV is kept so: as an array it would cost ten times its bytes, or keep the whole key block. */
export function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

export function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24; // a typed array keeps the low byte
  bytes[at + 1] = value >> 16;
  bytes[at + 2] = value >> 8;
  bytes[at + 3] = value;
}

const recordPrefixBytes = 13; // seq_num(8), type, version(2), length(2)

/**
 * RFC 5246 §6.2.3.1 and §6.2.3.3: what a MAC covers before the fragment, and an AEAD's additional data.
 * @param sequence - how many records went before (RFC 5246 §6.1)
 * @param prefix - where it is written; new memory unless told
 */
export function recordPrefix(
  sequence: number,
  frame: RecordFrame,
  length: number,
  prefix: Uint8Array = new Uint8Array(recordPrefixBytes),
): Uint8Array {
  putWord(prefix, 0, Math.floor(sequence / 2 ** 32));
  putWord(prefix, 4, sequence | 0);
  prefix[8] = frame.contentType;
  prefix[9] = frame.version >> 8;
  prefix[10] = frame.version & 0xff;
  prefix[11] = length >> 8;
  prefix[12] = length & 0xff;
  return prefix;
}
