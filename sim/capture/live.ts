/**
 * Connections over real TCP as a capture. Nobody looks at the wire: what a socket gives and takes is written down as the segments that a
 * good network would have carried.
 */
import { defaultEpochMs } from '../kernel/index.js';
import { CaptureFile, type CaptureSink } from './file.js';
import { type FrameEnd, frameOf, payloadBytesMax, tcpFlag } from './frame.js';

const sequences = 2 ** 32;
const firstSequence = 1_000;
/** Both ends announce the largest window there is (RFC 7323 §2.3): nothing is known of the real one. */
const window = 0xffff;
const synOptions = Uint8Array.of(2, 4, 0x05, 0xb4, 1, 3, 3, 14); // MSS 1460; windows shifted by 14 bits
const none = new Uint8Array(0);
const interfaceName = 'sockets';

/** Which end says something: this program's, or the one that it talks to. */
export type LiveSide = 'own' | 'peer';

export class LiveCapture {
  readonly #file: CaptureFile;
  readonly #nowUs: () => number;
  /** What waits: a packet must not stand ahead of the secrets that it brings about. */
  #held: { readonly us: number; readonly frame: Uint8Array; readonly comments: readonly string[] }[] = [];

  /** @param nowUs - real time, microseconds since the Unix epoch */
  constructor(sink: CaptureSink, about: string, nowUs: () => number) {
    const description = 'what sockets gave and took, as segments of a network without losses';
    this.#file = new CaptureFile(sink, [{ name: interfaceName, description }], about);
    this.#nowUs = nowUs;
  }

  /** A line of an NSS key log: it stands ahead of all that is held. */
  secret(line: string): void {
    this.#file.secret(line);
  }

  /** A connection that stands now. @param opened - which end asked for it */
  connection(own: FrameEnd, peer: FrameEnd, opened: LiveSide): LiveFlow {
    return new LiveFlow({ own, peer }, opened, (frame, comments) => {
      this.#held.push({ us: this.#nowUs() - defaultEpochMs * 1000, frame, comments });
    });
  }

  /** Writes what is held. */
  release(): void {
    for (const packet of this.#held) this.#file.packet({ host: interfaceName, ...packet });
    this.#held = [];
    this.#file.flush();
  }
}

/** One connection, as its own end sees it. */
export class LiveFlow {
  readonly #ends: Readonly<Record<LiveSide, FrameEnd>>;
  readonly #leaves: (frame: Uint8Array, comments: readonly string[]) => void;
  /** Sequence numbers that each end has used up, its SYN among them. */
  readonly #used: Record<LiveSide, number> = { own: 0, peer: 0 };
  readonly #over: Record<LiveSide, boolean> = { own: false, peer: false };
  #remarks: string[] = [];

  constructor(
    ends: Readonly<Record<LiveSide, FrameEnd>>,
    opened: LiveSide,
    leaves: (frame: Uint8Array, comments: readonly string[]) => void,
  ) {
    this.#ends = ends;
    this.#leaves = leaves;
    this.#say(opened, tcpFlag.syn, synOptions);
    this.#used[opened] += 1;
    this.#say(other(opened), tcpFlag.syn | tcpFlag.ack, synOptions);
    this.#used[other(opened)] += 1;
    this.#say(opened, tcpFlag.ack);
  }

  /** Bytes that an end has sent. */
  data(from: LiveSide, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#over[from]; at += payloadBytesMax) {
      const payload = bytes.subarray(at, at + payloadBytesMax);
      this.#say(from, tcpFlag.psh | tcpFlag.ack, none, payload);
      this.#used[from] += payload.length;
    }
  }

  /** An end says that it sends no more. */
  ended(from: LiveSide): void {
    if (this.#over[from]) return;
    this.#over[from] = true;
    this.#say(from, tcpFlag.fin | tcpFlag.ack);
    this.#used[from] += 1;
    if (this.#over[other(from)]) this.#say(other(from), tcpFlag.ack);
  }

  /** An end breaks the connection off. */
  reset(from: LiveSide): void {
    if (this.#over.own && this.#over.peer) return;
    this.#over.own = true;
    this.#over.peer = true;
    this.#say(from, tcpFlag.rst | tcpFlag.ack);
  }

  /** Something to be said beside the next packet. */
  remark(text: string): void {
    this.#remarks.push(text);
  }

  #say(from: LiveSide, flags: number, options: Uint8Array = none, payload: Uint8Array = none): void {
    const to = other(from);
    const acknowledges = (flags & tcpFlag.ack) !== 0;
    const frame = frameOf({
      from: this.#ends[from],
      to: this.#ends[to],
      flags,
      sequence: (firstSequence + this.#used[from]) % sequences,
      acknowledgement: acknowledges ? (firstSequence + this.#used[to]) % sequences : 0,
      window,
      options,
      payload,
    });
    this.#leaves(frame, this.#remarks.splice(0));
  }
}

function other(side: LiveSide): LiveSide {
  return side === 'own' ? 'peer' : 'own';
}
