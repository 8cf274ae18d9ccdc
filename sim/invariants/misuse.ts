import { countsEqualClaims } from './claims.js';
import type { Broken, Invariant } from './violation.js';

export const noUseAfterFree: Invariant = {
  name: 'no-use-after-free',
  owner: 'program',
  reason: 'what was freed may be anything by now',
  source: 'SSL_SESSION_free(3), SSL_free(3), SSL_CTX_free(3): the object is freed when its count reaches zero',
};

export const handlesUsedRightly: Invariant = {
  name: 'handles-used-rightly',
  owner: 'program',
  reason: 'libssl does not check what it is handed: it breaks, now or later',
  source: 'the table of misuse of simtls-program/1',
};

const kinds: Readonly<Record<string, Invariant>> = {
  'use-after-free': noUseAfterFree,
  'not-owned': countsEqualClaims,
};

/** @param kind - as the table of misuse has it */
export function misused(kind: string, call: string, handle: string, more: string): Broken {
  const invariant = kinds[kind] ?? handlesUsedRightly;
  return { invariant, text: `${call}: ${kind} of ${handle}${more}` };
}

export const survivesCalls: Invariant = {
  name: 'process-survives-calls',
  owner: 'libssl',
  reason: 'a call that crashes takes the process with it',
  source: 'observed on OpenSSL',
};

export function crashedIn(call: string, signal: string): Broken {
  return { invariant: survivesCalls, text: `${call} ended the process with ${signal}` };
}
