/** Bugs that really happened in TLS stacks, built into the model behind a switch, off unless asked for: one row each. */
export type DefectName = 'bad-ticket-leak' | 'evict-callback-after-free';

/** What a defect breaks, as docs/defects.md names it. */
export type DefectInvariant =
  | 'REF'
  | 'UAF'
  | 'IMM'
  | 'BND'
  | 'EVT'
  | 'AUTH'
  | 'ISO'
  | 'KEY'
  | 'TIME'
  | 'LIVE'
  | 'DATA'
  | 'SEQ';

export interface Defect {
  readonly name: DefectName;
  readonly kind: 'stack';
  /** Its number in the catalogue of docs/defects.md. */
  readonly entry: string;
  /** What the stack does wrong, in one sentence. */
  readonly mechanism: string;
  /** What it does instead where the defect is off. */
  readonly repaired: string;
  /** Where it happened, and who told. */
  readonly source: string;
  /** What ought to catch it. */
  readonly invariants: readonly DefectInvariant[];
}

const table: Readonly<Record<DefectName, Omit<Defect, 'name' | 'kind'>>> = {
  'bad-ticket-leak': {
    entry: 'M-04',
    mechanism:
      'a server that is offered a ticket whose MAC does not fit skips one release: each such ticket leaves a session behind',
    repaired: 'every exit of the ticket path releases what it took',
    source: 'CVE-2014-3567: OpenSSL 0.9.8g to 0.9.8zb, 1.0.0 before o, 1.0.1 before j',
    invariants: ['REF'],
  },
  'evict-callback-after-free': {
    entry: 'M-06',
    mechanism: 'a session that is evicted is released first, and the remove callback is handed what may be gone',
    repaired: "the callback runs while the cache's reference is still held; the release comes last",
    source: 'openssl/openssl#6222: 1.1.0 and 1.1.1 in development, 2018',
    invariants: ['UAF'],
  },
};

export const defects: readonly Defect[] = Object.entries(table).map(([name, row]) => ({
  name: name as DefectName, // a key of the table
  kind: 'stack',
  ...row,
}));

/** Undefined for a name that is none. */
export function defectOf(name: string): Defect | undefined {
  return defects.find((defect) => defect.name === name);
}
