/**
 * Smaller plans that no cutting leads to: two things become one. Each generator gives its candidates for one plan; every one of them has
 * fewer steps, tasks with a name, hosts or faults that wait for steps than the plan, so that taking them comes to an end.
 */
import type { Fault, Json, Plan, Step } from '../plan/index.js';
import { mapped, valueAt } from './json.js';

type Candidates = Generator<Plan, void, void>;

/** Those that change least for whoever reads it come first. */
export const rewritings: readonly ((plan: Plan) => Candidates)[] = [
  withoutObjects,
  withLongerSleeps,
  fromTheFirst,
  withoutAwaited,
  withFewerTasks,
  withoutTwins,
  withFewerHosts,
  withoutPairs,
  otherwise,
];

/** Whatever a step made is not made, and nothing is done with it. */
export function* withoutObjects(plan: Plan): Candidates {
  for (const [at, made] of plan.steps.entries()) {
    if (made.let === undefined) continue;
    const gone = new Set([made]);
    const names = new Set([made.let]);
    for (const step of plan.steps.slice(at + 1)) {
      if (step.on !== made.on || !mentions(step.args, names)) continue;
      gone.add(step);
      if (step.let !== undefined) names.add(step.let);
    }
    yield { ...plan, steps: plan.steps.filter((step) => !gone.has(step)) };
  }
}

/** What is made later is not made: what was made before takes its place. */
export function* withoutTwins(plan: Plan): Candidates {
  for (const [at, later] of plan.steps.entries()) {
    for (const earlier of plan.steps.slice(0, at).reverse()) {
      if (earlier.on === later.on) yield* inPlaceOf(plan, later, earlier);
    }
  }
}

/** What waits for a step waits for the one before it or behind it. */
export function* withoutAwaited(plan: Plan): Candidates {
  const { steps } = plan;
  for (const [at, awaited] of steps.entries()) {
    const line = steps.filter((step) => isSameLine(step, awaited));
    const index = line.indexOf(awaited);
    for (const other of [line[index - 1], line[index + 1]]) {
      if (other === undefined || !isAwaited(plan, awaited.id)) continue;
      const named = (json: Json): Json => (json === awaited.id ? other.id : json);
      yield {
        ...plan,
        steps: steps.toSpliced(at, 1).map((step) => changedStep(step, named)),
        faults: plan.faults.map((fault) => changedFault(fault, named)),
      };
    }
  }
}

/** What happens behind a step happens from the first: then nothing has to wait for it. */
export function* fromTheFirst(plan: Plan): Candidates {
  for (const [at, fault] of plan.faults.entries()) {
    if ('after' in fault.at && !('point' in fault.at))
      yield { ...plan, faults: plan.faults.with(at, { ...fault, at: { us: 0 } }) };
  }
}

/** One wait as long as two. */
export function* withLongerSleeps(plan: Plan): Candidates {
  const sleeps = plan.steps.filter((step) => step.call === 'sleep');
  for (const [at, gone] of sleeps.entries()) {
    for (const kept of sleeps.slice(0, at)) {
      if (!isSameLine(kept, gone)) continue;
      const args = [{ us: sleptUs(kept) + sleptUs(gone) }];
      yield put(without(plan, gone), kept, { ...kept, args });
      yield put(without(plan, kept), gone, { ...gone, args });
    }
  }
}

/** The steps of a task are made by the main one, as they stand, with or without those in which it waited for the other. */
export function* withFewerTasks(plan: Plan): Candidates {
  for (const { on, task } of plan.steps.filter(
    (step, at, all) => all.findIndex((one) => isSameLine(one, step)) === at,
  )) {
    if (task === undefined) continue;
    const steps = plan.steps.map((step) => {
      if (step.on !== on || step.task !== task) return step;
      const { task: _, ...rest } = step;
      return rest;
    });
    yield { ...plan, steps };
    for (const [at, step] of steps.entries()) {
      if (step.on === on && waits.includes(step.call)) yield { ...plan, steps: steps.toSpliced(at, 1) };
    }
  }
}

/** What a host does is done by another, with one of the objects that this one has: who has nothing in common with it stays apart. */
export function* withFewerHosts(plan: Plan): Candidates {
  for (const { name: gone } of plan.hosts) {
    for (const { name: stays } of plan.hosts) {
      if (stays === gone) continue;
      const merged = hostsMerged(plan, stays, gone);
      const of = (host: string): readonly Step[] => merged.steps.filter((_, at) => plan.steps[at]?.on === host);
      for (const its of of(gone)) {
        for (const mine of of(stays)) yield* inPlaceOf(merged, its, mine);
      }
    }
  }
}

/** Other ways to the same end: whatever is longer about them can then be cut. Each goes with a step that it makes needless. */
export function* otherwise(plan: Plan): Candidates {
  yield* copied(plan);
  for (const [at, step] of plan.steps.entries()) {
    for (const other of inOtherWords(plan, step, at)) {
      for (const needless of plan.steps) {
        if (needless !== step) yield put(without(plan, needless), step, other);
      }
    }
  }
}

