/** Handshakes with a key from elsewhere that the model and real OpenSSL make, and what both answer. */

const tls12 = 0x0303;
export const aes128 = 0x1301;
const aes256 = 0x1302;
/** The name of the key. */
export const identity = 'someone';

export interface KeyCase {
  readonly setup: {
    readonly withoutCertificate?: boolean;
    readonly serverKey?: number;
    readonly use?: 'none' | 'fail';
    readonly find?: 'none' | 'fail';
    /** Of the key, where it is not TLS 1.3. */
    readonly version?: number;
    readonly keySuite?: number;
    /** What both sides speak; TLS_AES_128_GCM_SHA256 alone unless told. */
    readonly suites?: string;
    readonly retries?: boolean;
  };
  /** Of client and server in turn, twice; of the client's SSL_read, the server's SSL_write, SSL_read; and what came of it. */
  readonly answers: readonly string[];
  /** Which callbacks were called. */
  readonly asked: string;
}

export const keyCases: Readonly<Record<string, KeyCase>> = {
  'both know the key': {
    setup: {},
    answers: ['-1 WANT_READ', '-1 WANT_READ', '1', '1', '-1 WANT_READ', '2', '2 hi', 'reused 1 1, finished 1 1'],
    asked: 'use find',
  },
  'a server without a certificate': {
    setup: { withoutCertificate: true },
    answers: ['-1 WANT_READ', '-1 WANT_READ', '1', '1', '-1 WANT_READ', '2', '2 hi', 'reused 1 1, finished 1 1'],
    asked: 'use find',
  },
  'keys that differ under one name': {
    setup: { serverKey: 2 },
    answers: [
      '-1 WANT_READ',
      '-1 SSL binder does not verify',
      '-1 SSL sslv3 alert illegal parameter',
      '-1 SYSCALL',
      '0 ZERO_RETURN',
      '-1 SYSCALL',
      '0 ZERO_RETURN',
      'reused 0 0, finished 0 0',
    ],
    asked: 'use find',
  },
  'a server that does not know the name': {
    setup: { find: 'none' },
    answers: ['-1 WANT_READ', '-1 WANT_READ', '1', '1', '-1 WANT_READ', '2', '2 hi', 'reused 0 0, finished 1 1'],
    asked: 'use find',
  },
  'a callback of the server that fails': {
    setup: { find: 'fail' },
    answers: [
      '-1 WANT_READ',
      '-1 SSL bad extension',
      '-1 SSL tlsv1 alert internal error',
      '-1 SYSCALL',
      '0 ZERO_RETURN',
      '-1 SYSCALL',
      '0 ZERO_RETURN',
      'reused 0 0, finished 0 0',
    ],
    asked: 'use find',
  },
  'a callback of the client that fails': {
    setup: { use: 'fail' },
    answers: [
      '-1 SSL bad psk',
      '-1 SSL unexpected message',
      '-1 SYSCALL',
      '-1 SYSCALL',
      '-1 SYSCALL',
      '-1 SYSCALL',
      '-1 SYSCALL',
      'reused 0 0, finished 0 0',
    ],
    asked: 'use',
  },
  'a client without a key': {
    setup: { use: 'none' },
    answers: ['-1 WANT_READ', '-1 WANT_READ', '1', '1', '-1 WANT_READ', '2', '2 hi', 'reused 0 0, finished 1 1'],
    asked: 'use',
  },
  'a key of TLS 1.2': {
    setup: { version: tls12 },
    answers: [
      '-1 SSL bad psk',
      '-1 SSL unexpected message',
      '-1 SYSCALL',
      '-1 SYSCALL',
      '-1 SYSCALL',
      '-1 SYSCALL',
      '-1 SYSCALL',
      'reused 0 0, finished 0 0',
    ],
    asked: 'use',
  },
  'a key of another hash than that of the suite': {
    setup: { keySuite: aes256 },
    answers: ['-1 WANT_READ', '-1 WANT_READ', '1', '1', '-1 WANT_READ', '2', '2 hi', 'reused 0 0, finished 1 1'],
    asked: 'use find',
  },
  'a key of SHA-384': {
    setup: { keySuite: aes256, suites: 'TLS_AES_256_GCM_SHA384' },
    answers: ['-1 WANT_READ', '-1 WANT_READ', '1', '1', '-1 WANT_READ', '2', '2 hi', 'reused 1 1, finished 1 1'],
    asked: 'use find',
  },
  'a HelloRetryRequest': {
    setup: { retries: true },
    answers: [
      '-1 WANT_READ',
      '-1 WANT_READ',
      '-1 WANT_READ',
      '-1 WANT_READ',
      '-1 WANT_READ',
      '2',
      '2 hi',
      'reused 1 1, finished 1 1',
    ],
    asked: 'use find use find',
  },
  'a HelloRetryRequest with a suite of another hash': {
    setup: { keySuite: aes256, retries: true },
    answers: [
      '-1 WANT_READ',
      '-1 WANT_READ',
      '-1 SSL bad psk',
      '-1 SSL tlsv1 alert internal error',
      '-1 SYSCALL',
      '-1 ZERO_RETURN',
      '-1 SYSCALL',
      'reused 0 0, finished 0 0',
    ],
    asked: 'use find use',
  },
};

/** What the ends of a case answer in that line: for 3.5 a binder that does not fit has another alert. */
export function answersOfCase({ answers }: KeyCase, profile: string): string[] {
  const in35 = (answer: string): string => answer.replace('sslv3 alert illegal parameter', 'tlsv1 alert decrypt error');
  return profile === '3.5' ? answers.map(in35) : [...answers];
}
