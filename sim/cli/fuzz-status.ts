/** One line on how a campaign goes, and what it has written down of it. */
import { type CampaignSeen, type CampaignStore, coverageOf, neverReached, shareDone } from '../campaign/index.js';
import type { Io } from './io.js';
import { duration } from './progress.js';

const terminalEveryMs = 100;
const plainEveryMs = 5_000;
/** After a crash at most so much has to be done again. */
const saveEveryMs = 1_000;

export class CampaignStatus {
  readonly #io: Io;
  readonly #time: number | undefined;
  readonly #store: CampaignStore;
  readonly #begunMs: number;
  #shownMs: number;
  #savedMs: number;
  #runsBefore: number | undefined;

  /** @param time - real milliseconds that it takes, where that is said */
  constructor(io: Io, time: number | undefined, store: CampaignStore) {
    this.#io = io;
    this.#time = time;
    this.#store = store;
    this.#begunMs = io.realMs();
    [this.#shownMs, this.#savedMs] = [this.#begunMs, this.#begunMs];
  }

  show(seen: CampaignSeen): void {
    const now = this.#io.realMs();
    this.#runsBefore ??= seen.progress.tally.runs;
    if (now - this.#savedMs > saveEveryMs) {
      this.#store.saveProgress(seen.progress);
      this.#savedMs = now;
    }
    if (now - this.#shownMs < (this.#io.errIsTerminal ? terminalEveryMs : plainEveryMs)) return;
    this.#shownMs = now;
    const line = this.#line(seen, now - this.#begunMs, this.#runsBefore);
    this.#io.err(this.#io.errIsTerminal ? `\r${line.slice(0, this.#io.columns - 1)}\x1b[K` : `${line}\n`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#io.errIsTerminal) this.#io.err('\r\x1b[K');
  }

  #line({ progress, shrinking, place }: CampaignSeen, ms: number, before: number): string {
    const { runs, groups } = progress.tally;
    const rate = Math.round(((runs - before) * 1000) / Math.max(1, ms));
    const coverage = coverageOf(progress);
    const share = shareDone(progress);
    const bySeeds = share === undefined || share === 0 ? undefined : (ms * (1 - share)) / share;
    const byTime = this.#time === undefined ? undefined : Math.max(0, this.#time - ms);
    const left = Math.min(bySeeds ?? Number.POSITIVE_INFINITY, byTime ?? Number.POSITIVE_INFINITY);
    const parts = [
      `${runs} runs`,
      `${rate}/s`,
      `${groups.length} findings`,
      ...(coverage === undefined ? [] : [`${coverage} covered`]),
      ...unreached(progress),
      ...(shrinking === 0 ? [] : [`${shrinking} being shrunk`]),
      ...(left === Number.POSITIVE_INFINITY ? [] : [`${duration(left)} left`]),
      place,
    ];
    return parts.join(', ');
  }
}

/** How much of what the runs are about is still to come. */
function unreached({ tally }: CampaignSeen['progress']): readonly string[] {
  const count = tally.reached.reduce((sum, one) => sum + neverReached(one).length, 0);
  return count === 0 ? [] : [`${count} never reached`];
}
