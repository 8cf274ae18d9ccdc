/** The folder of a campaign as a page: what it was of, and each finding with its run. */
import { coverageOf } from '../campaign/index.js';
import type { CampaignGroup, CampaignHead } from '../report/index.js';
import type { CampaignFolder } from './campaign-folder.js';
import type { HtmlFile } from './html-file.js';
import { addFinding } from './report-runs.js';

/** Findings whose runs are in the page: the first ones. */
const runsMax = 200;

/** Adds the runs of its findings to the page. */
export function campaignPage(
  folder: CampaignFolder,
  page: HtmlFile,
): { readonly title: string; readonly campaign: CampaignHead } {
  const progress = folder.progress();
  const { settings, tally, done } = progress;
  const { sources, profiles, seeds, stack, crypto, defects, faults, misuse, shard } = settings;
  const times = folder.times();
  const groups = tally.groups.map(({ group, invariant, owner, first, cases }): CampaignGroup => {
    const finding = folder.finding(group);
    const replay = finding === undefined ? '' : `simtls replay ${folder.fileOf(group)}`;
    const run = finding === undefined || page.runs >= runsMax ? -1 : page.runs;
    if (finding !== undefined && run >= 0) addFinding(finding, replay, page);
    const { source, seed, profile, number } = first;
    const [steps, text] = [finding?.plan.steps.length ?? 0, finding?.violation.text ?? ''];
    const seconds = times === undefined ? -1 : times.secondsTo(group);
    return {
      group,
      invariant,
      owner,
      source,
      seed,
      profile,
      cases,
      first: number + 1,
      steps,
      seconds,
      text,
      replay,
      run,
    };
  });
  const coverage = coverageOf(progress);
  const words: readonly (readonly [string, string])[] = [
    ['runs', `${tally.runs}${done ? '' : ' so far'}`],
    ...(times === undefined ? [] : [['rate', `${Math.round(tally.runs / times.seconds)} runs a second`] as const]),
    ['events', String(tally.events)],
    ['sources', sources.length > 8 ? `${sources.length} of them` : sources.join(', ')],
    ['seeds', `${seeds.from}..${seeds.to ?? ''}`],
    ['profiles', profiles.join(', ')],
    ['stack', `${stack}, crypto ${stack === 'libssl' ? 'real' : crypto}`],
    ...(coverage === undefined ? [] : [['coverage', `${coverage} places reached`] as const]),
    ...(defects.length === 0 ? [] : [['defects', defects.join(', ')] as const]),
    ...(faults === null ? [] : [['faults', faults.join(', ')] as const]),
    ...(misuse === true ? [['misuse', 'of workloads'] as const] : []),
    ...(shard.of === 1 ? [] : [['shard', `${shard.index} of ${shard.of}`] as const]),
    ['fingerprint', tally.fingerprint],
  ];
  const title = sources.length === 1 ? `Campaign of ${sources[0]}` : `Campaign of ${sources.length} sources`;
  return { title, campaign: { words, runs: tally.runs, done, groups } };
}
