/** The numbers that shape a link or a host: plain data, all of them whole, so that they can stand in a plan. */
import { NetworkError } from './errors.js';

/** One direction of a link. */
export interface PathOptions {
  /** From leaving one host to arriving at the other, microseconds. */
  readonly latencyUs: number;
  /** Up to so much more, drawn for each segment, microseconds; 0 draws nothing. Order is kept all the same. */
  readonly jitterUs: number;
  /** Bytes in a segment at most, drawn for each from `min` to `max`; equal, nothing is drawn. */
  readonly segmentBytes: { readonly min: number; readonly max: number };
  /** What is written within so many microseconds leaves together; 0: each write leaves at once, by itself. */
  readonly coalesceUs: number;
  /** What is still in flight when a reset follows it is lost: as when a segment went astray, and nobody sends it again. */
  readonly resetDropsFlight: boolean;
  /** What a stream passes in a second at most; 0: as much as there is. */
  readonly bytesPerSecond: number;
  /** How long after one segment of a stream the next may leave, microseconds. */
  readonly gapUs: number;
  /** How much later than the rest the end of a stream arrives, microseconds. */
  readonly finDelayUs: number;
}

/** The buffers of the sockets of one host. */
export interface HostOptions {
  /** What the socket takes before a segment has left, bytes. */
  readonly sendBufferBytes: number;
  /** What may be in flight to the socket or unread in it, bytes. */
  readonly receiveBufferBytes: number;
}

/** A local network: half a millisecond one way, Ethernet's segments (RFC 9293 §3.7.1: 1500 − 40). */
export const defaultPathOptions: PathOptions = {
  latencyUs: 500,
  jitterUs: 0,
  segmentBytes: { min: 1460, max: 1460 },
  coalesceUs: 0,
  resetDropsFlight: false,
  bytesPerSecond: 0,
  gapUs: 0,
  finDelayUs: 0,
};

/** Linux's defaults: the middle values of tcp_wmem and tcp_rmem. */
export const defaultHostOptions: HostOptions = { sendBufferBytes: 16_384, receiveBufferBytes: 131_072 };

/** Microseconds of latency or jitter at most: an hour. */
export const latencyUsMax = 3_600_000_000;
/** Bytes of one buffer at most. */
export const bufferBytesMax: number = 2 ** 26;

/** `base` with what `change` gives in its place. @throws NetworkError `OPTION_INVALID`, with the option's name */
export function pathOptions(base: PathOptions, change: Partial<PathOptions>): PathOptions {
  const options: PathOptions = {
    latencyUs: change.latencyUs ?? base.latencyUs,
    jitterUs: change.jitterUs ?? base.jitterUs,
    segmentBytes: change.segmentBytes ?? base.segmentBytes,
    coalesceUs: change.coalesceUs ?? base.coalesceUs,
    resetDropsFlight: change.resetDropsFlight ?? base.resetDropsFlight,
    bytesPerSecond: change.bytesPerSecond ?? base.bytesPerSecond,
    gapUs: change.gapUs ?? base.gapUs,
    finDelayUs: change.finDelayUs ?? base.finDelayUs,
  };
  checkWhole('latencyUs', options.latencyUs, 0, latencyUsMax);
  checkWhole('jitterUs', options.jitterUs, 0, latencyUsMax);
  checkWhole('segmentBytes.min', options.segmentBytes.min, 1, bufferBytesMax);
  checkWhole('segmentBytes.max', options.segmentBytes.max, options.segmentBytes.min, bufferBytesMax);
  checkWhole('coalesceUs', options.coalesceUs, 0, latencyUsMax);
  checkWhole('bytesPerSecond', options.bytesPerSecond, 0, Number.MAX_SAFE_INTEGER);
  checkWhole('gapUs', options.gapUs, 0, latencyUsMax);
  checkWhole('finDelayUs', options.finDelayUs, 0, latencyUsMax);
  return options;
}

/** `base` with what `change` gives in its place. @throws NetworkError `OPTION_INVALID`, with the option's name */
export function hostOptions(base: HostOptions, change: Partial<HostOptions>): HostOptions {
  const options: HostOptions = {
    sendBufferBytes: change.sendBufferBytes ?? base.sendBufferBytes,
    receiveBufferBytes: change.receiveBufferBytes ?? base.receiveBufferBytes,
  };
  checkWhole('sendBufferBytes', options.sendBufferBytes, 1, bufferBytesMax);
  checkWhole('receiveBufferBytes', options.receiveBufferBytes, 1, bufferBytesMax);
  return options;
}

/** @throws NetworkError `OPTION_INVALID` unless `value` is an integer of `min` to `max` */
export function checkWhole(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new NetworkError('OPTION_INVALID', `${name} is a whole number of ${min} to ${max}, not ${value}`);
}
