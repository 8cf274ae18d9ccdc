/** The hosts of a drawn world, the ways between them, and how their processes boot. */
import type { PlanDraw } from '../campaign/index.js';
import type { Plan } from '../plan/index.js';
import { Recorder } from '../scenario/index.js';
import type { Setup } from './setup.js';

export const serverPort = 443;

export function serverNames({ servers }: Setup): readonly string[] {
  return numbered('server', servers);
}

export function clientNames({ clients }: Setup): readonly string[] {
  return numbered('client', clients);
}

/** The tasks of each host that draw their steps, in the order in which they start. */
export function tasksOf(setup: Setup): ReadonlyMap<string, readonly string[]> {
  const tasks = new Map<string, readonly string[]>();
  for (const server of serverNames(setup)) tasks.set(server, ['main']);
  for (const client of clientNames(setup)) {
    tasks.set(client, ['main', ...numbered('other', setup.tasks - 1)]);
  }
  return tasks;
}

/** The plan before the first turn: what boots, and again after each restart. */
export function beginPlan(name: string, setup: Setup, { seed, profile }: PlanDraw): Plan {
  const w = new Recorder({ name, seed, profile, tls: setup.tls });
  const link = { latencyUs: setup.latencyUs, jitterUs: setup.jitterUs, segmentBytes: setup.segmentBytes };
  const servers = serverNames(setup).map((server) => {
    const host = w.server({
      name: server,
      tickets: setup.tickets,
      early: setup.earlyData === 0 ? 'not-read' : setup.early,
      ...(setup.ticketKeys === 'shared' ? { ticketKeys: { shared: 'fleet' } } : {}),
      context: {
        name: 'ctx',
        ...sized(setup.serverCacheSize),
        ...(setup.timeoutSeconds === null ? {} : { timeoutSeconds: setup.timeoutSeconds }),
        ...(setup.numTickets === null ? {} : { numTickets: setup.numTickets }),
        ...(setup.earlyData === 0 ? {} : { earlyData: { max: setup.earlyData, antiReplay: setup.antiReplay } }),
      },
    });
    host.boot(() => {
      if (setup.looksAtRemoved) host.call('sim_on_remove', [host.ownContext]);
      if (setup.helloRetry) host.call('SSL_CTX_set1_groups_list', [host.ownContext, { text: 'P-521' }]);
    });
    return host;
  });
  for (const client of clientNames(setup)) {
    const host = w.client(client);
    host.boot(() => {
      const ctx = host.context({
        name: 'ctx',
        ...(setup.clientCache ? { cache: 'SSL_SESS_CACHE_CLIENT', ...sized(setup.clientCacheSize) } : {}),
      });
      if (setup.clientCache && setup.looksAtRemoved) host.call('sim_on_remove', [ctx]);
    });
    for (const server of servers) w.link(host, server, link);
  }
  return { ...w.finish(), swarm: { ...setup } };
}

function sized(size: number | null): { readonly cacheSize?: number } {
  return size === null ? {} : { cacheSize: size };
}

function numbered(name: string, count: number): readonly string[] {
  return count === 1 ? [name] : Array.from({ length: Math.max(0, count) }, (_, i) => `${name}${i + 1}`);
}
