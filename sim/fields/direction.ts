/** One direction of a connection: its records, opened one after the other. */
import {
  keysAfterUpdate,
  type OpenedRecord,
  type OpeningKeys,
  type RecordOpener,
  recordOpener,
} from '../../src/index.js';
import { Contents } from './contents.js';
import type { Field, Inside, Message, StreamFields } from './field.js';
import { type Layout, layoutOf, layoutOf13, layoutOfUnknown, readBehindContent, readProtected } from './layout.js';
import { ContentType, contentTypes, named } from './names/code-points.js';
import { count, FieldReader, type Told } from './reader.js';
import { lackOf, notARecord, type RecordHeader, readHeader } from './record.js';
import type { Said } from './said.js';

const alertBytes = 2;
const keyUpdate = 24;
const clientHello = 1;

const recordSources = {
  TLSPlaintext: { 12: 'RFC 5246 §6.2.1', 13: 'RFC 8446 §5.1' },
  TLSCiphertext: { 12: 'RFC 5246 §6.2.3', 13: 'RFC 8446 §5.2' },
} as const;

/** Keys that have opened a record. */
interface Current {
  readonly keys: OpeningKeys;
  readonly open: RecordOpener;
}

interface Opened extends Current {
  readonly record: OpenedRecord;
}

export class Direction {
  readonly #side: 'client' | 'server';
  readonly #bytes: Uint8Array;
  readonly #said: Said;
  readonly #contents: Contents;
  readonly #records: Field[] = [];
  readonly #messages: Message[] = [];
  #at = 0;
  /** A ChangeCipherSpec has gone by. */
  #changed = false;
  #current: Current | undefined;
  /** The record at `#at` did not open under them. */
  #currentFailed = false;

