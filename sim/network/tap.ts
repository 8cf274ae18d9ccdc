/** Who looks on at the network: nothing that happens depends on it. */
import type { ConnectingSegment } from './connecting.js';
import type { HostOptions } from './options.js';
import type { SegmentKind } from './pipe.js';
import type { Socket } from './socket.js';

/** A host as the network knows it. */
export interface TapHost {
  readonly name: string;
  readonly address: string;
  readonly options: HostOptions;
}

export interface NetworkTap {
  /** Told of each segment as it leaves. The bytes must not be changed. */
  readonly onSegment?: ((socket: Socket, kind: SegmentKind, bytes: Uint8Array) => void) | undefined;
  /**
   * Told of each segment that was lost, as it leaves once more and gets through; tries that are lost too are not told of.
   * `offset` is that of its bytes in the stream of `socket`, from 0.
   */
  readonly onRetransmission?:
    | ((socket: Socket, kind: SegmentKind, bytes: Uint8Array, offset: number) => void)
    | undefined;
  /** Told of what leaves before a connection stands: each try of `client`, and each answer of the host that it asks. */
  readonly onConnecting?: ((client: Socket, what: ConnectingSegment, asked: TapHost) => void) | undefined;
  /** Told whenever `socket` has something to tell its peer: what has arrived, or room. No segment is told of besides. */
  readonly onAcknowledgement?: ((socket: Socket) => void) | undefined;
}
