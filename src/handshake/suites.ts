/** The cipher suites up to TLS 1.2 of OpenSSL's default list, in its order: those that this stack speaks, and those that it offers only. */
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

/**
 * A suite that lists may name. Those of finite fields, `dhe`, are offered so that hellos are what OpenSSL's are: a server takes none
 * of them that was given no parameters, and this stack never has any.
 */
export interface ListedSuite {
  readonly code: number;
  /** As in RFC 5246, RFC 5288, RFC 5289, RFC 7905 and RFC 8422. */
  readonly name: string;
  /** As `openssl ciphers` prints it. */
  readonly opensslName: string;
  /** `rsa`: the client encrypts the premaster secret to the certificate's key, RFC 5246 §7.4.7.1. */
  readonly keyExchange: 'ecdhe' | 'rsa' | 'dhe';
  readonly authentication: 'ecdsa' | 'rsa';
  readonly records: AeadRecords | BlockRecords;
  /** Of the PRF and the transcript. */
  readonly hash: HashName;
}

/** A suite that this stack speaks. */
export interface CipherSuite extends ListedSuite {
  readonly keyExchange: 'ecdhe' | 'rsa';
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

const exchanges = {
  ECDHE_ECDSA: { keyExchange: 'ecdhe', authentication: 'ecdsa', prefix: 'ECDHE-ECDSA-' },
  ECDHE_RSA: { keyExchange: 'ecdhe', authentication: 'rsa', prefix: 'ECDHE-RSA-' },
  DHE_RSA: { keyExchange: 'dhe', authentication: 'rsa', prefix: 'DHE-RSA-' },
  RSA: { keyExchange: 'rsa', authentication: 'rsa', prefix: '' },
} as const;

export const listedSuites: readonly ListedSuite[] = [
  suite(0xc02c, 'ECDHE_ECDSA', 'AES_256_GCM_SHA384'),
  suite(0xc030, 'ECDHE_RSA', 'AES_256_GCM_SHA384'),
  suite(0x009f, 'DHE_RSA', 'AES_256_GCM_SHA384'),
  suite(0xcca9, 'ECDHE_ECDSA', 'CHACHA20_POLY1305_SHA256'),
  suite(0xcca8, 'ECDHE_RSA', 'CHACHA20_POLY1305_SHA256'),
  suite(0xccaa, 'DHE_RSA', 'CHACHA20_POLY1305_SHA256'),
  suite(0xc02b, 'ECDHE_ECDSA', 'AES_128_GCM_SHA256'),
  suite(0xc02f, 'ECDHE_RSA', 'AES_128_GCM_SHA256'),
  suite(0x009e, 'DHE_RSA', 'AES_128_GCM_SHA256'),
  suite(0xc024, 'ECDHE_ECDSA', 'AES_256_CBC_SHA384'),
  suite(0xc028, 'ECDHE_RSA', 'AES_256_CBC_SHA384'),
  suite(0x006b, 'DHE_RSA', 'AES_256_CBC_SHA256'),
  suite(0xc023, 'ECDHE_ECDSA', 'AES_128_CBC_SHA256'),
  suite(0xc027, 'ECDHE_RSA', 'AES_128_CBC_SHA256'),
  suite(0x0067, 'DHE_RSA', 'AES_128_CBC_SHA256'),
  suite(0xc00a, 'ECDHE_ECDSA', 'AES_256_CBC_SHA'),
  suite(0xc014, 'ECDHE_RSA', 'AES_256_CBC_SHA'),
  suite(0x0039, 'DHE_RSA', 'AES_256_CBC_SHA'),
  suite(0xc009, 'ECDHE_ECDSA', 'AES_128_CBC_SHA'),
  suite(0xc013, 'ECDHE_RSA', 'AES_128_CBC_SHA'),
  suite(0x0033, 'DHE_RSA', 'AES_128_CBC_SHA'),
  suite(0x009d, 'RSA', 'AES_256_GCM_SHA384'),
  suite(0x009c, 'RSA', 'AES_128_GCM_SHA256'),
  suite(0x003d, 'RSA', 'AES_256_CBC_SHA256'),
  suite(0x003c, 'RSA', 'AES_128_CBC_SHA256'),
  suite(0x0035, 'RSA', 'AES_256_CBC_SHA'),
  suite(0x002f, 'RSA', 'AES_128_CBC_SHA'),
];

export const cipherSuites: readonly CipherSuite[] = listedSuites.filter(isSpoken);

const byCode: ReadonlyMap<number, CipherSuite> = new Map(cipherSuites.map((one) => [one.code, one]));
export const defaultSuiteCodes: readonly number[] = listedSuites.map((one) => one.code);
const offeredAlone: ReadonlySet<number> = new Set(listedSuites.filter((one) => !isSpoken(one)).map((one) => one.code));

/** Whether a client has to stop where a server takes it: the server has parameters of its own. */
export function isOfferedAlone(code: number): boolean {
  return offeredAlone.has(code);
}

const beforeTls12: ReadonlySet<number> = new Set(
  listedSuites.filter(({ records }) => records.form === 'block' && records.mac === 'sha1').map((one) => one.code),
);

/** Whether TLS 1.1 has it too. */
export function isBeforeTls12(code: number): boolean {
  return beforeTls12.has(code);
}

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

function isSpoken(one: ListedSuite): one is CipherSuite {
  return one.keyExchange !== 'dhe';
}

type ProtectionOfSuite = Pick<CipherSuite, 'opensslName' | 'records' | 'hash'>;

function aead(opensslName: string, cipher: AeadName, hash: HashName): ProtectionOfSuite {
  return { opensslName, records: { form: 'aead', cipher }, hash };
}

function block(opensslName: string, cipher: BlockCipherName, mac: MacName, hash: HashName): ProtectionOfSuite {
  return { opensslName, records: { form: 'block', cipher, mac }, hash };
}

function suite(code: number, exchange: keyof typeof exchanges, protection: keyof typeof protections): ListedSuite {
  const { keyExchange, authentication, prefix } = exchanges[exchange];
  const { opensslName, records, hash } = protections[protection];
  return {
    code,
    name: `TLS_${exchange}_WITH_${protection}`,
    opensslName: prefix + opensslName,
    keyExchange,
    authentication,
    records,
    hash,
  };
}
