/** Runs a finding's plan again and says what became of it: whether it shows again, and if the run is another one, where it parts. */
import { invariants } from '../invariants/index.js';
import type { LibsslPool } from '../stacks/index.js';
import { type Failure, type JudgeOptions, judgePlan } from '../verdict/index.js';
import { type Finding, findingEventsMax, runOf } from './finding.js';

export interface Replayed {
  /**
   * `again`: the same violation. `gone`: none. `diverges`: another violation, or the same in another run, although this is the simtls that
   * made the finding.
   */
  readonly verdict: 'again' | 'gone' | 'diverges';
  /** What failed now; undefined where nothing did. */
  readonly failure: Failure | undefined;
  /** Where the run first differs from the finding's; undefined: nowhere. */
  readonly parting: Parting | undefined;
  /** Why the plan cannot be run here; empty where it was. */
  readonly refused: string;
}

export interface Parting {
  /** Counted from 0. */
  readonly event: number;
  /** As lines of a trace. */
  readonly expected: string;
  readonly came: string;
}

/** @param version - of this simtls */
export function replayFinding(finding: Finding, on: JudgeOptions, version: string): Replayed {
  const { failure, refused } = judgePlan(finding.plan, on);
  const parting = partingOf(finding.run, runOf(finding.plan, on));
  const made = finding.versions.simtls === version;
  const isSame = failure?.group === finding.group;
  const verdict = failure === undefined ? 'gone' : isSame && (parting === undefined || !made) ? 'again' : 'diverges';
  return { verdict, failure, parting, refused };
}

/** Where one run first differs from another. */
export function partingOf(expected: Finding['run'], came: Finding['run']): Parting | undefined {
  const event = expected.trace.findIndex((line, i) => line !== came.trace[i]);
  if (event >= 0) return { event, expected: lineAt(expected, event), came: lineAt(came, event) };
  if (came.trace.length > expected.trace.length) {
    const at = expected.trace.length;
    return { event: at, expected: lineAt(expected, at), came: lineAt(came, at) };
  }
  if (expected.fingerprint === came.fingerprint) return undefined;
  const told = (run: Finding['run']): string => `${run.events} events with the fingerprint ${run.fingerprint}`;
  return { event: expected.trace.length, expected: told(expected), came: told(came) };
}

function lineAt({ trace, events, fingerprint }: Finding['run'], at: number): string {
  const line = trace[at];
  if (line !== undefined) return line;
  return at >= findingEventsMax
    ? `an event that was not kept: fingerprint ${fingerprint}`
    : `the end, after ${events} events`;
}

/** Whose fault a finding of the model is, after a look at real OpenSSL. */
export interface Blame {
  readonly whose: 'program' | 'libssl' | 'simtls' | 'model';
  /** Whether real OpenSSL shows it. */
  readonly shown: boolean;
  readonly told: string;
  /** What real OpenSSL broke instead, or too; undefined: nothing. */
  readonly failure: Failure | undefined;
  /** Why real OpenSSL cannot run the plan, or what it does cannot be judged; empty where neither is so. */
  readonly refused: string;
}

/** Runs the same plan on real OpenSSL, which has none of the defects that are built into the model. */
export function blameOf(finding: Finding, libssl: LibsslPool): Blame {
  const { defects = [], ...healthy } = finding.plan;
  const { failure, refused } = judgePlan(healthy, { libssl });
  const { invariant, owner, call } = finding.violation;
  const shown = failure?.invariant === invariant && failure.owner === owner && failure.call === call;
  const isSeen =
    defects.length > 0 ||
    failure !== undefined ||
    invariants.find(({ name }) => name === invariant)?.on !== 'the model';
  const seen = { shown, failure, refused: refused === '' && !isSeen ? unseen(invariant) : refused };
  if (shown) return { ...seen, whose: owner, told: shownBy[owner] };
  const by =
    defects.length === 0
      ? 'real OpenSSL does not do it'
      : `it has ${defects.join(', ')} switched on, and real OpenSSL has not`;
  return { ...seen, whose: 'model', told: `the model's: ${by}` };
}

function unseen(invariant: string): string {
  return `${invariant} looks into the objects of the model, and nobody looks into those of real OpenSSL: it cannot be told whose it is; compare what the connections did (simtls run --plan FILE --stack both)`;
}

const shownBy: Readonly<Record<'program' | 'libssl' | 'simtls', string>> = {
  program: "the program's: it breaks the rule on real OpenSSL too",
  libssl: "libssl's: real OpenSSL does it too",
  simtls: "simtls's own world: it shows whatever the stack is",
};
