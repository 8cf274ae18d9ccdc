import type { StackEvent } from 'simtls';
import type { Broken, Invariant } from './violation.js';

export const countsEqualClaims: Invariant = {
  code: 'REF',
  name: 'counts-equal-claims',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'who gives back a reference that it does not hold takes one from somebody who still uses the object',
  source:
    'SSL_SESSION_free(3): "SSL_SESSION_free() must only be called for SSL_SESSION objects, for which the reference count was explicitly incremented"',
  where:
    'SSL_SESSION_free, ssl/ssl_sess.c, SSL_free and SSL_CTX_free, ssl/ssl_lib.c: each gives one reference back and asks nobody',
  helps:
    'free once for each SSL_new, get1, dup, up_ref and d2i, and for each session that a new callback kept by returning 1; never after a get0',
};

export const libraryKeepsCounts: Invariant = {
  code: 'REF',
  name: 'library-keeps-counts',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'libssl',
  reason:
    "a reference that libssl gives back without having taken it is the program's: the session is freed under its hands",
  source:
    '3.0, ssl/ssl_sess.c, SSL_CTX_add_session: where lh_SSL_SESSION_insert finds no memory the session is linked into the list, and its reference given back',
  where: 'SSL_CTX_add_session, ssl/ssl_sess.c: its last SSL_SESSION_free',
  helps: 'take the session for gone where SSL_CTX_add_session has failed for want of memory, and do not free it again',
};

/** The ledger said that a count and its claims part. */
export function brokenClaims(
  event: Extract<StackEvent, { kind: 'claims' }>,
  nameOf: (object: number) => string,
): Broken {
  return {
    invariant: event.holder.startsWith('cache of ') ? libraryKeepsCounts : countsEqualClaims,
    object: event.object,
    text: `${event.holder} gave back a reference to ${nameOf(event.object)} that it did not hold: count ${event.count}, claims ${event.claims}`,
  };
}
