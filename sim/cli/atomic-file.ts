/** A file that is there whole or not at all, whatever ends the process while it is written. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CommandFailure, exitCodes } from './exit.js';

/**
 * Writes JSON that a person can read: beside its place first, then into it. What stood there stays until then.
 * @throws CommandFailure where there is no room, or no such folder
 */
export function writeWhole(path: string, value: unknown): void {
  const beside = join(dirname(path), `.${basename(path)}.tmp`);
  try {
    const file = openSync(beside, 'w');
    try {
      writeAll(file, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
      fsyncSync(file); // the name must not come to the disk before what it names
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(exitCodes.missing, `cannot write ${path}: ${why}`, { cause });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
