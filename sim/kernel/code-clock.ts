/**
 * `Date`, `performance` and timers for code under test, over a fake-timers clock that is never installed and stays empty:
 * a clock with timers in it scans them all on every tick. It is moved along by the kernel; timers are events like others.
 */
import { createClock } from '@sinonjs/fake-timers';
import type { EventHandle } from './queue.js';

/** Longest delay of a timer, in milliseconds; a longer one is 1, as in Node (timers.md, `setTimeout`). */
export const timerDelayMsMax: number = 2 ** 31 - 1;

type FakeClock = ReturnType<typeof createClock>;

/** What timers are made of: the kernel, or a host whose process may be paused or gone. */
export interface Scheduler {
  readonly nowUs: number;
  schedule(delayUs: number, label: number | string, run: () => void): EventHandle;
  cancel(handle: EventHandle): boolean;
  /** So many more timers wait that are `unref`ed: they alone keep no world busy. */
  background?(more: 1 | -1): void;
}

/** A timer as Node hands it out. */
export class CodeTimer {
  readonly #scheduler: Scheduler;
  readonly #delayUs: number;
  readonly #repeats: boolean;
  readonly #call: () => void;
  #handle: EventHandle | undefined;
  #ref = true;

  constructor(scheduler: Scheduler, call: () => void, timing: { readonly delayUs: number; readonly repeats: boolean }) {
    this.#scheduler = scheduler;
    this.#call = call;
    this.#delayUs = timing.delayUs;
    this.#repeats = timing.repeats;
    this.#start();
  }

  close(): this {
    if (this.#handle === undefined) return this;
    this.#scheduler.cancel(this.#handle);
    this.#over();
    return this;
  }

  refresh(): this {
    this.close();
    this.#start();
    return this;
  }

  ref(): this {
    if (!this.#ref && this.#handle !== undefined) this.#scheduler.background?.(-1);
    this.#ref = true;
    return this;
  }

  unref(): this {
    if (this.#ref && this.#handle !== undefined) this.#scheduler.background?.(1);
    this.#ref = false;
    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  #start(): void {
    this.#handle = this.#scheduler.schedule(this.#delayUs, 'timer', () => {
      this.#over();
      if (this.#repeats) this.#start();
      this.#call();
    });
    if (!this.#ref) this.#scheduler.background?.(1);
  }

  #over(): void {
    this.#handle = undefined;
    if (!this.#ref) this.#scheduler.background?.(-1);
  }
}

/** What code under test may be handed in place of the globals of those names. */
export class CodeClock {
  readonly #scheduler: Scheduler;
  readonly #nowMs: () => number;
  readonly #clock: FakeClock;
  #movedToMs: number;

  constructor(scheduler: Scheduler, nowMs: () => number) {
    this.#scheduler = scheduler;
    this.#nowMs = nowMs;
    this.#clock = createClock(nowMs());
    this.#movedToMs = Math.floor(scheduler.nowUs / 1000);
  }

  get Date(): DateConstructor {
    return this.#clock.Date as unknown as DateConstructor; // fake-timers types it as a bare object
  }

  get performance(): { now(): number } {
    return this.#clock.performance as { now(): number };
  }

  /** How many timers the clock beneath holds: always 0, or ticks would grow with it. */
  get timersBeneath(): number {
    return this.#clock.countTimers();
  }

  readonly setTimeout = <A extends unknown[]>(call: (...args: A) => void, delayMs?: number, ...args: A): CodeTimer =>
    this.#timer(() => call(...args), delayMs, false);

  readonly setInterval = <A extends unknown[]>(call: (...args: A) => void, delayMs?: number, ...args: A): CodeTimer =>
    this.#timer(() => call(...args), delayMs, true);

  readonly setImmediate = <A extends unknown[]>(call: (...args: A) => void, ...args: A): CodeTimer =>
    new CodeTimer(this.#scheduler, () => call(...args), { delayUs: 0, repeats: false });

  readonly clearTimeout = (timer: CodeTimer | undefined): void => {
    timer?.close();
  };

  readonly clearInterval: (timer: CodeTimer | undefined) => void = this.clearTimeout;
  readonly clearImmediate: (timer: CodeTimer | undefined) => void = this.clearTimeout;

  /** Takes the clock beneath to the kernel's time and the host's date. The kernel calls it before each event. */
  moveAlong(): void {
    const nowMs = Math.floor(this.#scheduler.nowUs / 1000);
    if (nowMs > this.#movedToMs) this.#clock.tick(nowMs - this.#movedToMs);
    this.#movedToMs = nowMs;
    const dateMs = this.#nowMs();
    if (dateMs !== this.#clock.now) this.#clock.setSystemTime(dateMs);
  }

  #timer(call: () => void, delayMs: number | undefined, repeats: boolean): CodeTimer {
    const asked = Math.trunc(delayMs ?? 1);
    const wanted = asked >= 1 && asked <= timerDelayMsMax ? asked : 1;
    return new CodeTimer(this.#scheduler, call, { delayUs: 1000 * wanted, repeats });
  }
}
