/** What a seed draws before anything runs: how many there are of everything, how they are configured, and which faults exist at all. */
import type { PlanDraw } from '../campaign/index.js';
import type { RandomStream } from '../kernel/index.js';
import { drawFaultRates, type FaultRates, type FaultShape } from '../swarm/index.js';
import type { MisuseName } from './misuse.js';

/** What the seed decides of a world, beside its faults. Where there is a null, libssl's own value stands. */
export interface Setup {
  readonly servers: number;
  readonly clients: number;
  /** Of one client: lines of steps in one process, which share its contexts and sessions. */
  readonly tasks: number;
  /** Turns that each task has before it ends. */
  readonly turns: number;
  /** Of one client. */
  readonly contexts: number;
  readonly tls: 'any' | '1.2' | '1.3';
  /** Whether servers hand out tickets. */
  readonly tickets: boolean;
  /** Whether ticket keys go with the process, are those of all servers, or stand in a file of the server's disk. */
  readonly ticketKeys: 'lost' | 'shared' | 'file';
  /** A store of sessions on the server's disk, beside the internal cache or in its place, or there is none. */
  readonly store: 'none' | 'beside' | 'instead';
  /** Seconds that a session of a server lives. */
  readonly timeoutSeconds: number | null;
  readonly serverCacheSize: number | null;
  /** Tickets of a full handshake of TLS 1.3. */
  readonly numTickets: number | null;
  /** Bytes that tickets allow; 0: none. */
  readonly earlyData: number;
  readonly early: 'at-once' | 'deferred' | 'not-read';
  readonly antiReplay: boolean;
  /** Servers take P-521 alone, for which clients have sent no share. */
  readonly helloRetry: boolean;
  /** Clients show a certificate, which servers ask for. */
  readonly identity: boolean;
  readonly serverClose: 'answer' | 'none';
  /** Where clients keep sessions besides those that they take by hand: in the internal cache, or in a list of their own, by the new callback. */
  readonly clientCache: 'off' | 'internal' | 'own';
  readonly clientCacheSize: number | null;
  /** Whether a remove callback looks at each session that a cache lets go. */
  readonly looksAtRemoved: boolean;
  /** Of each socket, bytes a direction. */
  readonly bufferBytes: number | null;
  /** The server's clock minus the client's. */
  readonly skewMs: number;
  readonly latencyUs: number;
  readonly jitterUs: number;
  readonly segmentBytes: { readonly min: number; readonly max: number };
  /** What clients do against the manual, where the workload is asked for that. */
  readonly misuse?: readonly MisuseName[];
  /** What programs seldom do, where the seed has some of it. */
  readonly seldom?: readonly string[];
  /** Each fault that exists, and once in how many steps it strikes. */
  readonly faults: FaultRates;
}

/** What is drawn from: those that come twice are drawn twice as often. */
export type Choices = { readonly [K in Exclude<keyof Setup, 'faults' | 'misuse' | 'seldom'>]: readonly Setup[K][] };

/** What a workload is about. */
export interface Shape {
  /** In place of all that may be. */
  readonly choices: Partial<Choices>;
  readonly faults: FaultShape;
  /** How much more often than usual a move is drawn, in parts of 10: 0 never. */
  readonly moves: Readonly<Record<string, number>>;
}

const all: Choices = {
  servers: [1, 1, 1, 2],
  clients: [1, 1, 2],
  tasks: [1, 1, 2],
  turns: [6, 12, 18, 24, 32],
  contexts: [1, 1, 2],
  tls: ['any', 'any', '1.2', '1.3'],
  tickets: [true, true, false],
  ticketKeys: ['lost', 'shared', 'file'],
  store: ['none', 'none', 'none', 'beside', 'instead'],
  timeoutSeconds: [null, null, 5, 300],
  serverCacheSize: [null, null, 1, 2, 3],
  numTickets: [null, null, 0, 1, 4],
  earlyData: [0, 1_000, 16_384],
  early: ['at-once', 'deferred', 'not-read'],
  antiReplay: [true, false],
  helloRetry: [false, false, false, false, false, true],
  identity: [false, false, false, true],
  serverClose: ['answer', 'answer', 'answer', 'none'],
  clientCache: ['off', 'internal', 'internal', 'own'],
  clientCacheSize: [null, 1, 2, 3],
  looksAtRemoved: [true, false],
  bufferBytes: [null, null, 2_048, 5_000],
  skewMs: [0, 0, 0, -7_000, 100_000],
  latencyUs: [50, 500, 20_000, 80_000],
  jitterUs: [0, 0, 3_000],
  segmentBytes: [
    { min: 1460, max: 1460 },
    { min: 200, max: 1460 },
    { min: 24, max: 200 },
  ],
};

/** Draws it all, in the order of the lines above. */
export function drawSetup(random: RandomStream, shape: Shape, draw: PlanDraw): Setup {
  const drawn = Object.keys(all).map((key) => {
    const name = key as keyof Choices; // its own keys
    const choices: readonly Setup[keyof Setup][] = shape.choices[name] ?? all[name];
    return [name, random.pick(choices)];
  });
  // Each of the names, with one of its own values.
  return {
    ...(Object.fromEntries(drawn) as Omit<Setup, 'faults' | 'misuse' | 'seldom'>),
    faults: drawFaultRates(random, shape.faults, draw.swarm),
  };
}
