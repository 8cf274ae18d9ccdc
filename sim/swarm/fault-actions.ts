/** What each fault does where it strikes: to whom, and with which numbers. */
import { misbehaviours } from '../emulator/index.js';
import type { RandomStream } from '../kernel/index.js';
import type { FaultAction } from '../plan/index.js';
import type { SwarmFault } from './rates.js';

/** What servers do to tickets concerns sessions most. */
const aboutTickets = misbehaviours.filter(({ name }) => name.includes('ticket') || name.includes('keys'));

/** Where a fault may strike now. */
export interface FaultPlace {
  readonly random: RandomStream;
  readonly client: string;
  readonly server: string;
  readonly servers: readonly string[];
  readonly latencyUs: number;
  /** The step that is about to open a stream between the two, where one is. */
  readonly connect: string | undefined;
  /** The connection is to resume a session. */
  readonly resumes: boolean;
}

/** What a fault of that kind does; undefined: it cannot strike here. */
export function actionOf(kind: SwarmFault, place: FaultPlace): FaultAction | undefined {
  return onStream(kind, place) ?? onLink(kind, place) ?? onHost(kind, place);
}

function onStream(kind: SwarmFault, { random, client, server, connect, resumes }: FaultPlace): FaultAction | undefined {
  if (connect === undefined) return undefined;
  const on = { connection: connect, from: random.pick([client, server]) };
  switch (kind) {
    case 'reset':
      return { do: 'reset', connection: connect };
    case 'cut':
      return { do: 'cut', ...on, afterBytes: random.pick([0, random.int(300), random.int(3_000), random.int(30_000)]) };
    case 'corrupt': {
      const bit = random.int(8);
      // What is offered is worth more than what is protected, of which any change is the same.
      if (resumes && !random.chance({ oneIn: 4 })) {
        return { do: 'corrupt', connection: connect, from: client, record: 1, byte: random.range(100, 480), bit };
      }
      const place = { record: random.range(1, 12), byte: random.int(random.pick([6, 60, 600])) };
      return { do: 'corrupt', ...on, ...place, bit };
    }
    case 'duplicate':
      return { do: 'duplicate', ...on, record: random.range(1, 12) };
    case 'replay': {
      const record = random.range(1, 6);
      const before = record + random.range(1, 6);
      return { do: 'replay', ...on, record, count: random.range(1, 3), into: connect, before };
    }
    default:
      return undefined;
  }
}

function onLink(kind: SwarmFault, { random, client, server, servers, latencyUs }: FaultPlace): FaultAction | undefined {
  const way = random.pick([
    { from: client, to: server },
    { from: server, to: client },
  ]);
  switch (kind) {
    case 'hold':
    case 'partition':
      return { do: kind, ...way };
    case 'latency':
      return {
        do: 'latency',
        ...way,
        latencyUs: latencyUs * random.pick([2, 10]),
        jitterUs: random.pick([0, latencyUs]),
      };
    case 'bandwidth':
      return { do: 'bandwidth', ...way, bytesPerSecond: random.pick([500, 10_000, 1_000_000]) };
    case 'slicer':
      return {
        do: 'slicer',
        ...way,
        averageBytes: random.pick([8, 100]),
        variationBytes: random.int(8),
        delayUs: random.pick([0, 500]),
      };
    case 'limit_data':
      return { do: 'limit_data', ...way, bytes: random.int(6_000) };
    case 'timeout':
      return { do: 'timeout', ...way, timeoutUs: random.pick([0, 1_000, 3_000_000]) };
    case 'reset_peer':
      return { do: 'reset_peer', ...way, timeoutUs: random.pick([0, 1_000, 3_000_000]) };
    case 'slow_close':
      return { do: 'slow_close', ...way, delayUs: random.pick([1_000, 2_000_000, 70_000_000]) };
    case 'redirect': {
      const others = servers.filter((one) => one !== server);
      return others.length === 0 ? undefined : { do: 'redirect', from: client, to: server, host: random.pick(others) };
    }
    default:
      return undefined;
  }
}

function onHost(kind: SwarmFault, { random, client, server }: FaultPlace): FaultAction | undefined {
  const host = random.pick([client, server]);
  switch (kind) {
    case 'crash':
      return { do: 'crash', host, how: random.pick(['reset', 'half-open']) };
    case 'pause':
    case 'no_space':
    case 'sync_lies':
      return { do: kind, host };
    case 'clock':
      return { do: 'clock', host, byMs: random.pick([-3_600_000, -10_000, 10_000, 400_000, 90_000_000]) };
    case 'drift':
      return { do: 'drift', host, ppm: random.pick([-500_000, -1_000, 1_000, 500_000]) };
    case 'lost_write':
      return { do: 'lost_write', host: client };
    case 'torn_write':
      return { do: 'torn_write', host: client, bytes: random.int(200) };
    case 'allocation': {
      const site = random.pick(['session', 'session-copy', 'ticket'] as const);
      return { do: 'allocation', host, site, nth: random.range(1, 6), count: random.range(1, 3) };
    }
    case 'enter':
      return { do: 'enter', host, steps: random.range(1, 3) };
    case 'misbehave':
      return { do: 'misbehave', host: server, name: random.pick([...misbehaviours, ...aboutTickets]).name };
    default:
      return undefined;
  }
}
