/**
 * Steers a campaign toward what it has not reached yet. A campaign has a fixed number of lanes; each keeps the cases that reached something new
 * in it, and makes others from them. What a lane comes to follows from its own cases alone, whichever thread makes them.
 */
import { Randomness } from '../../kernel/index.js';
import type { CampaignSettings, Case } from '../settings.js';
import { type Coverage, emptyMap } from './coverage.js';
import { type Turn, Turns } from './turns.js';

/** Cases that a lane keeps: the oldest goes where there is no room. */
const keptMax = 128;
/** Of so many cases of its own, behind one: most that are new in a plan that was changed is new ways to fail. */
const changedEvery = 4;
/** Changes of changes of a plan that are followed. */
const mutationsMax = 6;

/** What a lane knows, as a message or file holds it. */
export interface LaneState {
  readonly kept: readonly Case[];
  /** The map of what was reached, in base64. */
  readonly reached: string;
  /** Of each of its sources. */
  readonly turns: readonly Turn[];
}

export const emptyLane: LaneState = { kept: [], reached: '', turns: [] };

export class Lane {
  readonly #kept: Case[];
  readonly #reached: Uint8Array;
  readonly #turns: Turns;

  /** @param lane - which one of them */
  constructor(settings: CampaignSettings, lane: number, { kept, reached, turns }: LaneState = emptyLane) {
    this.#kept = [...kept];
    const map = emptyMap();
    map.set(Buffer.from(reached, 'base64').subarray(0, map.length));
    this.#reached = map;
    this.#turns = new Turns(settings, lane, turns);
  }

  get state(): LaneState {
    return {
      kept: this.#kept,
      reached: Buffer.from(this.#reached).toString('base64'),
      turns: this.#turns.state,
    };
  }

  /** The next case as its source has it; undefined where all were made. */
  fresh(number: number): Case | undefined {
    return this.#turns.next(number);
  }

  /** A case made from one that reached something new; undefined where it is not the turn of one. @param turn - one for each */
  changed(turn: number): Case | undefined {
    const isTurn = this.#turns.made % changedEvery === 0 && this.#turns.isThrough;
    if (this.#kept.length === 0 || !isTurn) return undefined;
    const draw = new Randomness(String(turn)).stream('parent');
    // Of two the later: what was reached last has been followed least.
    const parent = this.#kept[Math.max(draw.int(this.#kept.length), draw.int(this.#kept.length))];
    if (parent === undefined) return undefined;
    const before = parent.mutations.length >= mutationsMax ? [] : parent.mutations;
    return { ...parent, number: turn, mutations: [...before, turn] };
  }

  /** A case was run: it is kept where it reached something new. @param coverage - undefined where it could not be run */
  learn(one: Case, coverage: Coverage | undefined): void {
    const isNew = coverage !== undefined && coverage.addTo(this.#reached) > 0;
    if (one.mutations.length === 0) this.#turns.learn(one, isNew);
    if (!isNew) return;
    this.#kept.push(one);
    if (this.#kept.length > keptMax) this.#kept.shift();
  }
}
