/** Where two stacks part: the comparison rules of docs/programs.md, "Observations". */
import { eventText, presenceOnly, randomValues } from './digest.js';
import {
  type BodyRun,
  type HandleState,
  isMisuse,
  isObservation,
  type Line,
  type Observation,
  type ObservedEvent,
  type ObservedReturn,
  writeReturn,
} from './observation.js';

export interface Difference {
  readonly step: number;
  /** `ret`, `errors`, `events`, `handles.c.refs`, `misuse`, `crash`, … */
  readonly field: string;
  readonly model: unknown;
  readonly libssl: unknown;
}

/** Seconds by which two clocks' times may differ. */
const clockSeconds = 2n;

/**
 * Compares the lines of two stacks step by step. Sessions first met in one step may be numbered in another order: what
 * the one calls `#1` may be the other's `#2`, and the comparison remembers which is which.
 */
export class Comparison {
  /** The model's name for each numbered session of libssl. */
  readonly #names = new Map<string, string>();
  readonly #known = new Set<string>();

  /** The first difference between what the two stacks yield for one step; `undefined` where a stack yields nothing. */
  next(model: Line | undefined, libssl: Line | undefined): Difference | undefined {
    if (model === undefined || libssl === undefined) {
      const step = (model ?? libssl)?.step ?? 0;
      return model === libssl ? undefined : difference(step, 'end', summary(model), summary(libssl));
    }
    return differingLine(model, this.#renamed(model, libssl));
  }

  /** libssl's line with the model's numbers. */
  #renamed(model: Line, real: Line): Line {
    const fresh = [...numbered(real)].filter((name) => !this.#names.has(name));
    const open = [...numbered(model)].filter((name) => !this.#known.has(name));
    for (const name of open) this.#known.add(name);
    for (const [name, match] of matches(open, model, fresh, real)) this.#names.set(name, match);
    return renameAll(real, (name) => this.#names.get(name) ?? name);
  }
}

function differingLine(model: Line, libssl: Line): Difference | undefined {
  const { step } = model;
  if (step !== libssl.step) return difference(step, 'step', step, libssl.step);
  const nested = differingBodies(step, model.nested ?? [], libssl.nested ?? []);
  if (isObservation(model) && isObservation(libssl)) return differingObservation(model, libssl) ?? nested;
  if (isMisuse(model) && isMisuse(libssl)) {
    if (model.misuse !== libssl.misuse) return difference(step, 'misuse', model.misuse, libssl.misuse);
    return model.handle === libssl.handle ? nested : difference(step, 'handle', model.handle, libssl.handle);
  }
  if ('crash' in model && 'crash' in libssl && model.crash === libssl.crash) return nested;
  const field = [model, libssl].some((line) => 'crash' in line) ? 'crash' : 'misuse';
  return difference(step, field, summary(model), summary(libssl));
}

/** Bodies run in the order of their callbacks, which is compared; a difference is named by its place: `nested.0.steps.1.ret`. */
function differingBodies(step: number, model: readonly BodyRun[], libssl: readonly BodyRun[]): Difference | undefined {
  for (let index = 0; index < Math.max(model.length, libssl.length); index++) {
    const [mine, theirs] = [model[index], libssl[index]];
    const place = `nested.${index}`;
    if (mine === undefined || theirs === undefined || whose(mine) !== whose(theirs)) {
      return difference(step, place, mine && whose(mine), theirs && whose(theirs));
    }
    if (!same(mine.args ?? [], theirs.args ?? [])) return difference(step, `${place}.args`, mine.args, theirs.args);
    for (let at = 0; at < Math.max(mine.steps.length, theirs.steps.length); at++) {
      const [one, other] = [mine.steps[at], theirs.steps[at]];
      if (one === undefined || other === undefined) {
        return difference(step, `${place}.steps.${at}`, summary(one), summary(other));
      }
      const found = differingLine(one, other);
      if (found !== undefined) return { ...found, step, field: `${place}.steps.${at}.${found.field}` };
    }
    const [said, heard] = [mine, theirs].map(({ returned }) => (returned === undefined ? null : writeReturn(returned)));
    if (said !== heard) return difference(step, `${place}.returned`, said, heard);
  }
  return undefined;
}

function whose({ on, ctx, ssl }: BodyRun): string {
  return ssl === undefined ? `${on} of ${ctx}` : `${on} of ${ssl}`;
}

function differingObservation(model: Observation, libssl: Observation): Difference | undefined {
  const { step, call } = model;
  if (!sameReturn(call, model.ret, libssl.ret)) return difference(step, 'ret', model.ret, libssl.ret);
  if (!same(model.errors, libssl.errors)) return difference(step, 'errors', model.errors, libssl.errors);
  if (!same(sortedEvents(model.events), sortedEvents(libssl.events))) {
    return difference(step, 'events', model.events, libssl.events);
  }
  return differingHandle(step, model.handles, libssl.handles);
}

/** Pairs the sessions first met in a step: those of which the step says the same, in the order of their numbers. */
function matches(
  open: readonly string[],
  model: Line,
  fresh: readonly string[],
  real: Line,
): readonly (readonly [string, string])[] {
  const byWhatIsSaid = (names: readonly string[], line: Line): readonly string[] => {
    const told = new Map(names.map((name) => [name, [] as string[]]));
    tell(line, '', told);
    return [...told]
      .map(([name, said]) => ({ name, said: said.join(' ') }))
      .sort((a, b) => order(a.said, b.said) || order(a.name.length, b.name.length) || order(a.name, b.name))
      .map(({ name }) => name);
  };
  const models = byWhatIsSaid(open, model);
  return byWhatIsSaid(fresh, real).flatMap((name, index) => {
    const match = models[index];
    return match === undefined ? [] : [[name, match] as const];
  });
}

/** Adds to each session all that a line and the bodies in it say of it, without any session's number; one way through the line. */
function tell(line: Line, place: string, told: ReadonlyMap<string, string[]>): void {
  if (isObservation(line)) {
    const said: [string, string][] = [];
    const say = (name: unknown, what: string): void => {
      if (typeof name === 'string' && told.has(name)) said.push([name, `${place}${what}`]);
    };
    say(line.ret, 'ret');
    for (const event of line.events) {
      for (const name of Object.values(event)) say(name, Object.keys(event).join());
    }
    for (const [name, state] of line.handles) {
      if (state.kind === 'ssl') say(state.session, `session of ${name}`);
      if (told.has(name)) say(name, JSON.stringify(state));
    }
    // events have no order
    for (const [name, what] of said.sort(([, a], [, b]) => order(a, b))) told.get(name)?.push(what);
  }
  for (const [index, { returned, steps }] of (line.nested ?? []).entries()) {
    if (typeof returned === 'string') told.get(returned)?.push(`${place}${index} returns it`);
    for (const [at, inner] of steps.entries()) tell(inner, `${place}${index}.${at} `, told);
  }
}

function numbered(line: Line): Set<string> {
  const names: string[] = [];
  for (const { ctx, ssl, steps, returned } of line.nested ?? []) {
    names.push(
      ctx,
      ...steps.flatMap((inner) => [...numbered(inner)]),
      ...[ssl ?? [], returned ?? []].flat().map(String),
    );
  }
  if (isObservation(line)) {
    names.push(...line.handles.keys(), ...line.events.flatMap((event) => Object.values(event).map(String)));
    if (typeof line.ret === 'string') names.push(line.ret);
  }
  return new Set(names.filter((name) => /^#\d+$/.test(name)));
}

function renameAll(line: Line, rename: (name: string) => string): Line {
  const nested = line.nested?.map(
    (run): BodyRun => ({
      ...run,
      ctx: rename(run.ctx),
      ...(run.ssl === undefined ? {} : { ssl: rename(run.ssl) }),
      steps: run.steps.map((inner) => renameAll(inner, rename)),
      ...(run.returned === undefined ? {} : { returned: renamedReturn(run.returned, rename) }),
    }),
  );
  const bodies = nested === undefined ? {} : { nested };
  if (!isObservation(line)) return { ...line, ...bodies };
  const handles = new Map<string, HandleState>();
  for (const [name, state] of line.handles) {
    const shown =
      state.kind === 'ssl' ? { ...state, session: state.session === null ? null : rename(state.session) } : state;
    handles.set(rename(name), shown);
  }
  return {
    ...line,
    ...bodies,
    ret: typeof line.ret === 'string' ? rename(line.ret) : line.ret,
    // The keys stay; only names of sessions change.
    events: line.events.map(
      (event) =>
        Object.fromEntries(
          Object.entries(event).map(([key, name]) => [key, typeof name === 'string' ? rename(name) : name]),
        ) as ObservedEvent,
    ),
    handles,
  };
}

function renamedReturn(value: ObservedReturn, rename: (name: string) => string): ObservedReturn {
  if (Array.isArray(value)) return value.map((item: ObservedReturn) => renamedReturn(item, rename));
  return typeof value === 'string' ? rename(value) : value;
}

function sameReturn(call: string, model: ObservedReturn, libssl: ObservedReturn): boolean {
  if (randomValues.includes(call) && isList(model) && isList(libssl)) {
    return (
      model.length === libssl.length && model.every((item, index) => sameReturn(call, item, libssl[index] ?? null))
    );
  }
  if (typeof model === 'string' && typeof libssl === 'string') {
    if (randomValues.includes(call)) return model.length === libssl.length;
    if (presenceOnly.includes(call)) return (model === '') === (libssl === '');
  }
  if (isTime(model) && isTime(libssl)) {
    const apart = BigInt(model.now) - BigInt(libssl.now);
    return apart >= -clockSeconds && apart <= clockSeconds;
  }
  return writeReturn(model) === writeReturn(libssl);
}

/** Events without an order. */
function sortedEvents(events: readonly ObservedEvent[]): readonly string[] {
  return events.map(eventText).sort(order);
}

function differingHandle(
  step: number,
  model: ReadonlyMap<string, HandleState>,
  libssl: ReadonlyMap<string, HandleState>,
): Difference | undefined {
  for (const name of new Set([...model.keys(), ...libssl.keys()])) {
    const [mine, theirs] = [model.get(name), libssl.get(name)];
    if (mine === undefined || theirs === undefined || mine.kind !== theirs.kind) {
      return difference(step, `handles.${name}`, mine ?? null, theirs ?? null);
    }
    const parted = differingField(mine, theirs);
    if (parted !== undefined) return difference(step, `handles.${name}.${parted.field}`, parted.mine, parted.theirs);
  }
  return undefined;
}

function differingField(
  mine: object,
  theirs: object,
): { readonly field: string; readonly mine: unknown; readonly theirs: unknown } | undefined {
  const others = new Map<string, unknown>(Object.entries(theirs));
  for (const [field, value] of Object.entries(mine)) {
    const other = others.get(field);
    if (isObject(value) && isObject(other)) {
      const inner = differingField(value, other);
      if (inner !== undefined) return { ...inner, field: `${field}.${inner.field}` };
    } else if (value !== other) {
      return { field, mine: value, theirs: other };
    }
  }
  return undefined;
}

function difference(step: number, field: string, model: unknown, libssl: unknown): Difference {
  return { step, field, model, libssl };
}

/** What a line amounts to, where it is not compared field by field. */
function summary(line: Line | undefined): string {
  if (line === undefined) return 'nothing';
  if (isObservation(line)) return 'goes on';
  return isMisuse(line) ? `${line.misuse} of ${line.handle}` : line.crash;
}

function isTime(value: ObservedReturn): value is { readonly now: number | bigint } {
  return typeof value === 'object' && value !== null && 'now' in value;
}

function isList(value: ObservedReturn): value is readonly ObservedReturn[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function same<T extends string | number>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function order<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
