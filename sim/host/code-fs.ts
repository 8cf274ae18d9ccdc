/**
 * The file system that code under test sees on a host: the names of `node:fs` over the disk of the world. Descriptors count from
 * 3, the lowest that is free; times are the host's clock's; directories are listed in code-unit order. What is written is lost
 * with the host unless it was synced. A descriptor stands for the path that it was opened by.
 */
import type { Disk } from './disk.js';
import { DiskError, type DiskErrorCode } from './errors.js';

/** Descriptors of one host at most (Linux: RLIMIT_NOFILE). */
export const descriptorsMax = 1024;
/** 0 to 2 are the standard streams. */
const descriptorMin = 3;

/** As Node tells it: `code`, `syscall` and `path`, and all of them in the message. */
export class CodeFsError extends Error {
  override readonly name = 'Error';
  readonly code: DiskErrorCode | 'EBADF' | 'EMFILE';
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(code: CodeFsError['code'], syscall: string, path?: string, options?: ErrorOptions) {
    super(`${code}: ${syscall}${path === undefined ? '' : ` '${path}'`}`, options);
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }
}

/** What `stat` tells: sizes in bytes, times in milliseconds since the Unix epoch. */
export interface CodeStats {
  readonly size: number;
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** `r` reads, `w` empties or makes, `a` adds to the end, `x` wants it new; `+` does both ways. */
export type OpenFlags = 'r' | 'r+' | 'w' | 'w+' | 'wx' | 'a' | 'a+' | 'ax';
type Content = string | Uint8Array;
type Encoding = 'utf8' | { readonly encoding: 'utf8' };

interface Open {
  readonly path: string;
  readonly flags: OpenFlags;
  position: number;
}

/** The calls that wait for nothing. */
export class CodeFs {
  /** The same calls, each as a promise that is settled at once. */
  readonly promises: CodeFsPromises;
  readonly #disk: Disk;
  readonly #open = new Map<number, Open>();

  constructor(disk: Disk) {
    this.#disk = disk;
    this.promises = new CodeFsPromises(this);
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
    const { kind, bytes, modifiedMs } = this.#do('stat', path, () => this.#disk.status(path));
    return {
      size: bytes,
      mtimeMs: modifiedMs,
      isFile: () => kind === 'file',
      isDirectory: () => kind === 'directory',
    };
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
      this.#open.set(fd, { path, flags, position: 0 });
      return fd;
    }
    throw new CodeFsError('EMFILE', 'open', path);
  }

  closeSync(fd: number): void {
    this.#opened('close', fd);
    this.#open.delete(fd);
  }

  fstatSync(fd: number): CodeStats {
    return this.statSync(this.#opened('fstat', fd).path);
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
    const bytes = this.#do('read', file.path, () => this.#disk.readFile(file.path)).subarray(from, from + length);
    buffer.set(bytes, offset);
    if (position === undefined || position === null) file.position = from + bytes.length;
    return bytes.length;
  }

  /** Writes at `position`, or where the last read or write ended; with the flag `a` at the end. @returns how many bytes */
  writeSync(fd: number, content: Content, position?: number | null): number {
    const file = this.#opened('write', fd);
    if (file.flags === 'r') throw new CodeFsError('EBADF', 'write');
    const bytes = bytesOf(content);
    if (file.flags.startsWith('a')) {
      this.#do('write', file.path, () => this.#disk.appendFile(file.path, bytes));
      return bytes.length;
    }
    const before = this.#do('write', file.path, () => this.#disk.readFile(file.path));
    const at = position ?? file.position;
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.#do('write', file.path, () => this.#disk.writeFile(file.path, after));
    if (position === undefined || position === null) file.position = at + bytes.length;
    return bytes.length;
  }

  /** Makes the contents of a file durable, or the names in a directory. */
  fsyncSync(fd: number): void {
    const { path } = this.#opened('fsync', fd);
    const directory = this.statSync(path).isDirectory();
    this.#do('fsync', path, () => (directory ? this.#disk.fsyncDirectory(path) : this.#disk.fsync(path)));
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

/** The calls of `node:fs/promises`. */
export class CodeFsPromises {
  readonly #fs: CodeFs;

  constructor(fs: CodeFs) {
    this.#fs = fs;
  }

  readFile(path: string): Promise<Buffer>;
  readFile(path: string, encoding: Encoding): Promise<string>;
  async readFile(path: string, encoding?: Encoding): Promise<Buffer | string> {
    return encoding === undefined ? this.#fs.readFileSync(path) : this.#fs.readFileSync(path, encoding);
  }

  async writeFile(path: string, content: Content): Promise<void> {
    this.#fs.writeFileSync(path, content);
  }

  async appendFile(path: string, content: Content): Promise<void> {
    this.#fs.appendFileSync(path, content);
  }

  async stat(path: string): Promise<CodeStats> {
    return this.#fs.statSync(path);
  }

  async mkdir(path: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    this.#fs.mkdirSync(path, options);
  }

  async readdir(path: string): Promise<string[]> {
    return this.#fs.readdirSync(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#fs.renameSync(from, to);
  }

  async unlink(path: string): Promise<void> {
    this.#fs.unlinkSync(path);
  }

  async rmdir(path: string): Promise<void> {
    this.#fs.rmdirSync(path);
  }

  /** @returns a handle: what `open` of `node:fs/promises` gives */
  async open(path: string, flags: OpenFlags = 'r'): Promise<CodeFileHandle> {
    return new CodeFileHandle(this.#fs, this.#fs.openSync(path, flags));
  }
}

/** An open file, as promises have it. */
export class CodeFileHandle {
  readonly fd: number;
  readonly #fs: CodeFs;

  constructor(fs: CodeFs, fd: number) {
    this.#fs = fs;
    this.fd = fd;
  }

  async read(
    buffer: Uint8Array,
    offset = 0,
    length?: number,
    position?: number | null,
  ): Promise<{ bytesRead: number }> {
    return { bytesRead: this.#fs.readSync(this.fd, buffer, offset, length ?? buffer.length - offset, position) };
  }

  async write(content: Content, position?: number | null): Promise<{ bytesWritten: number }> {
    return { bytesWritten: this.#fs.writeSync(this.fd, content, position) };
  }

  async stat(): Promise<CodeStats> {
    return this.#fs.fstatSync(this.fd);
  }

  async sync(): Promise<void> {
    this.#fs.fsyncSync(this.fd);
  }

  async close(): Promise<void> {
    this.#fs.closeSync(this.fd);
  }
}

function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}
