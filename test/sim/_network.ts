/** A network of two hosts with one connection between them, for tests. */
import { Kernel } from '../../sim/kernel/index.js';
import { type HostId, Network, type NetworkOptions, type Socket } from '../../sim/network/index.js';

export interface Pair {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly a: HostId;
  readonly b: HostId;
  readonly client: Socket;
  readonly server: Socket;
  /** Runs until nothing is left to happen. */
  settle(): void;
  /** Runs for so many microseconds. */
  pass(microseconds: number): void;
}

export function pair(options: NetworkOptions = {}, seed = 'network'): Pair {
  const kernel = new Kernel({ seed });
  const network = new Network(kernel, options);
  const a = network.addHost('a');
  const b = network.addHost('b');
  let server: Socket | undefined;
  network.listen(b, 443, {
    onConnection: (socket) => {
      server = socket;
    },
  });
  const client = network.connect(a, '10.0.0.2', 443);
  const settle = (): void => {
    if (kernel.run({ eventsMax: 100_000 }) !== 'idle') throw new Error('the network does not come to rest');
  };
  settle();
  if (server === undefined) throw new Error('no connection came');
  const pass = (microseconds: number): void => {
    kernel.run({ untilUs: kernel.nowUs + microseconds, eventsMax: 100_000 });
  };
  return { kernel, network, a, b, client, server, settle, pass };
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Reads all there is: the text, and what the last read said. */
export function drain(socket: Socket): { text: string; end: 'wait' | 'eof' | 'broken' } {
  let text = '';
  for (;;) {
    const got = socket.read(4096);
    if (typeof got === 'string') return { text, end: got };
    text += new TextDecoder().decode(got);
  }
}
