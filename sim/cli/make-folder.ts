/** A folder, with those that it is in. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandFailure, exitCodes } from './exit.js';

/**
 * Makes the folder where there is none. Step by step: in a place where nothing can be made (`/proc`), Node's own `recursive` never ends.
 * @throws CommandFailure where it cannot be made, or something else has its name
 */
export function makeFolder(path: string): void {
  try {
    make(resolve(path));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(exitCodes.usedWrongly, `${path} cannot be a folder: ${why}`, { cause });
  }
}

function make(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw new Error('there is a file of that name');
  if (dirname(path) !== path) make(dirname(path));
  try {
    mkdirSync(path);
  } catch (cause) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw cause; // another process was quicker
  }
}
