/**
 * The disk of one host: what its processes see, on a memfs volume, and what survives a crash beside it. Nothing of memfs
 * that tells of the machine comes out: no times of its own, no descriptors, no inode numbers, no text in place of bytes.
 */
import { Volume } from 'memfs';
import { type DiskLoss, DurableView, type FileId, type Named } from './durable.js';
import { asDiskError, DiskError } from './errors.js';

/** Bytes of one file at most. */
export const fileBytesMax: number = 2 ** 26;
/** Files and directories on one disk at most. */
export const filesMax = 100_000;
/** Characters of a path (Linux: PATH_MAX). */
export const pathCharactersMax = 4096;

export interface FileStatus {
  readonly kind: 'file' | 'directory';
  /** Bytes of a file, 0 of a directory. */
  readonly bytes: number;
  /** When it was last written or made, by the host's clock: milliseconds since the Unix epoch. */
  readonly modifiedMs: number;
  /** When it was last written, made, renamed or unlinked. */
  readonly changedMs: number;
  /** When it was made. */
  readonly bornMs: number;
  /** Its number on this disk: the same as long as it is there, whatever its name. */
  readonly file: FileId;
}

/** A file or directory that a process holds open: it stays what it is when its name is moved, removed or given to another. */
export interface Held {
  readonly entry: Entry;
  /** The file's on the volume; -1 of a directory. */
  readonly descriptor: number;
}

/** A write that is not what it seems: nothing of it reaches the disk, or its first `bytes` alone. */
export type Mischief =
  | { readonly do: 'lose'; readonly path?: string | undefined }
  | { readonly do: 'tear'; readonly path?: string | undefined; readonly bytes: number };

interface Entry extends Named, Times {}

interface Times {
  readonly bornMs: number;
  modifiedMs: number;
  changedMs: number;
}

const root: FileId = 0;

export class Disk {
  /** A fault: fsync says that it has done its work, and has not. */
  syncLies = false;
  /** A fault: whatever would be written does not fit. */
  full = false;
  readonly #mischief: Mischief[] = [];
  readonly #nowMs: () => number;
  readonly #durable = new DurableView();
  #volume: Volume = new Volume();
  #entries: Map<string, Entry>;
  #lastId: FileId = root;

