import { readFileSync } from 'node:fs';
import test from 'ava';
import {
  type Broken,
  brokenClaims,
  invariants,
  judgeAgreement,
  judgeCache,
  judgeEnding,
} from '../../sim/invariants/index.js';
import { type Recorder, recordPlan, scenario } from '../../sim/scenario/index.js';
import { type RunResult, runPlan, type Violation } from '../../sim/world/index.js';
import { type DefectName, libssl, type StackEvent } from '../../src/index.js';
import { invariantTables } from './_invariant-page.js';

function run(record: (w: Recorder) => void): RunResult {
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls: '1.2', record });
  return runPlan(recordPlan(one, { seed: '1', profile: '3.0' }));
}

const first = (result: RunResult): Violation => result.violations[0]!;

test('every invariant has a name of its own, an owner, a reason and a source', (t) => {
  t.is(new Set(invariants.map((one) => one.name)).size, invariants.length);
  for (const one of invariants)
    t.true(
      [one.owner, one.reason, one.source].every((text) => text.length > 0),
      one.name,
    );
});

test('the page of invariants has a row for each, as it is', (t) => {
  const page = readFileSync(new URL('../../../docs/invariants.md', import.meta.url), 'utf8');
  t.true(page.includes(invariantTables()), 'node dist/test/sim/_invariant-page.js prints the tables');
});

test('an object that is used after it was freed ends the process, and names who freed it', (t) => {
  const result = run((w) => {
    const client = w.client();
    const ctx = client.context();
    ctx.free();
    client.call('SSL_CTX_set_timeout', [ctx, 5]);
    client.call('SSL_CTX_new', ['TLS_method']);
  });
  t.like(first(result), { invariant: 'no-use-after-free', owner: 'program', expected: false, step: 'client-4' });
  t.regex(first(result).text, /SSL_CTX_set_timeout: use-after-free of ctx1, given back by SSL_CTX_free/);
  t.is(result.verdict, 'fail');
  t.is(result.violations.length, 1, 'after an undefined act nothing more is judged');
  t.false(result.steps.has('client-5'), 'the process has ended');
});

test('a reference that is given back without being held is named with who holds it', (t) => {
  const result = run((w) => {
    const server = w.server();
    const client = w.client();
    const connection = client.context().connection();
    connection.open(server);
    const session = connection.session();
    session.free();
    session.free();
  });
  t.like(first(result), { invariant: 'counts-equal-claims', owner: 'program' });
  t.regex(first(result).text, /not-owned of sess1.*held by/);
});

test('a callback that is handed a dead session is told, with who gave its last reference back, and ends the process', (t) => {
  const evicting = (defects: readonly DefectName[]): RunResult => {
    const one = scenario({
      name: 'mine',
      title: 'mine',
      answers: 'nothing',
      tls: '1.2',
      record(w) {
        const client = w.client();
        const ctx = client.context({ cacheSize: 1, name: 'ctx' });
        client.call('sim_on_remove', [ctx]);
        for (const id of ['aa', 'bb', 'cc']) {
          const session = client.bind('session', 'SSL_SESSION_new', [], `sess_${id}`);
          client.call('SSL_SESSION_set1_id', [session, { hex: id }]);
          client.call('SSL_CTX_add_session', [ctx, session]);
          session.free();
        }
      },
    });
    return runPlan({ ...recordPlan(one, { seed: '1', profile: '1.1.1' }), defects });
  };
  t.deepEqual(evicting([]).violations, []);
  const result = evicting(['evict-callback-after-free']);
  t.like(first(result), { invariant: 'callback-gets-live-session', owner: 'libssl', host: 'client', object: 2 });
  t.is(result.violations.length, 1);
  t.regex(
    first(result).text,
    /remove callback of ctx was handed sess_aa, whose last reference cache of ctx#1 .* client-\d+/,
  );
  t.is(result.steps.get(first(result).step)?.outcome, 'aborted');
});

test('a count that parts from its claims is told by the library', (t) => {
  const events: StackEvent[] = [];
  const { SSL_CTX_new, SSL_new, SSL_CTX_free, TLS_method } = libssl({
    profile: '3.0',
    seed: '1',
    emit: (e) => events.push(e),
  });
  const ctx = SSL_CTX_new(TLS_method())!;
  SSL_new(ctx);
  SSL_CTX_free(ctx);
  t.false(events.some((event) => event.kind === 'claims'));
  SSL_CTX_free(ctx);
  const told = events.find((event) => event.kind === 'claims');
  t.regex(
    brokenClaims(told!, () => 'ctx1').text,
    /program gave back a reference to ctx1 that it did not hold: count 1, claims 2/,
  );
});

