/** The fields of an encoded SSL_SESSION (ssl/ssl_asn1.c, SSL_SESSION_ASN1), read and written without loss. */
import {
  type Element,
  elementsOf,
  encoded,
  encodedExplicit,
  encodedInteger,
  explicitNumber,
  integerOf,
  invalid,
  joined,
  octetsOf,
  tagOf,
} from './der.js';

/** What the structure has in front, in this order. */
export interface SessionFields {
  /** Of the protocol: 0x0303, 0x0304, … */
  readonly version: number;
  /** The code point of the cipher suite: two bytes. */
  readonly cipher: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly masterKey: Uint8Array;
  /** Of SSL 2: nobody writes it any more. */
  readonly keyArgument: Uint8Array | undefined;
  /** What is there of the rest, by its name. */
  readonly numbers: ReadonlyMap<NumberName, bigint>;
  readonly octets: ReadonlyMap<OctetsName, Uint8Array>;
  /** A certificate, or a raw key: DER. */
  readonly peer: Uint8Array | undefined;
}

/** By context tag. */
const numberTags = {
  time: 1,
  timeout: 2,
  verifyResult: 5,
  ticketLifetimeHint: 9,
  flags: 13,
  ticketAgeAdd: 14,
  maxEarlyData: 15,
  maxFragmentLength: 17,
  keyExchangeGroup: 19,
} as const;
const octetsTags = {
  sessionIdContext: 4,
  hostname: 6,
  pskIdentityHint: 7,
  pskIdentity: 8,
  ticket: 10,
  compressionId: 11,
  srpUsername: 12,
  alpn: 16,
  ticketAppData: 18,
  peerRawPublicKey: 20,
} as const;
const peerTag = 3;
const lastTag = 20;
export type NumberName = keyof typeof numberTags;
export type OctetsName = keyof typeof octetsTags;

const names = <Name extends string>(tags: Readonly<Record<Name, number>>): readonly Name[] =>
  Object.keys(tags) as Name[]; // the keys of a literal above
export const numberNames: readonly NumberName[] = names(numberTags);
export const octetsNames: readonly OctetsName[] = names(octetsTags);

const structureVersion = 1n; // SSL_SESSION_ASN1_VERSION

/** @throws SessionFileError where the bytes are no session, or not written as OpenSSL writes one */
export function fieldsFromDer(der: Uint8Array): SessionFields {
  const [outer, ...behind] = elementsOf(der, 0);
  if (outer === undefined || outer.tag !== tagOf.sequence) throw invalid('it does not begin with a SEQUENCE');
  if (behind.length > 0) throw invalid(`${der.length - outer.whole.length} bytes follow it`);
  const [structure, version, cipher, sessionId, masterKey, ...rest] = elementsOf(outer.content, outer.offset);
  if (
    structure === undefined ||
    version === undefined ||
    cipher === undefined ||
    sessionId === undefined ||
    masterKey === undefined
  )
    throw invalid('one of its first five fields is missing');
  if (integerOf(structure) !== structureVersion)
    throw invalid(`its structure is of version ${integerOf(structure)}, not 1`);
  const fields: SessionFields = {
    version: protocolOf(integerOf(version)),
    cipher: octetsOf(cipher),
    sessionId: octetsOf(sessionId),
    masterKey: octetsOf(masterKey),
    keyArgument: rest[0]?.tag === tagOf.keyArgument ? rest.shift()?.content : undefined,
    ...optionalOf(rest),
  };
  // Nothing may get lost: what is written again must be what was read.
  if (Buffer.compare(derFromFields(fields), der) !== 0)
    throw invalid('its numbers or lengths are longer than DER has them');
  return fields;
}

function protocolOf(version: bigint): number {
  if (version >= 0n && version <= 0xffffn) return Number(version);
  throw invalid(`its protocol version is ${version}`);
}

function optionalOf(elements: readonly Element[]): Pick<SessionFields, 'numbers' | 'octets' | 'peer'> {
  const numbers = new Map<NumberName, bigint>();
  const octets = new Map<OctetsName, Uint8Array>();
  let peer: Uint8Array | undefined;
  let last = 0;
  for (const element of elements) {
    const tag = explicitNumber(element);
    if (tag === undefined || tag > lastTag)
      throw invalid(`a field with the tag ${element.tag} before byte ${element.offset}`);
    if (tag <= last) throw invalid(`the field [${tag}] comes behind [${last}]`);
    last = tag;
    const [inner, ...more] = elementsOf(element.content, element.offset);
    if (inner === undefined || more.length > 0) throw invalid(`the field [${tag}] does not hold one value`);
    const number = numberNames.find((name) => numberTags[name] === tag);
    const string = octetsNames.find((name) => octetsTags[name] === tag);
    if (number !== undefined) numbers.set(number, integerOf(inner));
    else if (string !== undefined) octets.set(string, octetsOf(inner));
    else peer = inner.whole;
  }
  return { numbers, octets, peer };
}

/** The bytes that `i2d_SSL_SESSION` writes. */
export function derFromFields(fields: SessionFields): Uint8Array {
  const { version, cipher, sessionId, masterKey, keyArgument, numbers, octets, peer } = fields;
  const optional = new Map<number, Uint8Array>();
  for (const [name, value] of numbers) optional.set(numberTags[name], encodedInteger(value));
  for (const [name, value] of octets) optional.set(octetsTags[name], encoded(tagOf.octets, value));
  if (peer !== undefined) optional.set(peerTag, peer);
  const inOrder = [...optional].sort(([a], [b]) => a - b);
  const content = [
    encodedInteger(structureVersion),
    encodedInteger(BigInt(version)),
    ...[cipher, sessionId, masterKey].map((value) => encoded(tagOf.octets, value)),
    ...(keyArgument === undefined ? [] : [encoded(tagOf.keyArgument, keyArgument)]),
    ...inOrder.map(([tag, value]) => encodedExplicit(tag, value)),
  ];
  return encoded(tagOf.sequence, joined(content));
}
