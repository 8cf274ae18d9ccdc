/** Hosts: clocks that are wrong, disks that forget, and crashes. */
export { type ClockOptions, HostClock } from './clock.js';
export { CodeFs, descriptorsMax, type OpenFlags } from './code-fs.js';
export { CodeFsError } from './code-fs-error.js';
export { CodeFileHandle, CodeFsPromises } from './code-fs-promises.js';
export type { CodeStats } from './code-stats.js';
export { Disk, type FileStatus, fileBytesMax, filesMax, type Held, type Mischief, pathCharactersMax } from './disk.js';
export type { DiskLoss } from './durable.js';
export { DiskError, type DiskErrorCode } from './errors.js';
export { type Crash, Host, type HostHooks, type HostOptions, type HostState } from './host.js';
