import test from 'ava';
import { PlanError, parsePlan } from '../../sim/plan/index.js';
import { type Recorder, recordPlan, scenario } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles } from './_scenarios.js';

const clientCache = { cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL' } as const;

/** What is broken, on every profile, in a client whose first connection has brought two tickets. */
function broken(record: (w: Recorder, at: ReturnType<typeof twoTickets>) => void): readonly string[] {
  return profiles.flatMap((profile) => {
    const one = scenario({
      name: 'mine',
      title: 'mine',
      answers: 'nothing',
      record: (w) => record(w, twoTickets(w)),
    });
    const { violations } = runPlan(recordPlan(one, { seed: '1', profile }));
    return violations.filter(({ expected }) => !expected).map(({ text }) => `${profile}: ${text}`);
  });
}

function twoTickets(w: Recorder) {
  const server = w.server();
  const client = w.client();
  const ctx = client.context(clientCache);
  ctx.keepSessions();
  const first = ctx.connection();
  first.open(server);
  first.request({ answer: 1 });
  const last = first.session();
  first.close();
  first.free();
  return { server, client, ctx, last };
}

for (const [which, isLast] of [
  ['oldest', false],
  [1, false],
  ['newest', true],
  [2, true],
] as const) {
  test(`of two kept sessions ${which} is ${isLast ? 'the one that the connection ended with' : 'the other'}`, (t) => {
    const found = broken((w, { server, client, ctx, last }) => {
      const taken = ctx.takeSession(which);
      w.expect(taken.refs(), isLast ? 2 : 1, 'the reference of the callback, and that of get1');
      w.expect(last.refs(), 2, 'taken or not, the callback’s reference is one of two');
      const second = ctx.connection();
      second.setSession(taken);
      second.open(server);
      w.expect(second.reused(), 1, 'any ticket of the server resumes');
      second.close();
      client.exit();
    });
    t.deepEqual(found, []);
  });
}

test('a kept session that nobody takes is given back at exit', (t) => {
  t.deepEqual(
    broken((_w, { client }) => client.exit()),
    [],
  );
});

test('a taken session is the program’s: what it does not give back has leaked', (t) => {
  const found = broken((w, { client, ctx, last }) => {
    ctx.takeSession('oldest');
    last.free();
    ctx.free();
    w.expect.violation('nothing-leaked-at-exit', 'nobody gives it back', client.call('exit', [], 'outcome'));
  });
  t.deepEqual(found, []);
});

test('where none is left the name stays unbound, and its steps are skipped', (t) => {
  const found = broken((w, { server, client, ctx }) => {
    for (const which of ['newest', 'newest'] as const) ctx.takeSession(which);
    const none = ctx.takeSession('oldest');
    const second = ctx.connection();
    second.setSession(none);
    second.open(server);
    w.expect(second.reused(), 0, 'so nothing is offered');
    second.close();
    client.exit();
  });
  t.deepEqual(found, []);
});

const planOf = (step: object): unknown => ({
  format: 'simtls-plan/1',
  seed: '1',
  profile: '3.0',
  hosts: [{ name: 'client' }],
  steps: [{ id: 'a', on: 'client', ...step }],
});

for (const [says, step] of [
  ['/steps/0/args/1/which', { let: 's', call: 'take_session', args: ['$ctx', { which: 0 }] }],
  ['/steps/0/args/1/which', { let: 's', call: 'take_session', args: ['$ctx', { which: 'best' }] }],
  ['/steps/0/let', { let: 's', call: 'keep_sessions', args: ['$ctx'] }],
] as const) {
  test(`a plan with ${JSON.stringify(step)} is refused at ${says}`, (t) => {
    const error = t.throws(() => runPlan(parsePlan(JSON.stringify(planOf(step)))), { instanceOf: PlanError });
    t.true(error.message.includes(says), error.message);
  });
}
