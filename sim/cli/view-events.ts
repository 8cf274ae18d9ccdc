/** The events of a run, of whatever kind of file it comes from. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { traceOf } from '../capture/index.js';
import { type Plan, withDefects } from '../plan/index.js';
import { type TraceEvent, type TraceHead, traceLineOf } from '../trace/index.js';
import type { Labels } from '../views/index.js';
import { defectsNamed } from './defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { readCase } from './files.js';
import type { Io } from './io.js';

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
  const events = finding.run.trace.map((line) => eventOf(line, path, 0)).filter((one) => 'kind' in one);
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
  const lines = linesOf(path);
  let head: TraceHead | undefined;
  let at = 0;
  let number = 0;
  for await (const line of lines) {
    at += 1;
    const found = eventOf(line, path, at);
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
  let at = 0;
  let number = 0;
  for await (const line of linesOf(path)) {
    at += 1;
    const found = eventOf(line, path, at);
    if (!('kind' in found)) number += 1;
    else if (number === wanted) yield found;
    if (number > wanted) return;
  }
}

function eventOf(line: string, path: string, at: number): TraceEvent | TraceHead {
  const found = traceLineOf(line);
  if (typeof found !== 'string') return found;
  throw new CommandFailure(exitCodes.usedWrongly, `${path} is no trace: line ${at}: ${found}`);
}

/** Whether its first line names a run. */
async function isTrace(path: string): Promise<boolean> {
  for await (const line of linesOf(path)) {
    const found = traceLineOf(line);
    return typeof found !== 'string' && 'run' in found && !('kind' in found);
  }
  return false;
}

/** Lines that hold something. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (cause) => text.destroy(cause));
  let rest = '';
  try {
    for await (const chunk of text.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield line;
    }
    if (rest !== '') yield rest;
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot read ${path}: ${why}`, { cause });
  }
}
