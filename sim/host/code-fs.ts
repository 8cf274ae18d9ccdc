/**
 * The file system that code under test sees on a host: the names of `node:fs` over the disk of the world. Descriptors count from
 * 3, the lowest that is free, and stand for the file that was opened, whatever becomes of its name; times are the host's clock's;
 * directories are listed in code-unit order. What is written is lost with the host unless it was synced.
 */
import { CodeFsError } from './code-fs-error.js';
import { CodeFsPromises } from './code-fs-promises.js';
import { type CodeStats, statsOf, type WorldDate } from './code-stats.js';
import type { Disk, Held } from './disk.js';
import { DiskError } from './errors.js';

/** Descriptors of one host at most (Linux: RLIMIT_NOFILE). */
export const descriptorsMax = 1024;
/** 0 to 2 are the standard streams. */
const descriptorMin = 3;

/** `r` reads, `w` empties or makes, `a` adds to the end, `x` wants it new; `+` does both ways. */
export type OpenFlags = 'r' | 'r+' | 'w' | 'w+' | 'wx' | 'a' | 'a+' | 'ax';
/** A text is written as UTF-8. */
export type Content = string | Uint8Array;
export type Encoding = 'utf8' | { readonly encoding: 'utf8' };

interface Open {
  readonly path: string;
  readonly held: Held;
  readonly flags: OpenFlags;
  position: number;
}

/** The calls that wait for nothing. */
export class CodeFs {
  /** The same calls, each as a promise that is settled at once. */
  readonly promises: CodeFsPromises;
  readonly #onDisk: Disk;
  readonly #Date: WorldDate;
  readonly #open = new Map<number, Open>();
  #gone = false;

  /** @param date - of the world, for what `stat` tells */
  constructor(disk: Disk, date: WorldDate) {
    this.#onDisk = disk;
    this.#Date = date;
    this.promises = new CodeFsPromises(this);
  }

  /** Its process is gone: whatever still holds it can do nothing with it. */
  end(): void {
    this.#gone = true;
    this.#open.clear();
  }

