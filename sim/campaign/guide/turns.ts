/**
 * Whose turn it is in a lane of a guided campaign. Each source has its first turns on every profile, with another seed each; from then on one
 * whose runs reach nothing new has its turn ever more rarely, and one that does is back in the next round. All cases are made in the end:
 * what is steered is their order.
 */
import type { CampaignSettings, Case } from '../settings.js';

/** Lanes of a guided campaign: as many threads, and shards, can be at work. */
export const lanesMax = 8;
/** Rounds that a source is left out at most. */
const waitMax = 16;

/** Where one source stands in a lane. */
export interface Turn {
  /** Cases of it that the lane has made. */
  readonly made: number;
  /** The round in which it is next. */
  readonly due: number;
  /** Rounds from one turn to the next. */
  readonly wait: number;
}

/** A source that a lane has: every so many of its seeds, from one on. */
interface Share {
  readonly source: number;
  readonly seed: number;
}

export class Turns {
  readonly #settings: CampaignSettings;
  readonly #shares: readonly Share[];
  readonly #turns: Turn[];

  /** @param turns - of the lane's sources, as they were */
  constructor(settings: CampaignSettings, lane: number, turns: readonly Turn[]) {
    this.#settings = settings;
    this.#shares = sharesOf(settings, lane);
    this.#turns = this.#shares.map((_, i) => turns[i] ?? { made: 0, due: 0, wait: 1 });
  }

  get state(): readonly Turn[] {
    return this.#turns;
  }

  /** Cases of all sources that were made. */
  get made(): number {
    return this.#turns.reduce((sum, { made }) => sum + made, 0);
  }

  /** Whether every source has had its turn on every profile, or has no more cases. */
  get isThrough(): boolean {
    const { profiles } = this.#settings;
    return this.#turns.every(({ made }, i) => made >= profiles.length || made >= this.#casesOf(i));
  }

  /** The case whose turn it is; undefined where all were made. @param number - that it gets */
  next(number: number): Case | undefined {
    const at = this.#earliest();
    const [share, turn] = [this.#shares[at], this.#turns[at]];
    if (share === undefined || turn === undefined) return undefined;
    const { sources, profiles, seeds } = this.#settings;
    const count = seedsOfShare(this.#settings, share);
    // Another seed and another profile each time: on one seed the profiles have most in common.
    const [nth, round] =
      count === Number.POSITIVE_INFINITY ? [turn.made, 0] : [turn.made % count, Math.floor(turn.made / count)];
    const profile = profiles[(share.source + nth + round) % profiles.length];
    const source = sources[share.source];
    if (source === undefined || profile === undefined) throw new Error('a campaign without sources or profiles');
    const seed = share.seed + strideOf(this.#settings) * nth;
    this.#turns[at] = { ...turn, made: turn.made + 1, due: turn.due + turn.wait };
    return { number, source, profile, seed: String(seeds.from + seed), mutations: [] };
  }

  /** What came of a case that had its turn. */
  learn({ source }: Case, isNew: boolean): void {
    const { sources, profiles } = this.#settings;
    const at = this.#shares.findIndex((share) => sources[share.source] === source);
    const turn = this.#turns[at];
    if (turn === undefined || turn.made < profiles.length) return;
    const wait = isNew ? 1 : Math.min(waitMax, 2 * turn.wait);
    this.#turns[at] = { ...turn, wait, due: turn.due - turn.wait + wait };
  }

  /** Of those that are due in one round the first. */
  #earliest(): number {
    let best = -1;
    for (const [i, { made, due }] of this.#turns.entries()) {
      if (made < this.#casesOf(i) && (best < 0 || due < (this.#turns[best]?.due ?? 0))) best = i;
    }
    return best;
  }

  #casesOf(at: number): number {
    return casesOfShare(this.#settings, this.#shares[at]);
  }
}

/** The most cases that a lane has of its own; Infinity where the seeds go on and on. */
export function casesOfLanes(settings: CampaignSettings): number {
  const lanes = Array.from({ length: lanesMax }, (_, lane) => sharesOf(settings, lane));
  return Math.max(...lanes.map((shares) => shares.reduce((sum, share) => sum + casesOfShare(settings, share), 0)));
}

/** A source is in one lane, where its runs are compared with each other; where that leaves lanes empty, in several. */
function sharesOf(settings: CampaignSettings, lane: number): readonly Share[] {
  const { sources } = settings;
  return sources.flatMap((_, source) => {
    for (let seed = 0; seed < strideOf(settings); seed += 1) {
      if ((source + sources.length * seed) % lanesMax === lane) return [{ source, seed }];
    }
    return [];
  });
}

/** From one seed of a source to the next in the same lane. */
function strideOf({ sources }: CampaignSettings): number {
  return Math.ceil(lanesMax / sources.length);
}

function casesOfShare(settings: CampaignSettings, share: Share | undefined): number {
  return share === undefined ? 0 : seedsOfShare(settings, share) * settings.profiles.length;
}

function seedsOfShare(settings: CampaignSettings, share: Share): number {
  const { from, to } = settings.seeds;
  if (to === null) return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.ceil((to - from + 1 - share.seed) / strideOf(settings)));
}
