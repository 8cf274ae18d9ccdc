/** The hosts of a drawn world, the ways between them, and how their processes boot. */
import type { PlanDraw } from '../campaign/index.js';
import type { Plan } from '../plan/index.js';
import { type ContextOptions, type HostRecorder, Recorder, type ServerRecorder } from '../scenario/index.js';
import type { Setup } from './setup.js';

export const serverPort = 443;
/** Where a server keeps its ticket keys, where it keeps them in a file. */
export const ticketKeyFile = '/ticket.keys';
/** A context of every process. */
export const firstContext = 'ctx';

export function serverNames({ servers }: Setup): readonly string[] {
  return numbered('server', servers);
}

export function clientNames({ clients }: Setup): readonly string[] {
  return numbered('client', clients);
}

/** The contexts of the processes of a host. */
export function contextNames({ contexts }: Setup, role: 'client' | 'server'): readonly string[] {
  return role === 'client' && contexts > 1 ? [firstContext, 'ctx2'] : [firstContext];
}

/** The tasks of each host that draw their steps, in the order in which they start. */
export function tasksOf(setup: Setup): ReadonlyMap<string, readonly string[]> {
  const tasks = new Map<string, readonly string[]>();
  for (const server of serverNames(setup)) tasks.set(server, ['main']);
  for (const client of clientNames(setup)) tasks.set(client, ['main', ...numbered('other', setup.tasks - 1)]);
  return tasks;
}

/** The plan before the first turn: what boots, and again after each restart. */
export function beginPlan(name: string, setup: Setup, { seed, profile }: PlanDraw): Plan {
  const w = new Recorder({ name, seed, profile, tls: setup.tls });
  const servers = serverNames(setup).map((server) => serverOf(w, server, setup));
  const link = { latencyUs: setup.latencyUs, jitterUs: setup.jitterUs, segmentBytes: setup.segmentBytes };
  for (const client of clientNames(setup)) {
    const host = clientOf(w, client, setup);
    for (const server of servers) w.link(host, server, link);
  }
  return { ...w.finish(), swarm: { ...setup } };
}

function serverOf(w: Recorder, name: string, setup: Setup): ServerRecorder {
  const { store, identity } = setup;
  const external = store === 'instead' ? '|SSL_SESS_CACHE_NO_INTERNAL' : '';
  const host = w.server({
    name,
    ...buffers(setup),
    ...(setup.skewMs === 0 ? {} : { skewMs: setup.skewMs }),
    tickets: setup.tickets,
    early: setup.earlyData === 0 ? 'not-read' : setup.early,
    close: setup.serverClose,
    ...ticketKeys(setup),
    ...(store === 'none' ? {} : { store: { directory: '/sessions' } }),
    context: {
      name: firstContext,
      cache: `SSL_SESS_CACHE_SERVER${external}`,
      ...sized(setup.serverCacheSize),
      ...(setup.timeoutSeconds === null ? {} : { timeoutSeconds: setup.timeoutSeconds }),
      ...(setup.numTickets === null ? {} : { numTickets: setup.numTickets }),
      ...(setup.earlyData === 0 ? {} : { earlyData: { max: setup.earlyData, antiReplay: setup.antiReplay } }),
      ...(identity ? { verify: true, sessionIdContext: 'workload' } : {}),
    },
  });
  host.boot(() => {
    // A store has callbacks of its own.
    if (setup.looksAtRemoved && store === 'none') host.call('sim_on_remove', [host.ownContext]);
    // Below TLS 1.3 nobody asks for another hello, and the curve of a client's certificate has to be a group of the server's.
    if (setup.helloRetry && setup.tls !== '1.2')
      host.call('SSL_CTX_set1_groups_list', [host.ownContext, { text: 'P-521' }]);
  });
  return host;
}

function clientOf(w: Recorder, name: string, setup: Setup): HostRecorder {
  const host = w.client(name, buffers(setup));
  host.boot(() => {
    for (const context of contextNames(setup, 'client')) {
      const ctx = host.context({
        name: context,
        ...clientCache(setup),
        ...(setup.identity ? { certificate: true } : {}),
      });
      if (setup.clientCache === 'own') ctx.keepSessions();
      if (setup.clientCache !== 'off' && setup.looksAtRemoved) host.call('sim_on_remove', [ctx]);
    }
  });
  return host;
}

function clientCache({ clientCache, clientCacheSize }: Setup): ContextOptions {
  if (clientCache === 'off') return {};
  if (clientCache === 'own') return { cache: 'SSL_SESS_CACHE_CLIENT|SSL_SESS_CACHE_NO_INTERNAL' };
  return { cache: 'SSL_SESS_CACHE_CLIENT', ...sized(clientCacheSize) };
}

function ticketKeys({ ticketKeys }: Setup): {
  readonly ticketKeys?: { readonly shared: string } | { readonly file: string };
} {
  if (ticketKeys === 'lost') return {};
  return { ticketKeys: ticketKeys === 'shared' ? { shared: 'fleet' } : { file: ticketKeyFile } };
}

function buffers({ bufferBytes }: Setup): { readonly sendBufferBytes?: number; readonly receiveBufferBytes?: number } {
  return bufferBytes === null ? {} : { sendBufferBytes: bufferBytes, receiveBufferBytes: bufferBytes };
}

function sized(size: number | null): { readonly cacheSize?: number } {
  return size === null ? {} : { cacheSize: size };
}

function numbered(name: string, count: number): readonly string[] {
  return count === 1 ? [name] : Array.from({ length: Math.max(0, count) }, (_, i) => `${name}${i + 1}`);
}
