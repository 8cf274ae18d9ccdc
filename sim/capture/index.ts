/** Captures: runs as pcapng files that Wireshark opens decrypted. */
export type { CaptureSink } from './file.js';
export { type CaptureOptions, capturePlan } from './run.js';