test('a connection that another task frees under a verb is a use after free', (t) => {
  const result = run((w) => {
    const server = w.server();
    const client = w.client();
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    client.task('other', () => {
      client.await(connect);
      connection.free();
    });
  });
  t.like(first(result), { invariant: 'no-use-after-free', step: 'client-5' });
});

test('a crash of libssl in a verb ends the process, and is named', (t) => {
  const result = run((w) => {
    const server = w.server();
    const client = w.client();
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    client.task('other', () => {
      client.await(connect);
      connection.setSession(null);
    });
  });
  t.is(first(result).invariant, 'process-survives-calls');
  t.regex(first(result).text, /SIGSEGV/);
});

test('a session used with a second context is named with both contexts and their steps', (t) => {
  const result = run((w) => {
    const client = w.client();
    const [one, two] = [client.context(), client.context()];
    const session = client.bind('session', 'SSL_SESSION_new', []);
    one.connection().setSession(session);
    two.connection().setSession(session);
  });
  t.like(first(result), { invariant: 'session-with-second-context', owner: 'program' });
  t.is(first(result).text, 'sess1 belongs to ctx1 (made in client-1) and was used with ctx2 (made in client-3)');
});

test('what a process still holds when it exits is named with its holder and step', (t) => {
  const result = run((w) => {
    const client = w.client();
    client.context({ name: 'kept' });
    client.call('exit', [], 'outcome');
  });
  t.like(first(result), { invariant: 'nothing-leaked-at-exit', owner: 'program', step: 'client-3' });
  t.regex(first(result).text, /kept still has 1 reference\(s\) at exit, held by program since client-1/);
});

test('a process that gives everything back leaks nothing', (t) => {
  const result = run((w) => {
    const server = w.server();
    const client = w.client();
    const connection = client.context().connection();
    connection.open(server);
    connection.session();
    connection.close();
    client.exit();
  });
  t.deepEqual(result.violations, []);
});

test('an expected violation that does not come fails the run', (t) => {
  const result = run((w) => {
    w.client().context();
    w.expect.violation('no-use-after-free', 'it is used after it was freed');
  });
  t.like(first(result), { invariant: 'expectation', expected: false });
  t.is(result.verdict, 'fail');
});

test('a world that does not come to rest is a violation of our own', (t) => {
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls: '1.2', record: (w) => void w.server() });
  const result = runPlan(recordPlan(one, { seed: '1', profile: '3.0' }), { eventsMax: 0 });
  t.like(first(result), { invariant: 'comes-to-rest', owner: 'simtls' });
});

const judged: readonly (readonly [title: string, broken: Broken | undefined, invariant: string | undefined])[] = [
  [
    'a cache that grew beyond its size',
    judgeCache('ctx1', { size: 2, number: 3, before: 2, owner: 'simtls' }),
    'cache-within-bound',
  ],
  ['a cache that is full', judgeCache('ctx1', { size: 2, number: 2, before: 1, owner: 'simtls' }), undefined],
  ['a cache whose size was lowered', judgeCache('ctx1', { size: 2, number: 5, before: 5, owner: 'simtls' }), undefined],
  ['a cache without a size', judgeCache('ctx1', { size: 0, number: 9, before: 1, owner: 'simtls' }), undefined],
  ['ends that disagree', judgeAgreement(1, { client: 1, server: 0 }), 'ends-agree-on-resumption'],
  ['ends that agree', judgeAgreement(1, { client: 1, server: 1 }), undefined],
  [
    'an end without close_notify taken for a clean one',
    judgeEnding({ connection: 1, reader: 'client', sentBytes: 9, receivedBytes: 9, closeNotify: false }),
    'truncated-is-not-complete',
  ],
  [
    'data lost before a close_notify',
    judgeEnding({ connection: 1, reader: 'client', sentBytes: 9, receivedBytes: 8, closeNotify: true }),
    'complete-after-clean-close',
  ],
  [
    'all data before a close_notify',
    judgeEnding({ connection: 1, reader: 'client', sentBytes: 9, receivedBytes: 9, closeNotify: true }),
    undefined,
  ],
];

for (const [title, broken, invariant] of judged) {
  test(`${title}: ${invariant === undefined ? 'nothing is wrong' : `${invariant} is broken`}`, (t) => {
    t.is(broken?.invariant.name, invariant);
  });
}
