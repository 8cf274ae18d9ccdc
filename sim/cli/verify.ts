/** Makes one run twice, recording included, and compares plan, draws and events. */
import type { Plan } from '../plan/index.js';
import type { LibsslPool } from '../stacks/index.js';
import { traceLine } from '../trace/index.js';
import { type CodeRunOptions, runPlan, runWithCode } from '../world/index.js';

type Draw = (label: string, choices: number, value: number) => void;

/** All that one run says of itself, in order, as text. */
interface Account {
  readonly steps: readonly string[];
  /** The plan without its steps. */
  readonly frame: string;
  readonly draws: readonly string[];
  readonly events: readonly string[];
  readonly fingerprint: string;
}

function accountOf(make: (onDraw?: Draw) => Plan, on: On): Account {
  const draws: string[] = [];
  const events: string[] = [];
  const plan = make((label, choices, value) => draws.push(`${label}: ${value} of ${choices}, while recording`));
  const { fingerprint } = runPlan(plan, {
    ...on,
    onDraw: (label, choices, value, us) => draws.push(`${label}: ${value} of ${choices} at ${us} µs`),
    trace: (event) => events.push(traceLine(event)),
  });
  const { steps, ...frame } = plan;
  return { steps: steps.map((step) => JSON.stringify(step)), frame: JSON.stringify(frame), draws, events, fingerprint };
}

/** What the processes run on. */
type On = { readonly crypto: 'fast' | 'real' } | { readonly libssl: LibsslPool };

export interface VerifyOptions {
  readonly on: On;
  /** Of the run that was made without anything being written down. */
  readonly fingerprint: string;
}

/**
 * Where two further runs part from each other or from the one already made, in words; undefined where they do not.
 * The first draw that differs is named; where all draws are equal, the first event. Where the recordings differ already,
 * the first step that does is named too.
 */
export function parting(make: (onDraw?: Draw) => Plan, options: VerifyOptions): string | undefined {
  const first = accountOf(make, options.on);
  const second = accountOf(make, options.on);
  const where =
    firstDifference('draw', first.draws, second.draws) ??
    afterEqualDraws(first.draws, firstDifference('event', first.events, second.events));
  const recorded =
    firstDifference('step', first.steps, second.steps) ?? firstDifference('frame', [first.frame], [second.frame]);
  if (where !== undefined || recorded !== undefined) {
    const how = recorded === undefined ? 'Both recordings are equal.' : `The recordings differ already: ${recorded}`;
    return `${where ?? 'all draws and events were equal.'}\n${how}`;
  }
  const fingerprints = [options.fingerprint, first.fingerprint, second.fingerprint];
  if (new Set(fingerprints).size === 1) return undefined;
  return `all draws and events were equal, but the fingerprint was ${fingerprints.join(', then ')}`;
}

/** The same for runs with code under test, whose bytes differ: plan, draws and all that the fingerprint holds. */
export async function partingWithCode(
  make: (onDraw?: Draw) => Plan,
  options: CodeRunOptions & { readonly fingerprint: string },
): Promise<string | undefined> {
  const { fingerprint, ...settings } = options;
  const tell = async (): Promise<{ readonly draws: string[]; readonly fingerprint: string }> => {
    const draws: string[] = [];
    const plan = make((label, choices, value) => draws.push(`${label}: ${value} of ${choices}, while recording`));
    const onDraw = (label: string, choices: number, value: number, us: number): void => {
      draws.push(`${label}: ${value} of ${choices} at ${us} µs`);
    };
    return { draws, fingerprint: (await runWithCode(plan, { ...settings, onDraw })).fingerprint };
  };
  const first = await tell();
  const second = await tell();
  const fingerprints = [fingerprint, first.fingerprint, second.fingerprint];
  return (
    firstDifference('draw', first.draws, second.draws) ??
    (new Set(fingerprints).size === 1 ? undefined : `the fingerprint was ${fingerprints.join(', then ')}`)
  );
}

function afterEqualDraws(draws: readonly string[], event: string | undefined): string | undefined {
  if (event === undefined) return undefined;
  return `all ${draws.length} draws were equal, the last "${draws.at(-1) ?? 'none'}", but ${event}`;
}

function firstDifference(what: string, one: readonly string[], two: readonly string[]): string | undefined {
  const most = Math.max(one.length, two.length);
  for (let i = 0; i < most; i++) {
    if (one[i] === two[i]) continue;
    return `${what} ${i + 1} was "${one[i] ?? 'none'}", then "${two[i] ?? 'none'}"`;
  }
  return undefined;
}
