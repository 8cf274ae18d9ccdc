/** What it means that something which must hold does not. */

/** Whose promise was broken: simtls's own (never), the program's towards the manual, or libssl's own. */
export type Owner = 'simtls' | 'program' | 'libssl';

/** What an invariant is about, and what each kind promises; `PLAN`: what a scenario states of its own outcome. */
export const promises = {
  REF: 'references balance: once everything is given back no object is alive, and no count goes below zero',
  UAF: 'nothing reads, writes or releases an object after its last release',
  IMM: 'a session that was published does not change, apart from what may',
  BND: 'every cache stays within its limit, or within a stated number where it has none',
  EVT: 'a cache holds what it should: what was stored is found, what is gone is not, and nothing is stored in vain',
  AUTH: 'a resumed connection has the identity and the policy that a full handshake would have now',
  ISO: 'what one context, host or connection does has no effect on another, unless it was asked to share',
  KEY: 'ticket keys are secret, as configured, and shared where they must be and nowhere else',
  TIME: 'lifetimes count from the handshake that authenticated, and end when they should',
  LIVE: 'resumption is an optimisation: where it cannot be, a full handshake completes; nobody waits for ever',
  DATA: 'what a writer gave and closed well reaches the reader, and a stream cut short is never complete',
  SEQ: 'operations happen only in states that allow them',
  PLAN: 'what a plan states of its own run',
} as const;
export type PromiseCode = keyof typeof promises;

/** What must hold after every call, or once both ends of a handshake, a process or the world are done. */
export interface Invariant {
  readonly code: PromiseCode;
  /** As reports and `expect.violation` call it. */
  readonly name: string;
  /** `call`: after each call; `handshake`: once both ends have finished it; `exit`: of a process; `quiet`: nothing is under way any more. */
  readonly judged: 'call' | 'handshake' | 'exit' | 'quiet';
  /** Whether it holds whatever faults there are, or only where the plan has no others than the scenario's own. */
  readonly under: 'any faults' | 'own faults';
  /** Where it can be judged: nobody looks into the objects of real OpenSSL. */
  readonly on: 'the model' | 'both stacks';
  /** Whose it is, where what broke does not say otherwise. */
  readonly owner: Owner;
  /** Why it must hold. */
  readonly reason: string;
  /** The manual page, RFC or rule that says so. */
  readonly source: string;
  /** Where OpenSSL does it: function and file; or that no part of OpenSSL is in it. */
  readonly where: string;
  /** What to do about it. */
  readonly helps: string;
}

/** One breaking of one invariant. */
export interface Broken {
  readonly invariant: Invariant;
  /** What happened, with the names of the objects and steps. */
  readonly text: string;
  /** Whose it is; absent: the invariant's. */
  readonly owner?: Owner;
  /** The object that it is about, by its id in the process; absent where it is about none. */
  readonly object?: number;
}
