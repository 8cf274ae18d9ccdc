/** What `stat` tells code under test: nothing of the machine, and times of the world. */
import type { FileStatus } from './disk.js';

/** `Date` as the world has it. */
export type WorldDate = DateConstructor;
type WorldTime = InstanceType<WorldDate>;

/**
 * Sizes in bytes; times as milliseconds since the Unix epoch and as `Date`, by the clock of the host. Reading leaves `atime` as it is
 * (a disk mounted with noatime). `ino` is the file's own number on this disk.
 */
export interface CodeStats {
  readonly size: number;
  readonly ino: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
  readonly atime: WorldTime;
  readonly mtime: WorldTime;
  readonly ctime: WorldTime;
  readonly birthtime: WorldTime;
  isFile(): boolean;
  isDirectory(): boolean;
  /** There are none on these disks. */
  isSymbolicLink(): boolean;
}

export function statsOf({ kind, bytes, file, bornMs, modifiedMs, changedMs }: FileStatus, date: WorldDate): CodeStats {
  return {
    size: bytes,
    ino: file,
    atimeMs: modifiedMs,
    mtimeMs: modifiedMs,
    ctimeMs: changedMs,
    birthtimeMs: bornMs,
    atime: new date(modifiedMs),
    mtime: new date(modifiedMs),
    ctime: new date(changedMs),
    birthtime: new date(bornMs),
    isFile: () => kind === 'file',
    isDirectory: () => kind === 'directory',
    isSymbolicLink: () => false,
  };
}
