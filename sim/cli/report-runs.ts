/** Runs of plans and findings for a page. */
import { type Finding, replayFinding } from '../campaign/index.js';
import { type Plan, PlanError } from '../plan/index.js';
import { collectedPlan, RunCollector } from '../report/index.js';
import type { TraceEvent } from '../trace/index.js';
import { WorldError } from '../world/index.js';
import type { HtmlFile } from './html-file.js';
import { version } from './version.js';

/** Runs a plan, and puts it into the page. */
export function addPlan(plan: Plan, options: Parameters<typeof collectedPlan>[1], page: HtmlFile): void {
  const { collector, about, bytes } = collectedPlan(plan, options);
  page.put(collector, about, bytes);
}

/** A finding of the model is run again; what real OpenSSL did, and what this simtls cannot run, is as it was written down. */
export function addFinding(finding: Finding, replay: string, page: HtmlFile): void {
  const { plan, on, group, versions } = finding;
  if (on.stack === 'libssl') {
    addAsFound(finding, replay, `as real OpenSSL ${versions.openssl} made it when it was found`, page);
    return;
  }
  try {
    addPlan(plan, { title: group, replay, crypto: on.crypto, notes: changesSince(finding) }, page);
  } catch (cause) {
    if (!(cause instanceof PlanError || cause instanceof WorldError)) throw cause;
    const why = `simtls ${version()} does not run its plan (${cause.message})`;
    addAsFound(finding, replay, `${why}: this is the run that simtls ${versions.simtls} found`, page);
  }
}

function addAsFound({ plan, on, group, run }: Finding, replay: string, note: string, page: HtmlFile): void {
  const collector = new RunCollector();
  for (const line of run.trace) collector.trace(JSON.parse(line) as TraceEvent); // a line that a run of ours wrote
  const kept = run.events > run.trace.length ? `; the first ${run.trace.length} of ${run.events} events` : '';
  const { seed, profile } = plan;
  page.put(collector, { title: group, seed, profile, stack: on.stack, replay, plan, notes: [`${note}${kept}`] });
}

/** What is no longer so of what a finding says, in words; nothing where its run is the one that was found. */
function changesSince(finding: Finding): readonly string[] {
  const { versions, violation, on } = finding;
  const { verdict, failure, parting } = replayFinding(finding, { crypto: on.crypto }, version());
  if (parting === undefined) return [];
  const whose = `this is not the run that simtls ${versions.simtls} found, but what simtls ${version()} makes of its plan`;
  const isSame = failure?.group === finding.group;
  const since =
    verdict === 'gone' ? 'nothing is broken in it any more' : `it breaks ${isSame ? 'the same' : failure?.invariant}`;
  return [
    `${whose}: they part at event ${parting.event}, and ${since}`,
    `what was found: ${violation.invariant}: ${violation.text}`,
  ];
}
