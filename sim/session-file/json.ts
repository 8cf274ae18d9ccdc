/** A session as JSON, and back to the same bytes. */
import { elementsOf } from './der.js';
import { SessionFileError } from './error.js';
import { type NumberName, numberNames, type OctetsName, octetsNames, type SessionFields } from './fields.js';

export const sessionFormat = 'simtls-session/1';

/** Bytes are hex, numbers beyond 2^53 decimal digits, the version and the suite as their code points. */
export type SessionJson = Readonly<Record<string, string | number>>;

export function jsonFromFields(fields: SessionFields): SessionJson {
  const { version, cipher, sessionId, masterKey, keyArgument, numbers, octets, peer } = fields;
  const numbered = (name: NumberName): [string, string | number][] => {
    const value = numbers.get(name);
    if (value === undefined) return [];
    const isExact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
    return [[name, isExact ? Number(value) : String(value)]];
  };
  const held = (name: string, value: Uint8Array | undefined): [string, string][] =>
    value === undefined ? [] : [[name, hex(value)]];
  return {
    format: sessionFormat,
    version: `0x${version.toString(16).padStart(4, '0')}`,
    cipher: `0x${hex(cipher)}`,
    sessionId: hex(sessionId),
    masterKey: hex(masterKey),
    ...Object.fromEntries([
      ...held('keyArgument', keyArgument),
      ...numberNames.flatMap(numbered),
      ...octetsNames.flatMap((name) => held(name, octets.get(name))),
      ...held('peer', peer),
    ]),
  };
}

/** @throws SessionFileError */
export function fieldsFromJson(value: unknown): SessionFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('expected an object');
  const given = new Map<string, unknown>(Object.entries(value));
  const known = [
    'format',
    'version',
    'cipher',
    'sessionId',
    'masterKey',
    'keyArgument',
    'peer',
    ...numberNames,
    ...octetsNames,
  ];
  const format = given.get('format');
  if (format !== sessionFormat) throw invalid(`expected "format": "${sessionFormat}", found ${JSON.stringify(format)}`);
  const unknown = [...given.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalid(`nothing of a session is called ${JSON.stringify(unknown)}`);
  const bytes = (name: string): Uint8Array | undefined =>
    given.has(name) ? bytesOf(name, given.get(name)) : undefined;
  const needed = (name: string): Uint8Array => {
    const found = bytes(name);
    if (found === undefined) throw invalid(`"${name}" is missing`);
    return found;
  };
  const peer = bytes('peer');
  if (peer !== undefined && !isOneElement(peer)) throw invalid('"peer" is no certificate (DER)');
  const numbers = new Map<NumberName, bigint>();
  for (const name of numberNames) if (given.has(name)) numbers.set(name, numberOf(name, given.get(name)));
  const octets = new Map<OctetsName, Uint8Array>();
  for (const name of octetsNames) if (given.has(name)) octets.set(name, needed(name));
  return {
    version: codePoint('version', given.get('version')),
    cipher: bytesOf('cipher', String(given.get('cipher')).replace(/^0x/u, '')),
    sessionId: needed('sessionId'),
    masterKey: needed('masterKey'),
    keyArgument: bytes('keyArgument'),
    numbers,
    octets,
    peer,
  };
}

function isOneElement(der: Uint8Array): boolean {
  try {
    return elementsOf(der, 0).length === 1;
  } catch (cause) {
    if (cause instanceof SessionFileError) return false;
    throw cause;
  }
}

function codePoint(name: string, value: unknown): number {
  if (typeof value === 'string' && /^0x[0-9a-f]{4}$/iu.test(value)) return Number(value);
  throw invalid(`"${name}" must be a code point such as "0x0304", not ${JSON.stringify(value)}`);
}

function bytesOf(name: string, value: unknown): Uint8Array {
  if (typeof value === 'string' && /^(?:[0-9a-f]{2})*$/iu.test(value)) return new Uint8Array(Buffer.from(value, 'hex'));
  throw invalid(`"${name}" must be bytes in hex`);
}

const bitsMax = 64;

function numberOf(name: string, value: unknown): bigint {
  const isNumber =
    typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d{1,20}$/u.test(value);
  const number = isNumber ? BigInt(value as string | number) : undefined; // one of the two, as was seen just now
  if (number !== undefined && BigInt.asIntN(bitsMax + 1, number) === number) return number;
  throw invalid(`"${name}" must be a whole number of ${bitsMax} bits, not ${JSON.stringify(value)}`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function invalid(why: string): SessionFileError {
  return new SessionFileError('JSON_INVALID', `this is no session in JSON: ${why}`);
}
