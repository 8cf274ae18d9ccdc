/** SSL_SESSION to DER and back, as i2d_SSL_SESSION and d2i_SSL_SESSION (ssl/ssl_asn1.c) have it. */
import { Asn1Cursor, type IntegerType } from './asn1.js';
import { skipStructure } from './asn1-template.js';
import { certificateStructure, publicKeyStructure } from './certificate-structure.js';
import { DerSequence } from './der.js';
import { isKnownCipherSuite } from './known-suites.js';
import type { Library } from './library.js';
import { Session, sessionIdBytesMax, sessionIdContextBytesMax } from './session.js';
import { fromLong, timeFromSeconds, timeToSeconds } from './time.js';

const encoder = new TextEncoder();
const structureVersion = 1n; // SSL_SESSION_ASN1_VERSION
const timeoutWhenAbsentSeconds = 3n;
const extendedMasterSecretFlag = 0x1n; // SSL_SESS_FLAG_EXTMS

/** The fields behind the fixed ones, by their context tag. */
const Field = {
  time: 1,
  timeout: 2,
  peer: 3,
  sessionIdContext: 4,
  verifyResult: 5,
  hostname: 6,
  ticketLifetimeHint: 9,
  ticket: 10,
  flags: 13,
  ticketAgeAdd: 14,
  maxEarlyData: 15,
  alpnSelected: 16,
  maxFragmentLength: 17,
  ticketAppData: 18,
  keyExchangeGroup: 19,
  peerRawPublicKey: 20,
} as const;

/** The DER bytes, in memory for a few calls (`briefBytes`); undefined for a session that never had a cipher suite. */
export function sessionToDer(session: Session): Uint8Array | undefined {
  const suite = session.cipherSuite ?? session.cipherId;
  if (suite === 0) return undefined;
  const { profile } = session.library;
  const der = new DerSequence();
  const number = (field: number, value: bigint): void => {
    if (value !== 0n) der.integer(value, field);
  };
  const octets = (field: number, value: Uint8Array | undefined): void => {
    if (value !== undefined) der.octets(value, field);
  };
  der.integer(structureVersion);
  der.integer(BigInt(session.version));
  der.octets(Uint8Array.of(suite >> 8, suite & 0xff));
  der.octets(session.sessionId);
  der.octets(session.masterKey);
  number(Field.time, timeToSeconds(profile, session.time));
  number(Field.timeout, timeToSeconds(profile, session.timeout));
  if (session.peerCertificate !== undefined) der.encoded(session.peerCertificate, Field.peer);
  octets(Field.sessionIdContext, session.sessionIdContext);
  number(Field.verifyResult, BigInt(session.verifyResult));
  octets(Field.hostname, session.hostname === undefined ? undefined : encoder.encode(session.hostname));
  number(Field.ticketLifetimeHint, BigInt(session.ticketLifetimeHint));
  octets(Field.ticket, session.ticket);
  number(Field.flags, session.extendedMasterSecret ? extendedMasterSecretFlag : 0n);
  number(Field.ticketAgeAdd, BigInt(session.ticketAgeAdd));
  number(Field.maxEarlyData, BigInt(session.maxEarlyData));
  octets(Field.alpnSelected, session.alpnSelected);
  number(Field.maxFragmentLength, BigInt(session.maxFragmentLength));
  octets(Field.ticketAppData, session.ticketAppData);
  if (profile.sessionFieldLast >= Field.keyExchangeGroup) {
    // the one number that stands there also when it is 0: UINT32, not ZUINT32
    der.integer(BigInt(session.keyExchangeGroup), Field.keyExchangeGroup);
  }
  return der.finish();
}

/**
 * Why the DER bytes of a session are not read and written again in at most as many bytes, as a server does with what it seals
 * into a ticket: what it reads gets a time where there is none, and a timeout.
 */
export function whyNotRewritten(session: Session): SessionDecodeError | undefined {
  const unsupported = unsupportedVersion(session.version);
  if (unsupported !== undefined) return unsupported;
  const { profile } = session.library;
  const isLonger = timeToSeconds(profile, session.time) === 0n || timeToSeconds(profile, session.timeout) === 0n;
  return isLonger ? new SessionDecodeError(undefined, 'session: expected a time and a timeout, got 0') : undefined;
}

