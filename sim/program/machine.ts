/**
 * The one interpreter of calls over named handles: names, ownership, misuse and observations, on any stack. A program
 * runs on one machine; a plan drives one for each process.
 */
import {
  type ArgumentValue,
  type Happening,
  type ObjectId,
  type Profile,
  type ReturnValue,
  type Snapshot,
  type Stack,
  type StackAnswer,
  StackCrash,
} from '../stacks/index.js';
import { type ArgumentKind, type CallShape, calls, handleOf } from './calls.js';
import { findMisuse, isThing, type Misuse } from './misuse.js';
import { Names, type Thing } from './names.js';
import type { Claim, HandleState, Line, MisuseKind, MisuseLine, ObservedEvent, ObservedReturn } from './observation.js';
import type { Argument, ProgramStep } from './parse.js';

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
  /** Connections whose session was changed; of some it may be over. */
  readonly #changed = new Set<Thing>();
  #step = 0;
  /** Whether what was last seen of every object is what is. */
  #fresh = true;

  constructor(stack: Stack) {
    this.#stack = stack;
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
    const answer = this.#stack.perform({
      call,
      args,
      watch: this.#watched('nothing'),
      owned: this.#ownedSessions(),
    });
    this.#fresh = false;
    if (answer.events.length === 0 && answer.snapshots.length === 0) return answer; // as after most
    const number = Math.max(0, this.#step - 1);
    for (const event of answer.events) this.#event(event, { number, step: { call, args: [] }, made: undefined });
    this.#saw(number, answer.snapshots);
    return answer;
  }

  /** Makes one step. Steps are numbered from 0. */
  execute(step: ProgramStep, { strict, observe = 'all' }: ExecuteOptions): Executed {
    const shape = calls.get(step.call);
    if (shape === undefined) throw new Error(`${step.call} is no call`);
    const number = this.#step++;
    const misuse = findMisuse(step, shape, this.#names, () => this.#look());
    if (misuse !== undefined) {
      const ends = strict || !harmless.includes(misuse.kind);
      return { line: this.#misuseLine(number, step.call, misuse), ends };
    }
    if (this.#meetsNull(step, shape)) return this.#notMade(number, step, observe, 'null handle');
    if (missing[step.call]?.includes(this.#stack.profile) === true) {
      return this.#notMade(number, step, observe, 'no such function');
    }
    try {
      return { line: this.#make(number, step, shape, observe), ends: false };
    } catch (error) {
      if (!(error instanceof StackCrash)) throw error;
      return { line: { step: number, call: step.call, crash: error.signal }, ends: true };
    }
  }

  #make(number: number, step: ProgramStep, shape: CallShape, observe: 'all' | 'nothing'): Line {
    const changing = this.#changedBy(step);
    const answer = this.#stack.perform({
      call: step.call,
      args: this.#values(step, shape),
      watch: this.#watched(observe),
      owned: this.#ownedSessions(),
    });
    this.#fresh = observe === 'all';
    if (changing !== undefined) {
      changing.sessionChanged = true;
      this.#changed.add(changing);
    }
    const { ret } = answer;
    const made = typeof ret === 'object' && ret !== null && 'object' in ret ? ret : undefined;
    const known = made && this.#names.thing(made.object);
    if (known !== undefined && step.let !== undefined) this.#names.rename(known, step.let);
    const context = { number, step, made: made?.object };
    const events = answer.events.length === 0 ? [] : answer.events.flatMap((event) => this.#event(event, context));
    const thing = made && this.#names.meet(made.object, made.kind, { name: step.let, step: number });
    this.#account(number, step, shape, ret, thing);
    if (step.let !== undefined) {
      this.#names.bind(step.let, thing ?? (isBytes(ret) ? ret.bytes : null));
    }
    this.#saw(number, answer.snapshots);
    return {
      step: number,
      call: step.call,
      ret: this.#shown(ret),
      errors: answer.errors,
      events: events.length === 0 ? [] : events.map((event) => event()),
      handles: observe === 'all' ? this.#handles() : noHandles,
    };
  }

  /** A step that C would not survive, or could not link: only its name is bound, to NULL. */
  #notMade(number: number, step: ProgramStep, observe: 'all' | 'nothing', error: string): Executed {
    if (step.let !== undefined) this.#names.bind(step.let, null);
    if (observe === 'all') this.#look();
    const handles = observe === 'all' ? this.#handles() : noHandles;
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

  #watched(observe: 'all' | 'nothing'): readonly ObjectId[] {
    if (observe === 'nothing' && this.#changed.size === 0) return none;
    const watched: ObjectId[] = [];
    if (observe === 'all') {
      for (const { alive, object } of this.#names.things()) if (alive) watched.push(object);
      return watched;
    }
    // A connection whose session was changed is watched until it is `before` again.
    for (const thing of this.#changed) {
      if (thing.alive && thing.sessionChanged) watched.push(thing.object);
      else this.#changed.delete(thing);
    }
    return watched;
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
    {
      number,
      step,
      made,
    }: { readonly number: number; readonly step: ProgramStep; readonly made: ObjectId | undefined },
  ): (() => ObservedEvent)[] {
    if (event.name === 'freed') {
      const thing = this.#names.thing(event.object);
      if (thing === undefined) return [];
      thing.alive = false;
      thing.freedBy = { step: number, call: step.call };
      return [() => ({ freed: thing.name })];
    }
    const ctx = this.#names.meet(event.ctx, 'ctx', { step: number });
    if (event.name === 'get') {
      const id = hex(event.id);
      return [() => ({ get: id, ctx: ctx.name })];
    }
    const name = event.session === made ? step.let : undefined;
    const session = this.#names.meet(event.session, 'session', { name, step: number });
    if (event.name === 'remove') return [() => ({ remove: session.name, ctx: ctx.name })];
    if (event.kept) session.references.push({ holder: `the callback of ${ctx.name}`, step: number });
    return [() => ({ new: session.name, ctx: ctx.name })];
  }

  /** Brings what was last seen up to date. */
  #look(): void {
    if (this.#fresh) return;
    this.#saw(this.#step - 1, this.#stack.look(this.#watched('all')));
    this.#fresh = true;
  }

  #saw(number: number, snapshots: readonly Snapshot[]): void {
    let unnamed: Map<ObjectId, Snapshot> | undefined;
    for (const snapshot of snapshots) {
      const thing = this.#names.thing(snapshot.object);
      if (thing !== undefined) {
        see(thing, snapshot, number);
        continue;
      }
      unnamed ??= new Map();
      unnamed.set(snapshot.object, snapshot);
    }
    if (unnamed === undefined) return;
    // The sessions of connections are met in the order of the connections, and may be all there is of a handle.
    for (const { alive, seen } of this.#names.things()) {
      if (!alive || seen?.kind !== 'ssl' || seen.session === null) continue;
      const snapshot = unnamed.get(seen.session);
      if (snapshot !== undefined) see(this.#names.meet(seen.session, 'session', { step: number }), snapshot, number);
    }
  }

  #handles(): Map<string, HandleState> {
    const handles = new Map<string, HandleState>();
    for (const { alive, name, seen } of this.#names.things()) {
      if (alive && seen !== undefined) handles.set(name, this.#state(seen));
    }
    return handles;
  }

  #state(seen: Snapshot): HandleState {
    switch (seen.kind) {
      case 'ctx':
        return { kind: 'ctx', refs: seen.refs, number: seen.number, stats: seen.stats };
      case 'ssl': {
        const { refs, reused, shutdown, state, version } = seen;
        const session = seen.session === null ? null : (this.nameOf(seen.session) ?? null);
        return { kind: 'ssl', refs, session, reused, shutdown, state, version };
      }
      case 'session':
        return { kind: 'session', refs: seen.refs, resumable: seen.resumable, ticket: seen.ticket };
    }
  }

  #shown(value: ReturnValue): ObservedReturn {
    if (isList(value)) return value.map((item) => this.#shown(item));
    if (typeof value !== 'object' || value === null) return value;
    if ('bytes' in value) return hex(value.bytes);
    if ('object' in value) return this.nameOf(value.object) ?? null;
    return { now: value.now };
  }

  #misuseLine(number: number, call: string, { kind, handle, thing }: Misuse): MisuseLine {
    const freedBy = kind === 'use-after-free' ? thing?.freedBy : kind === 'not-owned' ? thing?.givenBackBy : undefined;
    const held = this.#stack.name === 'model' && thing?.alive === true ? this.#holders(thing) : undefined;
    return {
      step: number,
      call,
      misuse: kind,
      handle,
      ...(held === undefined ? {} : { held }),
      ...(freedBy === undefined ? {} : { freedBy }),
    };
  }

  /** Who holds an object: the program, connections that have it as their session, the cache that it is in. */
  #holders(thing: Thing): readonly Claim[] {
    this.#look();
    const holders: Claim[] = [...thing.references];
    for (const other of this.#names.things()) {
      if (other.alive && other.seen?.kind === 'ssl' && other.seen.session === thing.object) {
        holders.push({ holder: other.name, step: other.since });
      }
    }
    if (thing.seen?.kind === 'session' && thing.seen.cachedIn !== null) {
      holders.push({ holder: `the cache of ${this.nameOf(thing.seen.cachedIn) ?? 'a context'}`, step: thing.since });
    }
    return holders;
  }
}

function see(thing: Thing, snapshot: Snapshot, step: number): void {
  if (holding(thing.seen) !== holding(snapshot)) thing.since = step;
  if (snapshot.kind === 'ssl' && snapshot.state === 'before') thing.sessionChanged = false;
  thing.seen = snapshot;
}

/** A connection's session, or the cache that a session is in. */
function holding(snapshot: Snapshot | undefined): ObjectId | null {
  if (snapshot?.kind === 'ssl') return snapshot.session;
  return snapshot?.kind === 'session' ? snapshot.cachedIn : null;
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
