/** The cipher suites of TLS 1.3 (RFC 8446 §B.4), in the order in which OpenSSL offers them. */
import type { AeadName, HashName } from '../crypto/index.js';

export interface CipherSuiteOfTls13 {
  readonly code: number;
  /** As in the RFC; `openssl ciphers` prints the same. */
  readonly name: string;
  readonly cipher: AeadName;
  /** Of the key schedule and the transcript. */
  readonly hash: HashName;
}

export const cipherSuitesOfTls13: readonly CipherSuiteOfTls13[] = [
  { code: 0x1302, name: 'TLS_AES_256_GCM_SHA384', cipher: 'aes-256-gcm', hash: 'sha384' },
  { code: 0x1303, name: 'TLS_CHACHA20_POLY1305_SHA256', cipher: 'chacha20-poly1305', hash: 'sha256' },
  { code: 0x1301, name: 'TLS_AES_128_GCM_SHA256', cipher: 'aes-128-gcm', hash: 'sha256' },
];

/** Undefined for a suite that is none of them. */
export function cipherSuiteOfTls13(code: number): CipherSuiteOfTls13 | undefined {
  return cipherSuitesOfTls13.find((one) => one.code === code);
}
