/**
 * Makes a campaign on several threads. Blocks come back in any order and are counted in theirs, so that everything that is told and
 * written in the end follows from the settings and from how many blocks were made.
 */
import { type LineOptions, StackMissing } from '../stacks/index.js';
import { onThreads, ThreadError } from '../threads/index.js';
import type { BlockReport } from './block.js';
import { Blocks, blocksBehind } from './blocks.js';
import type { Finding } from './finding.js';
import { emptyMap, reachedIn } from './guide/coverage.js';
import { emptyLane, type LaneState } from './guide/lane.js';
import { lanesMax } from './guide/turns.js';
import type { CampaignTask, CampaignThread, CampaignWord } from './jobs/words.js';
import type { CampaignProgress } from './progress.js';
import { blocksIn, laneOf } from './settings.js';
import { type FoundGroup, mergeTallies, tallyOf } from './tally.js';

/** Where findings and progress are kept. Each call has written when it returns. */
export interface CampaignStore {
  save(finding: Finding): void;
  saveProgress(progress: CampaignProgress): void;
  /** The finding of a group, where there is one. */
  finding(group: string): Finding | undefined;
  /** These are its findings: what was found behind its end is none of them. */
  keepOnly(groups: ReadonlySet<string>): void;
}

export interface CampaignOptions extends LineOptions {
  readonly threads: number;
  /** Where it goes on. */
  readonly progress: CampaignProgress;
  readonly modules: CampaignThread['modules'];
  readonly store: CampaignStore;
  /** Ends with so many groups of findings. */
  readonly findingsMax: number;
  /** Asked whenever something has come: true: no new block is begun. */
  readonly over: () => boolean;
  /** Asked too: true: everything ends where it is. */
  readonly interrupted: () => boolean;
  readonly onProgress: (seen: CampaignSeen) => void;
  readonly onNotice: (notice: string) => void;
}

/** What can be seen of a campaign that is under way. */
export interface CampaignSeen {
  readonly progress: CampaignProgress;
  /** Findings that are being made small, or are to be. */
  readonly shrinking: number;
  /** Where it is, for people. */
  readonly place: string;
}

