/** A plan's run, or the runs of two side by side, as one page for the browser. */
import type { Plan } from '../plan/index.js';
import { version } from '../version.js';
import { collectedPlan } from './of-plan.js';
import { reportFile } from './page-file.js';

/**
 * The page in pieces, to be written one after the other: `createWriteStream` takes them by `Readable.from(toHtml(plan))`.
 * @throws as `runPlan`
 */
export async function* toHtml(...plans: readonly [Plan] | readonly [Plan, Plan]): AsyncGenerator<string> {
  const decisionCodes = new Set<string>();
  const runs = plans.map((plan) => {
    const { collector, about, bytes } = collectedPlan(plan, { title: plan.name ?? 'a plan', replay: '' });
    for (const code of collector.decisionCodes) decisionCodes.add(code);
    return collector.collected(about, bytes);
  });
  const title = runs.map(({ head }) => `${head.title}, seed ${head.seed}, ${head.profile}`).join(' and ');
  yield* reportFile({ title, version: version(), runs, decisionCodes });
}
