/** A campaign's thread: makes blocks of cases, and small plans of those that failed. */
import type { Plan } from '../../plan/index.js';
import { isScenario } from '../../scenario/index.js';
import { type LibsslPool, openLine, type Profile } from '../../stacks/index.js';
import { serveTasks, threadSettings } from '../../threads/index.js';
import type { JudgeOptions } from '../../verdict/index.js';
import { type FailedCase, runBlock } from '../block.js';
import { judgeCase } from '../case.js';
import { type Finding, findingOf } from '../finding.js';
import { type CampaignSettings, type Case, drawOf, lineOf } from '../settings.js';
import { smallPlan, UnsteadyPlan } from '../small.js';
import { type PlanSource, scenarioSource } from '../source.js';
import type { CampaignTask, CampaignThread, CampaignWord } from './words.js';

const { settings, modules, line, version } = threadSettings<CampaignThread>();
const sources = new Map(await Promise.all(modules.map(async ([name, url]) => [name, await sourceOf(url)] as const)));
const pools = new Map<Profile, LibsslPool>();
/** Groups that this thread has told of. */
const told = new Set<string>();

serveTasks<CampaignTask, CampaignWord>({
  act: (task, say) => {
    const on = (profile: Profile): JudgeOptions =>
      onStack(settings, profile, (notice) => say({ say: 'notice', notice }));
    if (task.do === 'shrink') {
      say({
        say: 'finding',
        finding: shrunk(task.case, on(task.case.profile), () => say({ say: 'alive' })),
        small: true,
      });
      return;
    }
    const keep = ({ case: one, failure, plan }: FailedCase & { readonly plan: Plan }): void => {
      if (told.has(failure.group)) return;
      told.add(failure.group);
      const options = { found: lineOf(settings, one), shrunk: '', version, on: on(one.profile) };
      say({ say: 'finding', finding: findingOf(plan, failure, options), small: false });
    };
    say({ say: 'report', report: runBlock(settings, task.block, { sources, on, onFailure: keep }) });
  },
  end: () => {
    for (const pool of pools.values()) pool.close();
  },
});

async function sourceOf(url: string): Promise<PlanSource> {
  const module: { readonly default?: unknown } = await import(url);
  const value = module.default;
  if (isScenario(value)) return scenarioSource(value);
  throw new Error(`${url}: expected a scenario`); // the command looked at it before
}

function onStack(
  { stack, crypto }: CampaignSettings,
  profile: Profile,
  onNotice: (notice: string) => void,
): JudgeOptions {
  if (stack === 'model') return { crypto };
  const known = pools.get(profile);
  if (known !== undefined) return { libssl: known };
  const { pool, notice } = openLine(profile, line);
  if (notice !== undefined) onNotice(notice);
  pools.set(profile, pool);
  return { libssl: pool };
}

function shrunk(one: Case, on: JudgeOptions, onTrial: () => void): Finding {
  const source = sources.get(one.source);
  if (source === undefined) throw new Error(`no source is called ${one.source}`);
  const { plan, failure } = judgeCase(source, drawOf(settings, one), on);
  if (failure === undefined) throw new UnsteadyPlan(`case ${one.number} failed once, and then it did not`);
  const small = smallPlan(plan, failure, on, onTrial);
  return findingOf(small.plan, small.failure, { found: lineOf(settings, one), shrunk: small.told, version, on });
}
