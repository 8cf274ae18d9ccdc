/** What runs and campaigns came to, as reporters are told of it. */
import type { CampaignProgress } from '../campaign/index.js';
import type { Store } from './campaign-folder.js';
import type { Point } from './reporters.js';
import type { Group, Outcome } from './tally.js';

/** @param file - that the scenario or plan came from, where the command line named one */
export function pointOfRun({ result, replay }: Outcome, seconds: number, file: string | undefined): Point {
  const { scenario: suite, seed, profile } = result;
  const broken = result.violations.filter(({ expected }) => !expected);
  const about = { suite, name: `seed ${seed}, profile ${profile}`, seconds };
  if (result.verdict === 'pass') return about;
  const told = broken.map(
    ({ invariant, owner, step, text }) => `${invariant} (${owner})${step === '' ? '' : ` at ${step}`}: ${text}`,
  );
  return { ...about, failure: { kind: broken[0]?.invariant ?? 'failed', told, replay, file } };
}

/** What runs are about and none of them came to; undefined where there is nothing of it. */
export function pointOfUnreached(suite: string, { sometimes, runs }: Group): Point | undefined {
  const never = sometimes?.never ?? [];
  if (never.length === 0) return undefined;
  const replay = `simtls run ${suite} --count ${runs} --require-sometimes`;
  const told = [`of ${runs} runs none came to: ${never.join(', ')}`];
  return {
    suite,
    name: 'what its runs are about',
    seconds: 0,
    failure: { kind: 'never-reached', told, replay, file: undefined },
  };
}

/** Each group of findings fails; a scenario with none holds. */
export function pointsOfCampaign({ tally, settings }: CampaignProgress, store: Store): readonly Point[] {
  const { groups, refused } = tally;
  return settings.sources.flatMap((source): readonly Point[] => {
    const found = groups.filter(({ first }) => first.source === source);
    const skipped = refused.find((one) => one.source === source);
    if (found.length === 0 && skipped !== undefined) {
      return [{ suite: source, name: 'campaign', seconds: 0, skipped: `${skipped.count} times: ${skipped.reason}` }];
    }
    if (found.length === 0) return [{ suite: source, name: 'campaign', seconds: 0 }];
    return found.map(({ group, invariant, owner, first, cases }) => {
      const file = store.fileOf(group);
      const told = [
        `${invariant} (${owner}): ${group}`,
        `seed ${first.seed}, profile ${first.profile}; ${cases} runs failed so`,
      ];
      const failure = { kind: invariant, told, replay: `simtls replay ${file}`, file };
      return { suite: source, name: group, seconds: 0, failure };
    });
  });
}
