/**
 * A finding: one failing plan with all that a report of it has to say. It is made from a run, and nothing in it depends on when,
 * where or how fast that run was made.
 */
import { storyLines, storyOf } from '../explain/index.js';
import { invariants, type Owner } from '../invariants/index.js';
import { type Plan, planFormat } from '../plan/index.js';
import { expectedPatch } from '../stacks/index.js';
import { type TraceEvent, traceLine } from '../trace/index.js';
import { type Failure, type JudgeOptions, judgePlan } from '../verdict/index.js';

/** The version of the format. Adding keys keeps it; a change of meaning makes it `/2`. */
export const findingFormat = 'simtls-finding/1';
/** Events of its run that a finding holds, the first ones: a shrunk plan has some hundred. */
export const findingEventsMax = 5_000;

export interface Finding {
  readonly format: typeof findingFormat;
  /** `invariant/owner/where`: findings with one cause have the same. */
  readonly group: string;
  readonly violation: {
    readonly invariant: string;
    readonly owner: Owner;
    /** What happened, with counts and claims. */
    readonly text: string;
    /** That broke it, and what it calls; empty where none was at work. */
    readonly step: string;
    readonly call: string;
    /** Why it must hold, and who says so. */
    readonly reason: string;
    readonly source: string;
  };
  /** The command that shows it again. */
  readonly replay: string;
  readonly found: FoundBy;
  readonly on: { readonly stack: 'model' | 'libssl'; readonly crypto: 'fast' | 'real' };
  readonly versions: {
    readonly simtls: string;
    readonly plan: string;
    /** The OpenSSL release that the plan's profile stands for. */
    readonly openssl: string;
  };
  /** What was cut away, in words; empty where nothing has been yet. */
  readonly shrunk: string;
  /** The run, told for people. */
  readonly story: readonly string[];
  readonly run: {
    readonly fingerprint: string;
    /** How many there were. */
    readonly events: number;
    /** The first of them, each as a line of a trace. */
    readonly trace: readonly string[];
  };
  readonly plan: Plan;
}

/** Where a finding came from. */
export interface FoundBy {
  readonly source: string;
  readonly seed: string;
  readonly profile: string;
  /** Its number in the campaign. */
  readonly case: number;
  /** The command that makes the whole run from which it was shrunk; empty where none does. */
  readonly line: string;
}

export interface FindingOptions {
  readonly found: FoundBy;
  readonly shrunk: string;
  /** Of simtls. */
  readonly version: string;
  readonly on: JudgeOptions;
}

/** What is to be said of a plan that fails so: it is run again for it. */
export function findingOf(plan: Plan, failure: Failure, { found, shrunk, version, on }: FindingOptions): Finding {
  const { invariant, owner, text, step, call, group } = failure;
  const known = invariants.find((one) => one.name === invariant);
  const stack = on.libssl === undefined ? 'model' : 'libssl';
  return {
    format: findingFormat,
    group,
    violation: { invariant, owner, text, step, call, reason: known?.reason ?? '', source: known?.source ?? '' },
    replay: `simtls replay ${findingName(group)}`,
    found,
    on: { stack, crypto: stack === 'libssl' ? 'real' : (on.crypto ?? 'fast') },
    versions: { simtls: version, plan: planFormat, openssl: expectedPatch[plan.profile] },
    shrunk,
    story: told(plan, on),
    run: runOf(plan, on),
    plan,
  };
}

/** The lines of a run's trace, as many as a finding holds. */
export function runOf(plan: Plan, on: JudgeOptions): Finding['run'] {
  const trace: string[] = [];
  let events = 0;
  const note = (event: TraceEvent): void => {
    events += 1;
    if (trace.length < findingEventsMax) trace.push(traceLine(event));
  };
  const { fingerprint } = judgePlan(plan, { ...on, trace: note });
  return { fingerprint, events, trace };
}

/** The name of its file: from the group alone, so that one cause has one file. */
export function findingName(group: string): string {
  const words = group.replaceAll(/[^a-z0-9]+/giu, '-').replaceAll(/^-+|-+$/gu, '');
  return `${words.slice(0, 60)}-${shortHash(group)}.json`;
}

/** Of a plan that could not be run to its end there is no story. */
function told(plan: Plan, { crypto, libssl }: JudgeOptions): readonly string[] {
  if (judgePlan(plan, { crypto, libssl }).result === undefined) return [];
  const on = { ...(crypto === undefined ? {} : { crypto }), ...(libssl === undefined ? {} : { libssl }) };
  return storyLines(storyOf(plan, on));
}

function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
