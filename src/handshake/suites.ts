/** The TLS 1.2 cipher suites that this stack speaks, in the order in which OpenSSL's default list has them. */
import type { AeadName, HashName, KeyKind } from '../crypto/index.js';

export interface CipherSuite {
  readonly code: number;
  /** As in RFC 5289 and RFC 7905. */
  readonly name: string;
  /** As `openssl ciphers` prints it. */
  readonly opensslName: string;
  readonly authentication: 'ecdsa' | 'rsa';
  readonly aead: AeadName;
  readonly hash: HashName;
}

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV, RFC 5746 §3.3. */
export const emptyRenegotiationInfoScsv = 0x00ff;

export const cipherSuites: readonly CipherSuite[] = [
  suite(0xc02c, 'ECDSA', 'AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'aes-256-gcm', 'sha384'),
  suite(0xc030, 'RSA', 'AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384', 'aes-256-gcm', 'sha384'),
  suite(0xcca9, 'ECDSA', 'CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'chacha20-poly1305', 'sha256'),
  suite(0xcca8, 'RSA', 'CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305', 'chacha20-poly1305', 'sha256'),
  suite(0xc02b, 'ECDSA', 'AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'aes-128-gcm', 'sha256'),
  suite(0xc02f, 'RSA', 'AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'aes-128-gcm', 'sha256'),
];

const byCode: ReadonlyMap<number, CipherSuite> = new Map(cipherSuites.map((one) => [one.code, one]));
export const defaultSuiteCodes: readonly number[] = cipherSuites.map((one) => one.code);

/** Undefined for a suite that this stack does not speak. */
export function cipherSuite(code: number): CipherSuite | undefined {
  return byCode.get(code);
}

/** RFC 8422 §5.1.1: an Ed25519 certificate authenticates the ECDSA suites. */
export function suiteFitsKey(one: CipherSuite, kind: KeyKind): boolean {
  return one.authentication === (kind === 'rsa-2048' ? 'rsa' : 'ecdsa');
}

function suite(
  code: number,
  authentication: 'ECDSA' | 'RSA',
  rest: string,
  opensslName: string,
  aead: AeadName,
  hash: HashName,
): CipherSuite {
  return {
    code,
    name: `TLS_ECDHE_${authentication}_WITH_${rest}`,
    opensslName,
    authentication: authentication === 'RSA' ? 'rsa' : 'ecdsa',
    aead,
    hash,
  };
}
