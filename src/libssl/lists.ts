/** Lists by names, as C takes them: SSL_CTX_set_cipher_list(3), SSL_CTX_set_ciphersuites(3), SSL_CTX_set1_groups_list(3). */
import { type Connection, type SuiteLists, suiteListsOf } from '../connection/index.js';
import { cipherSuitesOfTls13, NeedsUnknownCiphers } from '../handshake/index.js';
import type { Context, Library } from '../session/index.js';
import { readCipherList } from './cipher-list.js';
import { readGroupList } from './group-list.js';

/** 0 where no suite is in it: the list is empty from then on. */
export function setCipherList(ctx: Context, rules: string | null): number {
  const codes = cipherListOf(ctx.library, rules);
  if (codes === undefined) return 0;
  ctx.cipherSuites = codes;
  return judged(ctx.library, codes);
}

/** The same for one connection, which keeps the suites of TLS 1.3 that it was made with. */
export function setOwnCipherList(ssl: Connection, rules: string | null): number {
  const codes = cipherListOf(ssl.library, rules);
  if (codes === undefined) return 0;
  keepOwn(ssl, { upToTls12: codes, tls13: ssl.cipherSuitesOfTls13 });
  return judged(ssl.library, codes);
}

function cipherListOf(library: Library, rules: string | null): readonly number[] | undefined {
  if (rules === null) return undefined;
  const { codes, isValid } = readCipherList(rules);
  if (isValid) return codes;
  library.errors.push('INVALID_COMMAND');
  return undefined;
}

function judged(library: Library, codes: readonly number[]): number {
  if (codes.length > 0) return 1;
  library.errors.push('NO_CIPHER_MATCH');
  return 0;
}

export function setCipherSuites(ctx: Context, names: string): number {
  const codes = suitesOf13Named(ctx.library, names);
  if (codes === undefined) return 0;
  ctx.cipherSuitesOfTls13 = codes;
  return 1;
}

export function setOwnCipherSuites(ssl: Connection, names: string): number {
  const codes = suitesOf13Named(ssl.library, names);
  // the list of its context becomes its own, whether the names were good or not
  const { upToTls12 } = suiteListsOf(ssl);
  if (codes !== undefined) ssl.cipherSuitesOfTls13 = codes;
  ssl.ownCipherSuites ??= suiteListsOf(ssl);
  if (codes === undefined) return 0;
  keepOwn(ssl, { upToTls12, tls13: codes });
  return 1;
}

function keepOwn(ssl: Connection, lists: SuiteLists): void {
  ssl.ownCipherSuites = lists;
  ssl.ownCipherSuitesById = lists;
}

/** Standard names of suites that libssl knows, and takes here too: those of TLS 1.2, the signalling values, the rest of TLS 1.3's. */
const otherSuites = /_WITH_|_SCSV$|_CCM_|^TLS_SHA\d+_SHA\d+$/;

/** ciphersuite_cb: 1.1.1 stops at a name that is none, 3.x passes over it, and wants one that is. */
function suitesOf13Named(library: Library, names: string): readonly number[] | undefined {
  if (names === '') return [];
  const codes = new Set<number>();
  for (const name of names.split(':').map((part) => part.trim())) {
    const code = cipherSuitesOfTls13.find((one) => one.name === name)?.code;
    if (code === undefined && otherSuites.test(name)) throw new NeedsUnknownCiphers(name);
    if (code !== undefined) codes.add(code);
    else if (library.profile.stopsAtUnknownSuite) return noMatch(library);
  }
  return codes.size === 0 ? noMatch(library) : [...codes];
}

function noMatch(library: Library): undefined {
  library.errors.push('NO_CIPHER_MATCH');
}

export function setGroups(ctx: Context, names: string): number {
  const { errors, profile } = ctx.library;
  const { codes, reason } = readGroupList(profile, names);
  if (reason !== undefined) errors.push(reason);
  if (codes === undefined) return 0;
  ctx.groups = codes;
  return 1;
}
