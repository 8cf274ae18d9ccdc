/** Every object of a run with what was taken and given back of it, up to a moment. */
import { codeOf } from './decode.js';
import { objectKey, type Run } from './run.js';

export interface LedgerRow {
  readonly key: number;
  readonly process: number;
  readonly id: number;
  readonly type: string;
  readonly made: number;
  taken: number;
  givenBack: number;
  count: number;
  held: string[];
  /** The event that freed it; −1: none. */
  freed: number;
  /** The last move of its count. */
  last: number;
  /** Count and claims have parted. */
  parted: boolean;
  fate: 'lives' | 'freed' | 'leaked' | 'gone with its process';
}

/** Unbalanced rows first: what leaked or whose claims part, then what is still held, then the rest in the order of their making. */
export function ledgerOf(run: Run, until: number): readonly LedgerRow[] {
  const rows = new Map<number, LedgerRow>();
  for (let n = 0; n <= until; n += 1) {
    const what = run.kind[n];
    if (what !== codeOf.made && what !== codeOf.count && what !== codeOf.freed && what !== codeOf.claims) continue;
    const process = run.process[n] ?? -1;
    const id = run.a[n] ?? 0;
    const key = objectKey(process, id);
    const row = rows.get(key);
    if (what === codeOf.made) {
      rows.set(key, {
        key,
        process,
        id,
        type: run.strings[run.b[n] ?? 0] ?? '',
        made: n,
        taken: 0,
        givenBack: 0,
        count: 0,
        held: [],
        freed: -1,
        last: n,
        parted: false,
        fate: 'lives',
      });
    } else if (row !== undefined) moved(run, row, n);
  }
  const all = [...rows.values()];
  for (const row of all) row.fate = fateOf(run, row, until);
  return all.sort((a, b) => rank(a) - rank(b) || a.made - b.made);
}

function moved(run: Run, row: LedgerRow, n: number): void {
  row.last = n;
  if (run.kind[n] === codeOf.freed) row.freed = n;
  else if (run.kind[n] === codeOf.claims) row.parted = true;
  else {
    const holder = run.strings[run.d[n] ?? 0] ?? '';
    row.count = run.c[n] ?? 0;
    if (run.taken[n] === 1) {
      row.taken += 1;
      row.held.push(holder);
      return;
    }
    row.givenBack += 1;
    const at = [holder, 'callback'].map((one) => row.held.lastIndexOf(one)).find((place) => place >= 0);
    if (at !== undefined) row.held.splice(at, 1);
  }
}

function fateOf(run: Run, { freed, process }: LedgerRow, until: number): LedgerRow['fate'] {
  if (freed >= 0) return 'freed';
  const span = run.processes[process];
  if (span === undefined || span.to < 0 || span.to > until) return 'lives';
  return span.end === 'exited' ? 'leaked' : 'gone with its process';
}

export function isUnbalanced({ fate, parted }: LedgerRow): boolean {
  return fate === 'leaked' || parted;
}

function rank(row: LedgerRow): number {
  if (isUnbalanced(row)) return 0;
  return { lives: 1, leaked: 0, 'gone with its process': 2, freed: 3 }[row.fate];
}
