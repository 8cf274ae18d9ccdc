/** Runs of plans and findings for a page. */
import type { Finding } from '../campaign/index.js';
import type { Plan } from '../plan/index.js';
import { collectedPlan, RunCollector } from '../report/index.js';
import type { TraceEvent } from '../trace/index.js';
import type { HtmlFile } from './html-file.js';

/** Runs a plan, and puts it into the page. */
export function addPlan(plan: Plan, options: Parameters<typeof collectedPlan>[1], page: HtmlFile): void {
  const { collector, about, bytes } = collectedPlan(plan, options);
  page.put(collector, about, bytes);
}

/** A finding of the model is run again; what real OpenSSL did is as it was written down. */
export function addFinding(finding: Finding, replay: string, page: HtmlFile): void {
  const { plan, on, group, run } = finding;
  if (on.stack === 'model') {
    addPlan(plan, { title: group, replay, crypto: on.crypto }, page);
    return;
  }
  const collector = new RunCollector();
  for (const line of run.trace) collector.trace(JSON.parse(line) as TraceEvent); // a line that a run of ours wrote
  const notes = [
    `as real OpenSSL ${finding.versions.openssl} made it when it was found${run.events > run.trace.length ? `; the first ${run.trace.length} of ${run.events} events` : ''}`,
  ];
  page.put(collector, { title: group, seed: plan.seed, profile: plan.profile, stack: 'libssl', replay, plan, notes });
}
