/** What callbacks do in a program: the bodies that `sim_on` installed, and the calls under way in whose callbacks they run. */
import type { CallbackAnswer, CallbackName, ObjectId, StackCallback } from '../stacks/index.js';
import type { ExecuteOptions } from './machine.js';
import { isThing, type Misuse, type UnderWay } from './misuse.js';
import type { Binding, Names, Thing } from './names.js';
import type { BodyRun, CrashLine, MisuseLine, ObservedEvent, ObservedReturn } from './observation.js';
import type { ProgramStep } from './parse.js';
import type { Body, BodyAnswer } from './parse-body.js';

/** Callbacks that run so deep in one another have their bodies; deeper, they answer without. */
export const bodiesInOneAnother = 4;

/** So many bodies run in one step of a program; callbacks after them answer without. */
export const bodiesInStepMax = 256;

/** A call under way, and what its callbacks have shown so far. */
export interface Frame {
  /** Of the program's step, also of what runs in its callbacks. */
  readonly number: number;
  readonly step: ProgramStep;
  readonly options: ExecuteOptions;
  /** Each is written when all names of the step are known. */
  readonly events: (() => ObservedEvent)[];
  readonly nested: BodyRun[];
  /** The callback whose body runs, and what it is given. */
  callback: CallbackName | undefined;
  given: ReadonlyMap<string, Binding>;
}

export const nothingGiven: ReadonlyMap<string, Binding> = new Map();

export function newFrame(number: number, step: ProgramStep, options: ExecuteOptions): Frame {
  return { number, step, options, events: [], nested: [], callback: undefined, given: nothingGiven };
}

/** A body met a misuse or a crash: the calls under way end with it. */
export class BodyEnded extends Error {
  readonly line: MisuseLine | CrashLine;
  constructor(line: MisuseLine | CrashLine) {
    super('the body of a callback came to no good end');
    this.name = 'BodyEnded';
    this.line = line;
  }
}

/** The bodies by the object and the callback that they were installed for. */
export class Bodies {
  readonly #bodies = new Map<ObjectId, Map<CallbackName, Body>>();

  get empty(): boolean {
    return this.#bodies.size === 0;
  }

  install(object: ObjectId, body: Body): void {
    const own = this.#bodies.get(object) ?? new Map<CallbackName, Body>();
    this.#bodies.set(object, own.set(body.callback, body));
  }

  of({ on, callback }: StackCallback): Body | undefined {
    return this.#bodies.get(on)?.get(callback);
  }
}

/** They run also between the choice of a certificate, of which libssl keeps the place, and its last use. */
const whileChoosing: readonly (CallbackName | undefined)[] = ['not-resumable', 'info'];

/** What the calls under way go on using. */
export function underWay(frames: readonly Frame[], names: Names): UnderWay {
  const used = new Set<Thing>();
  const inside = new Set<Thing>();
  const choosing = new Set<Thing>();
  for (const { step, callback, given } of frames) {
    const things = step.args.flatMap((argument) => {
      const binding = argument.kind === 'name' ? names.binding(argument.name) : undefined;
      return isThing(binding) ? [binding] : [];
    });
    for (const thing of [...things, ...given.values()]) if (isThing(thing)) used.add(thing);
    const connection = given.get('@ssl');
    for (const thing of isThing(connection) ? [connection] : things) {
      if (thing.kind !== 'ssl') continue;
      inside.add(thing);
      if (whileChoosing.includes(callback)) choosing.add(thing);
    }
  }
  return { used, inside, choosing };
}

/** What a callback is given, by the names that its body has for it. */
export function givenTo(asked: StackCallback, names: Names, step: number): ReadonlyMap<string, Binding> {
  const { ctx, ssl, session } = asked;
  return new Map([
    ['@ctx', names.meet(ctx, 'ctx', { step })],
    ['@ssl', ssl === null ? null : names.meet(ssl, 'ssl', { step })],
    ['@session', session === null ? null : names.meet(session, 'session', { step })],
  ]);
}

/** What a body answers: what libssl is told, and how it is written. Or the misuse that the answer is. */
export function answerOf(
  answer: BodyAnswer,
  asked: StackCallback,
  context: { readonly names: Names; readonly look: () => void },
): { readonly answer: Omit<CallbackAnswer, 'owned'>; readonly shown: ObservedReturn } | { readonly misuse: Misuse } {
  switch (answer.kind) {
    case 'nothing':
      return { answer: { ret: null }, shown: null };
    case 'number':
      return { answer: { ret: answer.value }, shown: answer.value };
    case 'preverify_ok': {
      const ret = Number(asked.args[0]);
      return { answer: { ret }, shown: ret };
    }
    case 'ticket keys': {
      const [name] = asked.args;
      const wanted = isBytes(name) ? name.bytes : undefined;
      const keys = answer.keys.find((key) => wanted === undefined || sameBytes(key.name, wanted));
      const ret = wanted === undefined ? answer.seal : keys === undefined ? 0 : answer.open;
      return { answer: { ret, ...(keys === undefined || ret <= 0 ? {} : { keys }) }, shown: ret };
    }
    case 'ticket verdict': {
      const [, status] = asked.args;
      const ret = answer.byStatus.get(Number(status)) ?? 0;
      return { answer: { ret }, shown: ret };
    }
    case 'id':
      return answer.id === null
        ? { answer: { ret: 0 }, shown: 0 }
        : { answer: { ret: 1, id: answer.id }, shown: Buffer.from(answer.id).toString('hex') };
    case 'session':
      return sessionAnswer(answer, asked, context);
  }
}

function sessionAnswer(
  { name, copy }: Extract<BodyAnswer, { kind: 'session' }>,
  asked: StackCallback,
  { names, look }: { readonly names: Names; readonly look: () => void },
): ReturnType<typeof answerOf> {
  const binding = name === null ? null : names.binding(name);
  if (binding === null || name === null) return { answer: { ret: null }, shown: null };
  if (binding === undefined) return { misuse: { kind: 'unbound', handle: name } };
  if (!isThing(binding) || binding.kind !== 'session') return { misuse: { kind: 'wrong-kind', handle: name } };
  if (!binding.alive) return { misuse: { kind: 'use-after-free', handle: name, thing: binding } };
  // libssl puts it into the context's cache, as SSL_CTX_add_session does.
  look();
  const { seen } = binding;
  if (seen?.kind === 'session' && seen.cachedIn !== null && seen.cachedIn !== asked.ctx) {
    return { misuse: { kind: 'in-cache', handle: name, thing: binding } };
  }
  // With *copy 0 libssl goes on with the application's own reference.
  if (copy === 0 && binding.references.pop() === undefined) {
    return { misuse: { kind: 'not-owned', handle: name, thing: binding } };
  }
  const ret = { object: binding.object };
  return {
    answer: copy === undefined ? { ret } : { ret, copy },
    shown: copy === undefined ? binding.name : [binding.name, copy],
  };
}

function isBytes(value: unknown): value is { readonly bytes: Uint8Array } {
  return typeof value === 'object' && value !== null && 'bytes' in value;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