/** Why bytes are no session: a reason for the error queue, or none where OpenSSL pushes none of its own. */
export class SessionDecodeError extends Error {
  override readonly name = 'SessionDecodeError';
  readonly reason: 'UNKNOWN_SSL_VERSION' | 'UNSUPPORTED_SSL_VERSION' | 'CIPHER_CODE_WRONG_LENGTH' | undefined;

  constructor(reason: SessionDecodeError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface DecodedSession {
  readonly session: Session;
  /** How many bytes the encoding took; what follows is left. */
  readonly bytesRead: number;
}

interface RawFields {
  readonly structure: bigint;
  readonly version: bigint;
  readonly cipher: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly masterKey: Uint8Array;
  readonly numbers: ReadonlyMap<number, bigint>;
  readonly octets: ReadonlyMap<number, Uint8Array>;
  readonly peer: Uint8Array | undefined;
}

/** SSL_SESSION_ASN1, behind the five fields that must be there and a `[0] IMPLICIT` string that nobody uses. */
const optionalFields: readonly { readonly field: number; readonly type: IntegerType | 'octets' | 'structure' }[] = [
  { field: Field.time, type: 'int64' },
  { field: Field.timeout, type: 'int64' },
  { field: Field.peer, type: 'structure' },
  { field: Field.sessionIdContext, type: 'octets' },
  { field: Field.verifyResult, type: 'int32' },
  { field: Field.hostname, type: 'octets' },
  { field: 7, type: 'octets' }, // psk_identity_hint
  { field: 8, type: 'octets' }, // psk_identity
  { field: Field.ticketLifetimeHint, type: 'uint64' },
  { field: Field.ticket, type: 'octets' },
  { field: 11, type: 'octets' }, // comp_id
  { field: 12, type: 'octets' }, // srp_username
  { field: Field.flags, type: 'uint64' },
  { field: Field.ticketAgeAdd, type: 'uint32' },
  { field: Field.maxEarlyData, type: 'uint32' },
  { field: Field.alpnSelected, type: 'octets' },
  { field: Field.maxFragmentLength, type: 'uint32' },
  { field: Field.ticketAppData, type: 'octets' },
  { field: Field.keyExchangeGroup, type: 'uint32' },
  { field: Field.peerRawPublicKey, type: 'octets' },
];

/**
 * @param into the holder of the new session, or the session whose fields are overwritten, as far as they come to be
 * @throws SessionDecodeError, DerError
 */
export function sessionFromDer(library: Library, bytes: Uint8Array, into: string | Session): DecodedSession {
  const outer = Asn1Cursor.over(bytes, library.profile);
  const sequence = outer.sequence();
  const fields = readFields(sequence, library.profile.sessionFieldLast);
  outer.leave(sequence);
  if (into instanceof Session) {
    fill(into, fields);
    return { session: into, bytesRead: outer.offset };
  }
  const session = Session.make(library, into);
  if (session === undefined) throw new SessionDecodeError(undefined, 'there is no memory for a session');
  try {
    fill(session, fields);
  } catch (error) {
    session.release(into);
    throw error;
  }
  return { session, bytesRead: outer.offset };
}

function readFields(sequence: Asn1Cursor, fieldMax: number): RawFields {
  const structure = sequence.integer('uint32');
  const version = sequence.integer('int32');
  const cipher = sequence.octets();
  const sessionId = sequence.octets();
  const masterKey = sequence.octets();
  const numbers = new Map<number, bigint>();
  const octets = new Map<number, Uint8Array>();
  let peer: Uint8Array | undefined;
  if (!sequence.isDone) sequence.implicitOctets(0);
  for (const { field, type } of optionalFields) {
    if (field > fieldMax || sequence.isDone) break;
    const inner = sequence.explicit(field);
    if (inner === undefined) continue;
    if (type === 'octets') octets.set(field, inner.octets());
    else if (type === 'structure') {
      const start = inner.offset;
      skipStructure(inner, certificateStructure);
      peer = inner.since(start);
    } else numbers.set(field, inner.integer(type));
    sequence.leave(inner);
  }
  return { structure, version, cipher, sessionId, masterKey, numbers, octets, peer };
}

/** In the order of d2i_SSL_SESSION: the first failure decides the error, and what a session that was there before is left with. */
function fill(session: Session, raw: RawFields): void {
  const { profile } = session.library;
  if (raw.structure !== structureVersion) {
    throw new SessionDecodeError('UNKNOWN_SSL_VERSION', `session structure: expected version 1, got ${raw.structure}`);
  }
  const unsupported = unsupportedVersion(Number(raw.version));
  if (unsupported !== undefined) throw unsupported;
  session.version = Number(raw.version);
  if (raw.cipher.length !== 2) {
    throw new SessionDecodeError(
      'CIPHER_CODE_WRONG_LENGTH',
      `session: expected a cipher of 2 bytes, got ${raw.cipher.length}`,
    );
  }
  const suite = ((raw.cipher[0] ?? 0) << 8) | (raw.cipher[1] ?? 0);
  const isKnown = isKnownCipherSuite(profile, suite);
  session.cipherSuite = isKnown ? suite : undefined;
  session.cipherId = suite;
  if (!isKnown) throw new SessionDecodeError(undefined, `session: unknown cipher suite 0x${suite.toString(16)}`);
  bounded('session id', raw.sessionId, sessionIdBytesMax);
  session.sessionId = raw.sessionId;
  bounded('master key', raw.masterKey, profile.masterKeyBytesMax);
  session.masterKey = raw.masterKey;
  const time = raw.numbers.get(Field.time) ?? 0n;
  if (time === 0n) session.setTimeToNow();
  else session.setTime(timeFromSeconds(profile, time));
  const timeout = raw.numbers.get(Field.timeout) ?? 0n;
  session.setTimeout(timeFromSeconds(profile, timeout === 0n ? timeoutWhenAbsentSeconds : timeout));
  session.peerCertificate = raw.peer;
  const sessionIdContext = raw.octets.get(Field.sessionIdContext) ?? new Uint8Array(0);
  bounded('session id context', sessionIdContext, sessionIdContextBytesMax);
  session.sessionIdContext = sessionIdContext;
  session.verifyResult = Number(raw.numbers.get(Field.verifyResult) ?? 0n);
  const hostname = raw.octets.get(Field.hostname);
  session.hostname = hostname === undefined ? undefined : cString(hostname);
  session.ticketLifetimeHint = fromLong(raw.numbers.get(Field.ticketLifetimeHint) ?? 0n);
  session.ticketAgeAdd = Number(raw.numbers.get(Field.ticketAgeAdd) ?? 0n);
  session.ticket = raw.octets.get(Field.ticket);
  session.extendedMasterSecret = ((raw.numbers.get(Field.flags) ?? 0n) & extendedMasterSecretFlag) !== 0n;
  session.maxEarlyData = Number(raw.numbers.get(Field.maxEarlyData) ?? 0n);
  session.alpnSelected = raw.octets.get(Field.alpnSelected);
  session.ticketAppData = raw.octets.get(Field.ticketAppData);
  session.maxFragmentLength = Number(BigInt.asUintN(8, raw.numbers.get(Field.maxFragmentLength) ?? 0n)); // a uint8_t
  session.keyExchangeGroup = Number(BigInt.asUintN(32, raw.numbers.get(Field.keyExchangeGroup) ?? 0n));
  const rawPublicKey = raw.octets.get(Field.peerRawPublicKey);
  if (rawPublicKey !== undefined) skipStructure(Asn1Cursor.over(rawPublicKey, profile), publicKeyStructure);
}

function unsupportedVersion(version: number): SessionDecodeError | undefined {
  const major = version >> 8;
  if (major === 3 || major === 0xfe || version === 0x100) return undefined;
  return new SessionDecodeError(
    'UNSUPPORTED_SSL_VERSION',
    `session: expected a TLS version, got 0x${version.toString(16)}`,
  );
}

function bounded(what: string, bytes: Uint8Array, max: number): void {
  if (bytes.length > max)
    throw new SessionDecodeError(undefined, `session: expected a ${what} of at most ${max} bytes, got ${bytes.length}`);
}

/** OPENSSL_strndup: up to the first NUL. */
function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
