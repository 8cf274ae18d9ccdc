import test from 'ava';
import { PlanError, toPlan } from '../../sim/plan/index.js';
import type { HostRecorder, Recorder } from '../../sim/scenario/index.js';
import { profiles } from './_scenarios.js';
import { play, type Told } from './_talk.js';

type Made = ReturnType<HostRecorder['context']>;

interface Pairs {
  readonly w: Recorder;
  readonly host: HostRecorder;
  readonly client: Made;
  readonly server: Made;
  /** A client's and a server's connection that are joined. */
  pair(): { readonly c: ReturnType<Made['connection']>; readonly s: ReturnType<Made['connection']> };
  done(call: string, ...args: Parameters<HostRecorder['call']>[1]): ReturnType<HostRecorder['call']>;
}

/** One process that is both client and server, without a network. */
function inOneProcess(record: (pairs: Pairs) => void, profile: (typeof profiles)[number] = '3.0'): Told {
  return play((w) => {
    const host = w.host('host');
    const client = host.context();
    const server = host.context({ method: 'TLS_server_method', certificate: true, options: 'SSL_OP_NO_TICKET' });
    const done: Pairs['done'] = (call, ...args) => host.call(call, args);
    const pair: Pairs['pair'] = () => {
      const [c, s] = [client.connection(), server.connection()];
      done('sim_pair', c, s);
      return { c, s };
    };
    record({ w, host, client, server, pair, done });
  }, profile);
}

/** What the step of each observation returned. */
const retOf = (told: Told, of: { readonly step: string }): unknown => told.steps.get(of.step)?.observed.ret;
/** What became of faults, in words. */
const faults = (told: Told): readonly string[] => told.trace.flatMap((e) => (e.kind === 'fault' ? [e.action] : []));

for (const profile of profiles) {
  test(`free against resume: the session that a handshake has found is marked under it, and ${profile} ${
    profile === '1.1.1' ? 'fails' : 'resumes all the same'
  }`, (t) => {
    const seen: { done?: { step: string }; reused?: { step: string }; free?: { step: string } } = {};
    const told = inOneProcess(({ w, host, pair, done }) => {
      const one = pair();
      done('sim_handshake', one.c, one.s);
      const session = one.c.session();
      const two = pair();
      two.c.setSession(session);
      seen.done = done('sim_handshake', two.c, two.s);
      seen.reused = two.s.reused();
      host.task('other', () => {
        seen.free = done('SSL_free', one.s);
      });
      w.enter({ name: 'other', steps: 1 }, { point: 'lookup:unlocked', on: host });
    }, profile);
    t.deepEqual(faults(told), ['enter']);
    const freed = told.trace.find((e) => e.kind === 'step' && e.step === seen.free?.step && e.what === 'ended');
    const accepted = told.trace.find((e) => e.kind === 'decision' && e.verdict === 'accepted' && e.side === 'server');
    t.true((freed?.n ?? 0) < (accepted?.n ?? 0), 'it was freed inside the lookup');
    t.is(retOf(told, seen.done!), profile === '1.1.1' ? 'client failed' : 'ok');
    t.is(retOf(told, seen.reused!), 1);
  });
}

test('flush against lookup: what a flush takes from the cache, the handshake that has found it keeps', (t) => {
  const seen: { done?: { step: string } } = {};
  const told = inOneProcess(({ w, host, server, pair, done }) => {
    const one = pair();
    done('sim_handshake', one.c, one.s);
    const two = pair();
    two.c.setSession(one.c.session());
    seen.done = done('sim_handshake', two.c, two.s);
    host.task('other', () => {
      done('SSL_CTX_flush_sessions', server, 0);
      w.expect(server.cached(), 0, 'the cache is empty inside the call');
    });
    w.enter({ name: 'other', steps: 2 }, { point: 'lookup:unlocked', on: host });
    w.expect(two.s.reused(), 1, 'the lookup had taken its reference');
  });
  t.is(retOf(told, seen.done!), 'ok');
  t.deepEqual(told.violations, []);
});

test('while the lock of a context is held, a step that wants it stays out, and one that does not comes in', (t) => {
  const enter = (inside: 'SSL_CTX_flush_sessions' | 'SSL_CTX_get_timeout'): Told =>
    inOneProcess(({ w, host, server, pair, done }) => {
      done('sim_on_remove', server);
      const one = pair();
      done('sim_handshake', one.c, one.s);
      done('SSL_CTX_flush_sessions', server, 0);
      host.task('other', () => {
        done(inside, server, ...(inside === 'SSL_CTX_flush_sessions' ? [0] : []));
      });
      w.enter({ name: 'other', steps: 1 }, { point: 'callback:remove', on: host });
    });
  t.deepEqual(faults(enter('SSL_CTX_flush_sessions')), ['enter', 'entered with 0 of 1 steps']);
  t.deepEqual(faults(enter('SSL_CTX_get_timeout')), ['enter']);
});

