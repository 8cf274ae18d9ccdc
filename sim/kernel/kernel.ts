/**
 * The kernel of a world: virtual time, the event queue that alone decides the order of things, and the gate for
 * randomness. Plain synchronous calls; nothing here knows a real clock or a real timer.
 */
import { CodeClock, type Scheduler } from './code-clock.js';
import { KernelError } from './errors.js';
import { type EventHandle, EventQueue } from './queue.js';
import { type DrawObserver, Randomness, type RandomStream } from './random.js';

export interface KernelOptions {
  /** No seed, no run. See `canonicalSeed`. */
  readonly seed: string | number;
  /** What choices are drawn from, where bytes alone shall depend on the seed. */
  readonly dice?: string | number | undefined;
  /** Milliseconds since the Unix epoch at which the world begins; 1,700,000,000,000 unless told. */
  readonly epochMs?: number;
  /** Told of every draw; costs nothing when left out. */
  readonly onDraw?: DrawObserver | undefined;
}

/** How far `run` goes. */
export interface RunBounds {
  /** Events due after this time stay; the clock stands there afterwards. */
  readonly untilUs?: number;
  /** How many events at most: what tells a world without progress from a long one. */
  readonly eventsMax: number;
}

/** 2023-11-14T22:13:20Z, where API programs stand too. */
export const defaultEpochMs = 1_700_000_000_000;
/** The end of time, in microseconds: some 142 years, so that every sum of two times is exact. */
export const timeUsMax: number = 2 ** 52;

export class Kernel {
  readonly epochMs: number;
  readonly random: Randomness;
  #nowUs = 0;
  /** What is scheduled now goes back to something aside. */
  #isAside = false;
  readonly #queue = new EventQueue();
  readonly #codeClocks: CodeClock[] = [];

  constructor(options: KernelOptions) {
    this.random = new Randomness(options.seed, options.onDraw, options.dice);
    this.epochMs = options.epochMs ?? defaultEpochMs;
  }

  /** Virtual time: whole microseconds since the world began. It never steps back. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** How many events wait. */
  get pending(): number {
    return this.#queue.pending;
  }

  /** How many of those go back to nothing but what was done `aside`. */
  get pendingAside(): number {
    return this.#queue.pendingAside;
  }

  /** The label of the event that runs now, or ran last. */
  get currentLabel(): number | string {
    return this.#queue.takenLabel;
  }

  /**
   * Has `run` called `delayUs` from now, after all that was scheduled for that instant before.
   * @param delayUs - whole microseconds, 0 or more
   * @param label - what the event is, for messages about it
   * @throws KernelError `DELAY_INVALID`, `TIME_PAST_END`, `PENDING_EVENTS_MAX`
   */
  schedule(delayUs: number, label: number | string, run: () => void): EventHandle {
    if (!Number.isSafeInteger(delayUs) || delayUs < 0) {
      throw new KernelError('DELAY_INVALID', `'${label}' cannot wait ${delayUs} µs: whole microseconds, 0 or more`);
    }
    const timeUs = this.#nowUs + delayUs;
    if (timeUs > timeUsMax) {
      throw new KernelError('TIME_PAST_END', `'${label}' would run after the end of time, ${timeUsMax} µs`);
    }
    return this.#queue.add(timeUs, label, run, this.#isAside);
  }

  /** Does what keeps nobody waiting: events that it schedules, and those that they schedule in turn, are told apart from the rest. */
  aside(act: () => void): void {
    const wasAside = this.#isAside;
    this.#isAside = true;
    try {
      act();
    } finally {
      this.#isAside = wasAside;
    }
  }

  /** @returns whether the event was still waiting: it now never runs */
  cancel(handle: EventHandle): boolean {
    return this.#queue.cancel(handle);
  }

  /** Runs the next event. What it throws comes out here, and the kernel can go on. @returns whether there was one */
  step(): boolean {
    const run = this.#queue.take();
    if (run === undefined) return false;
    this.#moveTo(this.#queue.takenTimeUs);
    if (this.#queue.takenAside) this.aside(run);
    else run();
    return true;
  }

  /**
   * Runs events in order.
   * @returns `'idle'`: none is left; `'until'`: the next one is due after `untilUs`; `'limit'`: `eventsMax` have run.
   *   After the first two the clock stands at `untilUs`, where one is given.
   */
  run(bounds: RunBounds): 'idle' | 'until' | 'limit' {
    const untilUs = bounds.untilUs ?? Number.POSITIVE_INFINITY;
    for (let left = bounds.eventsMax; ; left--) {
      const nextUs = this.#queue.nextTimeUs();
      if (nextUs > untilUs || nextUs === Number.POSITIVE_INFINITY) {
        if (bounds.untilUs !== undefined) this.#standAt(bounds.untilUs);
        return nextUs === Number.POSITIVE_INFINITY ? 'idle' : 'until';
      }
      if (left <= 0) return 'limit';
      this.step();
    }
  }

  /** The random stream of that label. */
  stream(label: string): RandomStream {
    return this.random.stream(label);
  }

  /** Overwrites `target` with random bytes of that label. */
  fillRandom(label: string, target: Uint8Array): void {
    this.random.fill(label, target);
  }

  /**
   * A clock for code under test that asks for `Date` or `setTimeout`, moved along from now on.
   * @param nowMs - what its wall clock shows, milliseconds since the Unix epoch
   * @param scheduler - what its timers are made of
   */
  codeClock(nowMs: () => number, scheduler: Scheduler = this): CodeClock {
    const clock = new CodeClock(scheduler, nowMs);
    this.#codeClocks.push(clock);
    return clock;
  }

  #standAt(untilUs: number): void {
    if (!Number.isSafeInteger(untilUs) || untilUs > timeUsMax) {
      throw new KernelError('TIME_PAST_END', `time is whole microseconds up to ${timeUsMax}, not ${untilUs}`);
    }
    if (untilUs > this.#nowUs) this.#moveTo(untilUs);
  }

  #moveTo(timeUs: number): void {
    this.#nowUs = timeUs;
    if (this.#codeClocks.length > 0) for (const clock of this.#codeClocks) clock.moveAlong();
  }
}
