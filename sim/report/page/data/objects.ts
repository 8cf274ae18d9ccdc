/** What lived at any moment of a run: objects, their counts, who held them, and what was seen inside of them. */
import { codeOf } from './decode.js';
import { objectKey, type Run } from './run.js';

export interface Thing {
  readonly key: number;
  readonly process: number;
  readonly id: number;
  readonly type: string;
  count: number;
  /** The holders of references, the oldest first, each with the event that took it. */
  readonly held: { readonly holder: string; readonly since: number }[];
  readonly fields: Map<string, string>;
  /** The event that freed it; −1: it lives. */
  freed: number;
}

type Living = Map<number, Thing>;

/** Objects that were freed last, and can be shown yet. */
const goneMax = 24;

interface State {
  at: number;
  look: number;
  readonly living: Living;
  /** The last to be freed behind all others. */
  readonly gone: Living;
}

/** Events between two states that are kept, at least. */
const keptEvery = 4096;

export class Moments {
  readonly #run: Run;
  /** In order: the state before the event `at`, and the place in the looks. */
  readonly #kept: Readonly<State>[] = [{ at: 0, look: 0, living: new Map(), gone: new Map() }];
  /** The last state that was asked for, as long as one goes forward from it. */
  #now: State | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** What lives behind the event `n`. It is the caller's to look at until the next question. */
  after(n: number): ReadonlyMap<number, Thing> {
    let state = this.#now;
    const kept = this.#keptBefore(n + 1);
    if (state === undefined || state.at > n + 1 || state.at < kept.at) {
      state = copied(kept);
    }
    while (state.at <= n) {
      step(this.#run, state);
      const last = this.#kept.at(-1);
      if (last !== undefined && state.at - last.at >= Math.max(keptEvery, state.living.size * 8)) {
        this.#kept.push(copied(state));
      }
    }
    this.#now = state;
    return state.living;
  }

  /** What had been freed shortly before the moment that was asked for last. */
  get gone(): ReadonlyMap<number, Thing> {
    return this.#now?.gone ?? new Map();
  }

  #keptBefore(at: number): Readonly<State> {
    let low = 0;
    let high = this.#kept.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#kept[middle]?.at ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return this.#kept[low] ?? { at: 0, look: 0, living: new Map(), gone: new Map() };
  }
}

function copied({ at, look, living, gone }: Readonly<State>): State {
  const things = [...living].map(([key, thing]): [number, Thing] => [
    key,
    { ...thing, held: [...thing.held], fields: new Map(thing.fields) },
  ]);
  return { at, look, living: new Map(things), gone: new Map(gone) };
}

function step(run: Run, state: State): void {
  const n = state.at;
  const { living, gone } = state;
  const process = run.process[n] ?? -1;
  const id = run.a[n] ?? 0;
  switch (run.kind[n]) {
    case codeOf.made:
      living.set(objectKey(process, id), {
        key: objectKey(process, id),
        process,
        id,
        type: run.strings[run.b[n] ?? 0] ?? '',
        count: 0,
        held: [],
        fields: new Map(),
        freed: -1,
      });
      break;
    case codeOf.count: {
      // What is made tells of its first reference behind `made`; a context's other counts come from its connections.
      const thing = living.get(objectKey(process, id));
      if (thing !== undefined) counted(run, thing, n);
      break;
    }
    case codeOf.freed: {
      const key = objectKey(process, id);
      const thing = living.get(key);
      if (thing === undefined) break;
      living.delete(key);
      gone.set(key, { ...thing, count: 0, freed: n });
      for (const [oldest] of gone) {
        if (gone.size <= goneMax) break;
        gone.delete(oldest);
      }
      break;
    }
    case codeOf.process:
      if (run.strings[id] !== 'started') {
        for (const [key, thing] of living) if (thing.process === process) living.delete(key);
      }
      break;
  }
  const { at, object, field, value } = run.looks;
  for (; state.look < at.length && (at[state.look] ?? 0) <= n; state.look += 1) {
    const thing = living.get(objectKey(process, object[state.look] ?? 0));
    thing?.fields.set(run.strings[field[state.look] ?? 0] ?? '', run.strings[value[state.look] ?? 0] ?? '');
  }
  state.at += 1;
}

function counted(run: Run, thing: Thing, n: number): void {
  const holder = run.strings[run.d[n] ?? 0] ?? '';
  thing.count = run.c[n] ?? 0;
  if (run.taken[n] === 1) {
    thing.held.push({ holder, since: n });
    return;
  }
  // What a callback keeps becomes the program's without the count moving.
  for (const one of [holder, 'callback']) {
    const at = thing.held.findLastIndex((held) => held.holder === one);
    if (at < 0) continue;
    thing.held.splice(at, 1);
    return;
  }
}

/** The sessions of a context's cache from head to tail, by their numbers; where nobody looked inside, in the order in which they came. */
export function cacheOf(
  context: Thing,
  living: ReadonlyMap<number, Thing>,
): { readonly ids: readonly number[]; readonly seen: boolean; readonly more: boolean } {
  const seen = context.fields.get('cache');
  if (seen !== undefined) {
    const words = seen.split(' ').filter((word) => word !== '');
    return { ids: words.filter((word) => word !== '…').map(Number), seen: true, more: words.includes('…') };
  }
  const holder = `cache of ctx#${context.id}`;
  const ids: { readonly id: number; readonly since: number }[] = [];
  for (const thing of living.values()) {
    if (thing.process !== context.process || thing.type !== 'session') continue;
    const held = thing.held.find((one) => one.holder === holder);
    if (held !== undefined) ids.push({ id: thing.id, since: held.since });
  }
  return { ids: ids.sort((a, b) => b.since - a.since).map(({ id }) => id), seen: false, more: false };
}
