/** What a campaign is of: all that its results follow from. How many threads make it, and how long, is no part of it. */
import type { DefectName } from 'simtls';
import type { Profile } from '../stacks/index.js';
import type { CaseDraw } from './case.js';
import type { FoundBy } from './finding.js';
import { casesOfLanes, lanesMax } from './guide/turns.js';

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
  /** Workloads do what the manual rules out, too. */
  readonly misuse?: boolean;
  /** Turns go to what reaches something new, and some runs are of plans made from such ones. */
  readonly guide: boolean;
  /** One of so many parts of it. */
  readonly shard: { readonly index: number; readonly of: number };
}

/** One case of a campaign: its number is the same whichever thread or shard makes it. */
export interface Case {
  readonly number: number;
  readonly source: string;
  readonly profile: Profile;
  readonly seed: string;
  /** How its plan was changed, one number for each time; none: it is as the source has it. */
  readonly mutations: readonly number[];
}

/** Cases that a thread is handed at once: a tenth of a second's work. */
const casesOfBlock = 24;
/** Of a guided campaign, without those that are made from others: so few that each lane has had its first ones soon. */
export const casesOfGuidedBlock = 8;

/** How many cases there are in all shards together; Infinity where the seeds go on and on. */
function casesIn({ sources, profiles, seeds }: CampaignSettings): number {
  if (seeds.to === null) return Number.POSITIVE_INFINITY;
  return (seeds.to - seeds.from + 1) * sources.length * profiles.length;
}

/** How many blocks there are, in all shards together. */
export function blocksIn(settings: CampaignSettings): number {
  if (settings.guide) return lanesMax * Math.ceil(casesOfLanes(settings) / casesOfGuidedBlock);
  return Math.ceil(casesIn(settings) / casesOfBlock);
}

/** The blocks of this campaign's shard, in order: every so many; of a guided one every block of its lanes. */
export function* blocksOf(settings: CampaignSettings): Generator<number> {
  const { index, of } = settings.shard;
  const blocks = blocksIn(settings);
  for (let block = 0; block < blocks; block += 1) {
    if ((laneOf(settings, block) ?? block) % of === index - 1) yield block;
  }
}

/** The lane that a block belongs to, whose blocks are made one after the other; undefined where they are not guided. */
export function laneOf({ guide }: CampaignSettings, block: number): number | undefined {
  return guide ? block % lanesMax : undefined;
}

/** The cases of a block that is not guided: source after source under the first seed, each on every profile, then under the next. */
export function* casesOf(settings: CampaignSettings, block: number): Generator<Case> {
  const { sources, profiles, seeds } = settings;
  const end = Math.min(casesIn(settings), (block + 1) * casesOfBlock);
  for (let number = block * casesOfBlock; number < end; number += 1) {
    const turn = Math.floor(number / profiles.length);
    const source = sources[turn % sources.length];
    const profile = profiles[number % profiles.length];
    if (source === undefined || profile === undefined) throw new Error('a campaign without sources or profiles');
    const seed = String(seeds.from + Math.floor(turn / sources.length));
    yield { number, source, profile, seed, mutations: [] };
  }
}

/** From what the plan of a case is drawn. */
export function drawOf({ defects, faults, misuse }: CampaignSettings, { seed, profile, mutations }: Case): CaseDraw {
  return {
    seed,
    profile,
    defects,
    mutations,
    ...(faults === null ? {} : { swarm: { faults } }),
    ...(misuse === true ? { misuse } : {}),
  };
}

/** Where a case comes from, with the command that makes it alone, where there is one. */
export function lineOf(settings: CampaignSettings, { source, seed, profile, number, mutations }: Case): FoundBy {
  const { defects, stack, crypto, faults, misuse } = settings;
  const words = [
    `simtls fuzz ${source} --seeds ${seed}..${seed} --profile ${profile} --guide off`,
    ...(crypto === 'real' && stack === 'model' ? ['--crypto real'] : []),
    ...(stack === 'libssl' ? ['--stack libssl'] : []),
    ...defects.map((name) => `--defect ${name}`),
    ...(faults === null ? [] : [`--faults ${faults.join(',')}`]),
    ...(misuse === true ? ['--misuse'] : []),
  ];
  // No command makes a plan that was changed: the finding itself has it.
  return { source, seed, profile, case: number, line: mutations.length > 0 ? '' : words.join(' ') };
}
