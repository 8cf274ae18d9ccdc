import type { Broken, Invariant } from './violation.js';

export const nothingLeakedAtExit: Invariant = {
  name: 'nothing-leaked-at-exit',
  owner: 'program',
  reason: 'what nobody gives back grows with every connection in a process that lives on',
  source: 'SSL_get_session(3), NOTES: "SSL_SESSION_free(3) must be explicitly called once"',
};

/** An object that lives when its process ends by itself. */
export interface Leak {
  /** Its id in the process. */
  readonly object: number;
  readonly name: string;
  readonly refs: number;
  /** Who says to hold a reference, each with the step since when. */
  readonly holders: readonly string[];
}

export function leaked(leak: Leak): Broken {
  const by = leak.holders.length === 0 ? '' : `, held by ${leak.holders.join(' and ')}`;
  return {
    invariant: nothingLeakedAtExit,
    object: leak.object,
    text: `${leak.name} still has ${leak.refs} reference(s) at exit${by}`,
  };
}
