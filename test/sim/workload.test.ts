import test from 'ava';
import { judgeCase, type PlanSource } from '../../sim/campaign/index.js';
import { parsePlan } from '../../sim/plan/index.js';
import { recordPlan, scenario } from '../../sim/scenario/index.js';
import { drawRun, workloads } from '../../sim/workload/index.js';
import { DrawnUnable, runDrawn, runPlan, type StepSource } from '../../sim/world/index.js';
import { times } from '../_whole.js';

const seeds = times(21, 60);
const profiles = ['1.1.1', '3.0', '3.5'] as const;
const drawn = new Set<string>();

for (const workload of workloads) {
  test(`${workload.name}: what was drawn is a plan, which gives the same run by itself, and breaks nothing`, (t) => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const profile = profiles[seed % profiles.length] ?? '3.0';
      const { plan, result } = drawRun(workload, { seed: String(seed), profile });
      for (const { call } of plan.steps) drawn.add(call);
      const again = runPlan(parsePlan(JSON.stringify(plan)));
      t.is(again.fingerprint, result.fingerprint, `seed ${seed} on ${profile}`);
      const broken = again.violations.filter((one) => !one.expected);
      t.deepEqual(broken, [], `seed ${seed} on ${profile}`);
    }
  });
}

/** Each has broken something once that is nobody's fault, or nobody's of those who were to blame. */
const once: readonly (readonly [why: string, workload: string, seed: string, profile: (typeof profiles)[number]])[] = [
  ['ticket keys change between the opening of a ticket and the end of the handshake', 'damage', '739', '3.0'],
  ['a ticket of TLS 1.3 that came with a resumption outlasts the first', 'early-data', '1658', '1.1.1'],
  ['the table of 1.1.1v no longer finds a session that lost its id', 'early-data', '3017', '1.1.1'],
  ['another task makes a call while a cache is half way to evicting a session', 'resume-storm', '383', '3.0'],
  ['a server that begins to misbehave is crashed in the call that it makes for that', 'chaos', '4181', '3.0'],
];

for (const [why, name, seed, profile] of once) {
  test(`${name}, seed ${seed}: ${why}`, (t) => {
    const { violations } = runPlan(drawRun(workloads.find((one) => one.name === name)!, { seed, profile }).plan);
    t.deepEqual(
      violations.filter(({ expected }) => !expected),
      [],
    );
  });
}

test('what programs seldom do is drawn, too', (t) => {
  const some = ['SSL_CTX_up_ref', 'SSL_up_ref', 'SSL_dup', 'SSL_copy_session_id', 'SSL_do_handshake', 'SSL_read'];
  const others = ['file_rename', 'SSL_set_ciphersuites', 'SSL_set_tlsext_host_name', 'SSL_SESSION_get0_cipher'];
  const never = [...some, ...others].filter((call) => !drawn.has(call));
  t.deepEqual(never, []);
});

test('a run that comes to a version that the model does not speak has a plan, which is refused for that', (t) => {
  const workload = workloads.find(({ name }) => name === 'cache-churn')!;
  const draw = { seed: '1837', profile: '1.1.1' } as const;
  const unable = t.throws(() => drawRun(workload, draw), { instanceOf: DrawnUnable });
  t.regex(unable.message, /needs TLS version 0x301/u);
  const plan = workload.plan(draw);
  t.deepEqual(plan, unable.plan);
  t.throws(() => runPlan(parsePlan(JSON.stringify(plan))), { code: 'STACK_UNABLE', message: unable.message });
});

test('a fault of simtls in the drawing of a run is a finding with what was drawn, and ends no campaign', (t) => {
  const begin = recordPlan(
    scenario({ name: 'begins', title: 'begins', answers: 'nothing', tls: '1.3', record: (w) => void w.server({}) }),
    { seed: '1', profile: '3.0' },
  );
  const breaks: StepSource = {
    next: () => {
      throw new TypeError('no move is left');
    },
    ended: () => undefined,
    died: () => undefined,
  };
  const source = { name: 'breaks', plan: () => runDrawn(begin, breaks, new Map([['server', ['main']]])).plan };
  const { failure, plan } = judgeCase(source as unknown as PlanSource, { seed: '1', profile: '3.0' });
  t.like(failure, { invariant: 'exception', owner: 'simtls', text: 'TypeError: no move is left' });
  t.is(plan.name, begin.name);
});