  constructor(side: 'client' | 'server', bytes: Uint8Array, said: Said) {
    this.#side = side;
    this.#bytes = bytes;
    this.#said = said;
    this.#contents = new Contents({
      negotiated: () => said.negotiated(side),
      told: (message) => this.#told(message),
    });
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Takes records until one depends on what the other side has yet to say. @returns whether it took any */
  advance(): boolean {
    const before = this.#at;
    while (!this.isDone && this.#record({ isLast: false }));
    return this.#at > before;
  }

  /** Takes one record, whatever is known. */
  takeAsItIs(): void {
    this.#record({ isLast: true });
  }

  end(): StreamFields {
    this.#contents.end();
    return { records: this.#records, messages: this.#messages };
  }

  /** @param isLast - nothing more will be known. @returns false where it waits */
  #record({ isLast }: { readonly isLast: boolean }): boolean {
    const at = this.#at;
    const stray = notARecord(this.#bytes, at);
    if (stray !== undefined) {
      this.#tell('unknown', stray, { isProtected: false });
      this.#records.push(stray);
      this.#at = this.#bytes.length;
      return true;
    }
    const isTls13 = this.#said.chosen(this.#side)?.isTls13 ?? true;
    const { header, reader } = readHeader(this.#bytes, at, { isTls13 });
    if (!isLast && this.#waits) return false;
    if (header.isCut) {
      this.#push('TLSPlaintext', header, reader.fields);
    } else if (this.#isProtected(header)) {
      const opened = header.isWhole ? this.#open(header) : undefined;
      if (opened === undefined && header.isWhole && !isLast) return false;
      if (opened !== undefined) this.#current = opened;
      const fragment = opened === undefined ? this.#closed(header) : this.#opened(header, opened);
      this.#push('TLSCiphertext', header, [...reader.fields, ...fragment]);
    } else {
      const { contentType, from, to } = header;
      const place = { bytes: this.#bytes, from, to, isProtected: false, record: this.#records.length };
      this.#push('TLSPlaintext', header, [...reader.fields, ...this.#contents.take({ contentType, ...place })]);
    }
    this.#at = header.to;
    this.#currentFailed = false;
    return true;
  }

  /** A client that was not answered goes on in a way that is not known yet. */
  get #waits(): boolean {
    return this.#side === 'client' && !this.#said.isAnswered && !this.#contents.isInside;
  }

  #isProtected({ contentType, from, to }: RecordHeader): boolean {
    const chosen = this.#said.chosen(this.#side);
    const isData = contentType === ContentType.applicationData;
    if (chosen?.isTls13) return isData;
    // Nothing that is protected is so short: what comes so was sent in the clear.
    if (contentType === ContentType.alert && to - from === alertBytes) return false;
    // A second ClientHello in the clear follows on a HelloRetryRequest, which nobody has shown us.
    const isHello = contentType === ContentType.handshake && this.#bytes[from] === clientHello;
    return isData || (this.#changed && (chosen !== undefined || !isHello));
  }

  #open({ contentType, from, to }: RecordHeader): Opened | undefined {
    const fragment = this.#bytes.subarray(from, to);
    if (this.#current !== undefined && !this.#currentFailed) {
      const record = this.#current.open(contentType, fragment);
      if (record !== undefined) return { ...this.#current, record };
      this.#currentFailed = true; // it counts what it was asked to open: it is not asked again
    }
    for (const keys of this.#said.candidates(this.#side)) {
      const open = recordOpener(this.#said.crypto, keys);
      const record = open?.(contentType, fragment);
      if (open !== undefined && record !== undefined) return { keys, open, record };
    }
    return undefined;
  }

  #opened(header: RecordHeader, { keys, record }: Opened): readonly Field[] {
    const { plaintext, contentBytes } = record;
    const place = { bytes: plaintext, from: 0, isProtected: true, record: this.#records.length };
    let layout: Layout = layoutOf13;
    let fields: readonly Field[];
    if (keys.version === 'TLS 1.3') {
      const typeAt = plaintext.findLastIndex((byte) => byte !== 0);
      const contentType = plaintext[typeAt] ?? 0;
      const behind = readInnerType(plaintext, typeAt);
      fields = [...this.#contents.take({ ...place, contentType, to: Math.max(typeAt, 0) }), ...behind];
    } else {
      layout = layoutOf({ ...keys, isTls13: false });
      const content = this.#contents.take({ ...place, contentType: header.contentType, to: contentBytes });
      fields = [...content, ...readBehindContent(plaintext, contentBytes, layout)];
    }
    const inside: Inside = { space: 'plaintext', bytes: plaintext, fields };
    return this.#fragment(header, layout, { value: `decrypted: ${fields.map(({ name }) => name).join(', ')}`, inside });
  }

  #closed(header: RecordHeader): readonly Field[] {
    const chosen = this.#said.chosen(this.#side);
    const layout = chosen === undefined ? layoutOfUnknown : layoutOf(chosen);
    const hasSecrets = header.isWhole && this.#said.candidates(this.#side).length > 0;
    const problem = hasSecrets ? 'expected a secret that opens it, the key log has others' : undefined;
    const fields = this.#fragment(header, layout, { value: 'encrypted', problem });
    const field = fields.find(({ name }) => name === 'ciphertext');
    const name = `${contentTypes[header.contentType] ?? 'unknown'}, encrypted`;
    if (field !== undefined) this.#tell('protected', { ...field, name }, { isProtected: true });
    return fields;
  }

  #fragment({ from, to }: RecordHeader, layout: Layout, told: Told): readonly Field[] {
    const reader = new FieldReader(this.#bytes, layout.source, { from, to });
    readProtected(reader, layout, told);
    return reader.fields;
  }

  #push(name: keyof typeof recordSources, header: RecordHeader, children: readonly Field[]): void {
    const { contentType, from, to } = header;
    const problem = lackOf(header);
    const isTls13 = this.#said.chosen(this.#side)?.isTls13 ?? true;
    this.#records.push({
      name,
      offset: this.#at,
      length: to - this.#at,
      value: `${contentTypes[contentType] ?? `type ${contentType}`}, ${count(to - from)}`,
      source: recordSources[name][isTls13 ? 13 : 12],
      ...(problem !== undefined && { problem }),
      children,
    });
  }

  #tell(kind: Message['kind'], field: Field, { isProtected }: { readonly isProtected: boolean }): void {
    const record = this.#records.length;
    const records = { first: record, last: record };
    this.#messages.push({ kind, name: field.name, isProtected, records, bytes: this.#bytes, field });
  }

  #told(message: Message): void {
    this.#messages.push(message);
    this.#said.take(message);
    const keys = this.#current?.keys;
    if (message.kind === 'change_cipher_spec') {
      this.#changed = true;
      if (keys?.version === 'TLS 1.2') this.#current = undefined;
    }
    if (message.handshakeType !== keyUpdate || keys === undefined) return;
    const next = keysAfterUpdate(this.#said.crypto, keys);
    const open = next && recordOpener(this.#said.crypto, next);
    if (next !== undefined && open !== undefined) this.#current = { keys: next, open };
  }
}

/** RFC 8446 §5.2: what stands behind the content. @param typeAt - −1 where there are but zeros */
function readInnerType(plaintext: Uint8Array, typeAt: number): readonly Field[] {
  const from = Math.max(typeAt, 0);
  const reader = new FieldReader(plaintext, 'RFC 8446 §5.2', { from, to: plaintext.length });
  if (typeAt >= 0) reader.u8('type', named(contentTypes));
  const problem = typeAt < 0 ? 'expected a content type, zeros alone came' : undefined;
  reader.rest('zeros', { problem });
  return reader.fields;
}
