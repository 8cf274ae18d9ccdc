/** What somebody on the way does to the bytes of one stream: each such act sees the stream as it comes, cut into TLS records. */
import type { StreamAction } from '../plan/index.js';

/** Changes the bytes of each segment as it arrives. */
export type Tamper = (bytes: Uint8Array) => Uint8Array;

/** RFC 5246 §6.2.1: type, version, length. */
const recordHeaderBytes = 5;

/** Bytes that lie in one record. */
interface Piece {
  /** Which record of the stream, from 1. */
  readonly record: number;
  /** Where in it they begin, its header included. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The record ends with them. */
  readonly last: boolean;
}

/** Cuts a stream where its records end, whatever segments it comes in. */
class RecordCutter {
  #record = 1;
  #offset = 0;
  #lengthHigh = 0;
  #recordBytes = recordHeaderBytes;

  *cut(bytes: Uint8Array): Generator<Piece> {
    for (let at = 0; at < bytes.length; ) {
      const length = this.#offset < recordHeaderBytes ? 1 : this.#recordBytes - this.#offset;
      const piece = bytes.subarray(at, at + length);
      if (this.#offset === 3) this.#lengthHigh = piece[0] ?? 0;
      if (this.#offset === 4) this.#recordBytes = recordHeaderBytes + this.#lengthHigh * 256 + (piece[0] ?? 0);
      const offset = this.#offset;
      this.#offset += piece.length;
      at += piece.length;
      const last = this.#offset >= recordHeaderBytes && this.#offset === this.#recordBytes;
      yield { record: this.#record, offset, bytes: piece, last };
      if (!last) continue;
      this.#record += 1;
      this.#offset = 0;
      this.#recordBytes = recordHeaderBytes;
    }
  }
}

/** Flips a bit of the nth byte of the stream, or of one of its records. */
export function flipper(action: Extract<StreamAction, { do: 'corrupt' }>): Tamper {
  const mask = 1 << (action.bit ?? 0);
  if (action.record === undefined) {
    let passed = 0;
    return (bytes) => {
      const at = action.byte - passed;
      passed += bytes.length;
      return at < 0 || at >= bytes.length ? bytes : flipped(bytes, at, mask);
    };
  }
  return perPiece((piece) => {
    const at = action.byte - piece.offset;
    if (piece.record !== action.record || at < 0 || at >= piece.bytes.length) return [piece.bytes];
    return [flipped(piece.bytes, at, mask)];
  });
}

/** Sends one record a second time, right behind the first. */
export function duplicator(record: number): Tamper {
  const kept: Uint8Array[] = [];
  return perPiece((piece) => {
    if (piece.record !== record) return [piece.bytes];
    kept.push(piece.bytes.slice());
    return piece.last ? [piece.bytes, ...kept] : [piece.bytes];
  });
}

/** Records of one stream, kept for another. */
export class Recording {
  readonly #pieces: Uint8Array[] = [];

  /** Listens to records `record` to `record + count − 1`, and changes nothing. */
  recorder(record: number, count: number): Tamper {
    return perPiece((piece) => {
      if (piece.record >= record && piece.record < record + count) this.#pieces.push(piece.bytes.slice());
      return [piece.bytes];
    });
  }

  /** Plays what was recorded by then in front of the nth record. */
  player(before: number): Tamper {
    return perPiece((piece) =>
      piece.record === before && piece.offset === 0 ? [...this.#pieces, piece.bytes] : [piece.bytes],
    );
  }
}

/** One after the other. */
export function chain(tampers: readonly Tamper[]): Tamper {
  return (bytes) => tampers.reduce((changed, tamper) => tamper(changed), bytes);
}

function perPiece(act: (piece: Piece) => readonly Uint8Array[]): Tamper {
  const cutter = new RecordCutter();
  return (bytes) => Buffer.concat([...cutter.cut(bytes)].flatMap((piece) => act(piece)));
}

function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
}
