/** How far a campaign is, as data: what is written down so that it can go on after whatever ended it. */
import type { LaneState } from './guide/lane.js';
import type { CampaignSettings } from './settings.js';
import { emptyTally, type Tally } from './tally.js';

/** The version of the format. */
export const campaignFormat = 'simtls-campaign/1';

export interface CampaignProgress {
  readonly format: typeof campaignFormat;
  /** That made it: another one's cases may come to something else. */
  readonly simtls: string;
  readonly settings: CampaignSettings;
  /** Blocks of its shard that are done, from the first on; what was done behind a gap is done again. */
  readonly blocks: number;
  /** Nothing is left: all cases were made, or as many findings were made as were asked for. */
  readonly done: boolean;
  readonly tally: Tally;
  /** Of a guided campaign: what each lane knows behind its last block. */
  readonly lanes: readonly LaneState[];
}

export function begun(settings: CampaignSettings, simtls: string): CampaignProgress {
  return { format: campaignFormat, simtls, settings, blocks: 0, done: false, tally: emptyTally, lanes: [] };
}
