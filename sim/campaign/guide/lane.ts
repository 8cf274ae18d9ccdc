/**
 * Steers a campaign toward what it has not reached yet. A campaign has a fixed number of lanes; each keeps the cases that reached something new
 * in it, and makes others from them. What a lane comes to follows from its own cases alone, whichever thread makes them.
 */
import { Randomness } from '../../kernel/index.js';
import type { Case } from '../settings.js';
import { type Coverage, emptyMap } from './coverage.js';

/** Lanes of a guided campaign: as many threads, and shards, can be at work. */
export const lanesMax = 8;
/** Cases that a lane keeps: the oldest goes where there is no room. */
const keptMax = 128;
/** Changes of changes of a plan that are followed. */
const mutationsMax = 6;

/** What a lane knows, as a message or file holds it. */
export interface LaneState {
  readonly kept: readonly Case[];
  /** The map of what was reached, in base64. */
  readonly reached: string;
}

export class Lane {
  readonly #kept: Case[];
  readonly #reached: Uint8Array;

  constructor(state: LaneState | undefined) {
    this.#kept = [...(state?.kept ?? [])];
    const map = emptyMap();
    if (state !== undefined) map.set(Buffer.from(state.reached, 'base64').subarray(0, map.length));
    this.#reached = map;
  }

  get state(): LaneState {
    return { kept: this.#kept, reached: Buffer.from(this.#reached).toString('base64') };
  }

  /** A case made from one that reached something new; undefined while there is none. @param turn - one for each */
  next(turn: number): Case | undefined {
    if (this.#kept.length === 0) return undefined;
    const draw = new Randomness(String(turn)).stream('parent');
    // Of two the later: what was reached last has been followed least.
    const parent = this.#kept[Math.max(draw.int(this.#kept.length), draw.int(this.#kept.length))];
    if (parent === undefined) return undefined;
    const before = parent.mutations.length >= mutationsMax ? [] : parent.mutations;
    return { ...parent, number: turn, mutations: [...before, turn] };
  }

  /** A case was run: it is kept where it reached something new. */
  learn(one: Case, coverage: Coverage): void {
    if (coverage.addTo(this.#reached) === 0) return;
    this.#kept.push(one);
    if (this.#kept.length > keptMax) this.#kept.shift();
  }
}
