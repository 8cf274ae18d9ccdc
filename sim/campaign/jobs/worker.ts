/** A campaign's thread: loads the scenarios, and does what it is handed. */
import { isApplicationDefect, isScenario } from '../../scenario/index.js';
import { serveTasks, threadSettings } from '../../threads/index.js';
import { isPlanSource, type PlanSource, scenarioSource } from '../source.js';
import { ThreadWork } from '../thread.js';
import type { CampaignTask, CampaignThread, CampaignWord } from './words.js';

const thread = threadSettings<CampaignThread>();
const sources = await Promise.all(thread.modules.map(async ([name, url]) => [name, await sourceOf(url)] as const));
const work = new ThreadWork(thread, new Map(sources));

serveTasks<CampaignTask, CampaignWord>({ act: (task, say) => work.act(task, say), end: () => work.end() });

async function sourceOf(url: string): Promise<PlanSource> {
  const module: { readonly default?: unknown } = await import(url);
  const value = module.default;
  if (isScenario(value)) return scenarioSource(value);
  if (isApplicationDefect(value)) return scenarioSource(value.program({ repaired: false }));
  if (isPlanSource(value)) return value;
  throw new Error(`${url}: expected a scenario, a workload or a defect`); // the command looked at it before
}
