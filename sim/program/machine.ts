/**
 * The one interpreter of calls over named handles: names, ownership, misuse and observations, on any stack. A program
 * runs on one machine; a plan drives one for each process.
 */
import type {
  ArgumentValue,
  Happening,
  ObjectId,
  Profile,
  ReturnValue,
  Snapshot,
  Stack,
  StackAnswer,
  StackCall,
} from '../stacks/index.js';
import { StackCrash } from '../stacks/stack.js';
import { BodyEnded, type Frame, newFrame } from './bodies.js';
import { BodyRunner } from './body-runner.js';
import { type ArgumentKind, type CallShape, calls, handleOf } from './calls.js';
import { Locks } from './locks.js';
import { findMisuse, isThing, type Misuse } from './misuse.js';
import { misuseLine } from './misuse-line.js';
import { Names, type Thing } from './names.js';
import type { HandleState, Line, MisuseKind, MisuseLine, ObservedEvent, ObservedReturn } from './observation.js';
import type { Argument, ProgramStep } from './parse.js';
import { Sight } from './sight.js';

export interface ExecuteOptions {
  /** Whether any misuse ends the run, as in a program. Otherwise only one that libssl might not survive does. */
  readonly strict: boolean;
  /** `'nothing'`: the line has no handles, and no object is looked at that a rule does not need. Default `'all'`. */
  readonly observe?: 'all' | 'nothing';
}

export interface Executed {
  readonly line: Line;
  /** Nothing may be executed after this step. */
  readonly ends: boolean;
}

/** Misuses that are a name that stands for nothing usable: the step is skipped, and nothing was harmed. */
const harmless: readonly MisuseKind[] = ['unbound', 'wrong-kind', 'same-handle'];

const noHandles: ReadonlyMap<string, HandleState> = new Map();
const none: readonly ObjectId[] = [];

/** Functions that lines do not have yet: the first came with 3.0, the others with 3.3. */
const missing: Readonly<Record<string, readonly Profile[]>> = {
  SSL_new_session_ticket: ['1.1.1'],
  SSL_SESSION_get_time_ex: ['1.1.1', '3.0'],
  SSL_SESSION_set_time_ex: ['1.1.1', '3.0'],
};

/** Calls that put another session, or its method anew, into a connection, their first argument. */
const sessionSetters: readonly string[] = ['SSL_set_session', 'SSL_copy_session_id', 'SSL_set_ssl_method'];

