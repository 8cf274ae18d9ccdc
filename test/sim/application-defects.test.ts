/** Bugs of applications that really happened: each breaks an invariant that knows nothing of it, and none does once it is repaired. */
import test from 'ava';
import { applicationDefects } from '../../sim/cli/application-defects.js';
import { choose } from '../../sim/cli/choose.js';
import { invariants } from '../../sim/invariants/index.js';
import { type ApplicationDefect, applicationDefect, recordPlan, ScenarioError } from '../../sim/scenario/index.js';
import type { Profile } from '../../sim/stacks/index.js';
import { type RunResult, runPlan } from '../../sim/world/index.js';
import { profiles } from './_scenarios.js';

const defects = await applicationDefects();
const seeds = Array.from({ length: 12 }, (_, i) => String(i + 1));

function runs({ program }: ApplicationDefect, profile: Profile, { repaired }: { repaired: boolean }): RunResult[] {
  const scenario = program({ repaired });
  return seeds.map((seed) => runPlan(recordPlan(scenario, { seed, profile })));
}

for (const defect of defects) {
  test(`${defect.name} breaks ${defect.invariant}, and nothing else`, (t) => {
    for (const profile of profiles) {
      const failed = runs(defect, profile, { repaired: false }).filter((run) => run.verdict === 'fail');
      t.true(failed.length > 0, profile);
      for (const { violations, seed } of failed) {
        for (const { invariant, owner } of violations) {
          t.deepEqual([invariant, owner], [defect.invariant, 'program'], `${profile}, seed ${seed}`);
        }
      }
    }
  });

  test(`${defect.name}: repaired, its program breaks nothing`, (t) => {
    for (const profile of profiles) {
      for (const { verdict, violations, seed } of runs(defect, profile, { repaired: true })) {
        t.is(verdict, 'pass', `${profile}, seed ${seed}: ${violations.map(({ text }) => text).join('; ')}`);
      }
    }
  });

  test(`${defect.name} is announced nowhere in what it records, which states nothing of how it ends`, (t) => {
    const plan = recordPlan(defect.program({ repaired: false }), { seed: '1', profile: '3.0' });
    t.deepEqual(plan.checks, []);
    t.false(JSON.stringify(plan).includes(defect.name));
    t.notRegex(JSON.stringify(plan), /bug|defect|broken|leak|wrong|stale|CVE/i);
    t.true(invariants.some(({ name, owner }) => name === defect.invariant && owner === 'program'));
  });
}

test('a defect of an application is found by its name, and by that of its scenario', async (t) => {
  for (const { name, program } of defects) {
    const scenario = program({ repaired: false }).name;
    for (const chosen of [await choose([], [name]), await choose([name]), await choose([scenario])]) {
      t.deepEqual(
        chosen.modules.map((one) => one.source.name),
        [scenario],
      );
      t.deepEqual(
        chosen.applications.map((one) => one.name),
        [name],
      );
      t.deepEqual(chosen.defects, []);
    }
  }
  await t.throwsAsync(choose([], ['new-cb-ownership']), {
    message: /no defect is called new-cb-ownership: did you mean new-cb-ownership-lie\?/,
  });
});

test('a defect whose program bears its name, or another one when repaired, is refused', (t) => {
  const [any] = defects;
  const { kind: _, ...definition } = any!;
  const scenario = definition.program({ repaired: false });
  t.throws(() => applicationDefect({ ...definition, name: scenario.name }), { instanceOf: ScenarioError });
  const changing = ({ repaired }: { readonly repaired: boolean }): typeof scenario => ({
    ...scenario,
    name: repaired ? 'mended' : 'other',
  });
  t.throws(() => applicationDefect({ ...definition, program: changing }), { instanceOf: ScenarioError });
});
