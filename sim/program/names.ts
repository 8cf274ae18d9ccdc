/** The objects that a program has met, the names it has for them, and the references it holds. */

import type { ObjectId, Snapshot } from '../stacks/index.js';
import type { HandleKind } from './calls.js';
import type { Claim } from './observation.js';

/** An object that has a name. */
export interface Thing {
  readonly object: ObjectId;
  readonly kind: HandleKind;
  /** The first `let` that returned it, or `#n`. */
  name: string;
  alive: boolean;
  /** The references that the program holds, each with the step that took it. */
  readonly references: Claim[];
  /** The step that destroyed it. */
  freedBy?: Act;
  /** The step that gave back the last reference of the program. */
  givenBackBy?: Act;
  /** As last seen, and since which step its session, or the cache that it is in, is what it is. */
  seen?: Snapshot;
  since: number;
  /** A connection's session was set while it was not `before`, and it has not been since. */
  sessionChanged: boolean;
}

export interface Act {
  readonly step: number;
  readonly call: string;
}

/** What a name stands for: an object, bytes, or NULL. */
export type Binding = Thing | Uint8Array | null;

export class Names {
  readonly #bindings = new Map<string, Binding>();
  readonly #things = new Map<ObjectId, Thing>();
  readonly #sessions: Thing[] = [];
  /** How often each name was bound in a body. */
  readonly #bound = new Map<string, number>();
  #numbered = 0;

  /** What a name stands for; undefined where it was never bound. */
  binding(name: string): Binding | undefined {
    return this.#bindings.get(name);
  }

  /** What the name of a body's `let` is this time: `x`, then `x.2`, `x.3`, … */
  again(name: string): string {
    const times = (this.#bound.get(name) ?? 0) + 1;
    this.#bound.set(name, times);
    return times === 1 ? name : `${name}.${times}`;
  }

  /** Binds what a callback is given, as long as its body runs; gives back what undoes it. */
  give(given: ReadonlyMap<string, Binding>): () => void {
    const before = [...given.keys()].map((name) => [name, this.#bindings.get(name)] as const);
    for (const [name, what] of given) this.#bindings.set(name, what);
    return () => {
      for (const [name, binding] of before) {
        if (binding === undefined) this.#bindings.delete(name);
        else this.#bindings.set(name, binding);
      }
    };
  }

  thing(object: ObjectId): Thing | undefined {
    return this.#things.get(object);
  }

  /** Every object met, in that order; those met during the iteration too. */
  things(): IterableIterator<Thing> {
    return this.#things.values();
  }

  /** The sessions among them, in that order. */
  sessions(): readonly Thing[] {
    return this.#sessions;
  }

  bind(name: string, value: Binding): void {
    this.#bindings.set(name, value);
  }

  /** The first `let` of an object names it from then on. */
  rename(thing: Thing, name: string): void {
    if (thing.name.startsWith('#')) thing.name = name;
  }

  /** A session that was handed to the program, with a reference. */
  take(object: ObjectId, name: string, step: number): Thing {
    const thing = this.meet(object, 'session', { name, step });
    this.rename(thing, name);
    thing.references.push({ holder: name, step });
    return thing;
  }

  /** The object of an id, named on first sight: `name`, or the next `#n`. */
  meet(
    object: ObjectId,
    kind: HandleKind,
    { name, step }: { readonly name?: string | undefined; readonly step: number },
  ): Thing {
    const known = this.#things.get(object);
    if (known !== undefined) return known;
    const thing: Thing = {
      object,
      kind,
      name: name ?? `#${++this.#numbered}`,
      alive: true,
      references: [],
      since: step,
      sessionChanged: false,
    };
    this.#things.set(object, thing);
    if (kind === 'session') this.#sessions.push(thing);
    this.#bindings.set(thing.name, thing);
    return thing;
  }
}
