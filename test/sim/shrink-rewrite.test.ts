/** Rewritten plans of the shrinker: two things become one, and what named the one names the other. */
import test from 'ava';
import { type Plan, PlanError, type Step, toPlan } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import {
  fromTheFirst,
  otherwise,
  rewritings,
  withFewerHosts,
  withFewerTasks,
  withLongerSleeps,
  withoutAwaited,
  withoutObjects,
  withoutTwins,
} from '../../sim/shrink/rewrite.js';
import { judgePlan, sameFailure } from '../../sim/verdict/index.js';
import { scenarios } from './_scenarios.js';

/** A plan of these hosts and steps, each step with the number of its place for an id. */
function planOf(hosts: readonly string[], steps: readonly Omit<Step, 'id'>[], faults: Plan['faults'] = []): Plan {
  return toPlan({
    format: 'simtls-plan/1',
    seed: '1',
    profile: '3.0',
    hosts: hosts.map((name) => ({ name })),
    links: [],
    steps: steps.map((step, at) => ({ id: `${at + 1}`, ...step })),
    faults,
    checks: [],
    drawn: [],
  });
}

/** Hosts, tasks with a name, steps and faults that wait for a step. */
function sizeOf({ hosts, steps, faults }: Plan): number {
  const tasks = new Set(steps.flatMap(({ on, task }) => (task === undefined ? [] : `${on} ${task}`))).size;
  return hosts.length + tasks + steps.length + faults.filter(({ at }) => 'after' in at).length;
}

/** Each step as a line. */
function told(plans: Iterable<Plan>): readonly string[][] {
  return [...plans].map(({ steps }) =>
    steps.map((step) =>
      [step.on, step.task ?? '', step.let ?? '', step.call, ...(step.args ?? []).map((arg) => JSON.stringify(arg))]
        .filter((word) => word !== '')
        .join(' '),
    ),
  );
}

const ctx = { on: 'a', let: 'c', call: 'SSL_CTX_new', args: ['TLS_client_method'] };

test('whatever is rewritten is smaller, and a plan still, unless it is refused as one', (t) => {
  let count = 0;
  for (const name of ['sibling-fails', 'early-data-replayed', 'server-crash-at-ticket']) {
    const plan = recordPlan(scenarios.find((one) => one.name === name)!, { seed: '1', profile: '3.0' });
    for (const rewrite of rewritings) {
      for (const candidate of rewrite(plan)) {
        count += 1;
        t.true(sizeOf(candidate) < sizeOf(plan), `${name}, ${rewrite.name}`);
        t.notThrows(() => {
          try {
            toPlan(candidate);
          } catch (cause) {
            if (!(cause instanceof PlanError)) throw cause;
          }
        });
      }
    }
  }
  t.true(count > 1000, `${count}`);
});

test('what a step made goes with all that was done with it, and with what that made', (t) => {
  const plan = planOf(
    ['a', 'b'],
    [
      ctx,
      { on: 'a', let: 's', call: 'SSL_new', args: ['$c'] },
      { on: 'a', call: 'handshake', args: ['$s'] },
      { on: 'a', call: 'sleep', args: [{ us: 1 }] },
      { on: 'b', let: 's', call: 'SSL_SESSION_new' },
      { on: 'b', call: 'SSL_SESSION_free', args: ['$s'] },
    ],
  );
  t.deepEqual(told(withoutObjects(plan))[0], ['a sleep {"us":1}', 'b s SSL_SESSION_new', 'b SSL_SESSION_free "$s"']);
});

test('two sleeps of one task become one as long as both, at the place of either', (t) => {
  const sleep = (us: number, on = 'a'): Omit<Step, 'id'> => ({ on, call: 'sleep', args: [{ us }] });
  const plan = planOf(['a', 'b'], [sleep(5), ctx, sleep(7), sleep(9, 'b')]);
  t.deepEqual(told(withLongerSleeps(plan)), [
    ['a sleep {"us":12}', 'a c SSL_CTX_new "TLS_client_method"', 'b sleep {"us":9}'],
    ['a c SSL_CTX_new "TLS_client_method"', 'a sleep {"us":12}', 'b sleep {"us":9}'],
  ]);
});

