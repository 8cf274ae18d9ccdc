/** `simtls diff A B`: where two runs part. Each is a seed of a scenario, a plan, a finding, or a trace that was written down. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Command, Option } from 'commander';
import { findingFormat } from '../campaign/index.js';
import type { Drawn, Plan } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { traceLine } from '../trace/index.js';
import { judgePlan } from '../verdict/index.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { readCase } from './files.js';
import type { Io } from './io.js';
import { allProfiles, defaults } from './run-options.js';
import { findModules } from './scenarios.js';

interface DiffOptions {
  readonly profile: Profile;
  readonly json?: boolean;
}

/** Adds `diff`. */
export function addDiff(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command('diff')
    .description(
      'where two runs part: what was drawn otherwise, the first event that differs, and the first that differs in kind',
    )
    .argument('<a>', 'SCENARIO:SEED, a plan, a finding, or a trace (.ndjson, .gz)')
    .argument('<b>', 'another')
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line of the seeds').choices(allProfiles).default(defaults.profile),
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  simtls diff resumed-by-id:3 resumed-by-id:7')
    .action(async (a: string, b: string, options: DiffOptions) => end(await diff(a, b, options, io)));
}

/** All that there is of one of the two. */
interface Side {
  readonly called: string;
  /** Lines of its trace. */
  readonly events: readonly string[];
  /** Undefined of a trace that was written down. */
  readonly plan: Plan | undefined;
}

/** A place where they part. */
interface Place {
  readonly at: number;
  readonly a: string;
  readonly b: string;
}

/** Draws that are listed. */
const drawsMax = 20;
/** Events told before the first that differs. */
const contextEvents = 3;
/** What of an event says when and how much, not what happened. */
const measures = ['n', 'us', 'length', 'sum', 'value'] as const;

async function diff(a: string, b: string, { profile, json }: DiffOptions, io: Io): Promise<ExitCode> {
  const one = await sideOf(a, profile, io);
  const two = await sideOf(b, profile, io);
  const event = firstPlace(one.events, two.events);
  const kind = firstPlace(one.events.map(kindOf), two.events.map(kindOf));
  const step = firstPlace(stepsOf(one), stepsOf(two));
  const draws = drawsApart(one.plan?.drawn ?? [], two.plan?.drawn ?? []);
  if (json === true)
    io.out(
      `${JSON.stringify({ equal: event === undefined, draws, step: step ?? null, event: event ?? null, kind: kind ?? null })}\n`,
    );
  else tell([one, two], { event, kind, step, draws }, io);
  return event === undefined ? exitCodes.held : exitCodes.violated;
}

interface Parted {
  readonly event: Place | undefined;
  readonly kind: Place | undefined;
  readonly step: Place | undefined;
  readonly draws: readonly string[];
}

function tell([one, two]: readonly [Side, Side], { event, kind, step, draws }: Parted, io: Io): void {
  if (event === undefined) {
    io.out(`both runs are the same: ${one.events.length} events\n`);
    return;
  }
  for (const draw of draws.slice(0, drawsMax)) io.out(`drew ${draw}\n`);
  if (draws.length > drawsMax) io.out(`… and ${draws.length - drawsMax} more draws differ\n`);
  if (step !== undefined)
    io.out(`the plans part at step ${step.at}\n  ${one.called}: ${step.a}\n  ${two.called}: ${step.b}\n`);
  io.out(`the runs part at event ${event.at}\n`);
  for (const line of one.events.slice(Math.max(0, event.at - contextEvents), event.at)) io.out(`  both: ${line}\n`);
  io.out(`  ${one.called}: ${event.a}\n  ${two.called}: ${event.b}\n`);
  if (kind === undefined) io.out('the same things happen in both, at other times or in other sizes\n');
  else if (kind.at !== event.at) {
    io.out(`other things happen from event ${kind.at} on\n`);
    io.out(`  ${one.called}: ${one.events[kind.at] ?? kind.a}\n  ${two.called}: ${two.events[kind.at] ?? kind.b}\n`);
  }
}

async function sideOf(what: string, profile: Profile, io: Io): Promise<Side> {
  const [, name, seed] = /^(.+):([^:/\\]+)$/u.exec(what) ?? [];
  if (name !== undefined && seed !== undefined) {
    const [found] = await findModules([name]);
    if (found !== undefined) return run(what, found.source.plan({ seed, profile }), {});
  }
  if (/\.(?:ndjson|gz)$/u.test(what)) return { called: what, events: traceIn(what), plan: undefined };
  const found = readCase(what, io);
  if (found.kind === 'plan') return run(what, found.plan, {});
  if (found.kind === 'finding') return run(what, found.finding.plan, { crypto: found.finding.on.crypto });
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `${what} is an API program: expected a plan, a finding (${findingFormat}), a trace or SCENARIO:SEED`,
  );
}

function run(called: string, plan: Plan, on: { readonly crypto?: 'fast' | 'real' }): Side {
  const events: string[] = [];
  const { refused } = judgePlan(plan, { ...on, trace: (event) => events.push(traceLine(event)) });
  if (refused === '') return { called, events, plan };
  throw new CommandFailure(exitCodes.missing, `${called} cannot be run: ${refused}`);
}

/** The events of a trace file, which `--trace` has written. */
function traceIn(path: string): readonly string[] {
  const bytes = fileBytes(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const runs = lines.filter((line) => line.startsWith('{"run":'));
  if (runs.length === 1) return lines.slice(1);
  throw new CommandFailure(
    exitCodes.usedWrongly,
    `${path}: expected the trace of one run, as simtls run NAME --seed N --trace writes it, and found ${runs.length} runs`,
  );
}

function fileBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot read ${path}: ${why}`, { cause });
  }
}

function firstPlace(a: readonly string[], b: readonly string[]): Place | undefined {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    if (a[at] !== b[at]) return { at, a: a[at] ?? 'the end', b: b[at] ?? 'the end' };
  }
  return undefined;
}

function kindOf(line: string): string {
  try {
    const event: Record<string, unknown> = JSON.parse(line);
    for (const key of measures) delete event[key];
    return JSON.stringify(event);
  } catch {
    return line; // a line of a file that is no event: it can still be compared
  }
}

function stepsOf({ plan }: Side): readonly string[] {
  return (plan?.steps ?? []).map((step) => JSON.stringify(step));
}

function drawsApart(a: readonly Drawn[], b: readonly Drawn[]): readonly string[] {
  const other = new Map(b.map(({ label, value }) => [label, JSON.stringify(value)]));
  const apart = a.flatMap(({ label, value }) => {
    const [mine, theirs] = [JSON.stringify(value), other.get(label) ?? 'nothing'];
    return mine === theirs ? [] : [`${label} = ${mine}, then ${theirs}`];
  });
  const mine = new Set(a.map(({ label }) => label));
  return [
    ...apart,
    ...b.flatMap(({ label, value }) => (mine.has(label) ? [] : [`${label} = nothing, then ${JSON.stringify(value)}`])),
  ];
}
