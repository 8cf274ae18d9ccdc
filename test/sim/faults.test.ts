import test from 'ava';
import type { Fault, FaultAction } from '../../sim/plan/index.js';
import {
  type HostRecorder,
  type Recorder,
  recordPlan,
  type ServerRecorder,
  scenario,
} from '../../sim/scenario/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { type RunResult, runPlan } from '../../sim/world/index.js';

interface Recorded {
  readonly w: Recorder;
  readonly server: ServerRecorder;
  readonly client: HostRecorder;
}

/** Runs a client and a server half a millisecond apart. */
function run(record: (recorded: Recorded) => void, trace?: (event: TraceEvent) => void): RunResult {
  const one = scenario({
    name: 'mine',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    record(w) {
      const server = w.server({ tickets: false });
      const client = w.client();
      w.link(client, server, { latencyUs: 500 });
      record({ w, server, client });
    },
  });
  const result = runPlan(recordPlan(one, { seed: '1', profile: '3.0' }), trace === undefined ? {} : { trace });
  return result;
}

/** The outcome of the nth step of the client. */
const outcome = (result: RunResult, n: number): string | undefined => result.steps.get(`client-${n}`)?.outcome;

/** Connect, handshake and a request are the client's steps 4 to 6; `more` comes after them. */
function talk({ client, server }: Recorded): void {
  const connection = client.context().connection();
  connection.open(server);
  connection.request({ answer: 50_000 });
}

test('nobody listens: connect is refused, and the steps after it go on', (t) => {
  const result = run(({ client, server }) => {
    const connection = client.context().connection();
    connection.connect(server, { port: 80 });
    connection.handshake();
  });
  t.is(outcome(result, 4), 'refused');
  t.is(outcome(result, 5), 'reset');
});

test('a wait ends at its virtual deadline with the outcome timeout', (t) => {
  const result = run((recorded) => {
    recorded.w.fault({ do: 'partition', from: 'server', to: 'client' }, { atUs: 0 });
    talk(recorded);
  });
  t.is(outcome(result, 4), 'timeout');
  t.true(result.virtualSeconds >= 60);
});

test('what is held comes after the release', (t) => {
  const result = run((recorded) => {
    recorded.w.fault({ do: 'hold', from: 'server', to: 'client' }, { atUs: 0 });
    recorded.w.fault({ do: 'release', from: 'server', to: 'client' }, { atUs: 30_000_000 });
    talk(recorded);
  });
  t.deepEqual(
    [4, 5, 6].map((n) => outcome(result, n)),
    ['ok', 'ok', 'ok'],
  );
});

test('a partition that heals only costs time', (t) => {
  const result = run((recorded) => {
    recorded.w.fault({ do: 'partition', from: 'client', to: 'server' }, { atUs: 1_200 });
    recorded.w.fault({ do: 'heal', from: 'client', to: 'server' }, { atUs: 5_000_000 });
    talk(recorded);
  });
  t.deepEqual(
    [4, 5, 6].map((n) => outcome(result, n)),
    ['ok', 'ok', 'ok'],
  );
});

test('a paused process does nothing until it is resumed, and loses nothing', (t) => {
  const ends: number[] = [];
  const record = (pause: boolean) => (recorded: Recorded) => {
    if (pause) {
      recorded.w.fault({ do: 'pause', host: 'server' }, { atUs: 1_600 });
      recorded.w.fault({ do: 'resume', host: 'server' }, { atUs: 20_000_000 });
    }
    talk(recorded);
  };
  for (const pause of [false, true]) {
    const result = run(record(pause), (event) => {
      if (event.step === 'client-6' && event.kind === 'step' && event.what === 'ended') ends.push(event.us);
    });
    t.is(outcome(result, 6), 'ok');
  }
  t.true(ends[0]! < 100_000);
  t.true(ends[1]! > 20_000_000);
});

test('a connection that is reset fails on both sides', (t) => {
  const result = run((recorded) => {
    const { w, client, server } = recorded;
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    connection.request({ answer: 5_000_000 });
    w.fault({ do: 'reset', connection: connect.step }, { after: connect, us: 10_000 });
  });
  t.is(outcome(result, 6), 'reset');
  t.is(result.steps.get('server-5/1')?.outcome, 'reset');
});

