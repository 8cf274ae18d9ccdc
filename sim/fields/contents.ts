/** What records hold: messages, one or several in a record, or one over several records. */
import type { Field, Message } from './field.js';
import { handshakeHeaderBytes, messageName, readMessage } from './handshake.js';
import { count, FieldReader } from './reader.js';

/** The content of one record: plain in the stream, or the plaintext of a protected one. */
export interface Content {
  readonly contentType: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly isProtected: boolean;
  /** The record that it is in, from 0. */
  readonly record: number;
}

/** A message that has begun and not ended. */
interface Begun {
  readonly pieces: Uint8Array[];
  bytes: number;
  /** Its first bytes, up to the header's four. */
  readonly head: number[];
  readonly firstRecord: number;
  lastRecord: number;
  readonly isProtected: boolean;
  /** The field of its latest piece. */
  lastField: { -readonly [K in keyof Field]: Field[K] };
}

const source = 'RFC 8446 §5.1';

/** Takes the contents of one direction in order. */
export class Contents {
  readonly messages: Message[] = [];
  #begun: Begun | undefined;

  /** The fields of a content: they cover it. */
  take(content: Content): readonly Field[] {
    if (content.contentType === 22) return this.#handshake(content);
    const { bytes, from, to } = content;
    const reader = new FieldReader(bytes, source, { from, to });
    const name = content.contentType === 23 ? 'application_data' : 'fragment';
    reader.opaque(name, to - from);
    const [field] = reader.fields;
    if (field !== undefined) this.#tell(content, { kind: 'unknown', name, field });
    return reader.fields;
  }

  /** No more comes: what has begun is shown as far as it came. */
  end(): void {
    if (this.#begun !== undefined) this.#close(this.#begun);
  }

  #handshake(content: Content): readonly Field[] {
    const { bytes, to } = content;
    const fields: Field[] = [];
    let at = content.from;
    while (at < to) {
      const end = this.#begun === undefined ? endOfMessage(bytes, at, to) : undefined;
      if (end !== undefined) {
        const reader = new FieldReader(bytes, source, { from: at, to: end });
        const handshakeType = bytes[at] ?? 0;
        readMessage(reader);
        fields.push(...reader.fields);
        const [field] = reader.fields;
        if (field !== undefined)
          this.#tell(content, { kind: 'handshake', name: messageName(handshakeType), handshakeType, field });
        at = end;
      } else {
        const { field, end } = this.#piece(content, at);
        fields.push(field);
        at = end;
      }
    }
    return fields;
  }

  /** The next piece of a message that does not lie in one record. */
  #piece(content: Content, at: number): { readonly field: Field; readonly end: number } {
    const { bytes, to, record, isProtected } = content;
    const lastField = { name: '', offset: at, length: 0, value: '', source };
    const begun: Begun = this.#begun ?? {
      pieces: [],
      bytes: 0,
      head: [],
      firstRecord: record,
      lastRecord: record,
      isProtected,
      lastField,
    };
    this.#begun = begun;
    begun.lastRecord = record;
    begun.lastField = lastField;
    const before = begun.bytes;
    let end = Math.min(to, at + missing(begun));
    add(begun, bytes.subarray(at, end));
    // The header itself may have come in pieces: only now the length is known.
    const more = Math.min(to - end, missing(begun));
    add(begun, bytes.subarray(end, end + more));
    end += more;
    const handshakeType = begun.head[0] ?? 0;
    const total = totalOf(begun);
    const of = total === undefined ? '' : ` of ${total}`;
    begun.lastField = {
      ...lastField,
      name: `${messageName(handshakeType)}, a piece`,
      length: end - at,
      value: `bytes ${before} to ${begun.bytes - 1}${of}`,
    };
    const field = begun.lastField;
    if (missing(begun) === 0) this.#close(begun);
    return { field, end };
  }

  #close(begun: Begun): void {
    this.#begun = undefined;
    const bytes = joined(begun.pieces, begun.bytes);
    const reader = new FieldReader(bytes, source, { from: 0, to: bytes.length });
    readMessage(reader);
    begun.lastField.inside = { space: 'message', bytes, fields: reader.fields };
    const lack = missing(begun);
    if (lack > 0) begun.lastField.problem = `expected ${count(lack)} more of the message, none came`;
    const [field] = reader.fields;
    if (field === undefined) return;
    const { isProtected, firstRecord: first, lastRecord: last } = begun;
    const handshakeType = begun.head[0] ?? 0;
    const name = messageName(handshakeType);
    this.messages.push({ kind: 'handshake', name, handshakeType, isProtected, records: { first, last }, bytes, field });
  }

  #tell(content: Content, what: Pick<Message, 'kind' | 'name' | 'field' | 'handshakeType'>): void {
    const { bytes, isProtected, record } = content;
    this.messages.push({ ...what, isProtected, records: { first: record, last: record }, bytes });
  }
}

/** Where the message at `at` ends; undefined where that is beyond `to`, or not known. */
function endOfMessage(bytes: Uint8Array, at: number, to: number): number | undefined {
  if (to - at < handshakeHeaderBytes) return undefined;
  const end = at + handshakeHeaderBytes + bodyBytes(bytes, at);
  return end <= to ? end : undefined;
}

function bodyBytes(bytes: ArrayLike<number>, at: number): number {
  return ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** Bytes of the whole message, once its header has come. */
function totalOf({ head }: Begun): number | undefined {
  if (head.length < handshakeHeaderBytes) return undefined;
  return handshakeHeaderBytes + bodyBytes(head, 0);
}

/** Bytes to come of the message, or of its header while that is not whole. */
function missing(begun: Begun): number {
  return (totalOf(begun) ?? handshakeHeaderBytes) - begun.bytes;
}

function add(begun: Begun, piece: Uint8Array): void {
  begun.pieces.push(piece);
  begun.bytes += piece.length;
  begun.head.push(...piece.subarray(0, handshakeHeaderBytes - begun.head.length));
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
