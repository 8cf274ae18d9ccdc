/** What a campaign's thread is started with, what it is asked, and what it says. */
import type { LineOptions } from '../../stacks/index.js';
import type { BlockReport } from '../block.js';
import type { Finding } from '../finding.js';
import type { LaneState } from '../guide/lane.js';
import type { CampaignSettings, Case } from '../settings.js';

export interface CampaignThread {
  readonly settings: CampaignSettings;
  /** The module of each source, by its name: a URL whose default export it is. */
  readonly modules: readonly (readonly [name: string, url: string])[];
  readonly line: LineOptions;
  /** Of simtls. */
  readonly version: string;
}

export type CampaignTask =
  | { readonly do: 'block'; readonly block: number; readonly lane: LaneState | undefined }
  /** Makes the plan of a case that failed small. */
  | { readonly do: 'shrink'; readonly case: Case };

export type CampaignWord =
  | { readonly say: 'report'; readonly report: BlockReport }
  /** `small`: nothing more is to be done about it. */
  | { readonly say: 'finding'; readonly finding: Finding; readonly small: boolean }
  | { readonly say: 'notice'; readonly notice: string }
  /** It is at work: said now and then, so that whoever waits can stop waiting. */
  | { readonly say: 'alive' };
