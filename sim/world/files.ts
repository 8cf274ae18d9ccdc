/** The verbs on a host's disk: what is written is lost in a crash unless it was synced. */
import { DiskError } from '../host/index.js';
import type { Ended } from './activity.js';
import type { Process } from './process.js';

/** Bytes of a file that a step shows. */
const shownBytesMax = 256;

export function fileWrite(process: Process, path: string, bytes: Uint8Array | undefined): Ended {
  if (bytes === undefined) return { outcome: 'skipped' };
  return told(process, 'write', path, () => {
    process.host.disk.writeFile(path, bytes);
    return bytes.length;
  });
}

/** Binds what the file holds to the step's name; to nothing where it cannot be read. What is short is seen by checks too, in hex. */
export function fileRead(process: Process, path: string, name: string | undefined): Ended {
  let read = new Uint8Array(0);
  const ended = told(process, 'read', path, () => {
    read = new Uint8Array(process.host.disk.readFile(path));
    if (name !== undefined) process.bind(name, read);
    return read.length;
  });
  if (ended.outcome !== 'ok' || read.length > shownBytesMax) return ended;
  return { ...ended, observed: { ...ended.observed, ret: Buffer.from(read).toString('hex') } };
}

export function fileSync(process: Process, path: string): Ended {
  return told(process, 'sync', path, () => {
    process.host.disk.fsync(path);
    return 0;
  });
}

export function fileRename(process: Process, names: { readonly from: string; readonly to: string }): Ended {
  return told(process, 'rename', names.from, () => {
    process.host.disk.rename(names.from, names.to);
    return 0;
  });
}

export function fileRemove(process: Process, path: string): Ended {
  return told(process, 'remove', path, () => {
    process.host.disk.unlink(path);
    return 0;
  });
}

export function directorySync(process: Process, path: string): Ended {
  return told(process, 'sync directory', path, () => {
    process.host.disk.fsyncDirectory(path);
    return 0;
  });
}

function told(process: Process, what: string, path: string, act: () => number): Ended {
  try {
    const bytes = act();
    process.world.trace.world(process.home.name, process.step, { kind: 'file', what, path, length: bytes });
    return { outcome: 'ok', observed: { bytes } };
  } catch (cause) {
    if (!(cause instanceof DiskError)) throw cause;
    process.world.trace.world(process.home.name, process.step, { kind: 'file', what: cause.code, path, length: 0 });
    return { outcome: cause.code };
  }
}
