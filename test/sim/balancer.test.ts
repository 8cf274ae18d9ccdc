import test from 'ava';
import { PlanError } from '../../sim/plan/index.js';
import type { HostRecorder, Recorder } from '../../sim/scenario/index.js';
import { play, type Told } from './_talk.js';

/** A client that connects through a balancer each second; two servers behind it; looks each 2 seconds. */
function balanced(
  seconds: number,
  faults: (w: Recorder, servers: readonly HostRecorder[]) => void,
  check: { readonly everyUs: number; readonly fall?: number; readonly rise?: number } | 'none' = {
    everyUs: 2_000_000,
    fall: 1,
    rise: 1,
  },
): Told {
  return play((w) => {
    const servers = ['a', 'b'].map((name) => w.server({ name, ticketKeys: { shared: 'both' } }));
    const balancer = w.balancer({ to: servers, ...(check === 'none' ? {} : { check }) });
    const client = w.client();
    const ctx = client.context();
    client.sleep({ ms: 500 });
    for (let i = 0; i < seconds; i += 1) {
      const connection = ctx.connection();
      connection.open(balancer);
      connection.close();
      client.sleep({ seconds: 1 });
    }
    faults(w, servers);
  });
}
const moves = (told: Told): readonly string[] =>
  told.trace.flatMap((e) => (e.kind === 'balancer' ? [`${e.server} ${e.what} at ${Math.round(e.us / 1000)}`] : []));
const served = (told: Told): string =>
  told.connections.map(({ server, outcome }) => (outcome === 'refused' ? '-' : server)).join('');

test('without checks a balancer goes on handing connections to a server that is gone', (t) => {
  const told = balanced(8, (w, [a]) => w.crash(a as HostRecorder, { atUs: 2_900_000 }), 'none');
  t.is(served(told), 'abab-b-b');
  t.deepEqual(moves(told), []);
});

test('a server whose process is gone is taken out at the next look, and in again once it is back', (t) => {
  const told = balanced(12, (w, [a]) => {
    w.crash(a as HostRecorder, { atUs: 2_900_000 });
    w.restart(a as HostRecorder, { atUs: 7_100_000 });
  });
  t.deepEqual(moves(told), ['a out at 4001', 'a in at 8001']);
  t.is(served(told).slice(0, 3), 'aba');
  t.is(served(told).slice(4, 8), 'bbbb');
  t.true(served(told).slice(8).includes('a'));
  t.true(told.connections.every(({ outcome }) => outcome !== 'handshake failed'));
});

test('a server that says nothing is out when a look has waited for its interval, several where it is told so', (t) => {
  const silent = (check: { everyUs: number; fall: number; rise: number }): readonly string[] =>
    moves(
      balanced(
        14,
        (w, [a]) => {
          w.crash(a as HostRecorder, { atUs: 2_900_000 }, 'half-open');
          w.restart(a as HostRecorder, { atUs: 9_000_000 });
        },
        check,
      ),
    );
  t.deepEqual(silent({ everyUs: 1_000_000, fall: 1, rise: 1 }), ['a out at 4000', 'a in at 9001']);
  t.deepEqual(silent({ everyUs: 1_000_000, fall: 3, rise: 2 }), ['a out at 6000', 'a in at 10001']);
});

test('where no server is left the balancer refuses', (t) => {
  const told = balanced(6, (w, servers) => {
    for (const server of servers) w.crash(server, { atUs: 1_900_000 });
  });
  t.deepEqual(moves(told), ['a out at 2001', 'b out at 2001']);
  t.is(served(told), 'ab----');
});

test('checks alone do not keep a world from coming to rest, and end with the balancer', (t) => {
  const told = balanced(1, (w) => w.fault({ do: 'crash', host: 'balancer', how: 'reset' }, { atUs: 30_000_000 }));
  t.is(told.verdict, 'pass');
  t.true(told.virtualSeconds < 31);
  t.true(balanced(1, () => {}).virtualSeconds < 10);
});

test('looks that nobody answers keep no world from coming to rest, however slow the links', (t) => {
  for (const latencyUs of [300, 3_500_000]) {
    const told = play((w) => {
      const servers = ['a', 'b'].map((name) => w.server({ name }));
      const balancer = w.balancer({ to: servers, check: { everyUs: 1_000_000, fall: 1, rise: 1 } });
      for (const server of servers) {
        w.link(balancer, server, { latencyUs });
        w.crash(server, { atUs: 2_000_000 }, 'half-open');
      }
      w.client().sleep({ seconds: 20 });
    });
    t.is(told.verdict, 'pass');
    t.true(told.virtualSeconds < 200, `${told.virtualSeconds} s: SYNs are sent again for 127 s at the most`);
    t.true(told.events < 1_000);
  }
});

test('the same plan gives the same looks', (t) => {
  const run = (): Told => balanced(5, (w, [a]) => w.crash(a as HostRecorder, { atUs: 900_000 }));
  t.is(run().fingerprint, run().fingerprint);
});

test('a check without an interval is no plan', (t) => {
  t.throws(() => balanced(1, () => {}, { everyUs: 0 }), { instanceOf: PlanError });
});
