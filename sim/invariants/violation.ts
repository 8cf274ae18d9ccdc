/** What it means that something which must hold does not. */

/** Whose promise was broken: simtls's own (never), the program's towards the manual, or libssl's own. */
export type Owner = 'simtls' | 'program' | 'libssl';

/** What must hold after every event, or once the world is quiet. */
export interface Invariant {
  /** As reports and `expect.violation` call it. */
  readonly name: string;
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
  /** The object that it is about, by its id in the process; absent where it is about none. */
  readonly object?: number;
}
