export { type AboutRun, type CollectedRun, RunCollector } from './collect.js';
export type { CampaignGroup, CampaignHead, PackedBytes, ReportData, RunHead } from './data.js';
export { reportFormat } from './data.js';
export { Gathering } from './gathering.js';
export { collectedPlan, type PlanRun } from './of-plan.js';
export { type Report, reportFile } from './page-file.js';
export { toHtml } from './to-html.js';
