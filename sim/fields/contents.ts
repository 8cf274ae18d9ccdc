/** What records hold: messages, one or several in a record, or one over several records. */
import { alertName } from '../../src/index.js';
import type { Field, Message } from './field.js';
import { handshakeHeaderBytes, messageName, type Negotiated, readMessage } from './handshake.js';
import { alertLevels, ContentType, named } from './names/code-points.js';
import { asText, count, FieldReader } from './reader.js';

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

/** Who knows of the connection what one direction does not tell. */
export interface Listener {
  /** On which the form of the next message depends. */
  negotiated(): Negotiated;
  /** A message has come, whole or as much of it as there is. */
  told(message: Message): void;
}

const source = 'RFC 8446 §5.1';

/** Takes the contents of one direction in order. */
export class Contents {
  readonly #listener: Listener;
  #begun: Begun | undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Whether a message has begun and not ended. */
  get isInside(): boolean {
    return this.#begun !== undefined;
  }

  /** The fields of a content: they cover it. */
  take(content: Content): readonly Field[] {
    switch (content.contentType) {
      case ContentType.handshake:
        return this.#handshake(content);
      case ContentType.alert:
        return this.#alerts(content);
      case ContentType.changeCipherSpec:
        return this.#one(content, 'change_cipher_spec', (reader) => changeCipherSpec(reader));
      case ContentType.applicationData:
        return this.#one(content, 'application_data', (reader) => applicationData(reader, this.#listener.negotiated()));
      default:
        return this.#one(content, 'unknown', (reader) => unknownContent(reader, content.contentType));
    }
  }

  /** No more comes: what has begun is shown as far as it came. */
  end(): void {
    if (this.#begun !== undefined) this.#close(this.#begun);
  }

  /** A content that is one message. */
  #one(content: Content, kind: Message['kind'], read: (reader: FieldReader) => void): readonly Field[] {
    const { bytes, from, to } = content;
    const reader = new FieldReader(bytes, source, { from, to });
    read(reader);
    reader.end();
    const [field] = reader.fields;
    if (field !== undefined) this.#tell(content, { kind, name: field.name, field });
    return reader.fields;
  }

  #alerts(content: Content): readonly Field[] {
    const { bytes, from, to } = content;
    const { isTls13 } = this.#listener.negotiated();
    const reader = new FieldReader(bytes, isTls13 ? 'RFC 8446 §6' : 'RFC 5246 §7.2', { from, to });
    do readAlert(reader);
    while (!reader.failed && reader.remaining > 0);
    for (const field of reader.fields) this.#tell(content, { kind: 'alert', name: 'Alert', field });
    return reader.fields;
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
        readMessage(reader, this.#listener.negotiated());
        fields.push(...reader.fields);
        const [field] = reader.fields;
        if (field !== undefined) this.#tell(content, { kind: 'handshake', name: field.name, handshakeType, field });
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
    readMessage(reader, this.#listener.negotiated());
    begun.lastField.inside = { space: 'message', bytes, fields: reader.fields };
    const lack = missing(begun);
    if (lack > 0) begun.lastField.problem = `expected ${count(lack)} more of the message, none came`;
    const [field] = reader.fields;
    if (field === undefined) return;
    const { isProtected, firstRecord: first, lastRecord: last } = begun;
    const handshakeType = begun.head[0] ?? 0;
    const { name } = field;
    this.#listener.told({
      kind: 'handshake',
      name,
      handshakeType,
      isProtected,
      records: { first, last },
      bytes,
      field,
    });
  }

  #tell(content: Content, what: Pick<Message, 'kind' | 'name' | 'field' | 'handshakeType'>): void {
    const { bytes, isProtected, record } = content;
    this.#listener.told({ ...what, isProtected, records: { first: record, last: record }, bytes });
  }
}

function readAlert(reader: FieldReader): void {
  reader.group('Alert', (alert) => {
    const level = alert.u8('level', named(alertLevels));
    const description = alert.u8('description', (code) => `${alertName(code)} (${code})`);
    return alert.failed ? undefined : `${alertLevels[level] ?? level}, ${alertName(description)}`;
  });
}

/** RFC 5246 §7.1: its one byte is 1. */
const changeCipherSpecByte = 1;

function changeCipherSpec(reader: FieldReader): void {
  reader.group(
    'ChangeCipherSpec',
    (inside) => {
      const type = inside.u8('type', (value) =>
        value === changeCipherSpecByte ? 'change_cipher_spec (1)' : `${value}`,
      );
      if (inside.failed || type === changeCipherSpecByte) return undefined;
      return { problem: `expected ${changeCipherSpecByte}, ${type} came` };
    },
    { source: 'RFC 5246 §7.1' },
  );
}

function applicationData(reader: FieldReader, { isTls13 }: Negotiated): void {
  const source = isTls13 ? 'RFC 8446 §5.1' : 'RFC 5246 §10';
  reader.opaque('application_data', reader.remaining, { source, say: asText });
}

function unknownContent(reader: FieldReader, contentType: number): void {
  reader.opaque('fragment', reader.remaining, { problem: `expected a content type of 20 to 23, ${contentType} came` });
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