/** Any two steps at once: what made a thing and what gave it back, where either alone is missed. */
export function* withoutPairs({ steps, ...plan }: Plan): Candidates {
  for (let later = steps.length - 1; later > 0; later -= 1) {
    for (let earlier = later - 1; earlier >= 0; earlier -= 1) {
      yield { ...plan, steps: steps.toSpliced(later, 1).toSpliced(earlier, 1) };
    }
  }
}

/** A session that one connection takes over from another needs no name. */
function* copied(plan: Plan): Candidates {
  for (const [at, taken] of plan.steps.entries()) {
    if (taken.call !== 'SSL_get1_session' || taken.let === undefined) continue;
    for (const used of plan.steps.slice(at + 1)) {
      if (used.on !== taken.on || used.call !== 'SSL_set_session' || used.args?.[1] !== `$${taken.let}`) continue;
      const args = [...used.args.slice(0, 1), ...(taken.args ?? [])];
      yield put(without(plan, taken), used, { ...used, call: 'SSL_copy_session_id', args });
    }
  }
}

/** A request makes the handshake, too, and waits for tickets; a connection has the session that a callback has kept. */
function* inOtherWords(plan: Plan, step: Step, at: number): Generator<Step, void, void> {
  if (step.call === 'handshake') yield { ...step, call: 'request', args: [...(step.args ?? []), { answer: 1 }] };
  if (step.call !== 'take_session') return;
  for (const { on, call, let: connection } of plan.steps.slice(0, at).reverse()) {
    if (on === step.on && call === 'SSL_new' && connection !== undefined) {
      yield { ...step, call: 'SSL_get1_session', args: [`$${connection}`] };
    }
  }
}

const waits: readonly string[] = ['sleep', 'await'];

function isSameLine(a: Step, b: Step): boolean {
  return a.on === b.on && a.task === b.task;
}

function without(plan: Plan, gone: Step): Plan {
  return { ...plan, steps: plan.steps.filter((step) => step !== gone) };
}

function put(plan: Plan, old: Step, other: Step): Plan {
  return { ...plan, steps: plan.steps.map((step) => (step === old ? other : step)) };
}

function sleptUs({ args }: Step): number {
  const us = valueAt(args ?? [], [0, 'us']);
  return typeof us === 'number' ? us : 0;
}

/** Without the later of two steps that make something, and with the earlier one's wherever that was meant. */
function* inPlaceOf(plan: Plan, later: Step, earlier: Step): Candidates {
  if (later.let === undefined || earlier.let === undefined) return;
  const names = new Map([[later.let, earlier.let]]);
  const rest = without(plan, later);
  yield { ...rest, steps: rest.steps.map((step) => (step.on === later.on ? named(step, names) : step)) };
}

/** The plan with two hosts in one. */
function hostsMerged(plan: Plan, stays: string, gone: string): Plan {
  const taken = new Set(plan.steps.filter((step) => step.on === stays).map((step) => step.let));
  const own = plan.steps.flatMap((step) => (step.on === gone ? (step.let ?? []) : []));
  const apart = new Map(own.filter((name) => taken.has(name)).map((name) => [name, `other_${name}`]));
  const isOther = (json: Json): Json => (json === gone ? stays : json);
  return {
    ...plan,
    hosts: plan.hosts.filter((host) => host.name !== gone),
    links: plan.links.filter((link) => link.from !== gone && link.to !== gone),
    steps: plan.steps.map((step) => {
      if (step.on !== gone) return changedStep(step, isOther);
      return { ...changedStep(named(step, apart), isOther), on: stays };
    }),
    // A fault has the name of a host in places of its own, and nothing else that could be called so.
    faults: plan.faults.map((fault) => changedFault(fault, isOther)),
  };
}

/** The step with other names for objects, where it makes them and where it uses them. */
function named(step: Step, names: ReadonlyMap<string, string>): Step {
  const used = new Map([...names].map(([from, to]) => [`$${from}`, `$${to}`]));
  const bound = step.let === undefined ? {} : { let: names.get(step.let) ?? step.let };
  return { ...changedStep(step, (json) => (typeof json === 'string' ? (used.get(json) ?? json) : json)), ...bound };
}

/** Each string and number of what a step is told by another. */
function changedStep(step: Step, change: (json: Json) => Json): Step {
  // What is mapped keeps its shape.
  return {
    ...step,
    ...(step.args === undefined ? {} : { args: mapped(step.args, change) as readonly Json[] }),
    ...(step.steps === undefined ? {} : { steps: mapped(step.steps, change) as readonly Json[] }),
  };
}

function changedFault(fault: Fault, change: (json: Json) => Json): Fault {
  // A fault is JSON, though its type says more, and what is mapped keeps its shape.
  return mapped(fault as unknown as Json, change) as unknown as Fault;
}

function isAwaited({ steps, faults }: Plan, id: string): boolean {
  return (
    faults.some(({ at }) => 'after' in at && at.after === id) ||
    steps.some((step) => valueAt(step.args ?? [], [0, 'step']) === id)
  );
}

function mentions(args: Json | undefined, names: ReadonlySet<string>): boolean {
  let found = false;
  mapped(args ?? null, (json) => {
    found ||= typeof json === 'string' && json.startsWith('$') && names.has(json.slice(1));
    return json;
  });
  return found;
}
