/** The story of an API program: what each step did on the model, how it ended, and where real OpenSSL first does otherwise. */
import type { DefectName } from 'simtls';
import { programToPlan } from '../plan/index.js';
import {
  type BodyRun,
  type Difference,
  diffProgram,
  type HandleState,
  isMisuse,
  isObservation,
  type Line,
  type MisuseLine,
  type Observation,
  type Program,
  parseProgram,
  runProgram,
  type StackSource,
  settled,
  writeReturn,
} from '../program/index.js';
import { openModel, type Profile, StackMissing, StackUnable } from '../stacks/index.js';
import { runPlan, WorldError } from '../world/index.js';
import { decisionOf } from './decisions.js';
import { type MisuseText, misuses } from './misuses.js';
import { reasonName, reasons } from './reasons.js';

export interface ProgramStoryStep {
  readonly step: number;
  /** The call with its arguments, and the name that it binds. */
  readonly call: string;
  /** JSON; empty for a step that was not made, or gives nothing. */
  readonly ret: string;
  readonly errors: readonly { readonly error: string; readonly means: string }[];
  /** Callbacks, deaths, and what changed of each object. */
  readonly changes: readonly string[];
  readonly decisions: readonly { readonly side: string; readonly code: string; readonly means: string }[];
  /** What ran in its callbacks. */
  readonly bodies: readonly ProgramStoryBody[];
}

export interface ProgramStoryBody {
  /** `the remove callback of c`. */
  readonly callback: string;
  readonly steps: readonly Omit<ProgramStoryStep, 'decisions'>[];
  /** JSON; empty for a callback that returns nothing, or did not come to its end. */
  readonly returned: string;
}

/** How the model came to the end of the program. */
export type ProgramEnd =
  | { readonly kind: 'ran' }
  | ({ readonly kind: 'misuse'; readonly line: MisuseLine } & MisuseText)
  | { readonly kind: 'crash'; readonly signal: string; readonly step: number }
  | { readonly kind: 'unable'; readonly reason: string };

/** What real OpenSSL says to the same program. */
export type Compared =
  | {
      readonly with: string;
      readonly difference: Difference | null;
      /** Where its own random bytes decide what it answers; null: nowhere. */
      readonly byChance: Difference | null;
    }
  | { readonly with: null; readonly because: string };

export interface ProgramStory {
  readonly name: string;
  readonly profile: Profile;
  readonly defects: readonly DefectName[];
  readonly steps: readonly ProgramStoryStep[];
  readonly end: ProgramEnd;
  readonly compared: Compared;
}

export interface ProgramStoryOptions {
  readonly profile?: Profile | undefined;
  readonly defects?: readonly DefectName[];
  readonly libssl: StackSource;
}

/**
 * Runs the program, on the model and on real OpenSSL, and tells what happened.
 * @throws ProgramError for what is none
 */
export function programStoryOf(
  value: Readonly<Record<string, unknown>>,
  { profile, defects = [], libssl }: ProgramStoryOptions,
): ProgramStory {
  const program = parseProgram(value, { profile });
  const { steps, end } = programStepsOf(value, { profile, defects });
  const decided = decisionsOf(value, program, defects);
  const name = typeof value['name'] === 'string' ? value['name'] : '';
  return {
    name,
    profile: program.profile,
    defects,
    steps: steps.map((step) => ({ ...step, decisions: decided.get(step.step) ?? [] })),
    end,
    compared: compare(program, defects, libssl),
  };
}

/**
 * Runs the program on the model and tells what each step did, without the decisions about sessions.
 * @throws ProgramError for what is none
 */
export function programStepsOf(
  value: Readonly<Record<string, unknown>>,
  { profile, defects = [] }: Omit<ProgramStoryOptions, 'libssl'>,
): { readonly steps: readonly Omit<ProgramStoryStep, 'decisions'>[]; readonly end: ProgramEnd } {
  const program = parseProgram(value, { profile });
  const written = value['steps'] as readonly RawStep[]; // parseProgram has taken it
  const steps: Omit<ProgramStoryStep, 'decisions'>[] = [];
  let before: Observation | undefined;
  let end: ProgramEnd = { kind: 'ran' };
  try {
    for (const line of runProgram(program, openModel({ profile: program.profile, defects }))) {
      steps.push(storyStep(line, before, written[line.step]));
      if (isObservation(line)) before = line;
      else end = endOf(line);
    }
  } catch (cause) {
    if (!(cause instanceof StackUnable)) throw cause;
    end = { kind: 'unable', reason: cause.reason };
  }
  return { steps, end };
}

interface RawStep {
  readonly call: string;
  readonly args?: readonly unknown[];
  readonly let?: string;
}
type Decision = ProgramStoryStep['decisions'][number];

