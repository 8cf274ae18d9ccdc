/** C text of values: numbers, strings, bytes, and the names of variables. */
import { constantValue } from '../program/index.js';

/** Constants that the headers of OpenSSL 1.1.1 lack, as do those of 3.0 some. */
const lateConstants: readonly string[] = [
  'SSL_OP_ALLOW_CLIENT_RENEGOTIATION',
  'SSL_OP_CLEANSE_PLAINTEXT',
  'SSL_OP_DISABLE_TLSEXT_CA_NAMES',
  'SSL_OP_ENABLE_KTLS',
  'SSL_OP_ENABLE_KTLS_TX_ZEROCOPY_SENDFILE',
  'SSL_OP_IGNORE_UNEXPECTED_EOF',
  'SSL_OP_NO_EXTENDED_MASTER_SECRET',
  'SSL_OP_NO_RX_CERTIFICATE_COMPRESSION',
  'SSL_OP_NO_TX_CERTIFICATE_COMPRESSION',
  'SSL_OP_PREFER_NO_DHE_KEX',
  'SSL_SESS_CACHE_UPDATE_TIME',
];

/** What a C text needs so that headers without a constant take it all the same. */
export function lateDefinitions(body: string): readonly string[] {
  return lateConstants
    .filter((name) => new RegExp(`\\b${name}\\b`).test(body))
    .map((name) => `#ifndef ${name}\n# define ${name} ${hex(constantValue(name, '3.5') ?? 0)}\n#endif`);
}

function hex(value: number | bigint): string {
  const text = `0x${value.toString(16)}`;
  return value > 0xffff_ffff ? `${text}ULL` : `${text}U`;
}

/** An integer that C reads with its own value. */
export function cNumber(value: number | bigint): string {
  const whole = BigInt(value);
  if (whole === -(2n ** 63n)) return 'LONG_MIN';
  if (whole >= -(2n ** 31n) && whole < 2n ** 31n) return whole.toString();
  return `${whole}${whole >= 2n ** 63n ? 'ULL' : 'L'}`;
}

/** A string literal. */
export function cString(text: string): string {
  return literal(new TextEncoder().encode(text));
}

/** Whether bytes can be read as characters in a string literal. */
export function isReadable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x3f); // ?: no trigraph
}

/** A pointer to bytes: a string literal, behind which C puts one byte more. */
export function bytesLiteral(bytes: Uint8Array): string {
  return `(const unsigned char *)${literal(bytes)}`;
}

/** Characters where they can be read, else escapes of three digits, which run into nothing that follows. */
function literal(bytes: Uint8Array): string {
  const escaped = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;
  const body = [...bytes].map((byte) => (isReadable(Uint8Array.of(byte)) ? character(byte) : escaped(byte)));
  return `"${body.join('')}"`;
}

function character(byte: number): string {
  const text = String.fromCharCode(byte);
  return text === '"' || text === '\\' ? `\\${text}` : text;
}

/** An array of bytes at file scope. */
export function cArray(name: string, bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesInARow) {
    const row = [...bytes.subarray(at, at + bytesInARow)].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`);
    rows.push(`    ${row.join(', ')}`);
  }
  return `static const unsigned char ${name}[] = {\n${rows.join(',\n')}\n};`;
}

const bytesInARow = 12;

/** Text of a comment: C's own ends of one taken out, and characters that an old compiler would not read. */
export function commentText(text: string): string {
  return text.replaceAll('→', '->').replaceAll('…', '...').replaceAll('*/', '* /').replaceAll('/*', '/ *');
}

/** Words in lines of at most `width` characters; of a longer word the beginning. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const whole of text.split(/\s+/)) {
    const word = whole.length > width ? `${whole.slice(0, width - 3)}...` : whole;
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** A statement in lines of at most `width`, broken between arguments and lined up behind the bracket where they fit there. */
export function fitted(statement: string, width: number): readonly string[] {
  const open = statement.indexOf('(') + 1;
  if (statement.length <= width || open === 0) return [statement];
  const pieces = argumentsOf(statement.slice(open));
  const behind = rows(pieces, width - open);
  const head = statement.slice(0, open);
  if (behind.every((row) => row.length <= width - open)) {
    return behind.map((row, index) => (index === 0 ? head : ' '.repeat(open)) + row);
  }
  return [head, ...rows(pieces, width - hangingIndent).map((row) => ' '.repeat(hangingIndent) + row)];
}

const hangingIndent = 4;

function rows(pieces: readonly string[], width: number): readonly string[] {
  const found: string[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= width) found[found.length - 1] = `${last} ${piece}`;
    else found.push(piece);
  }
  return found;
}

/** A text cut behind its commas, those within strings and inner brackets left alone. */
function argumentsOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let [from, depth] = [0, 0];
  for (const { index, 0: mark } of text.matchAll(/"(?:[^"\\]|\\.)*"|[(),]/g)) {
    if (mark === '(') depth += 1;
    if (mark === ')') depth -= 1;
    if (mark !== ',' || depth > 0) continue;
    pieces.push(text.slice(from, index + 1).trim());
    from = index + 1;
  }
  return [...pieces, text.slice(from).trim()];
}
