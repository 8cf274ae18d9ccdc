import type { Broken, Invariant } from './violation.js';

export const nothingLeakedAtExit: Invariant = {
  code: 'REF',
  name: 'nothing-leaked-at-exit',
  judged: 'exit',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'what nobody gives back grows with every connection in a process that lives on',
  source: 'SSL_get_session(3), NOTES: "SSL_SESSION_free(3) must be explicitly called once"',
  where: 'SSL_SESSION_free, ssl/ssl_sess.c, SSL_free and SSL_CTX_free, ssl/ssl_lib.c: the calls that were not made',
  helps: 'give back what each holder that is named holds; look at the ways out of the program that an error takes',
};

export const noReferenceOutlivesHolder: Invariant = {
  code: 'REF',
  name: 'no-reference-outlives-holder',
  judged: 'exit',
  under: 'any faults',
  on: 'both stacks',
  owner: 'libssl',
  reason: 'a reference whose holder is gone can never be given back, whatever the program does',
  source:
    'SSL_free(3): "decrements the reference count of ssl, and removes the SSL structure pointed to by ssl and frees up the allocated memory"',
  where: 'tls_decrypt_ticket, ssl/t1_lib.c, and SSL_free, ssl/ssl_lib.c: a way out that gives back less than was taken',
  helps: 'only a repaired OpenSSL helps: report it with the shrunk plan',
};

/** An object that lives when its process ends by itself. */
export interface Leak {
  /** Its id in the process. */
  readonly object: number;
  readonly name: string;
  readonly refs: number;
  /** Who says to hold a reference, each with the step since when. */
  readonly holders: readonly string[];
  /** All of them are objects that are gone: it is the library that lost it, not the program. */
  readonly lost: boolean;
}

export function leaked({ object, name, refs, holders, lost }: Leak): Broken {
  const by = holders.length === 0 ? '' : `, held by ${holders.join(' and ')}`;
  return {
    invariant: lost ? noReferenceOutlivesHolder : nothingLeakedAtExit,
    object,
    text: `${name} still has ${refs} reference(s) at exit${by}`,
  };
}
