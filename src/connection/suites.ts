/** The cipher suites that a connection has: SSL_get_ciphers, in two lists. */
import { cipherSuitesOfTls13, defaultSuiteCodes } from '../handshake/index.js';
import type { Context } from '../session/index.js';
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

/** Whether a client takes the suite that the server has chosen: ssl_get_ciphers_by_id, which may be another list than it has offered. */
export function takesSuite({ ownCipherSuitesById, context }: Connection, code: number): boolean {
  const { upToTls12 = defaultSuiteCodes, tls13 = defaultSuitesOf13 } = ownCipherSuitesById ?? listsOf(context);
  return upToTls12.includes(code) || tls13.includes(code);
}

/** Its own, or those of the context that it has now. */
export function suiteListsOf({ ownCipherSuites, context }: Connection): SuiteLists {
  return ownCipherSuites ?? listsOf(context);
}

function listsOf(context: Context): SuiteLists {
  return { upToTls12: context.cipherSuites, tls13: context.cipherSuitesOfTls13 };
}
