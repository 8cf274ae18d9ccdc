/** Bugs that really happened in libssl, built into the model behind a switch, off unless asked for: one row each. */
export type DefectName = 'bad-ticket-leak' | 'evict-callback-after-free';

export interface Defect {
  readonly name: DefectName;
  /** What the stack does wrong, in one sentence. */
  readonly mechanism: string;
  /** What it does instead where the defect is off. */
  readonly repaired: string;
  /** Where it happened, and who told. */
  readonly source: string;
}

const table: Readonly<Record<DefectName, Defect>> = {
  'bad-ticket-leak': {
    name: 'bad-ticket-leak',
    mechanism:
      'a server that is offered a ticket whose MAC does not fit skips one release: each such ticket leaves a session behind',
    repaired: 'every exit of the ticket path releases what it took',
    source: 'CVE-2014-3567: OpenSSL 0.9.8g to 0.9.8zb, 1.0.0 before o, 1.0.1 before j',
  },
  'evict-callback-after-free': {
    name: 'evict-callback-after-free',
    mechanism: 'a session that is evicted is released first, and the remove callback is handed what may be gone',
    repaired: "the callback runs while the cache's reference is still held; the release comes last",
    source: 'openssl/openssl#6222: 1.1.0 and 1.1.1 in development, 2018',
  },
};

export const defects: readonly Defect[] = Object.values(table);

/** Undefined for a name that is none. */
export function defectOf(name: string): Defect | undefined {
  return defects.find((defect) => defect.name === name);
}
