import test from 'ava';
import {
  checkRecording,
  type Recorder,
  recordPlan,
  type Scenario,
  ScenarioError,
  scenario,
} from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles, scenarios } from './_scenarios.js';

const of = (record: (w: Recorder) => void): Scenario =>
  scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls: '1.2', record });
const options = { seed: '1', profile: '3.0' } as const;

test('no scenario that comes with simtls branches on what is yet to happen', (t) => {
  for (const one of scenarios)
    for (const profile of profiles) t.notThrows(() => checkRecording(one, { seed: '1', profile }));
});

test('two seeds of a scenario are two different plans, and one seed always the same', (t) => {
  for (const one of scenarios) {
    const plan = (seed: string): string => JSON.stringify({ ...recordPlan(one, { seed, profile: '3.0' }), seed: '' });
    t.not(plan('1'), plan('2'), one.name);
    t.is(plan('1'), plan('1'), one.name);
  }
});

test('options that there are not, and values that they do not have, are named with those that there are', (t) => {
  // what JavaScript lets pass, and the types do not
  const recorded =
    (record: (w: Recorder) => void): (() => unknown) =>
    () =>
      recordPlan(of(record), options);
  const wrong: readonly (readonly [use: () => unknown, says: RegExp])[] = [
    [() => scenario({ ...of(() => {}), tls: 'x' as '1.2' }), /^tls is one of "1\.2", "1\.3", "any", and not "x"$/],
    [() => scenario({ ...of(() => {}), tsl: '1.2' } as never), /no option tsl: expected some of name, title, /],
    [recorded((w) => w.client().context({ tls: '1.1' as '1.2' })), /^tls is one of .* and not "1\.1"$/],
    [recorded((w) => w.client().context({ verify: 'lately' as 'late' })), /^verify is one of true, false, "late", and/],
    [recorded((w) => w.client().context({ earlydata: { max: 1 } } as never)), /no option earlydata: .* earlyData/],
    [recorded((w) => w.server({ ticket: false } as never)), /^w\.server has no option ticket: .* tickets/],
    [recorded((w) => w.server().serveToo({} as never)), /^serveToo takes a port that is not yet taken, and not none$/],
    [recorded((w) => w.server({ port: 21 }).serveToo({ port: 21 })), /^serveToo takes a port .*, and not 21$/],
    [recorded((w) => w.client().context().takeSession('oldest')), /^takeSession of ctx1, .*keepSessions\(\) before$/],
  ];
  for (const [use, message] of wrong) t.throws(use, { instanceOf: ScenarioError, message });
  t.notThrows(recorded((w) => w.server({ skewMs: 1, driftPpm: 1, sendBufferBytes: 9_999, receiveBufferBytes: 9_999 })));
});

test('what the seed drew is listed', (t) => {
  const plan = recordPlan(
    of((w) => w.client().sleep({ ms: w.draw.int('pause', { min: 3, max: 3 }) })),
    options,
  );
  t.deepEqual(plan.drawn, [{ label: 'pause', value: 3 }]);
});

const conditions: readonly (readonly [title: string, use: (reused: unknown) => boolean])[] = [
  ['if (reused)', (reused) => Boolean(reused)],
  ['reused === 1', (reused) => reused === 1],
  ['reused === null', (reused) => reused === null],
  ["reused === 'ok'", (reused) => reused === 'ok'],
];

for (const [title, use] of conditions) {
  test(`a recorded value as condition (${title}) is a usage error that names when`, (t) => {
    const bad = of((w) => {
      const client = w.client();
      const reused = client.context().connection().reused();
      if (use(reused)) client.sleep({ ms: 1 });
    });
    t.throws(() => checkRecording(bad, options), { instanceOf: ScenarioError, message: /w\.when/ });
  });
}

test('comparing or printing a recorded value names when at once', (t) => {
  const bad = of((w) => {
    const refs: unknown = w.client().context().refs();
    if ((refs as number) > 1) w.host('more');
  });
  t.throws(() => recordPlan(bad, options), { instanceOf: ScenarioError, message: /w\.when/ });
});

test('an object of one process is no argument in another', (t) => {
  const bad = of((w) => w.client('b').call('SSL_new', [w.client('a').context()]));
  t.throws(() => recordPlan(bad, options), { instanceOf: ScenarioError, message: /belongs to the process of a/ });
});

test('a guard is written into each step recorded under it', (t) => {
  const plan = recordPlan(
    of((w) => {
      const client = w.client();
      const reused = client.context().connection().reused();
      w.when(reused, 1, () => client.sleep({ ms: 1 }));
    }),
    options,
  );
  const reused = plan.steps.find((step) => step.call === 'SSL_session_reused');
  t.deepEqual(plan.steps.at(-1)?.when, { step: reused!.id, field: 'ret', is: 1 });
});

for (const [tls, server, version] of [
  [undefined, undefined, 'TLSv1.3'],
  ['1.2', undefined, 'TLSv1.2'],
  [undefined, '1.2', 'TLSv1.2'],
  ['1.2', 'any', 'TLSv1.2'],
  ['any', '1.3', 'TLSv1.3'],
] as const) {
  test(`contexts of a scenario for ${tls ?? 'nothing said'} and a server for ${server ?? 'nothing said'} make ${version}`, (t) => {
    const one = scenario({
      name: 'mine',
      title: 'mine',
      answers: 'nothing',
      ...(tls === undefined ? {} : { tls }),
      record(w) {
        const served = w.server({ context: server === undefined ? {} : { tls: server } });
        const connection = w.client().context().connection();
        w.expect(connection.open(served), 'ok', 'they agree on a version');
        w.expect(connection.version(), version, 'the newest that both take');
      },
    });
    for (const profile of profiles) {
      t.deepEqual(runPlan(recordPlan(one, { seed: '1', profile })).violations, [], profile);
    }
  });
}

test('a client for TLS 1.3 alone finds no server of TLS 1.2 to talk to', (t) => {
  const one = of((w) => {
    const server = w.server({ context: { tls: '1.2' } });
    w.expect(w.client().context({ tls: '1.3' }).connection().open(server), 'failed', 'they share no version');
  });
  t.deepEqual(runPlan(recordPlan(one, options)).violations, []);
});

test('what runs in a callback is recorded with it, and cannot be looked at', (t) => {
  const plan = recordPlan(
    of((w) => {
      const client = w.client();
      const ctx = client.context();
      ctx.on('new', { record: ({ session }) => client.call('SSL_SESSION_get_id', [session]), returns: 0 });
    }),
    options,
  );
  const [callback] = plan.steps.filter((step) => step.call === 'sim_on');
  t.deepEqual(callback?.args, ['$ctx1', 'new']);
  t.deepEqual(callback?.steps, [{ call: 'SSL_SESSION_get_id', args: ['$@session'] }]);
  t.is(callback?.returns, 0);
  const looking = of((w) => {
    const client = w.client();
    const seen: unknown[] = [];
    client.context().on('new', {
      record: ({ session }) => {
        seen.push(client.call('SSL_SESSION_get_id', [session]));
      },
    });
    w.expect(seen[0] as never, 1, 'is it?');
  });
  t.throws(() => recordPlan(looking, options), { instanceOf: ScenarioError, message: /any number of times/ });
});
