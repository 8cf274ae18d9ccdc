/** The events of a run, of whatever kind of file it comes from. */
import { traceOf } from '../capture/index.js';
import { type Plan, withDefects } from '../plan/index.js';
import { type TraceEvent, type TraceHead, traceLineOf } from '../trace/index.js';
import type { Labels } from '../views/index.js';
import { defectsNamed } from './defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { readCase } from './files.js';
import type { Io } from './io.js';
import { linesOf, noTrace, type TextLine } from './trace-lines.js';

export interface Viewed {
  readonly title: string;
  readonly labels: Labels;
  readonly events: AsyncIterable<TraceEvent> | Iterable<TraceEvent>;
}

export interface ViewedOptions {
  /** Of the runs in a trace, from 1. */
  readonly run: number;
  readonly defect?: readonly string[];
}

/** @throws CommandFailure for what is no trace, plan or finding */
export async function viewed(path: string, options: ViewedOptions, io: Io): Promise<Viewed> {
  if (path !== '-' && (await isTrace(path))) return viewedTrace(path, options.run);
  const found = readCase(path, io);
  if (found.kind === 'program') {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `${path} is an API program: simtls explain tells its story; expected a trace, a plan or a finding`,
    );
  }
  const defects = defectsNamed(options.defect);
  if (found.kind === 'plan') return viewedPlan(withDefects(found.plan, defects), found.plan.name ?? 'a plan');
  const { finding } = found;
  if (finding.on.stack === 'model') {
    return viewedPlan(withDefects(finding.plan, defects), finding.group, finding.on.crypto);
  }
  // Of real OpenSSL, which may not be here: as it was when it was found.
  const events = finding.run.trace.map((text) => saidBy({ at: 0, text }, path)).filter((one) => 'kind' in one);
  return { title: finding.group, labels: labelsOf(finding.plan).labels, events };
}

function viewedPlan(plan: Plan, name: string, crypto: 'fast' | 'real' = 'fast'): Viewed {
  const { labels, names } = labelsOf(plan);
  const events = traceOf(plan, {
    crypto,
    onName: ({ host, run, object, name: bound }) => {
      const key = `${host} ${run} ${object}`;
      if (!names.has(key)) names.set(key, bound);
    },
  });
  return { title: `${name}, seed ${plan.seed}, profile ${plan.profile}`, labels, events };
}

function labelsOf(plan: Plan): { readonly labels: Labels; readonly names: Map<string, string> } {
  const names = new Map<string, string>();
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const callOf = (id: string): string | undefined => {
    const step = steps.get(id);
    if (step === undefined) return undefined;
    const args = (step.args ?? []).map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)));
    return `${step.let === undefined ? '' : `$${step.let} = `}${step.call}(${args.join(', ')})`;
  };
  return { names, labels: { callOf, nameOf: (host, run, object) => names.get(`${host} ${run} ${object}`) } };
}

async function viewedTrace(path: string, wanted: number): Promise<Viewed> {
  let head: TraceHead | undefined;
  let number = 0;
  for await (const line of linesOf(path)) {
    const found = saidBy(line, path);
    if ('kind' in found) continue;
    number += 1;
    if (number === wanted) {
      head = found;
      break;
    }
  }
  if (head === undefined)
    throw new CommandFailure(exitCodes.usedWrongly, `${path} has ${number} runs: there is no run ${wanted}`);
  const { scenario = '', seed = '', profile = '' } = head.run;
  const none = { callOf: () => undefined, nameOf: () => undefined };
  return { title: `${scenario}, seed ${seed}, profile ${profile}`, labels: none, events: runIn(path, wanted) };
}

async function* runIn(path: string, wanted: number): AsyncGenerator<TraceEvent> {
  let number = 0;
  for await (const line of linesOf(path)) {
    const found = saidBy(line, path);
    if (!('kind' in found)) number += 1;
    else if (number === wanted) yield found;
    if (number > wanted) return;
  }
}

function saidBy({ at, text }: TextLine, path: string): TraceEvent | TraceHead {
  const said = traceLineOf(text);
  if (typeof said === 'string') throw noTrace(path, at, said);
  return said;
}

/** Whether its first line names a run. */
async function isTrace(path: string): Promise<boolean> {
  for await (const { text } of linesOf(path)) {
    const found = traceLineOf(text);
    return typeof found !== 'string' && 'run' in found && !('kind' in found);
  }
  return false;
}
