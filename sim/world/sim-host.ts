/** A host of a run, and the processes on it, one after another. Clock and disk outlive them. */
import type { Misbehaviour } from '../emulator/index.js';
import { type DiskLoss, Host } from '../host/index.js';
import type { CrashHow } from '../network/index.js';
import type { HostPlan } from '../plan/index.js';
import { Process } from './process.js';
import type { ReadyTask } from './step.js';
import type { World } from './world.js';

export class SimHost {
  readonly name: string;
  readonly world: World;
  readonly host: Host;
  readonly tasks: readonly ReadyTask[];
  /** By task: how many of its steps earlier processes have begun. Those of `boot` begin anew in each. */
  readonly begun: Map<string, number> = new Map();
  /** How its servers treat clients badly for now, whichever process runs them. */
  readonly misbehaving: Misbehaviour[] = [];
  #process: Process | undefined;
  #runs = 0;

  constructor(world: World, plan: HostPlan, tasks: readonly ReadyTask[]) {
    const { name, ...options } = plan;
    this.world = world;
    this.name = name;
    this.tasks = tasks;
    this.host = new Host(world.kernel, world.network, name, options);
  }

  /** The process that lives, or the last that did. */
  get process(): Process | undefined {
    return this.#process;
  }

  /** Starts a process: the first, or one after a crash. Does nothing where one lives. */
  start(): void {
    if (this.#process?.alive === true) return;
    this.host.restart();
    this.#runs += 1;
    this.#process = new Process(this, this.#runs);
    this.#process.start();
  }

  /** The process is gone, and frees nothing. Where the whole host is (`half-open`), what was not synced may be lost. */
  crash(how: CrashHow, what: 'crashed' | 'aborted'): void {
    const process = this.#process;
    if (process === undefined || !process.alive) return;
    process.die(what);
    const stream = this.world.kernel.stream(`disk/${this.name}`);
    const disk: DiskLoss = how === 'half-open' ? { lose: 'some', stream } : { lose: 'nothing' };
    this.host.crash({ how, disk });
  }
}