test('a task that is to enter calls makes no step before, and goes on by itself afterwards', (t) => {
  const order: string[] = [];
  const told = inOneProcess(({ w, host, pair, done }) => {
    const one = pair();
    host.sleep({ seconds: 5 });
    done('sim_handshake', one.c, one.s);
    host.task('other', () => {
      for (const _ of [1, 2, 3]) host.context();
    });
    w.enter({ name: 'other', steps: 1 }, { point: 'record:read', on: host });
    w.enter({ name: 'other', steps: 2 }, { point: 'record:read', on: host, nth: 3 });
  });
  for (const e of told.trace) if (e.kind === 'step' && e.what === 'begun' && e.us >= 5_000_000) order.push(e.call);
  t.deepEqual(order, [
    'sim_handshake',
    'SSL_CTX_new',
    'SSL_CTX_set_max_proto_version',
    'SSL_CTX_new',
    'SSL_CTX_set_max_proto_version',
    'SSL_CTX_new',
    'SSL_CTX_set_max_proto_version',
  ]);
});

for (const [nth, whose] of [
  [1, 'of its own'],
  [2, 'that it uses besides'],
] as const) {
  test(`a connection ${whose} that is freed inside a call ends the process: a misuse of the program, not of libssl`, (t) => {
    const told = inOneProcess(({ w, host, pair, done }) => {
      const one = pair();
      done('sim_handshake', one.c, one.s);
      host.task('other', () => {
        one.c.free();
      });
      w.enter({ name: 'other', steps: 1 }, { point: 'record:write', on: host, nth });
    });
    t.deepEqual(
      told.violations.map(({ invariant, owner }) => [invariant, owner]),
      [['no-use-after-free', 'program']],
    );
    t.regex(told.violations[0]!.text, /freed inside of (it|a call) by other/);
  });
}

test('where no task is named, any other that can comes in, one after the other', (t) => {
  const inside = (steps: number): readonly string[] => {
    const told = inOneProcess(({ w, host, client, pair, done }) => {
      const one = pair();
      host.task('short', () => {
        for (let i = 0; i < 12; i += 1) done('SSL_CTX_get_timeout', client);
      });
      host.task('long', () => {
        for (let i = 0; i < 12; i += 1) done('SSL_CTX_get_session_cache_mode', client);
      });
      done('sim_handshake', one.c, one.s);
      if (steps > 0) w.enter({ steps }, { point: 'record:read', on: host });
    });
    const calls = told.trace.flatMap((e) => (e.kind === 'step' && e.what !== 'skipped' ? [`${e.what} ${e.call}`] : []));
    const made = calls.slice(calls.indexOf('begun sim_handshake') + 1, calls.indexOf('ended sim_handshake'));
    return made.filter((one) => one.startsWith('begun')).map((one) => one.slice(6));
  };
  t.deepEqual(inside(0), []);
  t.deepEqual(inside(2), ['SSL_CTX_get_timeout', 'SSL_CTX_get_timeout']);
  const all = inside(100);
  t.true(all.length > 2 && all.length <= 24);
  t.deepEqual([...new Set(all)], ['SSL_CTX_get_timeout', 'SSL_CTX_get_session_cache_mode']);
});

test('a task that is over comes into no call: a process boots once, whatever enters it', (t) => {
  const seen: { made?: { step: string } } = {};
  const told = inOneProcess(({ w, host, pair, done }) => {
    host.boot(() => host.context());
    const { c, s } = pair();
    seen.made = done('sim_handshake', c, s);
    host.sleep({ seconds: 1 });
    w.enter({ steps: 1 }, { point: 'record:read', on: host });
  });
  t.deepEqual(faults(told), ['enter', 'entered with 0 of 1 steps']);
  t.is(told.trace.filter((e) => e.kind === 'step' && e.step === seen.made?.step && e.what === 'begun').length, 1);
});

test('each thread has an error queue of its own: what enters a call takes no error from it', (t) => {
  const seen: { done?: { step: string } } = {};
  const told = inOneProcess(({ w, host, client, pair, done }) => {
    const one = pair();
    done('SSL_CTX_set_min_proto_version', client, 'TLS1_2_VERSION');
    done('sim_corrupt', one.s);
    seen.done = done('sim_handshake', one.c, one.s);
    host.task('other', () => {
      done('SSL_CTX_get_timeout', client);
    });
    w.enter({ name: 'other', steps: 1 }, { point: 'alert:before', on: host });
  });
  t.true((told.steps.get(seen.done!.step)?.errors.length ?? 0) > 0);
});

test('an enter without a point, or at the point of another host, is no plan', (t) => {
  const pointer = (at: object): string | undefined => {
    const plan = {
      format: 'simtls-plan/1',
      seed: '1',
      profile: '3.0',
      hosts: [{ name: 'a' }, { name: 'b' }],
      steps: [],
      faults: [{ id: 'f', at, action: { do: 'enter', host: 'a', task: 'main', steps: 1 } }],
    };
    return t.throws(() => toPlan(plan), { instanceOf: PlanError })?.pointer;
  };
  t.is(pointer({ us: 0 }), '/faults/0/at');
  t.is(pointer({ point: 'record:read', on: 'b', nth: 1 }), '/faults/0/action/host');
});
