import type { StackEvent } from 'simtls';
import type { Broken, Invariant } from './violation.js';

export const countsEqualClaims: Invariant = {
  name: 'counts-equal-claims',
  owner: 'program',
  reason: 'who gives back a reference that it does not hold takes one from somebody who still uses the object',
  source:
    'SSL_SESSION_free(3): "SSL_SESSION_free() must only be called for SSL_SESSION objects, for which the reference count was explicitly incremented"',
};

export const libraryKeepsCounts: Invariant = {
  name: 'library-keeps-counts',
  owner: 'libssl',
  reason:
    "a reference that libssl gives back without having taken it is the program's: the session is freed under its hands",
  source:
    '3.0, ssl/ssl_sess.c, SSL_CTX_add_session: where lh_SSL_SESSION_insert finds no memory the session is linked into the list, and its reference given back',
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
