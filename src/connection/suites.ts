/** The cipher suites that a connection has: SSL_get_ciphers, in two lists. */
import { cipherSuitesOfTls13, defaultSuiteCodes } from '../handshake/index.js';
import type { Connection, SuiteLists } from './connection.js';

const defaultSuitesOf13: readonly number[] = cipherSuitesOfTls13.map((one) => one.code);

/** Those of TLS 1.2, preferred first. */
export function suitesOf12(connection: Connection): readonly number[] {
  return suiteListsOf(connection).upToTls12 ?? defaultSuiteCodes;
}

/** Those of TLS 1.3, preferred first. */
export function suitesOf13(connection: Connection): readonly number[] {
  return suiteListsOf(connection).tls13 ?? defaultSuitesOf13;
}

/** Its own, or those of the context that it has now. */
export function suiteListsOf({ ownCipherSuites, context }: Connection): SuiteLists {
  return ownCipherSuites ?? { upToTls12: context.cipherSuites, tls13: context.cipherSuitesOfTls13 };
}
