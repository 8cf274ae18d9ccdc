/**
 * The story of a run: what was broken, the life of the object concerned step by step with its count and who held it, the step that
 * broke it, and why each connection was resumed or not. The plan is run twice: once to learn what to look at, once to look.
 */
import type { DefectName } from 'simtls';
import { type Invariant, invariants } from '../invariants/index.js';
import type { Fault, Plan, Step } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { type ConnectionReport, type RunOptions, runPlan, type StepResult, type Violation } from '../world/index.js';
import { decisionOf } from './decisions.js';
import { Life, type Subject, type ToldStep } from './life.js';
import { type Names, namesOfRun, translated } from './names.js';
import { type Decided, Resumption } from './resumption.js';

/** Plans of at most so many steps are told whole; of longer ones only what has to do with the object. */
const wholeStepsMax = 24;

export interface StoryStep extends ToldStep {
  readonly outcome: string;
  readonly errors: readonly string[];
}

export interface StoryConnection extends ConnectionReport {
  /** Every decision about a session, of either side, in order. */
  readonly decisions: readonly (Decided & { readonly means: string })[];
}

export interface Story {
  readonly name: string;
  readonly seed: string;
  readonly profile: Profile;
  readonly defects: readonly DefectName[];
  readonly fingerprint: string;
  /** All that the plan has the world do; what lies in wait for bytes shows in no step. */
  readonly faults: readonly Fault[];
  /** The first violation that was not expected, else the first that was; null where everything held. */
  readonly broken: (Omit<Violation, 'object'> & Pick<Invariant, 'reason' | 'source'>) | null;
  /** The object that it is about, by its name in its process; null where it is about none. */
  readonly object: { readonly host: string; readonly name: string } | null;
  readonly steps: readonly StoryStep[];
  /** Steps that belong to it and were not told, between the start and the end of a long story. */
  readonly leftOut: number;
  readonly connections: readonly StoryConnection[];
}

/**
 * Runs the plan and tells what happened.
 * @param on - what it runs on: the model under fast arithmetic unless told
 * @throws PlanError, WorldError as `runPlan` does
 */
export function storyOf(plan: Plan, on: Pick<RunOptions, 'crypto' | 'libssl'> = {}): Story {
  const names = namesOfRun();
  const result = runPlan(plan, { ...on, onName: names.onName });
  const broken = result.violations.find((one) => !one.expected) ?? result.violations[0];
  const subject = broken && subjectOf(plan, broken, names);
  const whole = plan.steps.length <= wholeStepsMax;
  const life = new Life(plan, { subject, names, broken, whole });
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const resumption = new Resumption(plan, names);
  runPlan(plan, {
    ...on,
    trace: (event) => {
      life.happened(event);
      resumption.happened(event);
    },
  });
  const { name = '', seed, profile, defects = [] } = plan;
  return {
    name,
    seed,
    profile,
    defects,
    fingerprint: result.fingerprint,
    faults: plan.faults,
    broken: broken === undefined ? null : brokenOf(broken, names),
    object: subject === undefined ? null : { host: subject.host, name: life.label },
    steps: life.steps.map((told) => ({ ...told, ...endOf(steps.get(told.step), result.steps.get(told.step)) })),
    leftOut: life.leftOut,
    connections: result.connections.map((one) => ({
      ...one,
      decisions: resumption.of(one.connection).map(withMeaning),
    })),
  };
}

/** The object that a violation is about: the one that it names, or the one that a step which did not show what it should is about. */
function subjectOf(plan: Plan, { host, step, object }: Violation, names: Names): Subject | undefined {
  if (object !== undefined) return { host, object };
  const checked = plan.steps.find((one) => one.id === step);
  const [first] = checked?.args ?? [];
  if (checked === undefined || typeof first !== 'string' || !first.startsWith('$')) return undefined;
  const found = names.object(checked.on, first.slice(1));
  return found === undefined ? undefined : { host: checked.on, object: found };
}

function brokenOf({ object: _, ...violation }: Violation, names: Names): NonNullable<Story['broken']> {
  const invariant = invariants.find((one) => one.name === violation.invariant);
  return {
    ...violation,
    text: translated(violation.text, (object) => names.of(violation.host, object)),
    reason: invariant?.reason ?? '',
    source: invariant?.source ?? '',
  };
}

function endOf(step: Step | undefined, result: StepResult | undefined): Pick<StoryStep, 'outcome' | 'errors'> {
  if (result === undefined) return { outcome: '', errors: [] };
  const { outcome, observed, errors } = result;
  const { ret } = observed;
  // What has a name is told by that.
  const shown = outcome === 'ok' && ret !== undefined && ret !== null && step?.let === undefined;
  return { outcome: shown ? `ok → ${JSON.stringify(ret)}` : outcome, errors };
}

function withMeaning(decided: Decided): StoryConnection['decisions'][number] {
  return { ...decided, means: decisionOf(decided.code)?.means ?? '' };
}