/** By step: what the model decided about sessions, from the program's run as a plan. */
function decisionsOf(
  value: unknown,
  { profile }: Program,
  defects: readonly DefectName[],
): ReadonlyMap<number, readonly Decision[]> {
  const found = new Map<number, Decision[]>();
  try {
    runPlan(
      { ...programToPlan(value, { profile }), defects },
      {
        trace: (event) => {
          if (event.kind !== 'decision') return;
          const step = Number(event.step.slice(1));
          const { side, code } = event;
          found.set(step, [...(found.get(step) ?? []), { side, code, means: decisionOf(code)?.means ?? '' }]);
        },
      },
    );
  } catch (cause) {
    if (!(cause instanceof WorldError)) throw cause; // the stack cannot go on: the story says so where it ends
  }
  return found;
}

function storyStep(
  line: Line,
  before: Observation | undefined,
  raw: RawStep | undefined,
): Omit<ProgramStoryStep, 'decisions'> {
  const args = (raw?.args ?? []).map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)));
  const bound = raw?.let === undefined ? '' : `${raw.let} = `;
  const call = raw === undefined ? line.call : `${bound}${line.call}(${args.join(', ')})`;
  const bodies = (line.nested ?? []).map((run) => storyBody(run, before));
  if (!isObservation(line)) return { step: line.step, call, ret: '', errors: [], changes: [], bodies };
  return {
    step: line.step,
    call,
    ret: line.ret === null || raw?.let !== undefined ? '' : writeReturn(line.ret),
    errors: line.errors.map((error) => ({ error, means: reasons[reasonName(error)]?.means ?? '' })),
    changes: [...line.events.map(eventText), ...changesOf(before, line)],
    bodies,
  };
}

/** Each of its steps beside the one before. */
function storyBody(
  { on, ctx, ssl, args = [], steps, returned }: BodyRun,
  start: Observation | undefined,
): ProgramStoryBody {
  let before = start;
  const told = steps.map((line) => {
    const story = storyStep(line, before, undefined);
    if (isObservation(line)) before = line;
    return story;
  });
  const answer = returned === undefined || returned === null ? '' : writeReturn(returned);
  const given = args.length === 0 ? '' : ` (${args.join(', ')})`;
  return { callback: `the ${on} callback of ${ssl ?? ctx}${given}`, steps: told, returned: answer };
}

function eventText(event: Observation['events'][number]): string {
  if ('ex_data' in event)
    return `the ${event.ex_data} function of the ex_data of a ${event.of} runs with ${event.value}`;
  if ('freed' in event) return `${event.freed} is gone`;
  if ('new' in event) return `the new callback of ${event.ctx} is handed ${event.new}`;
  if ('remove' in event) return `the remove callback of ${event.ctx} is handed ${event.remove}`;
  return `the get callback of ${event.ctx} is asked for ${event.get}`;
}

/** What is otherwise than after the step before, object by object. */
function changesOf(before: Observation | undefined, after: Observation): readonly string[] {
  return [...after.handles].flatMap(([name, state]) => {
    const [old, now] = [flat(before?.handles.get(name)), flat(state)];
    const changed = [...now].flatMap(([field, value]) => {
      const was = old.get(field);
      if (was === value || (was === undefined && field !== 'refs')) return [];
      return [was === undefined ? `${field} ${value}` : `${field} ${was} → ${value}`];
    });
    return changed.length === 0 ? [] : [`${name}: ${changed.join(', ')}`];
  });
}

/** The fields of a state, those of its statistics among them. */
function flat(state: HandleState | undefined): ReadonlyMap<string, string> {
  if (state === undefined) return new Map();
  const { kind: _, ...fields } = state;
  return new Map(
    Object.entries(fields).flatMap(([field, value]: [string, unknown]): [string, string][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([inner, number]) => [inner, String(number)])
        : [[field, String(value ?? 'none')]],
    ),
  );
}

function endOf(line: Exclude<Line, Observation>): ProgramEnd {
  if (isMisuse(line)) return { kind: 'misuse', line, ...misuses[line.misuse] };
  return { kind: 'crash', signal: line.crash, step: line.step };
}

function compare(program: Program, defects: readonly DefectName[], source: StackSource): Compared {
  const { profile } = program;
  try {
    let version = '';
    const ask = (): Difference | null => {
      const libssl = source.open(profile);
      try {
        version = libssl.version;
        return diffProgram(program, { model: openModel({ profile, defects }), libssl });
      } finally {
        libssl.end();
      }
    };
    return { ...settled(ask), with: version };
  } catch (cause) {
    if (cause instanceof StackMissing) return { with: null, because: cause.message };
    if (cause instanceof StackUnable) return { with: null, because: cause.reason };
    throw cause;
  }
}
