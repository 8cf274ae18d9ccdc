/** What yields plans: a scenario, a workload, or whatever else turns a seed into what happens. */
import type { DrawObserver } from '../kernel/index.js';
import type { Plan } from '../plan/index.js';
import { recordPlan, type Scenario } from '../scenario/index.js';
import type { SometimesName } from '../sometimes/index.js';
import type { Profile } from '../stacks/index.js';
import { type SwarmOptions, swarmed } from '../swarm/index.js';
import type { Codes } from '../world/index.js';

/** What a plan is drawn from. The same draw gives the same plan, byte for byte. */
export interface PlanDraw {
  /** As the command line takes it; a number and its digits are the same seed. */
  readonly seed: string;
  readonly profile: Profile;
  /** Where it is given the seed also draws in which world the plan runs: which faults there are, and how much of each. */
  readonly swarm?: SwarmOptions;
  /** A workload does what the manual rules out, too, and says so in the plan. */
  readonly misuse?: boolean;
  /** Told of every draw that makes the plan. */
  readonly onDraw?: DrawObserver;
}

export interface PlanSource {
  /** How reports and the command line call it. */
  readonly name: string;
  /** What its runs are about, in a sentence. */
  readonly title?: string;
  /** The plan of a seed: all that is needed to run it again. */
  plan(draw: PlanDraw): Plan;
  /** What some of its runs must reach: a campaign in which none does has tested nothing of the kind. */
  readonly sometimes?: readonly SometimesName[];
  /** Code under test that its plans call. */
  readonly codes?: Codes;
}

/** A scenario as a source of plans. */
export function scenarioSource(from: Scenario): PlanSource {
  const { name, title, codes, sometimes } = from;
  const plan = ({ seed, profile, swarm, onDraw }: PlanDraw): Plan => {
    const recorded = recordPlan(from, { seed, profile, ...(onDraw === undefined ? {} : { onDraw }) });
    return swarm === undefined ? recorded : swarmed(recorded, swarm);
  };
  return {
    name,
    title,
    plan,
    ...(sometimes === undefined ? {} : { sometimes }),
    ...(codes === undefined ? {} : { codes }),
  };
}

/** Whether a module's default export is a source by itself: a workload. */
export function isPlanSource(value: unknown): value is PlanSource {
  return typeof value === 'object' && value !== null && 'plan' in value && typeof value.plan === 'function';
}
