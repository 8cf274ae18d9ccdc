/** What a step yields, and how it is written: one JSON object a line, keys in the order of docs/programs.md. */
import type { CallbackName, ConnectionState, CtxStatistics } from '../stacks/index.js';

/** A value with handles by name and bytes in hex. */
export type ObservedReturn =
  | null
  | number
  | bigint
  | string
  | { readonly now: number | bigint }
  | readonly ObservedReturn[];

export type ObservedEvent =
  | { readonly new: string; readonly ctx: string }
  | { readonly remove: string; readonly ctx: string }
  | { readonly get: string; readonly ctx: string }
  | { readonly freed: string }
  /** A function of the program's ex_data ran: of what kind of object, and with which value, 0 for NULL. */
  | { readonly ex_data: 'new' | 'dup' | 'free'; readonly of: HandleState['kind']; readonly value: number };

export type HandleState =
  | { readonly kind: 'ctx'; readonly refs: number; readonly number: number; readonly stats: CtxStatistics }
  | {
      readonly kind: 'ssl';
      readonly refs: number;
      readonly session: string | null;
      readonly reused: number;
      readonly shutdown: number;
      readonly state: ConnectionState;
      readonly version: string;
    }
  | { readonly kind: 'session'; readonly refs: number; readonly resumable: number; readonly ticket: number };

/** A body that ran: the callback that it was of, its steps' lines, and what it answered. */
export interface BodyRun {
  readonly on: CallbackName;
  /** The context whose callback it is. */
  readonly ctx: string;
  /** The connection that has the callback for itself, or, of a callback that tells it, that it is about. */
  readonly ssl?: string;
  /** What else C gave it, of a callback that tells it. */
  readonly args?: readonly number[];
  readonly steps: readonly Line[];
  /** Absent where the body did not come to its end. */
  readonly returned?: ObservedReturn;
}

export interface Observation {
  readonly step: number;
  readonly call: string;
  readonly ret: ObservedReturn;
  readonly errors: readonly string[];
  readonly events: readonly ObservedEvent[];
  readonly handles: ReadonlyMap<string, HandleState>;
  /** Only where bodies ran in the step. */
  readonly nested?: readonly BodyRun[];
}

export type MisuseKind =
  | 'unbound'
  | 'wrong-kind'
  | 'use-after-free'
  | 'not-owned'
  | 'in-cache'
  | 'in-handshake'
  | 'same-handle'
  | 'session-changed'
  | 'in-call'
  | 'dying'
  | 'would-deadlock';

/** Who holds a reference, and since which step. */
export interface Claim {
  readonly holder: string;
  readonly step: number;
}

export interface MisuseLine {
  readonly step: number;
  readonly call: string;
  readonly misuse: MisuseKind;
  /** As the program wrote it. */
  readonly handle: string;
  readonly held?: readonly Claim[];
  readonly freedBy?: { readonly step: number; readonly call: string };
  /** The bodies that ran, the last of them to the misuse. */
  readonly nested?: readonly BodyRun[];
}

export interface CrashLine {
  readonly step: number;
  readonly call: string;
  /** The signal's name. */
  readonly crash: string;
  readonly nested?: readonly BodyRun[];
}

export type Line = Observation | MisuseLine | CrashLine;

export function isObservation(line: Line): line is Observation {
  return 'handles' in line;
}

export function isMisuse(line: Line): line is MisuseLine {
  return 'misuse' in line;
}

/** One line of NDJSON, without the line's end. */
export function writeLine(line: Line): string {
  const { nested = [] } = line;
  const bodies = nested.length === 0 ? '' : `,"nested":[${nested.map(writeBody).join(',')}]`;
  if (!isObservation(line)) return `${JSON.stringify({ ...line, nested: undefined }).slice(0, -1)}${bodies}}`;
  const { step, call, ret, errors, events, handles } = line;
  // Only a return value can hold what JSON.stringify refuses: integers that no double holds.
  return (
    `{"step":${step},"call":${JSON.stringify(call)},"ret":${writeReturn(ret)},"errors":${JSON.stringify(errors)},` +
    `"events":${JSON.stringify(events)},"handles":${JSON.stringify(Object.fromEntries(handles))}${bodies}}`
  );
}

function writeBody({ on, ctx, ssl, args, steps, returned }: BodyRun): string {
  const whose = JSON.stringify({ on, ctx, ssl, args }).slice(0, -1);
  const ended = returned === undefined ? '' : `,"returned":${writeReturn(returned)}`;
  return `${whose},"steps":[${steps.map(writeLine).join(',')}]${ended}}`;
}

/** Undoes `writeLine`, of a text that was written so, here or by an exported test. */
export function readLine(text: string): Line {
  const [, lead, digits] = /"ret":(\{"now":)?(-?\d{16,})/.exec(text) ?? [];
  const ret = digits === undefined ? undefined : lead === undefined ? BigInt(digits) : { now: BigInt(digits) };
  // JSON.parse rounds integers past 2^53.
  return { ...readWritten(JSON.parse(text)), ...(ret === undefined ? {} : { ret }) };
}

/** A line as JSON gives it: handles are an object. */
function readWritten(line: Line): Line {
  const nested = line.nested?.map((body) => ({ ...body, steps: body.steps.map(readWritten) }));
  const bodies = nested === undefined ? {} : { nested };
  if (!isObservation(line)) return { ...line, ...bodies };
  return { ...line, ...bodies, handles: new Map(Object.entries(line.handles)) };
}

/** A return value as JSON; integers past 2^53 keep all their digits. */
export function writeReturn(value: ObservedReturn): string {
  if (typeof value === 'bigint') return value.toString();
  if (isList(value)) return `[${value.map(writeReturn).join(',')}]`;
  if (typeof value === 'object' && value !== null) return `{"now":${value.now.toString()}}`;
  return JSON.stringify(value);
}

function isList(value: ObservedReturn): value is readonly ObservedReturn[] {
  return Array.isArray(value);
}
