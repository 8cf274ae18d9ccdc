/**
 * One direction of a connection, from the sender's buffer over what is in flight to the receiver's buffer. Bytes arrive
 * in order and once, or not at all. A segment that is lost is sent again with doubling waits until the sender gives up.
 */
import type { EventHandle } from '../kernel/index.js';
import { ByteQueue } from './byte-queue.js';
import { copyOf } from './copies.js';
import type { HostState } from './host-state.js';
import type { Outlook } from './outlook.js';
import type { Path, Retrying } from './path.js';

/** First wait before a lost segment is sent again, microseconds (Linux: TCP_RTO_MIN). */
export const retransmitUsMin = 200_000;
/** Longest wait between two tries, microseconds (Linux: TCP_RTO_MAX). */
export const retransmitUsMax = 120_000_000;
/** After so long without an answer the sender gives up, microseconds (Linux: tcp_retries2 = 15). */
export const giveUpUs = 924_600_000;

/** What travels. `open` is the acknowledgement that ends connecting. */
export type SegmentKind = 'open' | 'data' | 'fin' | 'reset';

interface Segment {
  readonly kind: SegmentKind;
  readonly arrivalUs: number;
  readonly bytes: Uint8Array;
}

/** What an end takes in: all; `fin` alone, since its process has closed it; or nothing, since there is no such connection. */
export type Intake = 'all' | 'fin' | 'nothing';

/** The socket at one end, as the pipe sees it. Each call comes from an event of the kernel. */
export interface PipeEnd {
  readonly host: HostState;
  readonly intake: Intake;
  /** Bytes or the end of the stream are there to be read. */
  arrived(): void;
  /** The peer knows that it is connected. */
  opened(): void;
  /** The peer, or somebody in its place, has reset the connection. */
  wasReset(): void;
  /** What came cannot be taken in: the answer is a reset. */
  refuse(): void;
  /** There is something to tell the other end: what has arrived, or room again. */
  acknowledges(): void;
  /** A segment leaves. */
  sent(kind: SegmentKind, bytes: Uint8Array): void;
  /** A segment that was lost leaves again, and gets through. `offset` is that of its bytes in the stream. */
  sentAgain(kind: SegmentKind, bytes: Uint8Array, offset: number): void;
  /** There is room to write again. */
  room(): void;
  /** All that was sent, its end included, has arrived. */
  finished(): void;
  /** Nothing was answered for `giveUpUs`. */
  gaveUp(): void;
}

/** After so many bytes more, a stream ends so, and what comes later is thrown away. */
export interface StreamCut {
  readonly afterBytes: number;
  readonly as: 'eof' | 'reset';
  /** Told when it has happened, in the event that brought the last byte. */
  readonly then?: () => void;
}

const noBytes = new Uint8Array(0);

export class Pipe implements Retrying {
  /** Arrived and not yet read. */
  readonly received: ByteQueue = new ByteQueue();
  /** The sender's end of stream has arrived. */
  ended = false;
  /** Bytes that the receiver has taken in, read or not. */
  arrivedBytes = 0;
  /** A write found too little room, and wants to be told of more. */
  writerWaits = false;
  /** A fault that changes the bytes of each segment as it arrives; it may return the same array or another. */
  tamper: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** The sender gives TCP so many bytes at a time, each as a segment of its own; undefined: as the path cuts them. */
  pieceBytes: number | undefined;
  readonly #path: Path;
  readonly #back: Path;
  readonly #sender: PipeEnd;
  readonly #receiver: PipeEnd;
  readonly #unsent = new ByteQueue();
  #flight: Segment[] = [];
  /** How many of the first in the list have arrived. */
  #taken = 0;
  #windowBytes: number;
  /** Read by the receiver, not yet told to the sender. */
  #untoldBytes = 0;
  #updateUnderWay = false;
  #flushScheduled = false;
  #deliveryScheduled = false;
  #finWanted = false;
  #finSent = false;
  #dead = false;
  #cut: StreamCut | undefined;
  #cutShort = false;
  #lostSinceUs: number | undefined;
  /** Before it nothing more leaves: the path is slow, or wants a gap. */
  #nextLeavesUs = 0;
  #retrying = false;
  #giveUp: EventHandle | undefined;

