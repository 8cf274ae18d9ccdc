/** Runs of plans as streams: what each tells is handed out as it goes, so that no run has to fit into memory. */
import type { NetworkTap } from '../network/index.js';
import type { HostPlan, Plan } from '../plan/index.js';
import type { LibsslPool } from '../stacks/index.js';
import type { TraceEvent } from '../trace/index.js';
import { type RunOptions, type RunResult, runInPieces } from '../world/index.js';
import { Capture } from './capture.js';
import { CaptureFile, type CaptureInterface } from './file.js';
import { KeyLog } from './key-log.js';

export interface CaptureOptions {
  /** In place of the plan's. */
  readonly seed?: string;
  /** Events of the kernel at most, as for `runPlan`. */
  readonly eventsMax?: number;
  /** Agents of real OpenSSL for the processes: its bytes and secrets, in place of the model's. */
  readonly libssl?: LibsslPool;
}

/** A run as it is asked for, piece by piece; what it returns is what the run came to. */
export type Streamed<Piece> = Generator<Piece, RunResult, undefined>;

/**
 * Runs a plan under `real` cryptography and gives it as a pcapng file that opens decrypted in Wireshark: Ethernet, IPv4 and TCP
 * around what the hosts say, the secrets of its handshakes inside, faults and decisions about sessions as packet comments.
 * @returns the blocks of the file in order, each a piece; in the end the result of that run, whose fingerprint is the one of every run of the plan
 * @throws as `runPlan`, when it is asked for a piece
 */
export function* toPcapng(plan: Plan, options: CaptureOptions = {}): Streamed<Uint8Array> {
  return yield* streamed<Uint8Array>((give) => {
    const seed = options.seed ?? plan.seed;
    const about = `simtls: ${plan.name ?? 'a plan'}, seed ${seed}, OpenSSL ${plan.profile}`;
    const file = new CaptureFile(give, plan.hosts.map(interfaceOf), about);
    const made: { capture?: Capture } = {};
    return running(
      plan,
      {
        ...options,
        crypto: 'real',
        tap(nowUs): NetworkTap {
          made.capture = new Capture(plan, file, nowUs);
          return made.capture.tap;
        },
        trace: (event) => made.capture?.event(event),
        keyLog: (line) => file.secret(line),
      },
      () => made.capture?.end(),
    );
  });
}

/**
 * Runs a plan under `real` cryptography and gives the secrets of its handshakes, full, resumed or with early data: lines of an NSS key log,
 * each with its end.
 * @throws as `runPlan`, when it is asked for a piece
 */
export function* toKeylog(plan: Plan, options: CaptureOptions = {}): Streamed<string> {
  return yield* streamed<string>((give) => {
    const log = new KeyLog((line) => give(`${line}\n`));
    return running(plan, { ...options, crypto: 'real', keyLog: (line) => log.line(line) });
  });
}

/**
 * Runs a plan and gives its events.
 * @throws as `runPlan`, when it is asked for one
 */
export function* traceOf(
  plan: Plan,
  options: CaptureOptions & Pick<RunOptions, 'crypto' | 'onName'> = {},
): Streamed<TraceEvent> {
  return yield* streamed<TraceEvent>((give) => running(plan, { ...options, trace: give }));
}

function* running(
  plan: Plan,
  options: RunOptions,
  end: () => void = () => {},
): Generator<undefined, RunResult, undefined> {
  const result = yield* runInPieces(plan, options);
  end();
  return result;
}

/** Hands out what a run gives between two of its pauses. */
function* streamed<Piece>(
  run: (give: (piece: Piece) => void) => Generator<undefined, RunResult, undefined>,
): Streamed<Piece> {
  let given: Piece[] = [];
  const pauses = run((piece) => given.push(piece));
  try {
    for (;;) {
      const { done, value } = pauses.next();
      yield* given;
      given = [];
      if (done === true) return value;
    }
  } finally {
    pauses.return(undefined as never); // whoever asks for no more gets no result
  }
}

function interfaceOf({ name, skewMs = 0, driftPpm = 0 }: HostPlan): CaptureInterface {
  const clock = `its own clock is ${skewMs} ms ahead at first, and gains ${driftPpm} µs a second`;
  return { name, description: `host ${name}: ${clock}; packets carry the world's time` };
}
