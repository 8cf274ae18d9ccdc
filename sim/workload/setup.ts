/** What a seed draws before anything runs: how many there are of everything, how they are configured, and which faults exist at all. */
import type { PlanDraw } from '../campaign/index.js';
import type { RandomStream } from '../kernel/index.js';
import { drawFaultRates, type FaultRates, type FaultShape } from './swarm.js';

/** What a workload narrows. Each list holds the values that may be drawn, those that come twice twice as often. */
export interface Shape {
  readonly servers: readonly number[];
  readonly clients: readonly number[];
  /** Tasks of one client. */
  readonly tasks: readonly number[];
  /** Turns that each task has before it ends. */
  readonly turns: { readonly min: number; readonly max: number };
  readonly tls: readonly Setup['tls'][];
  readonly tickets: readonly boolean[];
  readonly cacheSize: readonly (number | null)[];
  readonly faults: FaultShape;
  /** How much more often than others a move is drawn, in parts of 10. */
  readonly moves: Readonly<Record<string, number>>;
}

export interface Setup {
  readonly servers: number;
  readonly clients: number;
  readonly tasks: number;
  readonly turns: number;
  readonly tls: 'any' | '1.2' | '1.3';
  /** Whether servers hand out tickets. */
  readonly tickets: boolean;
  /** Whether the keys of tickets outlive a process, and are those of all servers. */
  readonly ticketKeys: 'lost' | 'shared';
  /** Seconds that a session lives; null: as libssl has it. */
  readonly timeoutSeconds: number | null;
  /** Of servers; null: as libssl has it. */
  readonly serverCacheSize: number | null;
  readonly numTickets: number | null;
  /** Bytes that tickets allow; 0: none. */
  readonly earlyData: number;
  readonly early: 'at-once' | 'deferred' | 'not-read';
  readonly antiReplay: boolean;
  /** Servers take P-521 alone, for which clients have sent no share. */
  readonly helloRetry: boolean;
  /** Whether clients keep sessions in the internal cache of their contexts, and how many. */
  readonly clientCache: boolean;
  readonly clientCacheSize: number | null;
  /** Whether a remove callback looks at each session that a cache lets go. */
  readonly looksAtRemoved: boolean;
  readonly latencyUs: number;
  readonly jitterUs: number;
  readonly segmentBytes: { readonly min: number; readonly max: number };
  /** Once in so many turns. */
  readonly faults: FaultRates;
}

/** Draws it all. The order of the draws is the order of the lines. */
export function drawSetup(random: RandomStream, shape: Shape, draw: PlanDraw): Setup {
  const small = (): number | null => random.pick([null, ...shape.cacheSize]);
  return {
    servers: random.pick(shape.servers),
    clients: random.pick(shape.clients),
    tasks: random.pick(shape.tasks),
    turns: random.range(shape.turns.min, shape.turns.max),
    tls: random.pick(shape.tls),
    tickets: random.pick(shape.tickets),
    ticketKeys: random.pick(['lost', 'shared']),
    timeoutSeconds: random.pick([null, null, 5, 300]),
    serverCacheSize: small(),
    numTickets: random.pick([null, null, 0, 1, 4]),
    earlyData: random.pick([0, 1_000, 16_384]),
    early: random.pick(['at-once', 'deferred', 'not-read']),
    antiReplay: random.chance({ oneIn: 2 }),
    helloRetry: random.chance({ oneIn: 8 }),
    clientCache: random.chance({ oneIn: 2 }),
    clientCacheSize: small(),
    looksAtRemoved: random.chance({ oneIn: 2 }),
    latencyUs: random.pick([50, 500, 20_000, 80_000]),
    jitterUs: random.pick([0, 0, 3_000]),
    segmentBytes: random.pick([
      { min: 1460, max: 1460 },
      { min: 200, max: 1460 },
      { min: 24, max: 200 },
    ]),
    faults: drawFaultRates(random, shape.faults, draw.swarm),
  };
}
