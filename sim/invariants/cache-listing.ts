import type { Broken, Invariant } from './violation.js';

export const cacheListsWhatItHolds: Invariant = {
  code: 'EVT',
  name: 'cache-lists-what-it-holds',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason:
    'table and list are two views of one set: what stands in one alone is never evicted, or is walked over when it is gone',
  source:
    'openssl/openssl#28632: a session that the table did not take stays in the list; the next walk touches what was freed',
  where: 'SSL_CTX_add_session and SSL_SESSION_list_add, ssl/ssl_sess.c',
  helps:
    'only a repaired OpenSSL helps; a session that could not be added may still be removed (SSL_CTX_remove_session)',
};

/** What a cache has: entries of its table, of its list, and references that it holds. */
export interface Listing {
  readonly table: number;
  readonly listed: number;
  readonly held: number;
  /** Names of what is listed and not held. */
  readonly unheld: readonly string[];
}

export function judgeListing(context: string, { table, listed, held, unheld }: Listing): Broken | undefined {
  if (table === held && listed === held && unheld.length === 0) return undefined;
  const more = unheld.length === 0 ? '' : `, ${unheld.join(' and ')} without a reference`;
  return {
    invariant: cacheListsWhatItHolds,
    text: `${context} has ${table} sessions in its table, ${listed} in its list and references to ${held}${more}`,
  };
}
