/** Both directions between two hosts, and what a fault can do to them. Without a direction, it is done to both. */
import type { HostId } from './host-state.js';
import type { PathOptions } from './options.js';
import type { Path } from './path.js';

/** One direction only: the one that leads away from this host. */
export interface Direction {
  readonly from: HostId;
}

export class Link {
  readonly #paths: readonly Path[];

  /** @param paths - one each way; a single one for a host and itself */
  constructor(paths: readonly Path[]) {
    this.#paths = paths;
  }

  /** Keeps back what arrives. Nobody is told, and nobody gives up. */
  hold(direction?: Direction): void {
    for (const path of this.#chosen(direction)) path.hold();
  }

  /** Lets what was kept back arrive now, in order. */
  release(direction?: Direction): void {
    for (const path of this.#chosen(direction)) path.release();
  }

  /** Loses what would arrive, be it under way or still to be sent. Resets are lost for good, the rest is sent again. */
  partition(direction?: Direction): void {
    for (const path of this.#chosen(direction)) path.cut();
  }

  /** Ends the partition. Lost segments come at their sender's next try. */
  heal(direction?: Direction): void {
    for (const path of this.#chosen(direction)) path.heal();
  }

  /** Changes what is given, for segments that leave from now on. @throws NetworkError `OPTION_INVALID` */
  change(options: Partial<PathOptions>, direction?: Direction): void {
    for (const path of this.#chosen(direction)) path.change(options);
  }

  /** What a direction is like now. */
  optionsOf(direction: Direction): PathOptions | undefined {
    return this.#chosen(direction)[0]?.options;
  }

  /** Shorthand for `change`. */
  setLatency(latency: { readonly latencyUs: number; readonly jitterUs?: number }, direction?: Direction): void {
    this.change(latency, direction);
  }

  #chosen(direction: Direction | undefined): readonly Path[] {
    return direction === undefined ? this.#paths : this.#paths.filter((path) => path.from.id === direction.from);
  }
}
