/** A host: an address, a clock, a disk, and the life of what runs on it. Processes hang on its hooks. */
import type { CodeClock, EventHandle, Kernel, Scheduler } from '../kernel/index.js';
import type { HostOptions as BufferOptions, CrashHow, HostId, Network } from '../network/index.js';
import { type ClockOptions, HostClock } from './clock.js';
import { CodeFs } from './code-fs.js';
import { Disk } from './disk.js';
import type { DiskLoss } from './durable.js';

export interface HostOptions extends ClockOptions, Partial<BufferOptions> {
  /** 10.0.0.1 for the first host, and so on, unless told. */
  readonly address?: string;
}

/** `running`; `paused`: nothing of its process runs, its network and disk stay; `crashed`: there is no process. */
export type HostState = 'running' | 'paused' | 'crashed';

/** What processes hear of their host, after it has happened. A crash frees nothing: there is nobody left to do so. */
export interface HostHooks {
  crashed?: (how: CrashHow) => void;
  restarted?: () => void;
  paused?: () => void;
  resumed?: () => void;
}

export interface Crash {
  /** What becomes of the connections. */
  readonly how: CrashHow;
  /** What the disk loses: by default nothing, and after `half-open` what was not synced. */
  readonly disk?: DiskLoss;
}

export class Host implements Scheduler {
  readonly id: HostId;
  readonly name: string;
  readonly address: string;
  readonly clock: HostClock;
  readonly hooks: HostHooks = {};
  readonly #kernel: Kernel;
  readonly #network: Network;
  #state: HostState = 'running';
  /** How often it has crashed: what was scheduled before belongs to a process that is gone. */
  #crashes = 0;
  /** What came due while it was paused, by the handle that its owner has. */
  #waiting: { readonly handle: EventHandle; readonly run: () => void }[] = [];
  /** After a pause, until it has run: by the handle that its owner has, that of the kernel. */
  readonly #late = new Map<EventHandle, EventHandle>();
  #disk: Disk | undefined;
  #codeClock: CodeClock | undefined;
  #codeFs: CodeFs | undefined;

  /** @throws NetworkError for a name or an address given twice, or a number out of range */
  constructor(kernel: Kernel, network: Network, name: string, options: HostOptions = {}) {
    const { skewMs = 0, driftPpm = 0, ...networkOptions } = options;
    this.#kernel = kernel;
    this.#network = network;
    this.name = name;
    this.id = network.addHost(name, networkOptions);
    this.address = network.addressOf(this.id);
    this.clock = new HostClock(kernel, { skewMs, driftPpm });
  }

  get state(): HostState {
    return this.#state;
  }

  get nowUs(): number {
    return this.#kernel.nowUs;
  }

  get disk(): Disk {
    this.#disk ??= new Disk(() => this.clock.nowMs());
    return this.#disk;
  }

  /** The file system for code under test on this host; its descriptors go with the process. */
  get codeFs(): CodeFs {
    this.#codeFs ??= new CodeFs(this.disk, this.codeClock.Date);
    return this.#codeFs;
  }

  /** `Date` and timers for code under test on this host. */
  get codeClock(): CodeClock {
    this.#codeClock ??= this.#kernel.codeClock(() => this.clock.nowMs(), this);
    return this.#codeClock;
  }

  /** As the kernel's, for what a process does: it waits while the host is paused, and dies with the process. */
  schedule(delayUs: number, label: number | string, run: () => void): EventHandle {
    const crashes = this.#crashes;
    const handle = this.#kernel.schedule(delayUs, label, () => {
      if (crashes !== this.#crashes) return;
      if (this.#state === 'paused') this.#waiting.push({ handle, run });
      else run();
    });
    return handle;
  }

  /** @returns whether it was still to come: it now never runs, even if it came due while the host was paused */
  cancel(handle: EventHandle): boolean {
    if (this.#kernel.cancel(handle)) return true;
    const late = this.#late.get(handle);
    if (late !== undefined) {
      this.#late.delete(handle);
      return this.#kernel.cancel(late);
    }
    const at = this.#waiting.findIndex((one) => one.handle === handle);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /** Stops the process; its host goes on receiving. Does nothing unless it runs. */
  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    this.#network.pause(this.id);
    this.hooks.paused?.();
  }

  /** Has the process go on, and meet what has come meanwhile. Does nothing unless it is paused. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.#network.resume(this.id);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { handle, run } of waiting) this.#runLate(handle, run);
    this.hooks.resumed?.();
  }

  /** Runs what came due during a pause, unless its owner cancels it in this very moment, or another pause begins. */
  #runLate(handle: EventHandle, run: () => void): void {
    const crashes = this.#crashes;
    const late = this.#kernel.schedule(0, 'wait after pause', () => {
      this.#late.delete(handle);
      if (crashes !== this.#crashes) return;
      if (this.#state === 'paused') this.#waiting.push({ handle, run });
      else run();
    });
    this.#late.set(handle, late);
  }

  /** Ends the process. Does nothing where there is none. */
  crash(crash: Crash): void {
    if (this.#state === 'crashed') return;
    this.#state = 'crashed';
    this.#crashes++;
    this.#waiting = [];
    this.#late.clear();
    this.#codeFs?.end();
    this.#codeFs = undefined;
    this.#network.crash(this.id, crash.how);
    this.#disk?.crash(crash.disk ?? { lose: crash.how === 'half-open' ? 'unsynced' : 'nothing' });
    this.hooks.crashed?.(crash.how);
  }

  /** Starts a process anew on the disk as it is. Does nothing unless it has crashed. */
  restart(): void {
    if (this.#state !== 'crashed') return;
    this.#state = 'running';
    this.#network.restart(this.id);
    this.hooks.restarted?.();
  }
}
