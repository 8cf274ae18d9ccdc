/** Workloads that are asked to misuse the API: what they did stands in the plan, and what it breaks is the program's. */
import test from 'ava';
import { casesOf, drawOf, lineOf } from '../../sim/campaign/settings.js';
import { invariants } from '../../sim/invariants/index.js';
import { type Plan, parsePlan } from '../../sim/plan/index.js';
import { SometimesWatch } from '../../sim/sometimes/index.js';
import { drawRun, workloads } from '../../sim/workload/index.js';
import { misuses } from '../../sim/workload/misuse.js';
import { runPlan } from '../../sim/world/index.js';
import { simtls } from './_command.js';

const profiles = ['1.1.1', '3.0', '3.5'] as const;
const seeds = 48;

/** The kinds of misuse that a plan says its steps commit. */
function committedIn({ checks }: Plan): ReadonlySet<string> {
  return new Set(checks.flatMap(({ because }) => /^misuse \(([a-z-]+)\): \S+ /u.exec(because)?.[1] ?? []));
}

test('with misuse a workload commits every kind, says so in its plan, and breaks nothing but promises of the program', (t) => {
  const committed = new Set<string>();
  const broken = new Set<string>();
  const reached = new Set<string>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const workload = workloads[seed % workloads.length]!;
    const profile = profiles[seed % profiles.length]!;
    const { plan, result } = drawRun(workload, { seed: String(seed), profile, misuse: true });
    const watch = new SometimesWatch();
    const again = runPlan(parsePlan(JSON.stringify(plan)), { trace: watch.see });
    const where = `${workload.name}, seed ${seed} on ${profile}`;
    t.is(again.fingerprint, result.fingerprint, where);
    t.deepEqual(
      again.violations.filter((one) => !one.expected),
      [],
      where,
    );
    const kinds = committedIn(plan);
    for (const kind of kinds) committed.add(kind);
    for (const name of watch.reached(plan, again)) reached.add(name);
    for (const { owner, invariant } of again.violations) if (owner === 'program') broken.add(invariant);
  }
  t.deepEqual([...committed].sort(), Object.keys(misuses).sort());
  for (const name of ['session-with-second-context', 'counts-equal-claims', 'nothing-leaked-at-exit']) {
    t.true(broken.has(name), name);
  }
  t.true(reached.has('ended by misuse'));
  t.true(reached.has('session of another context'));
});

test('what misuse may break are promises of the program', (t) => {
  for (const { breaks } of Object.values(misuses)) {
    for (const name of breaks) t.is(invariants.find((one) => one.name === name)?.owner, 'program', name);
  }
});

test('--misuse is refused where nothing draws, and stands in the line that makes a run again', async (t) => {
  const refused = await simtls(['run', 'set-to-null', '--misuse']);
  t.is(refused.code, 2);
  t.regex(refused.err, /--misuse is for workloads, .*: name one of .*chaos/);
  const { out } = await simtls(['run', 'chaos', '--misuse', '--seed', '3', '--json']);
  t.regex(out, /"misuse":\["use-after-free","never-free"\]/);
  const settings = {
    sources: ['chaos'],
    profiles: ['3.0'],
    seeds: { from: 1, to: 9 },
    defects: [],
    stack: 'model',
    crypto: 'fast',
    faults: null,
    misuse: true,
    guide: false,
    shard: { index: 1, of: 1 },
  } as const;
  const [one] = casesOf(settings, 0);
  t.is(lineOf(settings, one!).line, 'simtls fuzz chaos --seeds 1..1 --profile 3.0 --guide off --misuse');
  t.true(drawOf(settings, one!).misuse);
});
