/** The TLS 1.2 cipher suites that this stack speaks, in the order in which OpenSSL's default list has them. */
import type { AeadName, BlockCipherName, HashName, KeyKind, MacName } from '../crypto/index.js';
import type { CipherSuiteOfTls13 } from './tls13-suites.js';

/** RFC 5246 §6.2.3.3: GenericAEADCipher. */
export interface AeadRecords {
  readonly form: 'aead';
  readonly cipher: AeadName;
}

/** RFC 5246 §6.2.3.2: GenericBlockCipher, or RFC 7366 where both sides want it. */
export interface BlockRecords {
  readonly form: 'block';
  readonly cipher: BlockCipherName;
  readonly mac: MacName;
}

export interface CipherSuite {
  readonly code: number;
  /** As in RFC 5246, RFC 5288, RFC 5289, RFC 7905 and RFC 8422. */
  readonly name: string;
  /** As `openssl ciphers` prints it. */
  readonly opensslName: string;
  /** `rsa`: the client encrypts the premaster secret to the certificate's key, RFC 5246 §7.4.7.1. */
  readonly keyExchange: 'ecdhe' | 'rsa';
  readonly authentication: 'ecdsa' | 'rsa';
  readonly records: AeadRecords | BlockRecords;
  /** Of the PRF and the transcript. */
  readonly hash: HashName;
}

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV, RFC 5746 §3.3. */
export const emptyRenegotiationInfoScsv = 0x00ff;
/** TLS_FALLBACK_SCSV. */
const fallbackScsv = 0x5600;

/** What stands behind `_WITH_` in a name. */
const protections = {
  AES_256_GCM_SHA384: aead('AES256-GCM-SHA384', 'aes-256-gcm', 'sha384'),
  AES_128_GCM_SHA256: aead('AES128-GCM-SHA256', 'aes-128-gcm', 'sha256'),
  CHACHA20_POLY1305_SHA256: aead('CHACHA20-POLY1305', 'chacha20-poly1305', 'sha256'),
  AES_256_CBC_SHA384: block('AES256-SHA384', 'aes-256-cbc', 'sha384', 'sha384'),
  AES_256_CBC_SHA256: block('AES256-SHA256', 'aes-256-cbc', 'sha256', 'sha256'),
  AES_128_CBC_SHA256: block('AES128-SHA256', 'aes-128-cbc', 'sha256', 'sha256'),
  AES_256_CBC_SHA: block('AES256-SHA', 'aes-256-cbc', 'sha1', 'sha256'),
  AES_128_CBC_SHA: block('AES128-SHA', 'aes-128-cbc', 'sha1', 'sha256'),
} as const;

export const cipherSuites: readonly CipherSuite[] = [
  suite(0xc02c, 'ECDHE_ECDSA', 'AES_256_GCM_SHA384'),
  suite(0xc030, 'ECDHE_RSA', 'AES_256_GCM_SHA384'),
  suite(0xcca9, 'ECDHE_ECDSA', 'CHACHA20_POLY1305_SHA256'),
  suite(0xcca8, 'ECDHE_RSA', 'CHACHA20_POLY1305_SHA256'),
  suite(0xc02b, 'ECDHE_ECDSA', 'AES_128_GCM_SHA256'),
  suite(0xc02f, 'ECDHE_RSA', 'AES_128_GCM_SHA256'),
  suite(0xc024, 'ECDHE_ECDSA', 'AES_256_CBC_SHA384'),
  suite(0xc028, 'ECDHE_RSA', 'AES_256_CBC_SHA384'),
  suite(0xc023, 'ECDHE_ECDSA', 'AES_128_CBC_SHA256'),
  suite(0xc027, 'ECDHE_RSA', 'AES_128_CBC_SHA256'),
  suite(0xc00a, 'ECDHE_ECDSA', 'AES_256_CBC_SHA'),
  suite(0xc014, 'ECDHE_RSA', 'AES_256_CBC_SHA'),
  suite(0xc009, 'ECDHE_ECDSA', 'AES_128_CBC_SHA'),
  suite(0xc013, 'ECDHE_RSA', 'AES_128_CBC_SHA'),
  suite(0x009d, 'RSA', 'AES_256_GCM_SHA384'),
  suite(0x009c, 'RSA', 'AES_128_GCM_SHA256'),
  suite(0x003d, 'RSA', 'AES_256_CBC_SHA256'),
  suite(0x003c, 'RSA', 'AES_128_CBC_SHA256'),
  suite(0x0035, 'RSA', 'AES_256_CBC_SHA'),
  suite(0x002f, 'RSA', 'AES_128_CBC_SHA'),
];

const byCode: ReadonlyMap<number, CipherSuite> = new Map(cipherSuites.map((one) => [one.code, one]));
export const defaultSuiteCodes: readonly number[] = cipherSuites.map((one) => one.code);

/** What stands among cipher suites and is none. */
export function isSignalling(code: number): boolean {
  return code === emptyRenegotiationInfoScsv || code === fallbackScsv;
}

/** Undefined for a suite that this stack does not speak. */
export function cipherSuite(code: number): CipherSuite | undefined {
  return byCode.get(code);
}

/**
 * A suite of TLS 1.3 under TLS 1.2, as OpenSSL resumes an encoded session that names one: no client takes it. (Its PRF would
 * be of MD5, for want of another.)
 */
export function suiteUnderTls12({ code, name, cipher, hash }: CipherSuiteOfTls13): CipherSuite {
  return {
    code,
    name,
    opensslName: name,
    keyExchange: 'ecdhe',
    authentication: 'ecdsa',
    records: { form: 'aead', cipher },
    hash,
  };
}

/** RFC 8422 §5.1.1: Ed25519 and Ed448 certificates authenticate the ECDSA suites. */
export function suiteFitsKey(one: CipherSuite, kind: KeyKind): boolean {
  return one.authentication === (kind === 'rsa' ? 'rsa' : 'ecdsa');
}

type ProtectionOfSuite = Pick<CipherSuite, 'opensslName' | 'records' | 'hash'>;

function aead(opensslName: string, cipher: AeadName, hash: HashName): ProtectionOfSuite {
  return { opensslName, records: { form: 'aead', cipher }, hash };
}

function block(opensslName: string, cipher: BlockCipherName, mac: MacName, hash: HashName): ProtectionOfSuite {
  return { opensslName, records: { form: 'block', cipher, mac }, hash };
}

function suite(
  code: number,
  exchange: 'ECDHE_ECDSA' | 'ECDHE_RSA' | 'RSA',
  protection: keyof typeof protections,
): CipherSuite {
  const { opensslName, records, hash } = protections[protection];
  return {
    code,
    name: `TLS_${exchange}_WITH_${protection}`,
    opensslName: exchange === 'RSA' ? opensslName : `${exchange.replace('_', '-')}-${opensslName}`,
    keyExchange: exchange === 'RSA' ? 'rsa' : 'ecdhe',
    authentication: exchange === 'ECDHE_ECDSA' ? 'ecdsa' : 'rsa',
    records,
    hash,
  };
}
