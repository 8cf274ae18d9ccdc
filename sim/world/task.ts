/** A line of steps inside a process: a thread, or an event handler. Its steps run in order; tasks of one process interleave. */
import type { EventHandle } from '../kernel/index.js';
import { type Activity, deadlineUs, type Ended } from './activity.js';
import { begin } from './begin.js';
import type { Waiter } from './connections.js';
import type { Process } from './process.js';
import type { GrowingTask, ReadyStep, ReadyTask } from './step.js';

export class Task implements Waiter {
  readonly name: string;
  readonly #process: Process;
  readonly #steps: readonly ReadyStep[];
  readonly #growing: GrowingTask | undefined;
  #next: number;
  #step: ReadyStep | undefined;
  #activity: Activity | undefined;
  #deadline: EventHandle | undefined;
  #running = false;

  /** @param from - the first step to make: those before it were made by an earlier process of the host */
  constructor(process: Process, ready: ReadyTask, from: number) {
    this.#process = process;
    this.name = ready.name;
    this.#steps = ready.steps;
    this.#growing = ready.growing;
    this.#next = from;
  }

  /** How many of its steps have been begun. */
  get begun(): number {
    return this.#next;
  }

  /** Whether a step of it is being made right now. */
  get runs(): boolean {
    return this.#running;
  }

  get over(): boolean {
    if (this.#activity !== undefined || this.#next < this.#steps.length) return false;
    return this.#growing === undefined || this.#growing.over;
  }

  /** Goes on: with the step that waits, then with those after it. */
  wake(): void {
    const process = this.#process;
    if (this.#running || !process.alive || process.world.faults.parks(process.home, this.name)) return;
    if (process.host.state === 'paused') {
      process.host.schedule(0, 'task', () => this.wake());
      return;
    }
    this.#running = true;
    process.guarded(() => this.#go());
    this.#running = false;
  }

  /**
   * Makes whole steps of it at once, inside a call of another task: at most `stepsMax`, as long as `mayEnter` lets them and none
   * has to wait. @returns how many
   */
  enter(stepsMax: number, mayEnter: (step: ReadyStep) => boolean): number {
    const process = this.#process;
    if (this.#running || process.host.state === 'paused') return 0;
    let made = 0;
    this.#running = true;
    process.guarded(() => {
      while (made < stepsMax && process.alive && this.#stepWhole(mayEnter)) made += 1;
    });
    this.#running = false;
    // Whoever waited for what was done in here goes on later, in a turn of its own.
    if (process.alive) process.host.schedule(0, 'task', () => this.wake());
    return made;
  }

  /** @returns whether a step was made to its end */
  #stepWhole(mayEnter: (step: ReadyStep) => boolean): boolean {
    const next = this.#step ?? this.#upcoming();
    if (next === undefined || !mayEnter(next)) return false;
    if (this.#activity === undefined) this.#beginNext();
    const activity = this.#activity;
    if (activity === undefined) return true;
    this.#process.at(next.id);
    const ended = activity.poll();
    if (ended === undefined) this.#waitFor(activity);
    else this.#finish(next, ended);
    return ended !== undefined;
  }

  /** What waits is given up without a word: the process is gone. */
  drop(outcome: string): void {
    const step = this.#step;
    this.#settle();
    if (step !== undefined) this.#process.world.endStep(this.#process, step, { outcome });
  }

  /** The process ends by itself: what waits ends with `outcome`, and the rest says why it is not made. */
  endWith(outcome: string, reason: string): void {
    if (!this.#running) this.drop(outcome);
    while (this.#next < this.#steps.length) {
      const step = this.#steps[this.#next++];
      if (step !== undefined) this.#process.world.skipStep(this.#process, step, reason);
    }
  }

  #go(): void {
    const process = this.#process;
    while (process.alive) {
      if (this.#activity === undefined && !this.#beginNext()) {
        process.taskOver(this);
        return;
      }
      const activity = this.#activity;
      const step = this.#step;
      if (activity === undefined || step === undefined) {
        if (this.#yields()) return;
        continue;
      }
      process.at(step.id);
      const ended = activity.poll();
      if (ended === undefined) {
        this.#waitFor(activity);
        return;
      }
      this.#finish(step, ended);
      if (this.#yields()) return;
    }
  }

  /** Lets the other tasks of the process have their turn, where there are any. */
  #yields(): boolean {
    const process = this.#process;
    if (!process.interleaves) return false;
    process.host.schedule(0, 'task', () => this.wake());
    return true;
  }

  /** The step that comes next; undefined: none is left. */
  #upcoming(): ReadyStep | undefined {
    if (this.#next >= this.#steps.length && this.#growing?.over === false) this.#growing.grow();
    return this.#steps[this.#next];
  }

  /** @returns whether there was a step */
  #beginNext(): boolean {
    const step = this.#upcoming();
    if (step === undefined) return false;
    this.#next += 1;
    const process = this.#process;
    process.at(step.id);
    const reason = process.world.reasonToSkip(step);
    if (reason !== undefined) {
      process.world.skipStep(process, step, reason);
      return true;
    }
    process.world.beginStep(process, step);
    this.#step = step;
    const begun = begin(process, this, step);
    if ('poll' in begun) {
      this.#activity = begun;
      begun.end?.subscribe(this);
    } else this.#finish(step, begun);
    return true;
  }

  #waitFor(activity: Activity): void {
    if (!activity.bounded || this.#deadline !== undefined) return;
    this.#deadline = this.#process.host.schedule(activity.boundUs ?? deadlineUs, 'deadline', () => {
      this.#deadline = undefined;
      const step = this.#step;
      if (step === undefined || !this.#process.alive) return;
      if (activity.end !== undefined) this.#process.oversight.gaveUp(activity.end);
      this.#finish(step, { outcome: 'timeout' });
      this.wake();
    });
  }

  #finish(step: ReadyStep, ended: Ended): void {
    this.#settle();
    this.#process.world.endStep(this.#process, step, ended);
  }

  #settle(): void {
    if (this.#deadline !== undefined) this.#process.host.cancel(this.#deadline);
    this.#deadline = undefined;
    this.#activity?.end?.unsubscribe(this);
    this.#activity = undefined;
    this.#step = undefined;
  }
}
