/** Runs as streams: of packets that Wireshark opens decrypted, of the secrets alone, of events. */
export type { CaptureSink } from './file.js';
export { KeyLog } from './key-log.js';
export { capturePlan } from './run.js';
export { type CaptureOptions, type Streamed, toKeylog, toPcapng, traceOf } from './stream.js';
