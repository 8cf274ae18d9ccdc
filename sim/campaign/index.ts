export {
  type CampaignOptions,
  type CampaignSeen,
  type CampaignStore,
  coverageOf,
  runCampaign,
  shareDone,
} from './campaign.js';
export { type CaseDraw, type JudgedCase, judgeCase } from './case.js';
export { type Finding, type FoundBy, findingFormat, findingName, findingOf, runOf } from './finding.js';
export { lanesMax } from './guide/turns.js';
export { parseFinding, parseProgress } from './parse.js';
export { begun, type CampaignProgress, campaignFormat } from './progress.js';
export { neverReached, type Reached } from './reached.js';
export { type Blame, blameOf, type Parting, partingOf, type Replayed, replayFinding } from './replay.js';
export type { CampaignSettings, Case } from './settings.js';
export { type SmallPlan, shrinkEventsMax, smallPlan, UnsteadyPlan } from './small.js';
export { isPlanSource, type PlanDraw, type PlanSource, scenarioSource } from './source.js';
export { emptyTally, type FoundGroup, mergeTallies, type Tally } from './tally.js';