  constructor(paths: { readonly there: Path; readonly back: Path }, sender: PipeEnd, receiver: PipeEnd) {
    this.#path = paths.there;
    this.#back = paths.back;
    this.#sender = sender;
    this.#receiver = receiver;
    this.#windowBytes = receiver.host.options.receiveBufferBytes;
  }

  /** Nothing more is taken: the sender has said that it ends, or is dead. */
  get finWanted(): boolean {
    return this.#finWanted;
  }

  /** Nothing waits for the receiver's window; while something does, the writer is told of room. */
  flushed(): boolean {
    this.writerWaits ||= this.#unsent.bytes > 0;
    return this.#unsent.bytes === 0;
  }

  /** Copies as many bytes as there is room for. @returns how many */
  write(bytes: Uint8Array): number {
    const room = this.#sender.host.options.sendBufferBytes - this.#unsent.bytes;
    const taken = Math.min(room, bytes.length);
    if (taken < bytes.length) this.writerWaits = true;
    if (taken === 0) return 0;
    this.#unsent.push(copyOf(bytes, taken));
    const { coalesceUs } = this.#path.options;
    if (coalesceUs === 0) this.#transmit();
    else if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      this.#path.kernel.schedule(coalesceUs, 'flush', () => this.#flush());
    }
    return taken;
  }

  /** What writes will meet. */
  get outlook(): Pick<Outlook, 'shut' | 'bufferBytes' | 'unsentBytes' | 'windowBytes'> {
    return {
      shut: this.#finWanted,
      bufferBytes: this.#sender.host.options.sendBufferBytes,
      unsentBytes: this.#unsent.bytes,
      windowBytes: this.#path.options.coalesceUs === 0 ? this.#windowBytes : 0,
    };
  }

  /** Tells the receiver that it is connected. */
  open(): void {
    this.#put('open', noBytes);
  }

  /** Ends the stream after what was written. */
  end(): void {
    if (this.#finWanted || this.#dead) return;
    this.#finWanted = true;
    this.#transmit();
  }

  /** Sends a reset, and nothing any more: what has not left is lost. */
  reset(): void {
    if (this.#path.options.resetDropsFlight) {
      this.#flight = this.#flight.slice(this.#taken).filter((segment) => segment.kind === 'open');
      this.#taken = 0;
    }
    this.die();
    this.#put('reset', noBytes);
  }

  /** Nothing leaves any more, and what is lost is not sent again; what is in flight still arrives. */
  die(): void {
    this.#dead = true;
    this.#finWanted = true;
    this.#unsent.clear();
    if (this.#lostSinceUs === undefined) return;
    this.#stopWaiting();
    this.#flight = [];
    this.#taken = 0;
  }

  /** At most `max` of the bytes that have arrived; there are some. */
  read(max: number): Uint8Array {
    const bytes = this.received.take(max);
    if (this.#unsent.bytes === 0) this.#windowBytes += bytes.length + this.#takeUntold();
    else {
      this.#untoldBytes += bytes.length;
      this.#tellWindow();
    }
    return bytes;
  }

  /** Has the stream end early at the receiver: now, where no byte more is to come; undefined: no more. */
  cutAfter(cut: StreamCut | undefined): void {
    if (this.#cutShort || this.ended) return;
    if (cut === undefined || cut.afterBytes > 0) {
      this.#cut = cut;
      return;
    }
    const news = { reset: false };
    this.#endEarly(cut.as, news);
    if (news.reset) this.#receiver.wasReset();
    else this.#receiver.arrived();
    cut.then?.();
  }

  /** Sends what was lost again, at the first try that is still to come. */
  retry(): void {
    const since = this.#lostSinceUs;
    this.#stopWaiting();
    this.#retrying = true;
    const nowUs = this.#path.kernel.nowUs;
    let nextUs = since ?? nowUs;
    for (let waitUs = retransmitUsMin; nextUs < nowUs || nextUs === since; waitUs *= 2) {
      nextUs += Math.min(waitUs, retransmitUsMax);
    }
    this.#scheduleDelivery(nextUs);
  }

  #flush(): void {
    this.#flushScheduled = false;
    this.#transmit();
    this.#tellRoom();
  }

  #transmit(): void {
    while (this.#unsent.bytes > 0 && this.#windowBytes > 0) {
      const segment = this.pieceBytes ?? this.#path.drawSegmentBytes();
      const bytes = this.#unsent.take(Math.min(segment, this.#windowBytes));
      this.#windowBytes -= bytes.length;
      this.#put('data', bytes);
    }
    if (this.#unsent.bytes > 0 || !this.#finWanted || this.#finSent || this.#dead) return;
    this.#finSent = true;
    this.#put('fin', noBytes);
  }

  #put(kind: SegmentKind, bytes: Uint8Array): void {
    const arrivalUs = this.#leavingUs(kind, bytes.length) + this.#path.drawLatencyUs();
    this.#flight.push({ kind, arrivalUs, bytes });
    this.#sender.sent(kind, bytes);
    if (!this.#deliveryScheduled && this.#lostSinceUs === undefined) this.#scheduleDelivery(arrivalUs);
  }

  /** When the segment has left whole: behind what left before it, as fast as the path takes it. */
  #leavingUs(kind: SegmentKind, bytes: number): number {
    const { bytesPerSecond, gapUs, finDelayUs } = this.#path.options;
    const beginsUs = Math.max(this.#path.kernel.nowUs, this.#nextLeavesUs);
    const endsUs = bytesPerSecond === 0 ? beginsUs : beginsUs + Math.ceil((bytes * 1_000_000) / bytesPerSecond);
    if (kind === 'data') this.#nextLeavesUs = endsUs + (this.pieceBytes === undefined ? gapUs : Math.max(1, gapUs));
    return kind === 'fin' ? endsUs + finDelayUs : endsUs;
  }

  #scheduleDelivery(arrivalUs: number): void {
    this.#deliveryScheduled = true;
    const { kernel } = this.#path;
    kernel.schedule(arrivalUs - kernel.nowUs, 'segment', this.#deliver);
  }

  /** Takes in what has arrived by now, in the order in which it left: what overtook another segment waits. The ends are told last, when nothing here is half done. */
  readonly #deliver = (): void => {
    this.#deliveryScheduled = false;
    if (this.#path.losing) {
      this.#lose();
      return;
    }
    if (this.#path.held) {
      this.#deliveryScheduled = true;
      this.#path.stall(this.#deliver);
      return;
    }
    const arrived = this.#takeArrived();
    const next = this.#flight[this.#taken];
    if (next !== undefined) this.#scheduleDelivery(next.arrivalUs);
    if (this.#retrying) this.#tellRetried(arrived);
    const news = { opened: false, readable: false, refused: false, finished: false, reset: false };
    for (const segment of arrived) this.#takeIn(segment, news);
    if (news.opened) this.#receiver.opened();
    if (news.finished) this.#sender.finished();
    if (news.refused && !this.#dead) this.#receiver.refuse();
    if (news.reset) this.#receiver.wasReset();
    else if (news.readable) this.#receiver.arrived();
  };

  #tellRetried(segments: readonly Segment[]): void {
    this.#retrying = false;
    let offset = this.arrivedBytes;
    for (const { kind, bytes } of segments) {
      this.#sender.sentAgain(kind, bytes, offset);
      offset += bytes.length;
    }
  }

  #takeArrived(): readonly Segment[] {
    const nowUs = this.#path.kernel.nowUs;
    const flight = this.#flight;
    const from = this.#taken;
    let to = from;
    while ((flight[to]?.arrivalUs ?? Number.POSITIVE_INFINITY) <= nowUs) to += 1;
    if (to === flight.length) {
      this.#flight = [];
      this.#taken = 0;
      return from === 0 ? flight : flight.slice(from);
    }
    // Thousands of small segments may be in flight: what has arrived goes from the list in one sweep now and then.
    this.#taken = to;
    if (2 * to > flight.length) {
      this.#flight = flight.slice(to);
      this.#taken = 0;
    }
    return flight.slice(from, to);
  }

  #takeIn(segment: Segment, news: News): void {
    const { intake } = this.#receiver;
    switch (segment.kind) {
      case 'open':
        if (intake === 'all') news.opened = true;
        else news.refused = true;
        return;
      case 'data':
        if (intake !== 'all') news.refused = true;
        else if (this.#cutShort) this.#windowBytes += segment.bytes.length;
        else this.#takeBytes(segment.bytes, news);
        return;
      case 'fin':
        if (intake === 'nothing') news.refused = true;
        else {
          news.finished = true;
          if (!this.#cutShort) news.readable = true;
          this.ended = true;
          this.#receiver.acknowledges();
        }
        return;
      case 'reset':
        if (intake !== 'nothing') news.reset = true;
        return;
    }
  }

  #takeBytes(bytes: Uint8Array, news: News): void {
    const changed = this.tamper === undefined ? bytes : this.tamper(bytes);
    const cut = this.#cut;
    const kept = cut === undefined ? changed : changed.subarray(0, cut.afterBytes);
    if (kept.length > 0) this.received.push(kept);
    this.arrivedBytes += kept.length;
    this.#receiver.acknowledges();
    news.readable = true;
    if (cut === undefined) return;
    if (kept.length < cut.afterBytes) this.#cut = { ...cut, afterBytes: cut.afterBytes - kept.length };
    else {
      this.#endEarly(cut.as, news);
      cut.then?.();
    }
  }

  #endEarly(as: StreamCut['as'], news: { reset: boolean }): void {
    this.#cutShort = true;
    if (as === 'eof') this.ended = true;
    else news.reset = true;
  }

  #lose(): void {
    const { kernel } = this.#path;
    if (this.#dead) {
      this.#takeArrived();
      const next = this.#flight[this.#taken];
      if (next !== undefined) this.#scheduleDelivery(next.arrivalUs);
      return;
    }
    this.#lostSinceUs = kernel.nowUs;
    this.#path.lost.add(this);
    this.#giveUp = kernel.schedule(giveUpUs, 'give up', () => {
      this.#giveUp = undefined;
      this.die();
      this.#sender.gaveUp();
    });
  }

  /** No lost segment is waited for any more. */
  #stopWaiting(): void {
    if (this.#lostSinceUs === undefined) return;
    this.#lostSinceUs = undefined;
    this.#path.lost.delete(this);
    if (this.#giveUp !== undefined) this.#path.kernel.cancel(this.#giveUp);
    this.#giveUp = undefined;
  }

  /** The window opens by a segment or half the buffer at a time, never by crumbs (RFC 9293 §3.8.6.2.2). */
  #tellWindow(): void {
    const half = Math.ceil(this.#receiver.host.options.receiveBufferBytes / 2);
    const enough = Math.min(half, this.#path.options.segmentBytes.max);
    if (this.#updateUnderWay || this.#untoldBytes < enough) return;
    this.#updateUnderWay = true;
    this.#receiver.acknowledges();
    this.#path.kernel.schedule(this.#back.options.latencyUs, 'window', () => this.#openWindow());
  }

  #openWindow(): void {
    if (this.#back.losing || this.#back.held) {
      this.#back.stall(() => this.#openWindow());
      return;
    }
    this.#updateUnderWay = false;
    this.#windowBytes += this.#takeUntold();
    if (this.#dead) return;
    this.#transmit();
    this.#tellRoom();
  }

  #takeUntold(): number {
    const untold = this.#untoldBytes;
    this.#untoldBytes = 0;
    return untold;
  }

  #tellRoom(): void {
    if (!this.writerWaits || this.#dead || this.#unsent.bytes >= this.#sender.host.options.sendBufferBytes) return;
    this.writerWaits = false;
    this.#sender.room();
  }
}

interface News {
  opened: boolean;
  readable: boolean;
  refused: boolean;
  finished: boolean;
  reset: boolean;
}
