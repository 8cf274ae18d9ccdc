/** What a server of the emulator keeps beside its contexts: its session store, its ticket keys and its keys from elsewhere, on the disk of its host. */
import { ringOf, type StoreFiles, ticketKeysBytes, ticketKeysMax } from '../emulator/index.js';
import { type Disk, DiskError } from '../host/index.js';
import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

/** Keys that a rotation keeps where the step does not say. */
const ringKeptDefault = 2;
/** Of a key from elsewhere: as long as its hash, SHA-256. */
const pskBytes = 32;

/** Gives a named context ticket keys: such as its namesakes share, or of a file. */
export function useTicketKeys(process: Process, name: string, options: VerbOptions['ticket_keys']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  const { stack } = process;
  if ('file' in options) {
    const ring = ticketKeysOfFile(process, options);
    if ('outcome' in ring) return ring;
    stack.setTicketRing(ctx, ring);
  } else if ('ring' in options) {
    const ring = options.ring.map((one) => sharedKeys(process, one));
    stack.setTicketRing(ctx, ring);
  } else {
    stack.setTicketKeys(ctx, sharedKeys(process, options.shared));
  }
  return ok;
}

/** Gives a named context a key from elsewhere, for both roles. */
export function useSharedPsk(process: Process, name: string, { identity, shared }: VerbOptions['psk']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  const key = new Uint8Array(pskBytes);
  process.world.sharedBytes(`psk/${shared}`, key);
  process.stack.usePreSharedKey(ctx, { identity, key });
  return ok;
}

/** Keeps the sessions of a named context in files; their directory is made where it is missing. */
export function storeSessions(process: Process, name: string, options: VerbOptions['session_store']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  const { disk } = process.host;
  try {
    if (!disk.exists(options.directory)) {
      disk.makeDirectory(options.directory);
      disk.fsyncDirectory('/');
    }
  } catch (cause) {
    if (cause instanceof DiskError) return { outcome: cause.code };
    throw cause;
  }
  process.stack.setSessionStore(ctx, storeFiles(process), options);
  return ok;
}

/** A fresh stream of the same label: whoever shares the name gets the same bytes. */
function sharedKeys(process: Process, name: string): Uint8Array {
  const keys = new Uint8Array(ticketKeysBytes);
  process.world.sharedBytes(`ticket-keys/${name}`, keys);
  return keys;
}

/** The files of a process, for callbacks: what fails is written into the trace, and answered with nothing. */
function storeFiles(process: Process): StoreFiles {
  const { disk } = process.host;
  const attempt = <T>(what: string, path: string, act: () => T): T | undefined => {
    try {
      return act();
    } catch (cause) {
      if (!(cause instanceof DiskError)) throw cause;
      process.world.trace.world(process.home.name, process.step, {
        kind: 'file',
        what: `${what}: ${cause.code}`,
        path: directoryOf(path),
        length: 0,
      });
      return undefined;
    }
  };
  const done = (what: string, path: string, act: () => void): boolean =>
    attempt(what, path, () => {
      act();
      return true;
    }) ?? false;
  return {
    read: (path) => attempt('read', path, () => disk.readFile(path)),
    write: (path, bytes) => done('write', path, () => disk.writeFile(path, bytes)),
    remove: (path) => done('remove', path, () => disk.unlink(path)),
    sync: (path) => done('sync', path, () => syncWhole(disk, path)),
  };
}

/**
 * The ticket keys of a file, newest first: made, and made durable, where it holds none; with a new one in front where the step
 * says so. @returns them, or how the step ended because of the disk
 */
function ticketKeysOfFile(
  process: Process,
  options: Extract<VerbOptions['ticket_keys'], { file: string }>,
): readonly Uint8Array[] | Ended {
  const { file, rotate = false, keep = ringKeptDefault } = options;
  const { disk } = process.host;
  try {
    const held = disk.exists(file) ? ringOf(disk.readFile(file)) : [];
    if (held.length > 0 && !rotate) return held;
    const fresh = new Uint8Array(ticketKeysBytes);
    process.fillRandom('ticket-keys', fresh);
    const ring = [fresh, ...held].slice(0, Math.min(keep, ticketKeysMax));
    disk.writeFile(file, Buffer.concat(ring));
    syncWhole(disk, file);
    return ring;
  } catch (cause) {
    if (cause instanceof DiskError) return { outcome: cause.code };
    throw cause;
  }
}

function syncWhole(disk: Disk, path: string): void {
  disk.fsync(path);
  disk.fsyncDirectory(directoryOf(path));
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
