/** The promise side of the file system of code under test: the same calls, each settled at once. */
import type { CodeFs, Content, Encoding, OpenFlags } from './code-fs.js';
import type { CodeStats } from './code-stats.js';

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

  async access(path: string): Promise<void> {
    this.#fs.accessSync(path);
  }

  async copyFile(from: string, to: string): Promise<void> {
    this.#fs.copyFileSync(from, to);
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

  async datasync(): Promise<void> {
    this.#fs.fdatasyncSync(this.fd);
  }

  async truncate(length = 0): Promise<void> {
    this.#fs.ftruncateSync(this.fd, length);
  }

  async readFile(): Promise<Buffer> {
    const bytes = Buffer.alloc(this.#fs.fstatSync(this.fd).size);
    this.#fs.readSync(this.fd, bytes, 0, bytes.length, 0);
    return bytes;
  }

  async close(): Promise<void> {
    this.#fs.closeSync(this.fd);
  }
}
