/** A mirror of a socket gives what the socket itself gives, whatever state it is in: what real OpenSSL reads and writes rests on it. */
import test from 'ava';
import { Kernel } from '../../sim/kernel/index.js';
import type { Socket } from '../../sim/network/index.js';
import { Mirror, moveGave } from '../../sim/stacks/agent/world/mirror.js';
import { outlookToWire } from '../../sim/stacks/agent/world/outlook.js';
import { pair } from './_network.js';

/** Makes some reads and writes on a mirror, and the same on its socket. @returns what they gave, by both */
function moves(socket: Socket, mirror: Mirror, roll: (count: number) => number): { mirrored: number[]; own: number[] } {
  const mirrored: number[] = [];
  const own: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    if (roll(2) === 0) {
      const max = 1 + roll(40_000);
      const [got, met] = [mirror.read(max), socket.read(max)];
      mirrored.push(typeof got === 'number' ? got : got.length);
      own.push(typeof met === 'string' ? moveGave[met] : met.length);
    } else {
      const bytes = new Uint8Array(1 + roll(60_000));
      const took = socket.write(bytes);
      mirrored.push(mirror.write(bytes));
      own.push(took === 'broken' ? moveGave.broken : took);
    }
  }
  return { mirrored, own };
}

test('reads and writes of a mirror are those of its socket, in every state', (t) => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 200; seed += 1) {
    const stream = new Kernel({ seed: `mirror/${seed}` }).stream('roll');
    const roll = (count: number): number => stream.int(count);
    const coalesceUs = roll(2) === 0 ? 0 : 100;
    const { client, server, pass } = pair({ path: { coalesceUs } }, `mirror/${seed}`);
    const mirrors = [client, server].map((socket) => ({ socket, mirror: new Mirror(1, () => {}), ahead: 0 }));
    for (let turn = 0; turn < 12; turn += 1) {
      const one = mirrors[roll(2)]!;
      // Each has what the socket has now: nothing is left ahead, since the moves take it out of both alike.
      one.mirror.renew(one.socket.peek(one.ahead), outlookToWire(one.socket.outlook));
      const before = one.socket.unreadBytes;
      const { mirrored, own } = moves(one.socket, one.mirror, roll);
      t.deepEqual(mirrored, own, `seed ${seed}, turn ${turn}, ${before} unread`);
      one.ahead = one.socket.unreadBytes;
      for (const gave of own) seen.add(Math.sign(gave) === -1 ? gave : gave === 0 ? 0 : 1);
      const act = roll(12);
      const other = mirrors[roll(2)]!.socket;
      if (act === 0) other.shutdownWrite();
      if (act === 1) other.close();
      if (act === 2) other.abort();
      if (roll(3) > 0) pass(roll(3000));
    }
  }
  t.deepEqual([...seen].sort(), [-1, -2, -3, 0, 1]);
});
