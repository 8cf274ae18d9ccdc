/** What a campaign is of: all that its results follow from. How many threads make it, and how long, is no part of it. */
import type { DefectName } from 'simtls';
import type { Profile } from '../stacks/index.js';
import type { CaseDraw } from './case.js';
import type { FoundBy } from './finding.js';

export interface CampaignSettings {
  /** Of the sources, in the order of their turns. */
  readonly sources: readonly string[];
  readonly profiles: readonly Profile[];
  /** The seeds `from` to `to`, both included; `to` null: on and on. */
  readonly seeds: { readonly from: number; readonly to: number | null };
  readonly defects: readonly DefectName[];
  readonly stack: 'model' | 'libssl';
  readonly crypto: 'fast' | 'real';
  /** These kinds of faults alone; null: whatever the sources draw. */
  readonly faults: readonly string[] | null;
  /** Every `of`th case, beginning with the `index`th (from 1). */
  readonly shard: { readonly index: number; readonly of: number };
}

/** One case of a campaign: its number is the same whichever thread or shard makes it. */
export interface Case {
  readonly number: number;
  readonly source: string;
  readonly profile: Profile;
  readonly seed: string;
}

/** Cases that a thread is handed at once: a tenth of a second's work. */
export const casesOfBlock = 24;

/** How many cases there are in all shards together; Infinity where the seeds go on and on. */
export function casesIn({ sources, profiles, seeds }: CampaignSettings): number {
  if (seeds.to === null) return Number.POSITIVE_INFINITY;
  return (seeds.to - seeds.from + 1) * sources.length * profiles.length;
}

/** The blocks of this campaign's shard: block b has the cases b × size to (b + 1) × size − 1, and belongs to shard b mod n. */
export function* blocksOf(settings: CampaignSettings): Generator<number> {
  const { index, of } = settings.shard;
  const blocks = Math.ceil(casesIn(settings) / casesOfBlock);
  for (let block = index - 1; block < blocks; block += of) yield block;
}

/** The cases of a block: source after source under the first seed, each on every profile, then under the next. */
export function* casesOf(settings: CampaignSettings, block: number): Generator<Case> {
  const { sources, profiles, seeds } = settings;
  const end = Math.min(casesIn(settings), (block + 1) * casesOfBlock);
  for (let number = block * casesOfBlock; number < end; number += 1) {
    const turn = Math.floor(number / profiles.length);
    const source = sources[turn % sources.length];
    const profile = profiles[number % profiles.length];
    if (source === undefined || profile === undefined) throw new Error('a campaign without sources or profiles');
    yield { number, source, profile, seed: String(seeds.from + Math.floor(turn / sources.length)) };
  }
}

/** From what the plan of a case is drawn. */
export function drawOf({ defects, faults }: CampaignSettings, { seed, profile }: Case): CaseDraw {
  return { seed, profile, defects, ...(faults === null ? {} : { swarm: { faults } }) };
}

/** Where a case comes from, with the command that makes it alone. */
export function lineOf(settings: CampaignSettings, { source, seed, profile, number }: Case): FoundBy {
  const { defects, stack, crypto, faults } = settings;
  const words = [
    `simtls fuzz ${source} --seeds ${seed}..${seed} --profile ${profile}`,
    ...(crypto === 'real' && stack === 'model' ? ['--crypto real'] : []),
    ...(stack === 'libssl' ? ['--stack libssl'] : []),
    ...defects.map((name) => `--defect ${name}`),
    ...(faults === null ? [] : [`--faults ${faults.join(',')}`]),
  ];
  return { source, seed, profile, case: number, line: words.join(' ') };
}
