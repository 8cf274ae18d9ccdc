import { countsEqualClaims } from './claims.js';
import type { Broken, Invariant } from './violation.js';

export const noUseAfterFree: Invariant = {
  code: 'UAF',
  name: 'no-use-after-free',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'what was freed may be anything by now',
  source: 'SSL_SESSION_free(3), SSL_free(3), SSL_CTX_free(3): the object is freed when its count reaches zero',
  where:
    'freed by SSL_SESSION_free, ssl/ssl_sess.c, SSL_free or SSL_CTX_free, ssl/ssl_lib.c; used by the call that is named, which cannot know',
  helps:
    'hold a reference of your own for as long as you use an object (SSL_get1_session, SSL_SESSION_up_ref, SSL_up_ref, SSL_CTX_up_ref), and forget a pointer when you free it',
};

export const handlesUsedRightly: Invariant = {
  code: 'SEQ',
  name: 'handles-used-rightly',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'libssl does not check what it is handed: it breaks, now or later',
  source: 'the table of misuse of simtls-program/1',
  where:
    'the call that is named; SSL_set_session and SSL_CTX_add_session, ssl/ssl_sess.c, and SSL_free, ssl/ssl_lib.c, check nothing',
  helps: 'docs/programs.md says what each kind of misuse is; simtls explain FILE shows the step, and who holds what',
};

const kinds: Readonly<Record<string, Invariant>> = {
  'use-after-free': noUseAfterFree,
  'not-owned': countsEqualClaims,
};

/** What was done to a handle that libssl does not survive, or might not. */
export interface Act {
  /** As the table of misuse has it. */
  readonly kind: string;
  readonly call: string;
  readonly handle: string;
  /** Who holds it, who freed it: the rest of the sentence. */
  readonly more?: string;
  /** Its id in the process, where the handle stands for an object. */
  readonly object?: number | undefined;
}

export function misused({ kind, call, handle, more = '', object }: Act): Broken {
  const invariant = kinds[kind] ?? handlesUsedRightly;
  const text = `${call}: ${kind} of ${handle}${more}`;
  return object === undefined ? { invariant, text } : { invariant, text, object };
}

export const survivesCalls: Invariant = {
  code: 'UAF',
  name: 'process-survives-calls',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'libssl',
  reason: 'a call that crashes takes the process with it',
  source: 'observed on OpenSSL',
  where: 'the call that is named, in ssl/ssl_lib.c, ssl/ssl_sess.c or ssl/statem/',
  helps:
    'see it on real OpenSSL (simtls program run FILE --stack libssl), shrink it, report it there; until then keep away from this order of calls',
};

export function crashedIn(call: string, signal: string): Broken {
  return { invariant: survivesCalls, text: `${call} ended the process with ${signal}` };
}
