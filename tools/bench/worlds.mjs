/**
 * Small worlds a second: a client and a server, one full and one resumed connection, each closed in
 * good order, over the network. Run after a build: `node tools/bench/worlds.mjs`. Goal: 3,000 a second on one core with `fast`.
 */
import { recordPlan, runPlan, scenario } from '../../dist/sim/index.js';
import { readyPlan } from '../../dist/sim/world/index.js';

const rounds = 5;
const worlds = { fast: 2_000, real: 200 };

const small = scenario({
  name: 'small',
  title: 'one full and one resumed connection, closed in good order',
  answers: 'how many such worlds a second',
  record(w) {
    const server = w.server({ tickets: false });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    first.free();
    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'the handshake is done');
    w.expect(second.reused(), 1, 'it is resumed');
    second.close();
    second.free();
    client.exit();
  },
});

export function worldsPerSecond(crypto) {
  const plan = readyPlan(recordPlan(small, { seed: 'bench', profile: '3.0' }));
  const from = process.hrtime.bigint();
  for (let i = 0; i < worlds[crypto]; i++) {
    const { verdict } = runPlan(plan, { seed: `bench ${i}`, crypto });
    if (verdict !== 'pass') throw new Error('the small world does not hold');
  }
  return (worlds[crypto] * 1e9) / Number(process.hrtime.bigint() - from);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const crypto of ['fast', 'real']) {
    for (let round = 0; round < rounds; round++) {
      process.stdout.write(`${Math.round(worldsPerSecond(crypto))} small worlds a second, ${crypto}\n`);
    }
  }
}
