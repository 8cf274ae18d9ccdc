/** How a protected record is laid out, as its cipher suite says: RFC 5246 §6.2.3, RFC 8446 §5.2. */
import { cipherSuites } from '../../src/index.js';
import type { Field } from './field.js';
import type { ServerHelloFacts } from './hello-facts.js';
import { count, FieldReader, type Told } from './reader.js';

interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly source: string;
}

export interface Layout {
  /** What stands before the ciphertext. */
  readonly before?: Part;
  readonly source: string;
  /** What stands behind it. */
  readonly behind?: Part;
  /** Of a block cipher: the MAC that is encrypted with the content, in bytes, and the padding behind it. */
  readonly block?: { readonly macBytes: number };
}

const source13 = 'RFC 8446 §5.2';
const blockSource = 'RFC 5246 §6.2.3.2';
const aeadSource = 'RFC 5246 §6.2.3.3';
const tag: Part = { name: 'tag', bytes: 16, source: aeadSource };
const ivBytes = 16;
const macBytes = { sha1: 20, sha256: 32, sha384: 48 } as const;

export const layoutOf13: Layout = { source: source13, behind: { ...tag, source: source13 } };
/** Of a suite that is not known: nothing is told apart. */
export const layoutOfUnknown: Layout = { source: 'RFC 5246 §6.2.3' };

export function layoutOf({ isTls13, suite, encryptThenMac }: Omit<ServerHelloFacts, 'random'>): Layout {
  if (isTls13) return layoutOf13;
  const records = cipherSuites.find(({ code }) => code === suite)?.records;
  if (records === undefined) return layoutOfUnknown;
  if (records.form === 'aead') {
    if (records.cipher === 'chacha20-poly1305')
      return { source: aeadSource, behind: { ...tag, source: 'RFC 7905 §2' } };
    return {
      before: { name: 'nonce_explicit', bytes: 8, source: 'RFC 5288 §3' },
      source: aeadSource,
      behind: { ...tag, source: 'RFC 5288 §3' },
    };
  }
  const before = { name: 'IV', bytes: ivBytes, source: blockSource };
  const mac = macBytes[records.mac];
  if (!encryptThenMac) return { before, source: blockSource, block: { macBytes: mac } };
  return {
    before,
    source: blockSource,
    behind: { name: 'MAC', bytes: mac, source: 'RFC 7366 §3' },
    block: { macBytes: 0 },
  };
}

/** The fields of a protected fragment that `reader` stands before. */
export function readProtected(reader: FieldReader, layout: Layout, told: Told): void {
  const { before, behind } = layout;
  const around = (before?.bytes ?? 0) + (behind?.bytes ?? 0);
  if (reader.remaining < around) {
    reader.opaque('ciphertext', reader.remaining, {
      source: layout.source,
      ...told,
      problem: `expected ${count(around)} at least beside the content, ${reader.remaining} came`,
    });
    return;
  }
  if (before !== undefined) reader.opaque(before.name, before.bytes, { source: before.source });
  const length = reader.remaining - (behind?.bytes ?? 0);
  reader.opaque('ciphertext', length, { source: layout.source, ...told });
  if (behind !== undefined) reader.opaque(behind.name, behind.bytes, { source: behind.source });
}

/** What stands behind the content in the plaintext of a suite of TLS 1.2. */
export function readBehindContent(plaintext: Uint8Array, from: number, { block }: Layout): readonly Field[] {
  if (block === undefined) return [];
  const reader = new FieldReader(plaintext, blockSource, { from, to: plaintext.length });
  if (block.macBytes > 0) reader.opaque('MAC', block.macBytes);
  if (reader.remaining > 1) reader.opaque('padding', reader.remaining - 1);
  reader.u8('padding_length');
  return reader.fields;
}
