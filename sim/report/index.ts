export { type AboutRun, type CollectedRun, RunCollector } from './collect.js';
export type { CampaignGroup, CampaignHead, ReportData, RunHead } from './data.js';
export { reportFormat } from './data.js';
export { type Report, reportFile } from './page-file.js';
