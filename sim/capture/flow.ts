/** One TCP connection as it goes over the wire: the sequence numbers, acknowledgements and windows that its sockets imply. */
import type { SegmentKind, Socket, TapHost } from '../network/index.js';
import { type FrameEnd, frameOf, payloadBytesMax, tcpFlag } from './frame.js';

const sequences = 2 ** 32;
/** A client's first sequence number: far from 0, and another for each connection. The server's lies half the space away. */
const firstSequence = { base: 0x1000_0000, step: 0x0101_0101 } as const;
/** Announced with each SYN (RFC 9293 §3.7.1): what an Ethernet frame holds. */
const segmentBytesMax = 1460;
const none = new Uint8Array(0);

/** One end, with what has left it. */
interface FlowEnd extends FrameEnd {
  readonly host: string;
  readonly firstSequence: number;
  /** Bits by which the windows that it tells are shifted (RFC 7323 §2.2). */
  readonly windowShift: number;
  readonly receiveBufferBytes: number;
  /** Bytes of the stream that have left, from 0; its end counts as one. */
  sent: number;
}

/** What an end has to say of what came: fixed at the moment at which it came. */
export interface Receipt {
  readonly acknowledgement: number;
  readonly window: number;
}

export class Flow {
  /** The step that opened it, once that is known. */
  step = '';
  readonly #client: FlowEnd;
  readonly #server: FlowEnd;

  /** @param number - of the connection, from 1: gives the first sequence numbers */
  constructor(client: Socket, server: TapHost, number: number) {
    const sequence = (firstSequence.base + number * firstSequence.step) % sequences;
    this.#client = flowEnd(client.host, client.localPort, sequence);
    this.#server = flowEnd(server, client.peerPort, (sequence + sequences / 2) % sequences);
  }

  /** Bytes that have left this end so far. */
  sentBytes(role: Socket['role']): number {
    return this.#end(role).sent;
  }

  syn(): Uint8Array {
    const client = this.#client;
    return this.#frame('client', tcpFlag.syn, 0, {
      sequence: client.firstSequence,
      window: Math.min(client.receiveBufferBytes, 0xffff),
      options: synOptions(client.windowShift),
    });
  }

  synAnswer(what: 'accept' | 'refuse'): Uint8Array {
    const server = this.#server;
    const acknowledgement = this.#client.firstSequence + 1;
    if (what === 'refuse')
      return this.#frame('server', tcpFlag.rst | tcpFlag.ack, acknowledgement, { sequence: 0, window: 0 });
    return this.#frame('server', tcpFlag.syn | tcpFlag.ack, acknowledgement, {
      sequence: server.firstSequence,
      window: Math.min(server.receiveBufferBytes, 0xffff),
      options: synOptions(server.windowShift),
    });
  }

  /** What a socket would tell now of what has come to it. */
  receiptOf(socket: Socket): Receipt {
    const end = this.#end(socket.role);
    const peer = this.#peer(socket.role);
    // What is told is never more than what has left: where a fault ends a stream early, the end was never sent.
    const arrived = Math.min(socket.arrivedBytes + (socket.peerEnded ? 1 : 0), peer.sent);
    const room = Math.max(0, end.receiveBufferBytes - socket.unreadBytes);
    return { acknowledgement: peer.firstSequence + 1 + arrived, window: room >> end.windowShift };
  }

  /** A segment leaves a socket: its frames, more than one where it is larger than an IP packet. */
  segment(socket: Socket, kind: SegmentKind, bytes: Uint8Array): readonly Uint8Array[] {
    const end = this.#end(socket.role);
    const frames = this.again(socket, kind, bytes, end.sent);
    end.sent += kind === 'fin' ? 1 : bytes.length;
    return frames;
  }

  /** The same, of a segment that has left before. @param offset - of its bytes in the stream, from 0 */
  again(socket: Socket, kind: SegmentKind, bytes: Uint8Array, offset: number): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = 0;
    do {
      const payload = bytes.subarray(at, at + payloadBytesMax);
      frames.push(this.#say(socket, flagsOf[kind], offset + at, this.receiptOf(socket), payload));
      at += payload.length;
    } while (at < bytes.length);
    return frames;
  }

  /** A segment without bytes that tells what has come. */
  acknowledge(socket: Socket, receipt: Receipt): Uint8Array {
    return this.#say(socket, tcpFlag.ack, this.#end(socket.role).sent, receipt, none);
  }

  #say(socket: Socket, flags: number, offset: number, receipt: Receipt, payload: Uint8Array): Uint8Array {
    const { acknowledgement, window } = receipt;
    const sequence = this.#end(socket.role).firstSequence + 1 + offset;
    return this.#frame(socket.role, flags, acknowledgement, { sequence, window, payload });
  }

  #frame(
    role: Socket['role'],
    flags: number,
    acknowledgement: number,
    rest: {
      readonly sequence: number;
      readonly window: number;
      readonly options?: Uint8Array;
      readonly payload?: Uint8Array;
    },
  ): Uint8Array {
    return frameOf({
      from: this.#end(role),
      to: this.#peer(role),
      flags,
      sequence: rest.sequence % sequences,
      acknowledgement: acknowledgement % sequences,
      window: rest.window,
      options: rest.options ?? none,
      payload: rest.payload ?? none,
    });
  }

  #end(role: Socket['role']): FlowEnd {
    return role === 'client' ? this.#client : this.#server;
  }

  #peer(role: Socket['role']): FlowEnd {
    return role === 'client' ? this.#server : this.#client;
  }
}

const flagsOf: Readonly<Record<SegmentKind, number>> = {
  open: tcpFlag.ack,
  data: tcpFlag.psh | tcpFlag.ack,
  fin: tcpFlag.fin | tcpFlag.ack,
  reset: tcpFlag.rst | tcpFlag.ack,
};

function flowEnd(host: TapHost, port: number, firstOfEnd: number): FlowEnd {
  const { receiveBufferBytes } = host.options;
  let windowShift = 0;
  while (receiveBufferBytes >> windowShift > 0xffff) windowShift++;
  const address = ipv4(host.address);
  return { host: host.name, address, port, receiveBufferBytes, windowShift, firstSequence: firstOfEnd, sent: 0 };
}

/** Maximum segment size; no operation; window scale (RFC 9293 §3.2, RFC 7323 §2.2). */
function synOptions(windowShift: number): Uint8Array {
  return Uint8Array.of(2, 4, segmentBytesMax >> 8, segmentBytesMax & 0xff, 1, 3, 3, windowShift);
}

/** @throws RangeError unless it is four numbers of 0 to 255 with dots between */
function ipv4(address: string): Uint8Array {
  const bytes = address.split('.').map(Number);
  if (bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) {
    return Uint8Array.from(bytes);
  }
  throw new RangeError(`a capture shows IPv4 addresses, and "${address}" is none`);
}
