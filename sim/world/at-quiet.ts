/** What the connections of a world have come to, once nothing is under way any more. */
import { judgeFailure, lostByReset } from '../invariants/index.js';
import type { Connection, End } from './connections.js';
import type { World } from './world.js';

export function judgeConnections(world: World): void {
  for (const connection of world.connections.all) {
    const { client, server } = connection;
    if (client === undefined || server === undefined || client.foreign || server.foreign) continue;
    judgeArrival(world, connection, client, server);
    judgeArrival(world, connection, server, client);
    if (connection.mistreated || world.faults.disturb(connection)) continue;
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
  // What was left unread need not be the peer's.
  if (world.faults.feed(connection)) return;
  // Behind a fatal alert nobody reads on, reset or not.
  if (reader.fatal || unreadAtClose === 0 || failure !== 'ECONNRESET' || receivedBytes >= sentBytes) return;
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
