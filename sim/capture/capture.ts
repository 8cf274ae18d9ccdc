/**
 * A run as a packet capture: every segment as it leaves its host, in one file. Each host is an interface; times are the
 * world's, whatever the clock of a host shows, so that no effect comes before its cause. What a fault does on the way is
 * said beside the packet: it was seen before.
 */
import type { ConnectingSegment, NetworkTap, SegmentKind, Socket, TapHost } from '../network/index.js';
import type { FaultAction, Plan } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';
import { Comments, wordsOf } from './comments.js';
import type { CaptureFile } from './file.js';
import { Flow, type Receipt } from './flow.js';

/** What lies in wait for a connection from its start: no event tells when it acts. */
interface Lying {
  readonly id: string;
  readonly action: Extract<FaultAction, { do: 'cut' | 'corrupt' }>;
}

const noBytes = new Uint8Array(0);

export class Capture {
  readonly #file: CaptureFile;
  readonly #nowUs: () => number;
  readonly #comments: Comments;
  readonly #lying: readonly Lying[];
  /** By fault: the step whose connection somebody on the way is to reset. */
  readonly #resets: ReadonlyMap<string, string>;
  /** By such a step: the client's end of its latest connection. */
  readonly #resetOf = new Map<string, Socket>();
  readonly #flows = new WeakMap<Socket, Flow>();
  #connections = 0;
  /** The client that began to connect last: the trace names its step next. */
  #opening: Socket | undefined;
  /** What the ends would tell of what has come, all at one instant: unless they say something else in it. */
  readonly #due = new Map<Socket, Receipt>();
  #dueUs = 0;

  /** @param nowUs - virtual time, microseconds */
  constructor(plan: Plan, file: CaptureFile, nowUs: () => number) {
    this.#file = file;
    this.#nowUs = nowUs;
    this.#comments = new Comments(plan);
    this.#lying = plan.faults.flatMap(({ id, action }) =>
      action.do === 'cut' || action.do === 'corrupt' ? [{ id, action }] : [],
    );
    this.#resets = new Map(
      plan.faults.flatMap(({ id, action }) => (action.do === 'reset' ? [[id, action.connection]] : [])),
    );
  }

  /** What looks on at the network. */
  get tap(): NetworkTap {
    return {
      onConnecting: (client, what, asked) => this.#connecting(client, what, asked),
      onSegment: (socket, kind, bytes) => this.#segment(socket, kind, bytes),
      onRetransmission: (socket, kind, bytes, offset) => this.#again(socket, kind, bytes, offset),
      onAcknowledgement: (socket) => this.#acknowledgement(socket),
    };
  }

  /** Takes the events of the run, in order. */
  event(event: TraceEvent): void {
    this.#comments.take(event);
    if (event.kind === 'connection' && event.what === 'opening') this.#opened(event.step);
    if (event.kind === 'fault') this.#injectResets(this.#resets.get(event.fault));
  }

  /** The run is over. */
  end(): void {
    this.#acknowledgeAll();
    this.#file.end(this.#comments.rest());
  }

  #connecting(client: Socket, what: ConnectingSegment, asked: TapHost): void {
    const flow = this.#flows.get(client) ?? this.#open(client, asked);
    if (what === 'syn') this.#leaves(client.host.name, flow.syn());
    else {
      if (client.peer !== undefined) this.#flows.set(client.peer, flow);
      this.#leaves(asked.name, flow.synAnswer(what));
    }
  }

  #open(client: Socket, asked: TapHost): Flow {
    this.#connections += 1;
    this.#opening = client;
    const flow = new Flow(client, asked, this.#connections);
    this.#flows.set(client, flow);
    return flow;
  }

  #opened(step: string): void {
    const client = this.#opening;
    const flow = client && this.#flows.get(client);
    if (client === undefined || flow === undefined) return;
    flow.step = step;
    this.#opening = undefined;
    if ([...this.#resets.values()].includes(step)) this.#resetOf.set(step, client);
  }

  #segment(socket: Socket, kind: SegmentKind, bytes: Uint8Array): void {
    const flow = this.#flows.get(socket);
    if (flow === undefined) return;
    const said = this.#metOnTheWay(flow, socket, bytes);
    this.#speaks(socket);
    for (const frame of flow.segment(socket, kind, bytes)) this.#leaves(socket.host.name, frame, said.splice(0));
  }

  #again(socket: Socket, kind: SegmentKind, bytes: Uint8Array, offset: number): void {
    const flow = this.#flows.get(socket);
    if (flow === undefined) return;
    this.#speaks(socket);
    for (const frame of flow.again(socket, kind, bytes, offset)) this.#leaves(socket.host.name, frame);
  }

  #acknowledgement(socket: Socket): void {
    const flow = this.#flows.get(socket);
    if (flow === undefined) return;
    this.#pass();
    this.#due.set(socket, flow.receiptOf(socket));
  }

  /** What a fault will do to this piece of a stream, which leaves as it is. */
  #metOnTheWay(flow: Flow, socket: Socket, bytes: Uint8Array): string[] {
    if (this.#lying.length === 0) return [];
    const from = flow.sentBytes(socket.role);
    return this.#lying
      .filter(({ action }) => action.connection === flow.step && action.from === socket.host.name)
      .filter(({ action }) => offsetOf(action) >= from && offsetOf(action) < from + bytes.length)
      .map(({ id, action }) => `fault ${id}: ${wordsOf(action)}: on the way from here`);
  }

  /** Somebody on the way tells each end, in the name of the other, that the connection is reset. */
  #injectResets(step: string | undefined): void {
    const client = step === undefined ? undefined : this.#resetOf.get(step);
    const flow = client && this.#flows.get(client);
    if (client?.state !== 'open' || flow === undefined) return;
    for (const socket of [client, client.peer]) {
      if (socket !== undefined) this.#again(socket, 'reset', noBytes, flow.sentBytes(socket.role));
    }
  }

  /** A socket says something: what it has to acknowledge goes with it. */
  #speaks(socket: Socket): void {
    this.#pass();
    this.#due.delete(socket);
  }

  /** Time goes on: what nobody has acknowledged by the way is acknowledged by itself. */
  #pass(): void {
    const nowUs = this.#nowUs();
    if (nowUs === this.#dueUs) return;
    this.#acknowledgeAll();
    this.#dueUs = nowUs;
  }

  #acknowledgeAll(): void {
    for (const [socket, receipt] of this.#due) {
      const frame = socket.state === 'gone' ? undefined : this.#flows.get(socket)?.acknowledge(socket, receipt);
      if (frame !== undefined) {
        this.#file.packet({ host: socket.host.name, us: this.#dueUs, frame, comments: [] });
      }
    }
    this.#due.clear();
  }

  #leaves(host: string, frame: Uint8Array, comments: readonly string[] = []): void {
    this.#pass();
    const said = [...comments, ...this.#comments.forPacketOf(host)];
    this.#file.packet({ host, us: this.#nowUs(), frame, comments: said });
  }
}

/** The place in a stream at which such a fault acts, bytes. */
function offsetOf(action: Lying['action']): number {
  return action.do === 'cut' ? action.afterBytes : action.byte;
}
