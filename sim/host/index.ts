/** Hosts: clocks that are wrong, disks that forget, and crashes. */
export { type ClockOptions, HostClock } from './clock.js';
export {
  CodeFileHandle,
  CodeFs,
  CodeFsError,
  CodeFsPromises,
  type CodeStats,
  descriptorsMax,
  type OpenFlags,
} from './code-fs.js';
export { Disk, type FileStatus, fileBytesMax, filesMax, type Mischief, pathCharactersMax } from './disk.js';
export type { DiskLoss } from './durable.js';
export { DiskError, type DiskErrorCode } from './errors.js';
export { type Crash, Host, type HostHooks, type HostOptions, type HostState } from './host.js';
