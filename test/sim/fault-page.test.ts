/** docs/faults.md: each of its examples runs, does what it says, and would fail without its faults. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import {
  allocationSites,
  type Check,
  endingFaults,
  type Fault,
  faultNames,
  type Step,
  toPlan,
} from '../../sim/plan/index.js';
import { type RunResult, runPlan } from '../../sim/world/index.js';
import { newFolder } from '../_folder.js';
import { simtls } from './_command.js';
import { profiles } from './_scenarios.js';

const page = readFileSync(new URL('../../../docs/faults.md', import.meta.url), 'utf8');

interface Example {
  readonly steps?: readonly Step[];
  readonly faults: readonly Fault[];
  readonly checks: readonly Check[];
}

interface Base extends Example {
  readonly profile: string;
}

const [, baseText = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
const base = JSON.parse(baseText) as Base;
const examples = [...page.matchAll(/^### (.+)\n[^#]*?```json\n([\s\S]*?)```/gm)].map(([, title = '', text = '']) => ({
  title,
  example: JSON.parse(text) as Example,
}));

function run({ steps = [], faults, checks }: Example, profile = base.profile): RunResult {
  return runPlan(toPlan({ ...base, profile, steps: [...(base.steps ?? []), ...steps], faults, checks }));
}

test('the plan of the page holds, and its second connection resumes', (t) => {
  for (const profile of profiles) {
    const { verdict, connections, steps } = run({ faults: [], checks: [] }, profile);
    t.is(verdict, 'pass');
    t.deepEqual(
      connections.map(({ outcome }) => outcome),
      ['full', 'resumed'],
    );
    for (const [id, { outcome }] of steps) t.is(outcome, 'ok', id);
  }
});

for (const { title, example } of examples) {
  test(`${title}: the example does what its checks say, and they fail without it`, (t) => {
    const { violations, fingerprint } = run(example);
    t.deepEqual(
      violations.filter(({ expected }) => !expected).map(({ text }) => text),
      [],
    );
    t.is(run(example).fingerprint, fingerprint);
    t.true(example.checks.length > 0);
    t.is(run({ ...example, faults: [] }).verdict, 'fail');
    for (const profile of profiles) {
      const differs = profile === '1.1.1' && example.faults.some(({ action }) => action.do === 'enter'); // the page says so
      t.is(run(example, profile).verdict, differs ? 'fail' : 'pass', profile);
    }
  });
}

test('every fault, and every site of an allocation, has its example; one at least has an end', (t) => {
  const faults = examples.flatMap(({ example }) => example.faults);
  t.deepEqual([...new Set(faults.map(({ action }) => action.do))].sort(), [...faultNames].sort());
  const sites = faults.flatMap(({ action }) => (action.do === 'allocation' ? [action.site] : []));
  t.deepEqual(sites.sort(), [...allocationSites].sort());
  t.true(faults.some(({ action, lastsUs }) => lastsUs !== undefined && endingFaults.includes(action.do)));
  for (const { title, example } of examples) {
    t.true(
      example.faults.some(({ action }) => title.includes(action.do)),
      title,
    );
  }
});

test('the table of faults on the page of plans names every fault, and marks those that can end', (t) => {
  const plans = readFileSync(new URL('../../../docs/plans.md', import.meta.url), 'utf8');
  for (const name of faultNames) {
    const star = endingFaults.includes(name) ? '\\*' : '(?!\\*)';
    t.regex(plans, new RegExp(`^\\|.*\`${name}\`${star}|^And \`${name}\``, 'mu'), name);
  }
});

test('the command adds an example to a plan as the page says, and refuses what is none', async (t) => {
  const folder = newFolder();
  const [plan, fault] = [join(folder, 'base.json'), join(folder, 'fault.json')];
  writeFileSync(plan, baseText);
  writeFileSync(fault, JSON.stringify(examples.find(({ title }) => title === 'redirect')?.example));
  t.is((await simtls(['run', '--plan', plan])).code, 0);
  const said = await simtls(['run', '--plan', plan, '--with', fault]);
  t.is(said.code, 0, said.out);
  t.regex(said.out, /client to spare, full/);
  writeFileSync(
    fault,
    JSON.stringify({ checks: [{ id: 'no', step: 'second-reused', field: 'ret', is: 0, because: 'so' }] }),
  );
  const failed = await simtls(['run', '--plan', plan, '--with', fault]);
  t.is(failed.code, 1);
  t.true(failed.out.includes(`replay: simtls run --plan ${plan} --with ${fault}\n`));
  for (const [text, told] of [
    ['[]', /expected a JSON object with lists to add to a plan: steps, faults, checks/],
    ['{"hosts":[]}', /expected a JSON object/],
    ['{"faults":[{}]}', /is no plan: at \/faults\/0/],
  ] as const) {
    writeFileSync(fault, text);
    const refused = await simtls(['run', '--plan', plan, '--with', fault]);
    t.is(refused.code, 2);
    t.regex(refused.err, told);
  }
  const alone = await simtls(['run', 'resumed-by-id', '--with', fault]);
  t.is(alone.code, 2);
  t.regex(alone.err, /--with adds to a plan: name that with --plan/);
});