/** @throws StackMissing where a line of OpenSSL is not there; ThreadError for a case that cannot be made */
export async function runCampaign(options: CampaignOptions): Promise<CampaignProgress> {
  const { progress, modules, libssl, anyPatch, threads } = options;
  const campaign = new Campaign(options);
  const settings: CampaignThread = {
    settings: progress.settings,
    modules,
    line: { libssl, anyPatch },
    version: progress.simtls,
  };
  try {
    await onThreads<CampaignTask, CampaignWord>({
      script: new URL('./jobs/worker.js', import.meta.url),
      settings,
      threads,
      next: () => campaign.next(),
      onWord: (word) => campaign.heard(word),
      stopped: options.interrupted,
    });
  } catch (cause) {
    if (cause instanceof ThreadError && cause.failure.name === 'StackMissing') throw new StackMissing(cause.message);
    throw cause;
  }
  return campaign.end();
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #blocks: Blocks;
  /** Blocks that came before those in front of them, by number. */
  readonly #early = new Map<number, BlockReport>();
  /** The numbers of blocks that are still to be counted, in their order. */
  readonly #order: Iterator<number, unknown>;
  #awaited: number | undefined;
  #progress: CampaignProgress;
  #place = '';
  /** Groups that were seen, with the first case of each: those behind a gap too. */
  readonly #kept = new Map<string, number>();
  readonly #toShrink: FoundGroup[] = [];
  readonly #settled = new Set<string>();
  #shrinking = 0;
  readonly #notices = new Set<string>();

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#progress = options.progress;
    this.#blocks = new Blocks(options.progress);
    this.#order = blocksBehind(options.progress);
    this.#awaited = taken(this.#order.next());
    for (const { group, first } of options.progress.tally.groups) this.#kept.set(group, first.number);
    this.#settle();
  }

  next(): CampaignTask | undefined {
    if (this.#options.interrupted()) return undefined;
    const found = this.#toShrink.shift();
    if (found !== undefined) {
      this.#shrinking += 1;
      return { do: 'shrink', case: found.first };
    }
    return this.#progress.done ? undefined : this.#blocks.take(this.#options.over());
  }

  heard(word: CampaignWord): void {
    if (word.say === 'finding') this.#found(word.finding, word.small);
    else if (word.say === 'report') this.#reported(word.report);
    else if (word.say === 'notice' && !this.#notices.has(word.notice)) {
      this.#notices.add(word.notice);
      this.#options.onNotice(word.notice);
    }
    this.#options.onProgress({
      progress: this.#progress,
      shrinking: this.#shrinking + this.#toShrink.length,
      place: this.#place,
    });
  }

  /** All threads rest. */
  end(): CampaignProgress {
    const all = this.#blocks.isEmpty && this.#awaited === undefined;
    this.#write({ ...this.#progress, done: this.#progress.done || all });
    if (!this.#options.interrupted()) {
      this.#options.store.keepOnly(new Set(this.#progress.tally.groups.map(({ group }) => group)));
    }
    return this.#progress;
  }

  #found(finding: Finding, small: boolean): void {
    const { group, found } = finding;
    const known = this.#kept.get(group);
    if (small) this.#shrinking -= 1;
    else if (known !== undefined && known <= found.case) return;
    this.#options.store.save(finding);
    this.#kept.set(group, found.case);
  }

  #reported(report: BlockReport): void {
    this.#early.set(report.block, report);
    this.#blocks.made(report);
    if (report.last !== undefined) this.#place = `${report.last.source} seed ${report.last.seed}`;
    const { progress } = this.#options;
    for (;;) {
      const next = this.#awaited === undefined ? undefined : this.#early.get(this.#awaited);
      if (next === undefined || this.#progress.done) break;
      this.#early.delete(next.block);
      this.#awaited = taken(this.#order.next());
      this.#count(next);
    }
    if (this.#progress !== progress) this.#settle();
  }

  /** Its findings are on the disk by now, so it may count. */
  #count(report: BlockReport): void {
    const { findingsMax } = this.#options;
    const tally = mergeTallies(this.#progress.tally, tallyOf(report));
    const done = tally.groups.length >= findingsMax;
    const groups = tally.groups.slice(0, findingsMax);
    const isNew = groups.length > this.#progress.tally.groups.length;
    const blocks = this.#progress.blocks + 1;
    const lanes = lanesBehind(this.#progress, report);
    const progress = { ...this.#progress, blocks, done, tally: { ...tally, groups }, lanes };
    if (isNew || done) this.#write(progress);
    else this.#progress = progress;
  }

  #write(progress: CampaignProgress): void {
    this.#progress = progress;
    this.#options.store.saveProgress(progress);
  }

  /** What is counted keeps its first case: it can be made small. */
  #settle(): void {
    for (const found of this.#progress.tally.groups) {
      if (this.#settled.has(found.group)) continue;
      this.#settled.add(found.group);
      const kept = this.#options.store.finding(found.group);
      if (kept === undefined || kept.shrunk === '' || kept.found.case !== found.first.number) {
        this.#toShrink.push(found);
      }
    }
  }
}

/** What the lanes know once this block counts too. */
function lanesBehind({ settings, lanes }: CampaignProgress, { block, lane }: BlockReport): readonly LaneState[] {
  const at = laneOf(settings, block);
  if (at === undefined || lane === undefined) return lanes;
  const all = Array.from({ length: lanesMax }, (_, i) => lanes[i] ?? emptyLane);
  return all.with(at, lane);
}

function taken({ done, value }: IteratorResult<number, unknown>): number | undefined {
  return done === true ? undefined : (value as number); // not done: a number
}

/** How much of a campaign is done, of 1; undefined where it has no end. */
export function shareDone({ settings, blocks }: CampaignProgress): number | undefined {
  const all = blocksIn(settings) / settings.shard.of;
  return all === Number.POSITIVE_INFINITY ? undefined : Math.min(1, blocks / Math.max(1, all));
}

/** How many places of the map of what runs can reach were reached; undefined where that is not looked at. */
export function coverageOf({ settings, lanes }: CampaignProgress): number | undefined {
  if (!settings.guide) return undefined;
  const map = emptyMap();
  for (const { reached } of lanes)
    Buffer.from(reached, 'base64').forEach((byte, i) => {
      map[i] = (map[i] ?? 0) | byte;
    });
  return reachedIn(map);
}