export class Machine {
  readonly #stack: Stack;
  readonly #names = new Names();
  readonly #sight: Sight;
  readonly #bodies: BodyRunner;
  readonly #locks: Locks | undefined;
  #step = 0;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#sight = new Sight(stack, this.#names);
    this.#bodies = new BodyRunner({
      names: this.#names,
      look: () => this.#look(),
      execute: (frame, place) => this.#execute(frame, place),
      misuseLine: (place, call, misuse) => this.#misuseLine(place, call, misuse),
      owned: () => this.#ownedSessions(),
    });
    this.#locks = stack.profile === '1.1.1' ? new Locks() : undefined;
  }

  /** The live object of a name. */
  object(name: string): { readonly object: ObjectId; readonly kind: Snapshot['kind'] } | undefined {
    const binding = this.#names.binding(name);
    return isThing(binding) && binding.alive ? { object: binding.object, kind: binding.kind } : undefined;
  }

  /** The object that a name stands for, dead or alive. */
  everMeant(name: string): ObjectId | undefined {
    const binding = this.#names.binding(name);
    return isThing(binding) ? binding.object : undefined;
  }

  /** The name of an object that was met. */
  nameOf(object: ObjectId): string | undefined {
    return this.#names.thing(object)?.name;
  }

  /** The bytes that a name stands for. */
  bytes(name: string): Uint8Array | undefined {
    const binding = this.#names.binding(name);
    return binding instanceof Uint8Array ? binding : undefined;
  }

  /** Binds a name to what no call returned, in a plan: bytes, or a session with a reference that is the program's from then on. */
  bind(name: string, what: Uint8Array | ObjectId): void {
    this.#names.bind(name, typeof what === 'number' ? this.#names.take(what, name, this.#step) : what);
  }

  /** Whether input and output on a connection would be the misuse `session-changed`. */
  sessionChanged(name: string): boolean {
    const binding = this.#names.binding(name);
    return isThing(binding) && binding.alive && binding.sessionChanged;
  }

  /** A call over objects instead of names, as the verbs of a plan are made of. Nothing is numbered, named or judged. */
  perform(call: string, args: readonly ArgumentValue[]): StackAnswer {
    const number = Math.max(0, this.#step - 1);
    const frame: Frame = newFrame(number, { call, args: [] }, { strict: false, observe: 'nothing' });
    const answer = this.#withinVerb(frame, {
      call,
      args,
      watch: this.#sight.watched('nothing'),
      owned: this.#ownedSessions(),
    });
    this.#sight.fresh = false;
    if (answer.events.length === 0 && answer.snapshots.length === 0) return answer; // as after most
    for (const event of answer.events) this.#event(event, { number, call });
    this.#sight.saw(number, answer.snapshots);
    return answer;
  }

  /**
   * A call of a verb has no line of its own.
   * @throws BodyEnded for a misuse in the body of a callback
   */
  #withinVerb(frame: Frame, call: StackCall): StackAnswer {
    try {
      return this.#within(frame, call);
    } catch (error) {
      if (error instanceof BodyEnded && 'crash' in error.line) throw new StackCrash(error.line.crash);
      throw error;
    }
  }

  /** Makes one step. Steps are numbered from 0. */
  execute(step: ProgramStep, options: ExecuteOptions): Executed {
    const number = this.#step++;
    return this.#execute(newFrame(number, step, options), number);
  }

  /** @param shown - the number of the line: a step's of the program, or its place in its body */
  #execute(frame: Frame, shown: number): Executed {
    const { step, options } = frame;
    const { observe = 'all' } = options;
    const shape = calls.get(step.call);
    if (shape === undefined) throw new Error(`${step.call} is no call`);
    const misuse = findMisuse(step, shape, {
      names: this.#names,
      look: () => this.#look(),
      underWay: this.#bodies.underWay,
    });
    if (misuse !== undefined) {
      const ends = options.strict || !harmless.includes(misuse.kind);
      return { line: this.#misuseLine(shown, step.call, misuse), ends };
    }
    if (this.#meetsNull(step, shape)) return this.#notMade(shown, step, observe, 'null handle');
    if (missing[step.call]?.includes(this.#stack.profile) === true) {
      return this.#notMade(shown, step, observe, 'no such function');
    }
    const unlock = this.#bodies.empty ? undefined : this.#locks?.before(step, this.#names);
    if (typeof unlock === 'object') return { line: this.#misuseLine(shown, step.call, unlock), ends: true };
    try {
      const line = this.#make(frame, shown, shape);
      unlock?.();
      return { line, ends: false };
    } catch (error) {
      const nested = frame.nested.length === 0 ? {} : { nested: frame.nested };
      if (error instanceof BodyEnded) {
        const { nested: _nested, ...ended } = error.line;
        return { line: { ...ended, step: shown, call: step.call, ...nested }, ends: true };
      }
      if (!(error instanceof StackCrash)) throw error;
      return { line: { step: shown, call: step.call, crash: error.signal, ...nested }, ends: true };
    }
  }

  #make(frame: Frame, shown: number, shape: CallShape): Line {
    const { number, step } = frame;
    const { observe = 'all' } = frame.options;
    const changing = this.#changedBy(step);
    const answer = this.#within(frame, {
      call: step.call,
      args: this.#values(step, shape),
      watch: this.#sight.watched(observe),
      owned: this.#ownedSessions(),
    });
    // What bodies met, the call was not asked to look at.
    this.#sight.fresh = observe === 'all' && frame.nested.length === 0;
    if (changing !== undefined) this.#sight.sessionChanged(changing);
    const { ret } = answer;
    const made = typeof ret === 'object' && ret !== null && 'object' in ret ? ret : undefined;
    const known = made && this.#names.thing(made.object);
    const name = step.let === undefined || !this.#bodies.inBody ? step.let : this.#names.again(step.let);
    if (known !== undefined && name !== undefined) this.#names.rename(known, name);
    for (const event of answer.events) {
      frame.events.push(...this.#event(event, { number, call: step.call, name, made: made?.object }));
    }
    const thing = made && this.#names.meet(made.object, made.kind, { name, step: number });
    this.#account(number, step, shape, ret, thing);
    if (step.let !== undefined && name !== undefined) {
      const bound = thing ?? (isBytes(ret) ? ret.bytes : null);
      this.#names.bind(name, bound);
      this.#names.bind(step.let, bound);
    }
    if (step.body !== undefined) this.#bodies.install(step, step.body);
    this.#sight.saw(number, answer.snapshots);
    if (observe === 'all') this.#look();
    return {
      step: shown,
      call: step.call,
      ret: this.#shown(ret),
      errors: answer.errors,
      events: frame.events.length === 0 ? [] : frame.events.map((event) => event()),
      handles: observe === 'all' ? this.#sight.handles() : noHandles,
      ...(frame.nested.length === 0 ? {} : { nested: frame.nested }),
    };
  }

  /** Makes a call, in whose callbacks bodies run. */
  #within(frame: Frame, call: StackCall): StackAnswer {
    if (this.#bodies.empty) return this.#stack.perform(call);
    const { number, step } = frame;
    return this.#bodies.within(frame, () =>
      this.#stack.perform(call, (asked) => {
        this.#sight.fresh = false;
        for (const event of asked.events) frame.events.push(...this.#event(event, { number, call: step.call }));
        return this.#bodies.answer(frame, asked);
      }),
    );
  }

  #look(): void {
    this.#sight.look(this.#step - 1);
  }

  /** A step that C would not survive, or could not link: only its name is bound, to NULL. */
  #notMade(number: number, step: ProgramStep, observe: 'all' | 'nothing', error: string): Executed {
    if (step.let !== undefined) this.#names.bind(step.let, null);
    if (observe === 'all') this.#look();
    const handles = observe === 'all' ? this.#sight.handles() : noHandles;
    return { line: { step: number, call: step.call, ret: null, errors: [error], events: [], handles }, ends: false };
  }

  /** Whether NULL stands where the C function does not take it. */
  #meetsNull(step: ProgramStep, shape: CallShape): boolean {
    return step.args.some((argument, index) => {
      if (argument.kind !== 'null' && argument.kind !== 'name') return false;
      const handle = handleOf(shape.args[index] ?? 'int');
      if (argument.kind === 'null') return handle !== undefined && !handle.nullable;
      return this.#names.binding(argument.name) === null && handle?.nullable !== true;
    });
  }

  /** The connection whose session this step sets while a handshake of it is on, or over. */
  #changedBy(step: ProgramStep): Thing | undefined {
    const [first] = step.args;
    if (!sessionSetters.includes(step.call) || first?.kind !== 'name') return undefined;
    const thing = this.#names.binding(first.name);
    if (!isThing(thing)) return undefined;
    this.#look();
    return thing.seen?.kind === 'ssl' && thing.seen.state !== 'before' ? thing : undefined;
  }

  #values({ args }: ProgramStep, shape: CallShape): ArgumentValue[] {
    const values: ArgumentValue[] = [];
    for (const [index, argument] of args.entries()) values.push(this.#value(argument, shape.args[index]));
    return values;
  }

  #value(argument: Argument, kind: ArgumentKind | undefined): ArgumentValue {
    switch (argument.kind) {
      case 'null':
        return kind === 'bytes' ? { bytes: new Uint8Array() } : null;
      case 'name': {
        const binding = this.#names.binding(argument.name);
        if (isThing(binding)) return { object: binding.object };
        return binding instanceof Uint8Array ? { bytes: binding } : null;
      }
      case 'number':
      case 'boolean':
        return argument.value;
      case 'now':
        return { now: argument.seconds };
      case 'bytes':
        return { bytes: argument.bytes };
      case 'text':
        return { text: argument.text };
      case 'word':
        return { word: argument.word };
    }
  }

  #ownedSessions(): readonly ObjectId[] {
    if (this.#names.sessions().length === 0) return none;
    const owned: ObjectId[] = [];
    for (const { alive, object, references } of this.#names.sessions()) {
      if (alive && references.length > 0) owned.push(object);
    }
    return owned;
  }

  /** Moves the references of the program. */
  #account(number: number, step: ProgramStep, shape: CallShape, ret: unknown, result: Thing | undefined): void {
    const [first, second] = step.args;
    // what was decoded into a session that was there is the same reference as before
    const isKnown = second?.kind === 'name' && this.#names.binding(second.name) === result;
    if (shape.takes === 'result' && !isKnown) {
      result?.references.push({ holder: step.let ?? 'the program', step: number });
    }
    const thing = first?.kind === 'name' ? this.#names.binding(first.name) : undefined;
    if (first?.kind !== 'name' || !isThing(thing)) return;
    if (shape.takes === 'first' && ret === 1) thing.references.push({ holder: first.name, step: number });
    if (shape.frees !== true) return;
    thing.references.pop();
    thing.givenBackBy = { step: number, call: step.call };
  }

  /** Notes an event; what it says is written when all names of the step are known. */
  #event(
    event: Happening,
    about: {
      readonly number: number;
      readonly call: string;
      /** The object that the call returned, and what the program calls it. */
      readonly made?: ObjectId | undefined;
      readonly name?: string | undefined;
    },
  ): (() => ObservedEvent)[] {
    const { number, call } = about;
    if (event.name === 'ex_data') {
      const { act, of, value } = event;
      return [() => ({ ex_data: act, of, value })];
    }
    if (event.name === 'freed') {
      const thing = this.#names.thing(event.object);
      if (thing === undefined) return [];
      thing.alive = false;
      thing.freedBy = { step: number, call };
      return [() => ({ freed: thing.name })];
    }
    const ctx = this.#names.meet(event.ctx, 'ctx', { step: number });
    if (event.name === 'get') {
      const id = hex(event.id);
      return [() => ({ get: id, ctx: ctx.name })];
    }
    const name = event.session === about.made ? about.name : undefined;
    const session = this.#names.meet(event.session, 'session', { name, step: number });
    if (event.name === 'remove') return [() => ({ remove: session.name, ctx: ctx.name })];
    if (event.kept) session.references.push({ holder: `the callback of ${ctx.name}`, step: number });
    return [() => ({ new: session.name, ctx: ctx.name })];
  }

  #shown(value: ReturnValue): ObservedReturn {
    if (isList(value)) return value.map((item) => this.#shown(item));
    if (typeof value !== 'object' || value === null) return value;
    if ('bytes' in value) return hex(value.bytes);
    if ('object' in value) return this.nameOf(value.object) ?? null;
    return { now: value.now };
  }

  #misuseLine(shown: number, call: string, misuse: Misuse): MisuseLine {
    const tellsHolders = this.#stack.name === 'model';
    return misuseLine(shown, call, misuse, { names: this.#names, look: () => this.#look(), tellsHolders });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function isBytes(value: ReturnValue): value is { readonly bytes: Uint8Array } {
  return typeof value === 'object' && value !== null && 'bytes' in value;
}

function isList(value: ReturnValue): value is readonly ReturnValue[] {
  return Array.isArray(value);
}
