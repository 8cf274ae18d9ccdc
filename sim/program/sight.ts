/** What was last seen of each object that a program has met, and whether it still is so. */
import type { ObjectId, Snapshot, Stack } from '../stacks/index.js';
import type { Names, Thing } from './names.js';
import type { HandleState } from './observation.js';

const none: readonly ObjectId[] = [];

export class Sight {
  readonly #stack: Stack;
  readonly #names: Names;
  /** Connections whose session was changed; of some it may be over. */
  readonly #changed = new Set<Thing>();
  /** Whether what was last seen of every object is what is. */
  fresh = true;

  constructor(stack: Stack, names: Names) {
    this.#stack = stack;
    this.#names = names;
  }

  /** A connection was given another session in the middle of its life: it is watched until it is `before` again. */
  sessionChanged(connection: Thing): void {
    connection.sessionChanged = true;
    this.#changed.add(connection);
  }

  /** The objects that a call is asked to look at. */
  watched(observe: 'all' | 'nothing'): readonly ObjectId[] {
    if (observe === 'nothing' && this.#changed.size === 0) return none;
    const watched: ObjectId[] = [];
    if (observe === 'all') {
      for (const { alive, object } of this.#names.things()) if (alive) watched.push(object);
      return watched;
    }
    for (const thing of this.#changed) {
      if (thing.alive && thing.sessionChanged) watched.push(thing.object);
      else this.#changed.delete(thing);
    }
    return watched;
  }

  /** Brings what was last seen up to date. */
  look(step: number): void {
    if (this.fresh) return;
    this.saw(step, this.#stack.look(this.watched('all')));
    this.fresh = true;
  }

  saw(step: number, snapshots: readonly Snapshot[]): void {
    let unnamed: Map<ObjectId, Snapshot> | undefined;
    for (const snapshot of snapshots) {
      const thing = this.#names.thing(snapshot.object);
      if (thing !== undefined) {
        see(thing, snapshot, step);
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
      if (snapshot !== undefined) see(this.#names.meet(seen.session, 'session', { step }), snapshot, step);
    }
  }

  handles(): Map<string, HandleState> {
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
        const session = seen.session === null ? null : (this.#names.thing(seen.session)?.name ?? null);
        return { kind: 'ssl', refs, session, reused, shutdown, state, version };
      }
      case 'session':
        return { kind: 'session', refs: seen.refs, resumable: seen.resumable, ticket: seen.ticket };
    }
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