test('what is made twice is made once, also for what callbacks do with it', (t) => {
  const plan = planOf(
    ['a'],
    [
      ctx,
      { on: 'a', let: 'd', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
      { on: 'a', call: 'sim_on', args: ['$d', 'new'], steps: [{ call: 'SSL_CTX_sess_number', args: ['$d'] }] },
    ],
  );
  const [candidate] = [...withoutTwins(plan)];
  t.deepEqual(
    candidate?.steps.map(({ id, args, steps }) => ({ id, args, ...(steps === undefined ? {} : { steps }) })),
    [
      { id: '1', args: ['TLS_client_method'] },
      { id: '3', args: ['$c', 'new'], steps: [{ call: 'SSL_CTX_sess_number', args: ['$c'] }] },
    ],
  );
});

test('the steps of a task are made by the main one, with and without its waits', (t) => {
  const plan = planOf(['a'], [ctx, { on: 'a', task: 'other', call: 'await', args: [{ step: '1' }] }]);
  t.deepEqual(told(withFewerTasks(plan)), [
    ['a c SSL_CTX_new "TLS_client_method"', 'a await {"step":"1"}'],
    ['a c SSL_CTX_new "TLS_client_method"'],
  ]);
});

test('a host does what another did, with one object for two, wherever that was named', (t) => {
  const plan = planOf(
    ['a', 'b'],
    [
      ctx,
      { ...ctx, on: 'b' },
      { on: 'b', let: 's', call: 'SSL_new', args: ['$c'] },
      { on: 'b', call: 'connect', args: ['$s', { to: 'a' }] },
    ],
    [{ id: 'f', at: { us: 0 }, action: { do: 'pause', host: 'b' } }],
  );
  const merged = [...withFewerHosts(plan)].find(({ hosts }) => hosts[0]?.name === 'a');
  t.deepEqual(told([merged!])[0], [
    'a c SSL_CTX_new "TLS_client_method"',
    'a s SSL_new "$c"',
    'a connect "$s" {"to":"a"}',
  ]);
  t.deepEqual(merged?.faults[0]?.action, { do: 'pause', host: 'a' });
});

test('what waits for a step waits for its neighbour, or for nothing', (t) => {
  const pause: Plan['faults'][number] = { id: 'f', at: { after: '2' }, action: { do: 'pause', host: 'a' } };
  const steps = [ctx, { on: 'a', call: 'observe', args: ['$c'] }, { on: 'a', call: 'SSL_CTX_free', args: ['$c'] }];
  const plan = planOf(['a'], steps, [pause]);
  t.deepEqual(
    [...withoutAwaited(plan)].map(({ faults }) => faults[0]?.at),
    [{ after: '1' }, { after: '3' }],
  );
  t.deepEqual(
    [...fromTheFirst(plan)].map(({ faults }) => faults[0]?.at),
    [{ us: 0 }],
  );
});

test('a session goes from one connection to another by one call', (t) => {
  const plan = planOf(
    ['a'],
    [
      ctx,
      { on: 'a', let: 's', call: 'SSL_new', args: ['$c'] },
      { on: 'a', let: 'sess', call: 'SSL_get1_session', args: ['$s'] },
      { on: 'a', let: 't', call: 'SSL_new', args: ['$c'] },
      { on: 'a', call: 'SSL_set_session', args: ['$t', '$sess'] },
    ],
  );
  const [shorter] = told(otherwise(plan));
  t.is(shorter?.at(-1), 'a SSL_copy_session_id "$t" "$s"');
  t.is(shorter?.length, 4);
});

test('an invariant that is about handshakes judges those that SSL_write has made, too', (t) => {
  const made = { on: 'client', call: 'connect', args: ['$s', { to: 'server' }] };
  const plan = planOf(
    ['server', 'client'],
    [
      { on: 'server', let: 'c', call: 'SSL_CTX_new', args: ['TLS_server_method'] },
      { on: 'server', call: 'credential', args: ['$c', { key: 'rsa-2048' }] },
      { on: 'server', call: 'serve', args: ['$c', {}] },
      { ...ctx, on: 'client' },
      { on: 'client', let: 's', call: 'SSL_new', args: ['$c'] },
      made,
      { on: 'client', call: 'request', args: ['$s', { answer: 1 }] },
      { on: 'client', call: 'check_peer', args: ['$s', { key: 'ec-p256' }] },
      { on: 'client', let: 't', call: 'SSL_new', args: ['$c'] },
      { on: 'client', call: 'SSL_copy_session_id', args: ['$t', '$s'] },
      { ...made, args: ['$t', { to: 'server' }] },
      { on: 'client', call: 'handshake', args: ['$t'] },
      { on: 'client', call: 'request', args: ['$t', { answer: 1 }] },
    ],
  );
  const { failure } = judgePlan(plan);
  t.is(failure?.invariant, 'refused-peer-stays-refused');
  const left = { ...plan, steps: plan.steps.filter(({ id }) => id !== '12') };
  t.true(sameFailure(failure!, judgePlan(left).failure));
});
