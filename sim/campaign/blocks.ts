/** Hands out the blocks of a campaign: in their order, but for those whose lane is still at work on the one before. */
import type { BlockReport } from './block.js';
import type { LaneState } from './guide/lane.js';
import { lanesMax } from './guide/turns.js';
import type { CampaignTask } from './jobs/words.js';
import type { CampaignProgress } from './progress.js';
import { blocksOf, laneOf } from './settings.js';

export class Blocks {
  readonly #settings: CampaignProgress['settings'];
  readonly #left: Iterator<number, unknown>;
  /** The next ones: so few that nobody runs far ahead of a lane that is slow. */
  readonly #next: number[] = [];
  readonly #atWork = new Set<number>();
  readonly #lanes = new Map<number, LaneState>();
  #farthest = -1;
  #isEmpty = false;

  constructor(progress: CampaignProgress) {
    this.#settings = progress.settings;
    this.#left = blocksBehind(progress);
    for (const [lane, state] of progress.lanes.entries()) this.#lanes.set(lane, state);
  }

  /** None is left, and none was. */
  get isEmpty(): boolean {
    return this.#isEmpty && this.#next.length === 0;
  }

  /** The next block that can be made. @param over - only what lies before blocks that are made already */
  take(over: boolean): Extract<CampaignTask, { do: 'block' }> | undefined {
    this.#fill();
    const at = this.#next.findIndex((block) => this.#isFree(block) && (!over || block < this.#farthest));
    const [block] = at < 0 ? [] : this.#next.splice(at, 1);
    if (block === undefined) return undefined;
    const lane = laneOf(this.#settings, block);
    this.#farthest = Math.max(this.#farthest, block);
    if (lane !== undefined) this.#atWork.add(lane);
    return { do: 'block', block, lane: lane === undefined ? undefined : this.#lanes.get(lane) };
  }

  /** A block was made. */
  made({ block, lane: state }: BlockReport): void {
    const lane = laneOf(this.#settings, block);
    if (lane === undefined || state === undefined) return;
    this.#atWork.delete(lane);
    this.#lanes.set(lane, state);
  }

  #isFree(block: number): boolean {
    const lane = laneOf(this.#settings, block);
    // Of a lane the first that waits is the one that comes next.
    return lane === undefined || !this.#atWork.has(lane);
  }

  #fill(): void {
    while (this.#next.length < lanesMax && !this.#isEmpty) {
      const { done, value } = this.#left.next();
      if (done === true) this.#isEmpty = true;
      else this.#next.push(value);
    }
  }
}

/** The blocks that are not done. */
export function blocksBehind({ settings, blocks }: CampaignProgress): Iterator<number, unknown> {
  const left = blocksOf(settings);
  for (let i = 0; i < blocks; i += 1) left.next();
  return left;
}
