/** The bugs of applications that come with simtls: scenarios that commit them. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../plan/index.js';
import { type ApplicationDefect, isApplicationDefect, recordPlan } from '../scenario/index.js';
import { judgePlan } from '../verdict/index.js';

/** A bug and the module whose default export it is. */
export interface DefectModule {
  readonly defect: ApplicationDefect;
  readonly url: URL;
}

/** Those that come with simtls, by name. */
export async function applicationDefects(): Promise<readonly ApplicationDefect[]> {
  return (await applicationModules()).map(({ defect }) => defect);
}

/** The same with their modules, for who loads them again. */
export async function applicationModules(): Promise<readonly DefectModule[]> {
  const folder = new URL('../../scenarios/defects/', import.meta.url);
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.js'));
  const urls = files.map((file) => new URL(file, folder));
  const loaded = await Promise.all(urls.map(async (url) => ({ url, defect: await exported(url) })));
  return loaded
    .flatMap(({ url, defect }) => (isApplicationDefect(defect) ? [{ url, defect }] : []))
    .sort((a, b) => (a.defect.name < b.defect.name ? -1 : 1));
}

async function exported(url: URL): Promise<unknown> {
  const module: { readonly default?: unknown } = await import(url.href);
  return module.default;
}

/** Whether it was the application's bug: the same seed, with its program as it was repaired. Undefined for a plan of another. */
export function asRepaired(applications: readonly ApplicationDefect[], plan: Plan): string | undefined {
  const repaired = applications
    .map(({ program }) => program({ repaired: true }))
    .find(({ name }) => name === plan.name);
  if (repaired === undefined) return undefined;
  const { failure } = judgePlan(recordPlan(repaired, plan));
  return `with the program repaired, the same seed breaks ${failure === undefined ? 'nothing' : failure.invariant}\n`;
}
