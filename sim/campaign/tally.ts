/** What a campaign has come to so far. Reports of blocks may come in any order: what stands here is the same in the end. */
import type { Owner } from '../invariants/index.js';
import { addSums, type BlockReport, type CaseSum, type FailedCase, type Refused } from './block.js';
import { addReached, type Reached } from './reached.js';
import type { Case } from './settings.js';

/** Findings with one cause. */
export interface FoundGroup {
  readonly group: string;
  readonly invariant: string;
  readonly owner: Owner;
  /** The first of its cases. */
  readonly first: Case;
  /** How many cases failed so. */
  readonly cases: number;
}

export interface Tally {
  readonly runs: number;
  readonly events: number;
  /** Over all cases, in 16 hex digits: the same for any number of threads and shards. */
  readonly fingerprint: string;
  readonly groups: readonly FoundGroup[];
  readonly refused: readonly Refused[];
  /** Of the sources that declare what their runs must reach. */
  readonly reached: readonly Reached[];
}

export const emptyTally: Tally = {
  runs: 0,
  events: 0,
  fingerprint: '0'.repeat(16),
  groups: [],
  refused: [],
  reached: [],
};

export function tallyOf(report: BlockReport): Tally {
  const { runs, events, sum, refused, reached } = report;
  const groups = report.failed.map(({ first, count }) => groupOf(first, count));
  return { runs, events, fingerprint: written(sum), groups: sorted(groups), refused: sortedRefusals(refused), reached };
}

/** Of cases that are in one or the other: blocks, shards, what was done before and after an interruption. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  const groups = new Map(a.groups.map((group) => [group.group, group]));
  for (const group of b.groups) {
    const known = groups.get(group.group);
    groups.set(group.group, known === undefined ? group : sameGroup(known, group));
  }
  const refused = new Map(a.refused.map((one) => [`${one.source} ${one.reason}`, one]));
  for (const one of b.refused) {
    const key = `${one.source} ${one.reason}`;
    refused.set(key, { ...one, count: one.count + (refused.get(key)?.count ?? 0) });
  }
  return {
    runs: a.runs + b.runs,
    events: a.events + b.events,
    fingerprint: written(addSums(read(a.fingerprint), read(b.fingerprint))),
    groups: sorted([...groups.values()]),
    refused: sortedRefusals([...refused.values()]),
    reached: addReached(a.reached, b.reached),
  };
}

function groupOf({ case: first, failure }: FailedCase, cases: number): FoundGroup {
  const { group, invariant, owner } = failure;
  return { group, invariant, owner, first, cases };
}

function sameGroup(a: FoundGroup, b: FoundGroup): FoundGroup {
  return { ...a, first: a.first.number <= b.first.number ? a.first : b.first, cases: a.cases + b.cases };
}

/** In the order of their first cases. */
function sorted(groups: readonly FoundGroup[]): readonly FoundGroup[] {
  return [...groups].sort((a, b) => a.first.number - b.first.number || (a.group < b.group ? -1 : 1));
}

function sortedRefusals(refused: readonly Refused[]): readonly Refused[] {
  const key = ({ source, reason }: Refused): string => `${source} ${reason}`;
  return [...refused].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function written(sum: CaseSum): string {
  return sum.map((half) => half.toString(16).padStart(8, '0')).join('');
}

function read(fingerprint: string): CaseSum {
  return [Number.parseInt(fingerprint.slice(0, 8), 16), Number.parseInt(fingerprint.slice(8), 16)];
}
