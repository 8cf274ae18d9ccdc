// Small worlds on real OpenSSL: each of the two processes an agent, whose processor time counts too.
import { readdirSync, readFileSync } from 'node:fs';
import { openLine, StackMissing } from '../../dist/sim/stacks/index.js';
import { runSmall, smallPlans } from './worlds.mjs';

const profile = '3.0';
const ticksPerSecond = 100; // sysconf(_SC_CLK_TCK) of Linux

/** @returns the measures, and how their agents are ended; no measures where the line is not there */
export function libsslWorlds() {
  try {
    const { pool } = openLine(profile);
    const measure = (tls) => ({
      name: `worlds, TLS ${tls}, OpenSSL ${profile}`,
      units: 200,
      goal: 200,
      prepare: (count, round) => smallPlans(tls, round * count, count),
      run: (plans) => timed(() => plans.map((plan) => runSmall(plan, { libssl: pool }))),
    });
    return { measures: [measure('1.2'), measure('1.3')], close: () => pool.close() };
  } catch (error) {
    if (!(error instanceof StackMissing)) throw error;
    return { measures: [], close: () => {} };
  }
}

function timed(work) {
  const before = { own: process.cpuUsage(), agents: childrenSeconds() };
  const seconds = work();
  const { user, system } = process.cpuUsage(before.own);
  return {
    virtualSeconds: seconds.reduce((sum, one) => sum + one, 0),
    processorSeconds: (user + system) / 1e6 + childrenSeconds() - before.agents,
  };
}

/** Of the processes that this one has started (proc(5): utime and stime are fields 14 and 15, the parent is field 4). */
function childrenSeconds() {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/u.test(one))) {
    try {
      const line = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[4 - 3]) === process.pid) ticks += Number(fields[14 - 3]) + Number(fields[15 - 3]);
    } catch {
      // it has ended meanwhile
    }
  }
  return ticks / ticksPerSecond;
}
