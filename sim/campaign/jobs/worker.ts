/** A campaign's thread: loads the scenarios and workloads, and does what it is handed. */
import { isScenario } from '../../scenario/index.js';
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
  if (isScenario(module.default)) return scenarioSource(module.default);
  if (isPlanSource(module.default)) return module.default;
  throw new Error(`${url}: expected a scenario or workload`); // the command looked at it before
}
