export { type CampaignOptions, type CampaignSeen, type CampaignStore, runCampaign, shareDone } from './campaign.js';
export { type CaseDraw, type JudgedCase, judgeCase } from './case.js';
export { type Finding, type FoundBy, findingFormat, findingName, findingOf, runOf } from './finding.js';
export { parseFinding, parseProgress } from './parse.js';
export { begun, type CampaignProgress, campaignFormat } from './progress.js';
export { blocksOf, type CampaignSettings, type Case, casesIn } from './settings.js';
export { type SmallPlan, shrinkEventsMax, smallPlan, UnsteadyPlan } from './small.js';
export { type PlanDraw, type PlanSource, type SwarmOptions, scenarioSource } from './source.js';
export { emptyTally, type FoundGroup, mergeTallies, type Tally } from './tally.js';
