/** Hosts, ports and byte streams between them, with what can go wrong. */
export { ByteQueue } from './byte-queue.js';
export { type ConnectingSegment, synRetriesMax, synRetryUsMin } from './connecting.js';
export { NetworkError, type NetworkErrorCode, type SocketErrorCode } from './errors.js';
export { ephemeralPorts, type HostId } from './host-state.js';
export type { Direction, Link } from './link.js';
export type { Listener, ListenOptions } from './listener.js';
export { type CrashHow, hostsMax, Network, type NetworkOptions, socketsMax } from './network.js';
export {
  bufferBytesMax,
  defaultHostOptions,
  defaultPathOptions,
  type HostOptions,
  latencyUsMax,
  type PathOptions,
} from './options.js';
export type { Outlook } from './outlook.js';
export { giveUpUs, retransmitUsMax, retransmitUsMin, type SegmentKind, type StreamCut } from './pipe.js';
export type { Socket, SocketState } from './socket.js';
export type { NetworkTap, TapHost } from './tap.js';