test('a flipped bit is noticed by TLS', (t) => {
  const result = run((recorded) => {
    const { w, client, server } = recorded;
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    connection.request({ answer: 50_000 });
    w.fault({ do: 'corrupt', connection: connect.step, from: 'server', byte: 20_000 }, { atUs: 0 });
  });
  t.is(outcome(result, 6), 'failed');
  t.deepEqual(result.violations, []);
});

test('bytes of the client are counted from the first of its ClientHello on', (t) => {
  // The first byte of the stream is the type of a record: 22 becomes 23, and there is no such record before a handshake.
  const result = run((recorded) => {
    const { w, client, server } = recorded;
    const connection = client.context().connection();
    const connect = connection.connect(server);
    connection.handshake();
    w.fault({ do: 'corrupt', connection: connect.step, from: 'client', byte: 0 }, { atUs: 0 });
  });
  t.is(outcome(result, 5), 'failed');
  t.is(result.steps.get('server-5/1')?.outcome, 'failed');
  t.is(result.connections[0]?.decision, 'no-session-set', 'it never came to a ServerHello');
});

test('a clock that jumps expires sessions on that host alone', (t) => {
  const resume = (host: string): RunResult =>
    run(({ w, client, server }) => {
      const ctx = client.context();
      const first = ctx.connection();
      first.open(server);
      const session = first.session();
      const closed = first.close();
      w.fault({ do: 'clock', host, byMs: 8_000_000 }, { after: closed });
      client.sleep({ seconds: 1 });
      const second = ctx.connection();
      second.setSession(session);
      second.open(server);
    });
  t.deepEqual(
    resume('client').connections.map((one) => one.outcome),
    ['full', 'resumed'],
  );
  t.deepEqual(
    resume('server').connections.map((one) => one.outcome),
    ['full', 'full'],
  );
});

test('a crash at a named point ends the call in the middle, and nothing is freed', (t) => {
  const events: TraceEvent[] = [];
  const result = run(
    (recorded) => {
      recorded.w.fault(
        { do: 'crash', host: 'client', how: 'reset' },
        { point: 'record:write', on: recorded.client, nth: 2 },
      );
      talk(recorded);
    },
    (event) => events.push(event),
  );
  t.is(outcome(result, 5), 'crashed');
  t.is(result.steps.get('client-6'), undefined);
  t.false(events.some((event) => event.kind === 'freed' && event.host === 'client'));
  t.is(result.steps.get('server-5/1')?.outcome, 'reset');
});

test('a client that is half-open is given up by the server at its deadline', (t) => {
  const result = run((recorded) => {
    talk(recorded);
    recorded.w.fault({ do: 'crash', host: 'client', how: 'half-open' }, { atUs: 2_600 });
  });
  t.is(result.steps.get('server-5/1')?.outcome, 'timeout');
});

test('a restart runs boot again, and then the steps that were not begun', (t) => {
  const result = run(({ w, client, server }) => {
    client.boot(() => client.context({ name: 'fresh' }));
    client.sleep({ seconds: 10 });
    const connection = client.bind('ssl', 'SSL_new', [client.context({ name: 'late' })]);
    connection.open(server);
    w.crash(client, { atUs: 1_000_000 });
    w.restart(client, { atUs: 2_000_000 });
  });
  t.is(result.steps.get('client-3')?.outcome, 'crashed');
  t.is(result.connections.at(-1)?.outcome, 'full');
});

test('what was not synced may be lost with the host, what was is not', (t) => {
  const read = (sync: boolean, how: 'reset' | 'half-open'): string | undefined => {
    const result = run(({ w, client }) => {
      client.files.write('/session', { text: 'kept' });
      if (sync) {
        client.files.sync('/session');
        client.files.syncDirectory('/');
      }
      client.sleep({ seconds: 5 });
      client.files.read('/session');
      w.crash(client, { atUs: 1_000_000 }, how);
      w.restart(client, { atUs: 2_000_000 });
    });
    return outcome(result, sync ? 5 : 3);
  };
  t.is(read(true, 'half-open'), 'ok');
  t.is(read(false, 'reset'), 'ok', 'the process died, the host did not');
  t.true(['ok', 'ENOENT'].includes(read(false, 'half-open') ?? ''));
});

