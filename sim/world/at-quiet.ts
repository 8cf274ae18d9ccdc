/** What the connections of a world have come to, once nothing is under way any more. */
import { judgeFailure, lostByReset } from '../invariants/index.js';
import type { Plan } from '../plan/index.js';
import type { Connection, End } from './connections.js';
import type { World } from './world.js';

export function judgeConnections(world: World): void {
  const disturbs = disturbances(world.plan);
  for (const connection of world.connections.all) {
    const { client, server } = connection;
    if (client === undefined || server === undefined || client.foreign || server.foreign) continue;
    judgeArrival(world, connection, client, server);
    judgeArrival(world, connection, server, client);
    if (connection.mistreated || disturbs(connection)) continue;
    for (const end of [client, server]) {
      if (!end.handshakeFailed) continue;
      const side = end === client ? 'client' : 'server';
      const [host, step] =
        side === 'client' ? [connection.clientHost, connection.step] : [connection.serverHost, connection.served];
      world.judge.report(host, step, judgeFailure({ connection: connection.number, side, errors: end.errors }));
    }
  }
}

function judgeArrival(world: World, connection: Connection, writer: End, reader: End): void {
  const { unreadAtClose, sentBytes } = writer;
  const { receivedBytes, failure } = reader;
  if (unreadAtClose === 0 || failure !== 'ECONNRESET' || receivedBytes >= sentBytes) return;
  const side = writer === connection.client ? 'client' : 'server';
  const [host, step] =
    side === 'client' ? [connection.clientHost, connection.step] : [connection.serverHost, connection.served];
  const { number } = connection;
  world.judge.report(
    host,
    step,
    lostByReset({ connection: number, writer: side, sentBytes, receivedBytes, unreadBytes: unreadAtClose }),
  );
}

/** Whether somebody has touched what a connection carries, or has taken memory or good conduct from one of its hosts. */
function disturbances({ faults }: Plan): (connection: Connection) => boolean {
  const streams = new Set<string>();
  const hosts = new Set<string>();
  for (const { action } of faults) {
    if (action.do === 'corrupt' || action.do === 'duplicate' || action.do === 'replay') streams.add(action.connection);
    if (action.do === 'replay') streams.add(action.into);
    if (action.do === 'allocation' || action.do === 'misbehave') hosts.add(action.host);
  }
  return ({ step, clientHost, serverHost }) => streams.has(step) || hosts.has(clientHost) || hosts.has(serverHost);
}
