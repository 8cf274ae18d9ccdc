/** The objects of one process by name: the machine of programs, as a plan uses it. */
import type { Json } from '../plan/index.js';
import { BodyEnded, type Line, Machine, type MisuseLine, type ProgramStep } from '../program/index.js';
import type { ArgumentValue, ObjectId, Snapshot, Stack, StackAnswer } from '../stacks/index.js';

/** Why a name is of no use. */
export interface Missing {
  readonly missing: string;
}

export interface Misused {
  readonly kind: string;
  readonly handle: string;
  /** What it stands for, dead or alive. */
  readonly object?: ObjectId | undefined;
  /** Who holds it, who freed it: to follow the rest of a sentence. */
  readonly more: string;
  /** libssl might not survive it. */
  readonly fatal: boolean;
}

export interface Done {
  readonly ret: Json;
  readonly errors: readonly string[];
  /** The step names what was never bound, or is no such thing: it was not made. */
  readonly missing?: string;
  readonly misuse?: Misused;
  /** The signal that real libssl died of. */
  readonly crash?: string;
}

/** A callback of the program did what libssl does not survive, in the middle of a verb's call. */
export class MisusedInCallback extends Error {
  readonly call: string;
  readonly misused: Omit<Misused, 'fatal'>;

  constructor(call: string, misused: Omit<Misused, 'fatal'>) {
    super(`${call} in a callback: ${misused.kind}`);
    this.name = 'MisusedInCallback';
    this.call = call;
    this.misused = misused;
  }
}

export class Objects {
  readonly #stack: Stack;
  readonly #machine: Machine;
  readonly #observe: ((line: Line) => void) | undefined;

  /** @param observe - told of every step of a program as the format writes it down; costs a look at every object */
  constructor(stack: Stack, observe: ((line: Line) => void) | undefined) {
    this.#observe = observe;
    this.#stack = stack;
    this.#machine = new Machine(stack);
  }

  /** Makes a step of a program. */
  execute(step: ProgramStep): Done {
    const { line, ends } = this.#machine.execute(step, {
      strict: false,
      observe: this.#observe === undefined ? 'nothing' : 'all',
    });
    this.#observe?.(line);
    if ('crash' in line) return { ret: null, errors: [], crash: line.crash };
    if ('misuse' in line) {
      const { misuse: kind, handle } = line;
      if (kind === 'unbound') return { ret: null, errors: [], missing: `unbound ${handle}` };
      return { ret: null, errors: [], misuse: { ...this.#misusedIn(line), fatal: ends } };
    }
    return { ret: toJson(line.ret), errors: line.errors };
  }

  #misusedIn(line: MisuseLine): Omit<Misused, 'fatal'> {
    const { misuse: kind, handle } = line;
    return { kind, handle, object: this.#machine.everMeant(handle), more: moreOf(line) };
  }

  /**
   * A call over objects: what verbs are made of.
   * @throws MisusedInCallback, StackCrash
   */
  perform(call: string, args: readonly ArgumentValue[]): StackAnswer {
    try {
      return this.#machine.perform(call, args);
    } catch (cause) {
      if (cause instanceof BodyEnded && 'misuse' in cause.line) {
        throw new MisusedInCallback(cause.line.call, this.#misusedIn(cause.line));
      }
      throw cause;
    }
  }

  /** The object of a name. */
  lookup(name: string, kind?: Snapshot['kind']): ObjectId | Missing {
    const found = this.#machine.object(name);
    if (found === undefined) return { missing: `unbound or freed ${name}` };
    if (kind !== undefined && found.kind !== kind) return { missing: `${name} is no ${kind}` };
    return found.object;
  }

  /** Why input and output on a connection would break libssl. */
  misuseOfIo(name: string): Misused | undefined {
    return this.#machine.sessionChanged(name)
      ? { kind: 'session-changed', handle: name, more: '', fatal: true }
      : undefined;
  }

  snapshot(object: ObjectId): Snapshot | undefined {
    return this.#stack.look([object])[0];
  }

  /** Its name, or its number after what it is. */
  nameOf(object: ObjectId, kind = 'object'): string {
    return this.#machine.nameOf(object) ?? `${kind} #${object}`;
  }

  bytes(name: string): Uint8Array | undefined {
    return this.#machine.bytes(name);
  }

  bind(name: string, what: Uint8Array | ObjectId): void {
    this.#machine.bind(name, what);
  }
}

/** Who gave it back, and who still holds it. */
function moreOf({ freedBy, held }: MisuseLine): string {
  const freed = freedBy === undefined ? '' : `, given back by ${freedBy.call}`;
  const holders = (held ?? []).map((claim) => claim.holder);
  return `${freed}${holders.length === 0 ? '' : `, held by ${holders.join(' and ')}`}`;
}

/** What a call returned, as JSON has it: numbers beyond a double's as text. */
function toJson(value: unknown): Json {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && 'now' in value) return { now: toJson(value.now) };
  return null;
}