test('a session that was written to a file resumes in the next process', (t) => {
  const result = run(({ w, client, server }) => {
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    client.files.write('/session', first.session().encode());
    client.files.sync('/session');
    client.files.syncDirectory('/');
    const closed = first.close();
    w.crash(client, { after: closed, us: 1_000 }, 'half-open');
    w.restart(client, { after: closed, us: 2_000_000 });
    client.task('next', () => {
      client.sleep({ seconds: 10 });
      const der = client.files.read('/session');
      const session = client.bind('session', 'd2i_SSL_SESSION', [der]);
      const second = client.context({ name: 'next' }).connection();
      second.setSession(session);
      second.open(server);
    });
  });
  t.deepEqual(
    result.connections.map((one) => one.outcome),
    ['full', 'resumed'],
  );
});

test('tasks of one process take turns', (t) => {
  const order: string[] = [];
  run(
    ({ client }) => {
      for (const name of ['a', 'b'])
        client.task(name, () => {
          for (let i = 0; i < 3; i++) client.call('SSL_CTX_new', ['TLS_method']);
        });
    },
    (event) => {
      if (event.kind === 'step' && event.what === 'begun' && event.host === 'client') order.push(event.step);
    },
  );
  t.deepEqual(order, ['client-1', 'client-4', 'client-2', 'client-5', 'client-3', 'client-6']);
});

test('a guard decides by what an earlier step has shown', (t) => {
  const result = run(({ w, client, server }) => {
    const connection = client.context().connection();
    connection.open(server);
    const reused = connection.reused();
    w.when(reused, 1, () => client.sleep({ ms: 1 }));
    w.when(reused, 0, () => client.sleep({ ms: 2 }));
  });
  t.is(outcome(result, 7), 'skipped');
  t.is(outcome(result, 8), 'ok');
});

test('a plan can be cut anywhere: steps that name what is gone are skipped and say so', (t) => {
  const one = scenario({
    name: 'mine',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    record(w) {
      const server = w.server();
      const connection = w.client().context().connection();
      connection.open(server);
      connection.request({ answer: 10 });
      connection.close();
      connection.free();
    },
  });
  const plan = recordPlan(one, { seed: '1', profile: '3.0' });
  for (const gone of plan.steps) {
    const result = runPlan({ ...plan, steps: plan.steps.filter((step) => step !== gone) });
    t.deepEqual(
      result.violations.filter((violation) => violation.owner === 'simtls'),
      [],
      `without ${gone.id}`,
    );
  }
  const result = runPlan({ ...plan, steps: plan.steps.filter((step) => step.call !== 'SSL_new') });
  t.deepEqual(result.steps.get('client-4')?.errors, ['unbound or freed ssl1']);
});

test('virtual hosts answer with their own contexts', (t) => {
  const one = scenario({
    name: 'mine',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    record(w) {
      const server = w.server({ virtualHosts: { 'b.example': { name: 'b' } }, context: { name: 'a' } });
      const client = w.client();
      for (const name of ['a.example', 'b.example', 'b.example']) {
        const connection = client.context().connection();
        client.call('SSL_set_tlsext_host_name', [connection, { text: name }]);
        connection.open(server);
        connection.close();
      }
      server.sleep({ seconds: 5 });
      server.call('SSL_CTX_get_timeout', ['$b']);
    },
  });
  const accepted: Record<string, number> = {};
  const result = runPlan(recordPlan(one, { seed: '1', profile: '3.0' }), {
    observe: (line) => {
      if (!('handles' in line)) return;
      for (const [name, seen] of line.handles) if (seen.kind === 'ctx') accepted[name] = seen.stats.accept_good;
    },
  });
  t.deepEqual(
    result.connections.map((each) => each.outcome),
    ['full', 'full', 'full'],
  );
  t.like(accepted, { a: 1, b: 2 });
});

test('every fault has an effect that is written into the trace', (t) => {
  const actions: readonly FaultAction[] = [
    { do: 'pause', host: 'client' },
    { do: 'resume', host: 'client' },
    { do: 'clock', host: 'client', byMs: 5 },
    { do: 'latency', from: 'client', to: 'server', latencyUs: 9 },
  ];
  const seen: string[] = [];
  run(
    ({ w }) => {
      for (const action of actions) w.fault(action, { atUs: 5 });
    },
    (event) => {
      if (event.kind === 'fault') seen.push(event.action);
    },
  );
  t.deepEqual(
    seen,
    actions.map((action: Fault['action']) => action.do),
  );
});
