/** One direction of a link: how long a segment takes, how large it may be, and whether it gets through at all. */
import type { Kernel, RandomStream } from '../kernel/index.js';
import type { HostState } from './host-state.js';
import { type PathOptions, pathOptions } from './options.js';

/** Something whose segments were lost here, and which will send them again once they can get through. */
export interface Retrying {
  retry(): void;
}

export class Path {
  readonly from: HostState;
  readonly to: HostState;
  readonly kernel: Kernel;
  /** What was lost and waits for another try. */
  readonly lost: Set<Retrying> = new Set();
  #options: PathOptions;
  #held = false;
  #cut = false;
  #stalled: (() => void)[] = [];
  #latencies: RandomStream | undefined;
  #sizes: RandomStream | undefined;

  constructor(kernel: Kernel, ends: { readonly from: HostState; readonly to: HostState }, options: PathOptions) {
    this.kernel = kernel;
    this.from = ends.from;
    this.to = ends.to;
    this.#options = options;
  }

  get options(): PathOptions {
    return this.#options;
  }

  /** Segments that arrive are kept back. */
  get held(): boolean {
    return this.#held;
  }

  /** Segments that arrive are lost: the path is cut, or the host it leads to is down. */
  get losing(): boolean {
    return this.#cut || !this.to.up;
  }

  /** Changes what is given; segments under way keep their times. @throws NetworkError `OPTION_INVALID` */
  change(options: Partial<PathOptions>): void {
    this.#options = pathOptions(this.#options, options);
  }

  /** How long the next segment takes, microseconds. */
  drawLatencyUs(): number {
    const { latencyUs, jitterUs } = this.#options;
    if (jitterUs === 0) return latencyUs;
    this.#latencies ??= this.kernel.stream(`link/${this.from.name}>${this.to.name}/latency`);
    return latencyUs + this.#latencies.int(jitterUs + 1);
  }

  /** How many bytes the next segment may have. */
  drawSegmentBytes(): number {
    const { min, max } = this.#options.segmentBytes;
    if (min === max) return max;
    this.#sizes ??= this.kernel.stream(`link/${this.from.name}>${this.to.name}/segments`);
    return this.#sizes.range(min, max);
  }

  /** Keeps an arrival back until `release`, or until `heal` where the path is cut. */
  stall(arrival: () => void): void {
    this.#stalled.push(arrival);
  }

  hold(): void {
    this.#held = true;
  }

  /** What was held arrives now, in the order in which it would have. */
  release(): void {
    this.#held = false;
    this.#letThrough();
  }

  cut(): void {
    this.#cut = true;
  }

  heal(): void {
    this.#cut = false;
    this.#letThrough();
    this.retryLost();
  }

  /** Has what was lost sent again, at the senders' next try. */
  retryLost(): void {
    const waiting = [...this.lost];
    this.lost.clear();
    for (const each of waiting) each.retry();
  }

  #letThrough(): void {
    const waiting = this.#stalled;
    this.#stalled = [];
    for (const arrival of waiting) this.kernel.schedule(0, 'released', arrival);
  }
}
