// Small worlds: a client and a server on a link, one full connection and one resumed, each closed by both sides.

import { recordPlan, runPlan, scenario } from '../../dist/sim/index.js';
import { readyPlan } from '../../dist/sim/world/index.js';

/** @param tls the version that both ends take */
export const smallScenario = (tls) =>
  scenario({
    name: 'bench',
    title: 'one full connection and one resumed',
    answers: 'how many worlds there are in a second',
    tls,
    record(w) {
      const server = w.server();
      const client = w.client();
      w.link(client, server, { latencyUs: w.draw.int('latencyUs', { min: 100, max: 50_000 }) });
      const ctx = client.context();
      const first = ctx.connection();
      first.open(server);
      first.close();
      const session = first.session(); // only now: in TLS 1.3 the ticket comes behind the handshake
      first.free();
      const second = ctx.connection();
      second.setSession(session);
      second.open(server);
      w.expect(second.reused(), 1, 'the second is resumed');
      second.close();
      second.free();
      session.free();
      ctx.free();
      client.exit();
    },
  });
const scenarios = { 1.2: smallScenario('1.2'), 1.3: smallScenario('1.3') };

/** A plan for each seed, recorded and read. */
export function smallPlans(tls, from, count) {
  return Array.from({ length: count }, (_, i) => readyPlan(planOf(tls, from + i)));
}

export function planOf(tls, seed) {
  return recordPlan(scenarios[tls], { seed: String(seed), profile: '3.0' });
}

/** Runs one, and makes sure that it did what is measured. @param on `{ crypto }` or `{ libssl }` @returns its virtual seconds */
export function runSmall(plan, on) {
  const { verdict, connections, virtualSeconds } = runPlan(plan, on);
  const outcomes = connections.map(({ outcome }) => outcome).join();
  if (verdict !== 'pass' || outcomes !== 'full,resumed') throw new Error(`the world came to ${verdict}: ${outcomes}`);
  return virtualSeconds;
}
