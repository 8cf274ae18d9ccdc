/** `--pcap FILE`: the run once more, under real cryptography, as a capture that Wireshark opens decrypted. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { capturePlan } from '../capture/index.js';
import type { Plan } from '../plan/index.js';
import { CommandFailure, exitCodes } from './exit.js';

const chunkBytes = 1 << 16;

/**
 * Runs a plan again and writes what goes over its network.
 * @param run - what the run came to that the capture shows
 * @throws CommandFailure where the file cannot be written, or where that run was another
 */
export function writeCapture(path: string, plan: Plan, run: { readonly fingerprint: string }): void {
  const file = new CaptureWriter(path);
  const { fingerprint } = capturePlan(plan, (bytes) => file.write(bytes));
  file.close();
  if (fingerprint === run.fingerprint) return;
  throw new CommandFailure(
    exitCodes.promiseBroken,
    `the run in ${path}, under real cryptography, differs: its fingerprint is ${fingerprint}, not ${run.fingerprint}`,
  );
}

/** Writes small pieces together. */
class CaptureWriter {
  readonly #path: string;
  readonly #descriptor: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = this.#tried(() => openSync(path, 'w'));
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= chunkBytes) this.#flush();
  }

  close(): void {
    this.#flush();
    this.#tried(() => closeSync(this.#descriptor));
  }

  #flush(): void {
    let left: Uint8Array = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    while (left.length > 0) left = left.subarray(this.#tried(() => writeSync(this.#descriptor, left)));
  }

  #tried<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : '';
      throw new CommandFailure(exitCodes.usedWrongly, `cannot write the capture to ${this.#path}: ${why}`, { cause });
    }
  }
}