  /** @param nowMs - the host's clock */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#entries = new Map([['/', { id: root, kind: 'directory', ...timesAt(nowMs()) }]]);
  }

  /** The whole contents, as bytes that the caller may keep. @throws DiskError `ENOENT`, `EISDIR`, `EINVAL` */
  readFile(path: string): Uint8Array {
    this.#entry(path, 'file');
    return new Uint8Array(this.#volume.readFileSync(path) as Buffer); // without an encoding it is bytes
  }

  /** Makes the file or replaces what it holds. @throws DiskError `ENOENT`: no such directory; `EISDIR`, `ENOSPC` */
  writeFile(path: string, bytes: Uint8Array): void {
    const lands = this.#whatLands(path, bytes, () => (this.exists(path) ? this.readFile(path) : new Uint8Array(0)));
    if (lands !== undefined) this.#write(path, lands.length, () => this.#volume.writeFileSync(path, lands));
  }

  /** A fault: the next write, of that path where one is named, says that it has succeeded. */
  spoilNextWrite(mischief: Mischief): void {
    this.#mischief.push(mischief);
  }

  /** Adds to the end of a file, which is made where there is none. @throws DiskError as `writeFile` */
  appendFile(path: string, bytes: Uint8Array): void {
    const size = this.exists(path) ? this.status(path).bytes : 0;
    const spoilt = this.#mischief.find((one) => one.path === undefined || one.path === path);
    if (spoilt !== undefined) {
      const old = size === 0 ? new Uint8Array(0) : this.readFile(path);
      const all = new Uint8Array(size + bytes.length);
      all.set(old);
      all.set(bytes, size);
      this.writeFile(path, all);
      return;
    }
    this.#write(path, size + bytes.length, () => this.#volume.appendFileSync(path, Buffer.from(bytes)));
  }

  /** Moves a file or a directory; what has the new name is replaced. @throws DiskError `ENOENT`, `EINVAL`, … */
  rename(from: string, to: string): void {
    const moved = this.#entry(from);
    checkPath(to);
    if (from === to) return;
    const replaced = this.#entries.get(to);
    if (from === '/' || to.startsWith(`${from}/`))
      throw new DiskError('EINVAL', to, `'${from}' cannot move into itself`);
    if (replaced !== undefined && replaced.kind !== moved.kind) {
      throw new DiskError(replaced.kind === 'directory' ? 'EISDIR' : 'ENOTDIR', to, `'${from}' is a ${moved.kind}`);
    }
    if (replaced?.kind === 'directory' && this.readDirectory(to).length > 0) {
      throw new DiskError('ENOTEMPTY', to, 'the directory holds files');
    }
    const target = this.#parentOf(to);
    this.#attempt(to, () => this.#volume.renameSync(from, to));
    this.#durable.note([
      { directory: this.#parentOf(from), name: nameOf(from), means: undefined },
      { directory: target, name: nameOf(to), means: { id: moved.id, kind: moved.kind } },
    ]);
    for (const [path, entry] of [...this.#entries]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#entries.delete(path);
      this.#entries.set(to + path.slice(from.length), entry);
    }
    moved.changedMs = this.#nowMs();
    if (replaced !== undefined) replaced.changedMs = moved.changedMs;
  }

  /** Removes a file. @throws DiskError `ENOENT`, `EISDIR` */
  unlink(path: string): void {
    const entry = this.#entry(path, 'file');
    entry.changedMs = this.#nowMs();
    this.#attempt(path, () => this.#volume.unlinkSync(path));
    this.#removeName(path);
  }

  /** Makes a directory; the one above it must be there. @throws DiskError `EEXIST`, `ENOENT`, `ENOTDIR`, `ENOSPC` */
  makeDirectory(path: string): void {
    checkPath(path);
    if (this.full) throw new DiskError('ENOSPC', path, 'no space is left on the disk');
    if (this.#entries.has(path)) throw new DiskError('EEXIST', path, 'the name is taken');
    const parent = this.#parentOf(path);
    this.#attempt(path, () => this.#volume.mkdirSync(path));
    this.#addName(parent, path, 'directory');
  }

  /** Removes an empty directory. @throws DiskError `ENOENT`, `ENOTDIR`, `ENOTEMPTY` */
  removeDirectory(path: string): void {
    this.#entry(path, 'directory');
    if (path === '/' || this.readDirectory(path).length > 0) {
      throw new DiskError('ENOTEMPTY', path, 'the directory holds files, or is the root');
    }
    this.#attempt(path, () => this.#volume.rmdirSync(path));
    this.#removeName(path);
  }

  /** The names in a directory, in code-unit order. @throws DiskError `ENOENT`, `ENOTDIR` */
  readDirectory(path: string): readonly string[] {
    this.#entry(path, 'directory');
    return (this.#volume.readdirSync(path) as string[]).sort(); // without options it gives names
  }

  exists(path: string): boolean {
    return this.#entries.has(path);
  }

  /** @throws DiskError `ENOENT` */
  status(path: string): FileStatus {
    const entry = this.#entry(path);
    const bytes = entry.kind === 'file' ? Number(this.#volume.statSync(path).size) : 0;
    return statusOf(entry, bytes);
  }

  /** Makes the contents of a file durable; its name is another matter. @throws DiskError `ENOENT`, `EISDIR` */
  fsync(path: string): void {
    const { id } = this.#entry(path, 'file');
    if (!this.syncLies) this.#durable.syncContents(id, this.readFile(path));
  }

  /** Makes the names in a directory durable. @throws DiskError `ENOENT`, `ENOTDIR` */
  fsyncDirectory(path: string): void {
    const { id } = this.#entry(path, 'directory');
    if (!this.syncLies) this.#durable.syncNames(id);
  }

  // What a process holds open, until a crash

  /** @throws DiskError `ENOENT` */
  hold(path: string): Held {
    const entry = this.#entry(path);
    return { entry, descriptor: entry.kind === 'file' ? this.#volume.openSync(path, 'r+') : -1 };
  }

  letGo({ descriptor }: Held): void {
    if (descriptor >= 0) this.#volume.closeSync(descriptor);
  }

  statusHeld(held: Held): FileStatus {
    return statusOf(held.entry, this.#bytesHeld(held));
  }

  /** The whole contents of a file. @throws DiskError `EISDIR` */
  readHeld(held: Held): Uint8Array {
    if (held.entry.kind === 'directory') throw new DiskError('EISDIR', '', 'it is a directory');
    const bytes = new Uint8Array(this.#bytesHeld(held));
    if (bytes.length > 0) this.#volume.readSync(held.descriptor, bytes, 0, bytes.length, 0);
    return bytes;
  }

  /** Replaces the whole contents of a file. @throws DiskError `EISDIR`, `ENOSPC` */
  writeHeld(held: Held, bytes: Uint8Array): void {
    const { entry, descriptor } = held;
    if (entry.kind === 'directory') throw new DiskError('EISDIR', '', 'it is a directory');
    const lands = this.#whatLands(this.#nameOfHeld(entry), bytes, () => this.readHeld(held));
    if (lands === undefined) return;
    this.#checkRoom('', lands.length);
    this.#volume.ftruncateSync(descriptor, 0);
    if (lands.length > 0) this.#volume.writeSync(descriptor, lands, 0, lands.length, 0);
    this.#touch(entry);
  }

  /** Makes the contents of a file durable, or the names in a directory. */
  syncHeld(held: Held): void {
    if (this.syncLies) return;
    const { id, kind } = held.entry;
    if (kind === 'directory') this.#durable.syncNames(id);
    else this.#durable.syncContents(id, this.readHeld(held));
  }

  /** The host loses power, or only a process: afterwards the disk shows what is left. */
  crash(loss: DiskLoss): void {
    if (loss.lose === 'nothing') return;
    const contents = new Map<FileId, Uint8Array>();
    for (const [path, { id, kind }] of this.#entries) if (kind === 'file') contents.set(id, this.readFile(path));
    this.#durable.loseRest(loss.lose === 'some' ? loss.stream : undefined, contents);
    const times = new Map([...this.#entries.values()].map((entry) => [entry.id, entry]));
    this.#volume = new Volume();
    this.#entries = new Map();
    this.#recover('/', { id: root, kind: 'directory' }, times);
  }

  #recover(path: string, { id, kind }: Named, times: ReadonlyMap<FileId, Times>): void {
    const { bornMs, modifiedMs, changedMs } = times.get(id) ?? timesAt(this.#nowMs());
    this.#entries.set(path, { id, kind, bornMs, modifiedMs, changedMs });
    if (kind === 'file') {
      const bytes = this.#durable.contentsOf(id);
      this.#volume.writeFileSync(path, bytes);
      this.#durable.syncContents(id, bytes);
      return;
    }
    if (id !== root) this.#volume.mkdirSync(path);
    for (const [name, means] of this.#durable.namesIn(id)) {
      this.#recover(path === '/' ? `/${name}` : `${path}/${name}`, means, times);
    }
  }

  /** The bytes that a write leaves in the file; undefined: what was there stays. */
  #whatLands(path: string | undefined, bytes: Uint8Array, readBefore: () => Uint8Array): Uint8Array | undefined {
    const at = this.#mischief.findIndex((one) => one.path === undefined || one.path === path);
    const mischief = this.#mischief[at];
    if (mischief === undefined) return bytes;
    this.#mischief.splice(at, 1);
    if (mischief.do === 'lose') return undefined;
    const before = readBefore();
    const written = Math.min(mischief.bytes, bytes.length);
    const torn = new Uint8Array(Math.max(written, Math.min(before.length, bytes.length)));
    torn.set(before.subarray(0, torn.length));
    torn.set(bytes.subarray(0, written));
    return torn;
  }

  #write(path: string, bytesAfter: number, write: () => void): void {
    checkPath(path);
    this.#checkRoom(path, bytesAfter);
    const known = this.#entries.get(path);
    if (known?.kind === 'directory') throw new DiskError('EISDIR', path, 'it is a directory');
    const parent = this.#parentOf(path);
    if (known === undefined && this.#entries.size >= filesMax) {
      throw new DiskError('ENOSPC', path, `a disk has ${filesMax} files at most`);
    }
    this.#attempt(path, write);
    if (known === undefined) this.#addName(parent, path, 'file');
    else this.#touch(known);
  }

  #checkRoom(path: string, bytesAfter: number): void {
    if (this.full) throw new DiskError('ENOSPC', path, 'no space is left on the disk');
    if (bytesAfter > fileBytesMax) throw new DiskError('ENOSPC', path, `a file has ${fileBytesMax} bytes at most`);
  }

  #touch(entry: Entry): void {
    entry.modifiedMs = this.#nowMs();
    entry.changedMs = entry.modifiedMs;
  }

  #bytesHeld({ descriptor }: Held): number {
    return descriptor < 0 ? 0 : Number(this.#volume.fstatSync(descriptor).size);
  }

  /** The path that leads to it now; undefined where its name was removed. Asked for only where a fault waits for some path. */
  #nameOfHeld(entry: Entry): string | undefined {
    if (this.#mischief.length === 0) return undefined;
    for (const [path, one] of this.#entries) if (one === entry) return path;
    return undefined;
  }

  #addName(parent: FileId, path: string, kind: Entry['kind']): void {
    const id = ++this.#lastId;
    this.#entries.set(path, { id, kind, ...timesAt(this.#nowMs()) });
    this.#durable.note([{ directory: parent, name: nameOf(path), means: { id, kind } }]);
  }

  #removeName(path: string): void {
    this.#entries.delete(path);
    this.#durable.note([{ directory: this.#parentOf(path), name: nameOf(path), means: undefined }]);
  }

  #entry(path: string, kind?: Entry['kind']): Entry {
    checkPath(path);
    const entry = this.#entries.get(path);
    if (entry === undefined) throw new DiskError('ENOENT', path, 'no such file or directory');
    if (kind === 'file' && entry.kind !== 'file') throw new DiskError('EISDIR', path, 'it is a directory');
    if (kind === 'directory' && entry.kind !== 'directory') throw new DiskError('ENOTDIR', path, 'it is a file');
    return entry;
  }

  #parentOf(path: string): FileId {
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    return this.#entry(parent, 'directory').id;
  }

  #attempt(path: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      throw asDiskError(error, path);
    }
  }
}

function timesAt(ms: number): Times {
  return { bornMs: ms, modifiedMs: ms, changedMs: ms };
}

function statusOf({ id, kind, bornMs, modifiedMs, changedMs }: Entry, bytes: number): FileStatus {
  return { kind, bytes, modifiedMs, changedMs, bornMs, file: id };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function checkPath(path: string): void {
  const parts = path.split('/').slice(1);
  const plain = path === '/' || parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (path.startsWith('/') && plain && parts.length > 0 && path.length <= pathCharactersMax && !path.includes('\0'))
    return;
  throw new DiskError('EINVAL', path, "a path begins with '/' and has no empty part, no '.' and no '..'");
}
