// Many connections open in one world, both ends: the time that one takes to open, and the memory that it keeps while it rests.
import { recordPlan, runPlan, scenario } from '../../dist/sim/index.js';
import { readyPlan } from '../../dist/sim/world/index.js';

/** A host has some 28,000 ports to connect from. */
const connectionsAHost = 20_000;

const open = (tls, count) =>
  scenario({
    name: 'bench-open',
    title: 'connections that stay open',
    answers: 'what an open connection costs',
    tls,
    record(w) {
      const server = w.server();
      for (let left = count; left > 0; left -= connectionsAHost) {
        const client = w.client(`client${left}`);
        w.link(client, server, { latencyUs: 10 });
        const ctx = client.context();
        for (let i = 0; i < Math.min(left, connectionsAHost); i++) ctx.connection().open(server);
        ctx.connection(); // that it is named says that the others are open
      }
    },
  });

/**
 * Opens them one after the other, in that version of TLS. The plan is made beforehand and counts in neither figure.
 * @returns microseconds of processor time and bytes (heap and outside it) a connection, both ends and the world around them
 */
export function openConnections(tls, count) {
  const plan = readyPlan(recordPlan(open(tls, count), { seed: '1', profile: '3.0' }));
  const before = settledBytes();
  const begun = process.cpuUsage();
  const hosts = new Set();
  for (const step of plan.plan.steps) if (step.call === 'SSL_new') hosts.add(step.on);
  let left = count + hosts.size;
  let at;
  const result = runPlan(plan, {
    eventsMax: count * 1_000,
    onName: ({ name }) => {
      if (!name.startsWith('ssl')) return;
      left--;
      if (left > 0) return;
      const { user, system } = process.cpuUsage(begun);
      at = { us: (user + system) / count, bytes: (settledBytes() - before) / count };
    },
  });
  const full = result.connections.filter(({ outcome }) => outcome === 'full').length;
  if (full !== count || at === undefined) throw new Error(`${full} of ${count} connections were opened`);
  return at;
}

function settledBytes() {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