  readFileSync(path: string): Buffer;
  readFileSync(path: string, encoding: Encoding): string;
  readFileSync(path: string, encoding?: Encoding): Buffer | string {
    const bytes = Buffer.from(this.#do('open', path, () => this.#disk.readFile(path)));
    return encoding === undefined ? bytes : bytes.toString('utf8');
  }

  writeFileSync(path: string, content: Content): void {
    this.#do('open', path, () => this.#disk.writeFile(path, bytesOf(content)));
  }

  appendFileSync(path: string, content: Content): void {
    this.#do('open', path, () => this.#disk.appendFile(path, bytesOf(content)));
  }

  existsSync(path: string): boolean {
    return this.#disk.exists(path);
  }

  statSync(path: string): CodeStats {
    return statsOf(
      this.#do('stat', path, () => this.#disk.status(path)),
      this.#Date,
    );
  }

  /** @throws CodeFsError `ENOENT` where there is none */
  accessSync(path: string): void {
    if (!this.existsSync(path)) throw new CodeFsError('ENOENT', 'access', path);
  }

  mkdirSync(path: string, options: { readonly recursive?: boolean } = {}): void {
    if (options.recursive !== true) {
      this.#do('mkdir', path, () => this.#disk.makeDirectory(path));
      return;
    }
    const parts = path.split('/').slice(1);
    for (const [i] of parts.entries()) {
      const above = `/${parts.slice(0, i + 1).join('/')}`;
      if (!this.#disk.exists(above)) this.#do('mkdir', above, () => this.#disk.makeDirectory(above));
    }
  }

  readdirSync(path: string): string[] {
    return [...this.#do('scandir', path, () => this.#disk.readDirectory(path))];
  }

  copyFileSync(from: string, to: string): void {
    this.writeFileSync(to, this.readFileSync(from));
  }

  renameSync(from: string, to: string): void {
    this.#do('rename', from, () => this.#disk.rename(from, to));
  }

  unlinkSync(path: string): void {
    this.#do('unlink', path, () => this.#disk.unlink(path));
  }

  rmdirSync(path: string): void {
    this.#do('rmdir', path, () => this.#disk.removeDirectory(path));
  }

  /** Opens a file, or a directory to sync it. @returns its descriptor */
  openSync(path: string, flags: OpenFlags = 'r'): number {
    const exists = this.#disk.exists(path);
    if (flags.includes('x') && exists) throw new CodeFsError('EEXIST', 'open', path);
    if (flags.startsWith('r')) this.statSync(path);
    else if (flags.startsWith('w') || !exists) this.writeFileSync(path, '');
    for (let fd = descriptorMin; fd < descriptorsMax; fd++) {
      if (this.#open.has(fd)) continue;
      const held = this.#do('open', path, () => this.#disk.hold(path));
      this.#open.set(fd, { path, held, flags, position: 0 });
      return fd;
    }
    throw new CodeFsError('EMFILE', 'open', path);
  }

  closeSync(fd: number): void {
    const { held } = this.#opened('close', fd);
    this.#disk.letGo(held);
    this.#open.delete(fd);
  }

  fstatSync(fd: number): CodeStats {
    const { held } = this.#opened('fstat', fd);
    return statsOf(this.#disk.statusHeld(held), this.#Date);
  }

  /** Cuts a file, or makes it longer with zeros. */
  ftruncateSync(fd: number, length = 0): void {
    const file = this.#opened('ftruncate', fd);
    if (file.flags === 'r') throw new CodeFsError('EINVAL', 'ftruncate');
    this.#do('ftruncate', file.path, () => {
      const after = new Uint8Array(length);
      after.set(this.#disk.readHeld(file.held).subarray(0, length));
      this.#disk.writeHeld(file.held, after);
    });
  }

  /** Reads into `buffer`; without a `position` from where the last read or write ended. @returns how many bytes */
  readSync(
    fd: number,
    buffer: Uint8Array,
    offset = 0,
    length: number = buffer.length - offset,
    position?: number | null,
  ): number {
    const file = this.#opened('read', fd);
    if (file.flags === 'w' || file.flags === 'wx' || file.flags === 'a' || file.flags === 'ax') {
      throw new CodeFsError('EBADF', 'read');
    }
    const from = position ?? file.position;
    const bytes = this.#do('read', file.path, () => this.#disk.readHeld(file.held)).subarray(from, from + length);
    buffer.set(bytes, offset);
    if (position === undefined || position === null) file.position = from + bytes.length;
    return bytes.length;
  }

  /** Writes at `position`, or where the last read or write ended; with the flag `a` at the end. @returns how many bytes */
  writeSync(fd: number, content: Content, position?: number | null): number {
    const file = this.#opened('write', fd);
    if (file.flags === 'r') throw new CodeFsError('EBADF', 'write');
    const bytes = bytesOf(content);
    const before = this.#do('write', file.path, () => this.#disk.readHeld(file.held));
    const at = file.flags.startsWith('a') ? before.length : (position ?? file.position);
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.#do('write', file.path, () => this.#disk.writeHeld(file.held, after));
    if (position === undefined || position === null) file.position = at + bytes.length;
    return bytes.length;
  }

  /** Makes the contents of a file durable, or the names in a directory. */
  fsyncSync(fd: number): void {
    const { path, held } = this.#opened('fsync', fd);
    this.#do('fsync', path, () => this.#disk.syncHeld(held));
  }

  fdatasyncSync(fd: number): void {
    this.fsyncSync(fd);
  }

  get #disk(): Disk {
    if (this.#gone) throw new CodeFsError('EIO', 'any call of a process that is gone');
    return this.#onDisk;
  }

  #opened(syscall: string, fd: number): Open {
    const file = this.#open.get(fd);
    if (file === undefined) throw new CodeFsError('EBADF', syscall);
    return file;
  }

  #do<T>(syscall: string, path: string, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      if (cause instanceof DiskError) throw new CodeFsError(cause.code, syscall, path, { cause });
      throw cause;
    }
  }
}

function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}
