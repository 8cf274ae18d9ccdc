/** Bytes that a writer gave and closed behind, and that its own reset has destroyed. */
import { judgeUndelivered } from '../invariants/index.js';
import type { End } from './connections.js';
import type { World } from './world.js';

/** The world is quiet: what has not arrived never will. */
export function judgeDeliveries(world: World): void {
  for (const { number, client, server, clientHost, serverHost } of world.connections.all) {
    const judge = (writer: End | undefined, reader: End | undefined, host: string): void => {
      if (writer?.closedOver === undefined || reader?.failure !== 'ECONNRESET' || reader.foreign) return;
      const { step, unreadBytes } = writer.closedOver;
      const { sentBytes } = writer;
      const { receivedBytes } = reader;
      const found = { connection: number, writer: host, step, sentBytes, receivedBytes, unreadBytes };
      world.judge.report(host, step, judgeUndelivered(found));
    };
    judge(client, server, clientHost);
    judge(server, client, serverHost);
  }
}
