/** The bytes of a run: what each side of each connection has sent, when each piece left, and the secrets that open it. */
import type { NetworkTap, SegmentKind, Socket } from '../network/index.js';
import type { Plan } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';
import { type RunOptions, type RunResult, runPlan } from '../world/index.js';
import { type Said, saidIn } from './places.js';

/** A piece of a stream as it left its host for the first time. */
export interface Segment {
  readonly kind: SegmentKind;
  /** Virtual time, microseconds. */
  readonly us: number;
  /** `n` of the event that the trace had last when it left; −1 before the first. */
  readonly event: number;
  /** Of its bytes in the stream, from 0. */
  readonly offset: number;
  /** Bytes; of a FIN and a reset none. */
  readonly length: number;
}

/** What one side of a connection has sent. */
export interface StreamBytes {
  readonly host: string;
  /** As they left, whatever happened to them on the way; `bytesMax` at most. */
  readonly bytes: Uint8Array;
  readonly segments: readonly Segment[];
  /** Bytes that left and are not among `bytes`. */
  readonly leftOut: number;
}

export interface ConnectionBytes {
  /** As in the trace, from 1. */
  readonly connection: number;
  /** The step that opened it. */
  readonly step: string;
  readonly client: StreamBytes;
  readonly server: StreamBytes;
}

export interface RunBytes {
  /** Those that steps opened, in that order. */
  readonly connections: readonly ConnectionBytes[];
  /** Lines of an NSS key log, without their ends. */
  readonly keyLog: readonly string[];
  /** Records, messages and alerts that the trace told of, in order: what `placesOf` looks for. */
  readonly said: readonly Said[];
}

export interface BytesOfOptions extends Pick<RunOptions, 'seed' | 'eventsMax'> {
  /** `real` unless told: the bytes that captures show. Under `fast` they are others, as long and as many. */
  readonly crypto?: 'real' | 'fast';
  /** Of each direction of each connection, at most: `streamBytesMax` unless told. */
  readonly bytesMax?: number;
}

/** Bytes of one direction that are kept unless told otherwise. */
export const streamBytesMax: number = 2 ** 24;

/**
 * Runs a plan and keeps what its hosts send.
 * @returns the bytes, and the result of that run: its fingerprint is the one of every run of the plan
 * @throws as `runPlan`
 */
export function bytesOf(plan: Plan, options: BytesOfOptions = {}): RunBytes & { readonly result: RunResult } {
  const { bytesMax, ...rest } = options;
  const recorder = new BytesRecorder(bytesMax === undefined ? {} : { bytesMax });
  const result = runPlan(plan, { crypto: 'real', ...rest, ...recorder.options });
  return { ...recorder.end(), result };
}

interface Stream {
  /** Whom the client asks, until one answers. */
  host: string;
  readonly pieces: Uint8Array[];
  readonly segments: Segment[];
  kept: number;
  sent: number;
}

interface Opened {
  connection: number;
  step: string;
  readonly client: Stream;
  readonly server: Stream;
}

export interface RecorderOptions extends Pick<BytesOfOptions, 'bytesMax'> {
  /** Events of the trace from the first on; of what is said behind them nothing is kept. Without it there is no end. */
  readonly eventsMax?: number;
}

/** Keeps the bytes of any run that is given its `options`: of one with code under test, too. */
export class BytesRecorder {
  readonly #bytesMax: number;
  readonly #eventsMax: number;
  readonly #opened: Opened[] = [];
  readonly #of = new WeakMap<Socket, Opened>();
  readonly #keyLog = new Set<string>();
  readonly #said: Said[] = [];
  /** The client that began to connect last: the trace names its connection next. */
  #opening: Opened | undefined;
  #event = -1;

  constructor(options: RecorderOptions = {}) {
    this.#bytesMax = options.bytesMax ?? streamBytesMax;
    this.#eventsMax = options.eventsMax ?? Number.POSITIVE_INFINITY;
  }

  /** Whether it keeps nothing any more. */
  get isFull(): boolean {
    return this.#event + 1 >= this.#eventsMax;
  }

  /** For `runPlan` and `runWithCode`. Who wants the events besides passes them on. */
  get options(): Required<Pick<RunOptions, 'tap' | 'trace' | 'keyLog'>> {
    return {
      tap: (nowUs) => this.#tap(nowUs),
      trace: (event) => this.event(event),
      keyLog: (line) => this.#keyLog.add(line),
    };
  }

  /** Takes the events of the run, in order. */
  event(event: TraceEvent): void {
    if (this.isFull) return;
    this.#event = event.n;
    if (event.kind === 'connection' && event.what === 'opening' && this.#opening !== undefined) {
      this.#opening.connection = event.connection;
      this.#opening.step = event.step;
      this.#opening = undefined;
    }
    const said = saidIn(event);
    if (said !== undefined) this.#said.push(said);
  }

  /** The run is over. */
  end(): RunBytes {
    // What has no number was opened by none of the plan's steps: a balancer looks whether its servers are there.
    const connections = this.#opened
      .filter(({ connection }) => connection > 0)
      .map(({ connection, step, client, server }) => ({
        connection,
        step,
        client: streamBytes(client),
        server: streamBytes(server),
      }));
    return { connections, keyLog: [...this.#keyLog], said: this.#said };
  }

  #tap(nowUs: () => number): NetworkTap {
    return {
      onConnecting: (client, _what, asked) => {
        if (this.isFull) return;
        const opened = this.#of.get(client) ?? this.#open(client, asked.name);
        if (client.peer !== undefined) this.#of.set(client.peer, opened);
      },
      onSegment: (socket, kind, bytes) => {
        if (this.isFull) return;
        const stream = this.#of.get(socket)?.[socket.role];
        if (stream === undefined) return;
        stream.host = socket.host.name;
        this.#keep(stream, kind, bytes, nowUs());
      },
    };
  }

  #open(client: Socket, server: string): Opened {
    const stream = (host: string): Stream => ({ host, pieces: [], segments: [], kept: 0, sent: 0 });
    const opened = { connection: 0, step: '', client: stream(client.host.name), server: stream(server) };
    this.#opening = opened;
    this.#opened.push(opened);
    this.#of.set(client, opened);
    return opened;
  }

  #keep(stream: Stream, kind: SegmentKind, bytes: Uint8Array, us: number): void {
    const isData = kind === 'data';
    const length = isData ? bytes.length : 0;
    stream.segments.push({ kind, us, event: this.#event, offset: stream.sent, length });
    stream.sent += length;
    // What comes behind a gap would be taken for what stands in it.
    const room = stream.kept === stream.sent - length ? this.#bytesMax - stream.kept : 0;
    const kept = Math.min(length, room);
    if (kept === 0) return;
    stream.pieces.push(bytes.slice(0, kept));
    stream.kept += kept;
  }
}

function streamBytes({ host, pieces, segments, kept, sent }: Stream): StreamBytes {
  const bytes = new Uint8Array(kept);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { host, bytes, segments, leftOut: sent - kept };
}
