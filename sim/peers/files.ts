/** Files that real peers share with OpenSSL's tools: certificates and keys, sessions, key logs. */
import { createPrivateKey } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import {
  CertificateError,
  type Credential,
  type Libssl,
  type PrivateKey,
  readCertificate,
  readPrivateKey,
  type SslSession,
} from '../../src/index.js';
import { pemOf, sessionLabel } from '../session-file/index.js';
import { messageOf, PeerError } from './error.js';

const certificateLabel = 'CERTIFICATE';
const lineCharacters = 64;
/** Secrets are for their owner alone. */
const secretFileMode = 0o600;

/**
 * A certificate chain (PEM, leaf first, or one DER certificate) and the leaf's key: PKCS#8, SEC 1 or PKCS#1, PEM or DER.
 * @throws PeerError for files that cannot be read, hold something else, or do not belong together
 */
export function readCredential(certificateFile: string, keyFile: string): Credential {
  const chain = readCertificates(certificateFile);
  const key = readKey(keyFile);
  const leaf = chain[0];
  if (leaf === undefined || !equal(readLeafKey(leaf, certificateFile), key.publicKey)) {
    throw new PeerError('FILE_INVALID', `the key in ${keyFile} is not that of the certificate in ${certificateFile}`);
  }
  return { chain, key };
}

/** Every certificate of a PEM file, or the one of a DER file. @throws PeerError */
export function readCertificates(path: string): Uint8Array[] {
  const bytes = readBytes(path);
  const found = pemBlocks(bytes.toString('latin1'), certificateLabel);
  if (found.length > 0) return found;
  if (bytes[0] === 0x30) return [new Uint8Array(bytes)];
  throw new PeerError('FILE_INVALID', `expected certificates (PEM or DER) in ${path}`);
}

/** Certificates (DER) that verify others. */
export interface Authorities {
  readonly certificates: readonly Uint8Array[];
  /** How many beside them are of a kind that the stack does not read. */
  readonly leftOut: number;
}

/** Of a PEM or DER file. @throws PeerError where none can be read */
export function readAuthorities(path: string): Authorities {
  const all = readCertificates(path);
  const found = readable(all);
  if (found.certificates.length > 0) return found;
  throw new PeerError(
    'FILE_INVALID',
    `${path}: no certificate in it has a key of P-256, P-384, P-521, RSA, Ed25519 or Ed448 (of ${all.length})`,
  );
}

/** Mozilla's list, as Node carries it. */
export function bundledAuthorities(): Authorities {
  return readable(rootCertificates.flatMap((pem) => pemBlocks(pem, certificateLabel)));
}

function readable(all: readonly Uint8Array[]): Authorities {
  const certificates = all.filter((der) => {
    try {
      readCertificate(der);
      return true;
    } catch (cause) {
      if (cause instanceof CertificateError) return false;
      throw cause;
    }
  });
  return { certificates, leftOut: all.length - certificates.length };
}

/**
 * A session as `openssl s_client -sess_out` writes it. The caller owns it.
 * @throws PeerError
 */
export function readSession(library: Libssl, path: string): SslSession {
  const bytes = readBytes(path);
  const der = pemBlocks(bytes.toString('latin1'), sessionLabel)[0] ?? new Uint8Array(bytes);
  library.ERR_clear_error();
  const session = library.d2i_SSL_SESSION(der);
  if (session !== null) return session;
  const reasons = library.takeErrors().join(': ');
  throw new PeerError(
    'FILE_INVALID',
    `expected a session (PEM, ${sessionLabel}) in ${path}${reasons === '' ? '' : `: ${reasons}`}`,
  );
}

/** A certificate chain as PEM. @throws PeerError */
export function writeCertificates(path: string, chain: readonly Uint8Array[]): void {
  const pem = chain.map((der) => pemBlock(certificateLabel, der)).join('');
  writing(path, () => writeFileSync(path, pem));
}

/** Writes what `openssl s_client -sess_in` and `openssl sess_id` read. @throws PeerError */
export function writeSession(library: Libssl, path: string, session: SslSession): void {
  const pem = pemOf(library.i2d_SSL_SESSION(session));
  writing(path, () => writeFileSync(path, pem, { mode: secretFileMode }));
}

/** Appends lines to an NSS key log, as whole lines, so that several programs may share the file. @throws PeerError */
export function keyLogTo(path: string): (line: string) => void {
  const append = (text: string): void => writing(path, () => appendFileSync(path, text, { mode: secretFileMode }));
  append(''); // whether it can be written shows at once
  return (line) => append(`${line}\n`);
}

/** Appends bytes to a file. @throws PeerError */
export function appendTo(path: string): (bytes: Uint8Array) => void {
  const append = (bytes: Uint8Array): void =>
    writing(path, () => appendFileSync(path, bytes, { mode: secretFileMode }));
  append(new Uint8Array(0)); // whether it can be written shows at once
  return append;
}

function readKey(path: string): PrivateKey {
  const bytes = readBytes(path);
  try {
    const pem = bytes.toString('latin1').includes('-----BEGIN ');
    const key = pem ? createPrivateKey(bytes) : readDerKey(bytes);
    return readPrivateKey(new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })));
  } catch (cause) {
    const why = cause instanceof CertificateError ? cause.message : `expected a private key without a passphrase`;
    throw new PeerError('FILE_INVALID', `${path}: ${why}`, { cause });
  }
}

/** PKCS#8, SEC 1 and PKCS#1 are told from each other by reading them. */
function readDerKey(der: Buffer): ReturnType<typeof createPrivateKey> {
  const forms = ['pkcs8', 'sec1', 'pkcs1'] as const;
  const failures: unknown[] = [];
  for (const type of forms) {
    try {
      return createPrivateKey({ key: der, format: 'der', type });
    } catch (cause) {
      failures.push(cause);
    }
  }
  throw new PeerError('FILE_INVALID', `no private key: ${failures.map(messageOf).join('; ')}`);
}

function readLeafKey(leaf: Uint8Array, path: string): Uint8Array {
  try {
    return readCertificate(leaf).publicKey;
  } catch (cause) {
    if (cause instanceof CertificateError) throw new PeerError('FILE_INVALID', `${path}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** The contents of every block of that label (RFC 7468). */
function pemBlocks(text: string, label: string): Uint8Array[] {
  const block = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`, 'g');
  return [...text.matchAll(block)].map((match) => new Uint8Array(Buffer.from(match[1] ?? '', 'base64')));
}

function pemBlock(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${lineCharacters}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new PeerError('FILE_UNREADABLE', `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new PeerError('FILE_UNWRITABLE', `cannot write ${path}: ${messageOf(cause)}`, { cause });
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
