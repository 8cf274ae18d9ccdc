/** What a campaign came to, for people and for programs. */
import { type CampaignProgress, coverageOf, type FoundGroup, neverReached } from '../campaign/index.js';
import { cameToThat } from './came-to.js';
import type { Store } from './campaign-folder.js';
import type { Io } from './io.js';
import { pointsOfCampaign } from './points.js';
import { type ReporterName, reporterNamed } from './reporters.js';

export interface ReportOptions {
  readonly seconds: number;
  readonly store: Store;
  readonly json: boolean;
  readonly reporter?: ReporterName | undefined;
}

/** What a campaign came to, as one JSON object, in words, or as a reporter has it. */
export function report(progress: CampaignProgress, { seconds, store, json, reporter }: ReportOptions, io: Io): void {
  if (reporter !== undefined) {
    const told = reporterNamed(reporter, io);
    for (const point of pointsOfCampaign(progress, store)) told.point(point);
    told.end();
    return;
  }
  const { tally, settings, done } = progress;
  const findings = tally.groups.map((found) => told(found, store));
  const { runs, events, fingerprint, refused } = tally;
  const sometimes = tally.reached.map((one) => {
    const { source, runs: looked, names } = one;
    return { source, runs: looked, reached: Object.entries(names), never: neverReached(one) };
  });
  if (json) {
    const told = sometimes.map((one) => ({ ...one, reached: Object.fromEntries(one.reached) }));
    io.out(
      `${JSON.stringify({ runs, seconds, findings, events, fingerprint, refused, coverage: coverageOf(progress), sometimes: told, done })}\n`,
    );
    return;
  }
  const { sources, profiles, seeds, stack, crypto, defects } = settings;
  const rate = seconds > 0 ? `, ${Math.round(runs / seconds)}/s` : '';
  io.out(
    `${counted(runs, 'run')} in ${seconds} s${rate}: ${counted(sources.length, 'scenario')}, seeds ${seeds.from}..${seeds.to ?? ''}, `,
  );
  io.out(`profiles ${profiles.join(', ')}, stack ${stack}, crypto ${stack === 'libssl' ? 'real' : crypto}`);
  io.out(
    `${defects.length === 0 ? '' : `, with ${defects.join(', ')}`}\nfingerprint ${fingerprint}${done ? '' : ' so far'}\n`,
  );
  for (const { source, reason, count } of refused)
    io.out(`${source} was not run ${counted(count, 'time')}: ${reason}\n`);
  for (const one of sometimes) io.out(cameToThat(one));
  if (sometimes.length > 0) io.out('\n');
  if (findings.length === 0) io.out('nothing failed\n');
  for (const { group, seed, file, steps, source, profile, cases } of findings) {
    io.out(`\nFOUND ${group}\n  ${source}, seed ${seed}, profile ${profile}; ${counted(cases, 'run')} failed so\n`);
    io.out(`  ${file}: ${counted(steps, 'step')}\n  replay: simtls replay ${file}\n`);
  }
}

function told({ group, invariant, owner, first, cases }: FoundGroup, store: Store): Told {
  const steps = store.finding(group)?.plan.steps.length ?? 0;
  const { source, seed, profile } = first;
  return { group, invariant, seed: Number(seed), file: store.fileOf(group), steps, owner, source, profile, cases };
}

interface Told {
  readonly group: string;
  readonly invariant: string;
  readonly seed: number;
  readonly file: string;
  /** Of its plan. */
  readonly steps: number;
  readonly owner: string;
  readonly source: string;
  readonly profile: string;
  readonly cases: number;
}

function counted(count: number, of: string): string {
  return `${count} ${of}${count === 1 ? '' : 's'}`;
}
