/**
 * The event queue: a binary heap ordered by (integer microseconds, sequence), so that events of one instant run in the
 * order in which they were scheduled. Keys lie in typed arrays; what to run lies in slots beside them. Cancelling empties
 * the slot at once and leaves the key, which is passed over later, or swept out when such keys are the majority.
 */
import { KernelError } from './errors.js';

/** Events waiting at one time, cancelled keys included. */
export const pendingEventsMax: number = 2 ** 20;
/** Events scheduled in one world: what a handle has room for beside its slot. */
export const eventsMax: number = 2 ** 33 - 1;

/** Names one scheduled event. It is minted by one queue and never used again in it. */
export type EventHandle = number & { readonly __brand: 'EventHandle' };

/** Few worlds need more at one time, and V8 keeps arrays of 64 bytes in its own heap. */
const capacityAtFirst = 8;
const free = -1;

export class EventQueue {
  /** How many events wait. */
  pending = 0;
  /** How many of them were added as events aside. */
  pendingAside = 0;
  /** The time of the event taken last. */
  takenTimeUs = 0;
  /** The label of the event taken last. */
  takenLabel: number | string = '';
  /** Whether it was one aside. */
  takenAside = false;

  #length = 0;
  #times = new Float64Array(capacityAtFirst);
  #sequences = new Float64Array(capacityAtFirst);
  #slots = new Int32Array(capacityAtFirst);
  #nextSequence = 1;

  /** By slot: the sequence of the event in it, or `free`. */
  #slotSequences = new Float64Array(capacityAtFirst).fill(free);
  #slotAsides = new Uint8Array(capacityAtFirst);
  readonly #runs: ((() => void) | undefined)[] = [];
  readonly #labels: (number | string)[] = [];
  readonly #freeSlots: number[] = [];

  /** @throws KernelError `PENDING_EVENTS_MAX`, `EVENTS_MAX` */
  add(timeUs: number, label: number | string, run: () => void, isAside: boolean): EventHandle {
    if (this.#length === this.#times.length) this.#makeRoom(label);
    const sequence = this.#nextSequence++;
    if (sequence > eventsMax) throw new KernelError('EVENTS_MAX', `more than ${eventsMax} events in one world`);
    const slot = this.#freeSlots.pop() ?? this.#runs.length;
    this.#runs[slot] = run;
    this.#labels[slot] = label;
    this.#slotSequences[slot] = sequence;
    this.#slotAsides[slot] = isAside ? 1 : 0;
    if (isAside) this.pendingAside++;
    this.#siftUp(this.#length++, timeUs, sequence, slot);
    this.pending++;
    return (sequence * pendingEventsMax + slot) as EventHandle; // the brand is put on here alone
  }

  /** @returns whether the event was still waiting */
  cancel(handle: EventHandle): boolean {
    const slot = handle % pendingEventsMax;
    if (this.#slotSequences[slot] !== Math.floor(handle / pendingEventsMax)) return false;
    this.#empty(slot);
    if (this.pending < this.#length >> 1 && this.#length > capacityAtFirst) this.#sweep();
    return true;
  }

  /** When the next event is due, in microseconds; `Infinity` when none waits. */
  nextTimeUs(): number {
    while (this.#length > 0 && this.#slotSequences[this.#slots[0] as number] !== this.#sequences[0]) this.#dropFirst();
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** Takes the next event out; its time and label are then in `takenTimeUs` and `takenLabel`. */
  take(): (() => void) | undefined {
    const timeUs = this.nextTimeUs();
    if (timeUs === Number.POSITIVE_INFINITY) return undefined;
    const slot = this.#slots[0] as number;
    const run = this.#runs[slot];
    this.takenTimeUs = timeUs;
    this.takenLabel = this.#labels[slot] as number | string;
    this.takenAside = this.#slotAsides[slot] === 1;
    this.#dropFirst();
    this.#empty(slot);
    return run;
  }

  #empty(slot: number): void {
    this.#slotSequences[slot] = free;
    this.#runs[slot] = undefined;
    this.#freeSlots.push(slot);
    this.pending--;
    if (this.#slotAsides[slot] === 1) this.pendingAside--;
  }

  #siftUp(from: number, timeUs: number, sequence: number, slot: number): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const slots = this.#slots;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentTime = times[parent] as number;
      if (parentTime < timeUs || (parentTime === timeUs && (sequences[parent] as number) < sequence)) break;
      times[at] = parentTime;
      sequences[at] = sequences[parent] as number;
      slots[at] = slots[parent] as number;
      at = parent;
    }
    times[at] = timeUs;
    sequences[at] = sequence;
    slots[at] = slot;
  }

  /** Takes the root out: its place sinks along the smaller children to a leaf, the last key goes there and rises. */
  #dropFirst(): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const slots = this.#slots;
    const last = --this.#length;
    if (last === 0) return;
    let hole = 0;
    for (let child = 1; child < last; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < last) {
        const leftTime = times[child] as number;
        const rightTime = times[right] as number;
        if (
          rightTime < leftTime ||
          (rightTime === leftTime && (sequences[right] as number) < (sequences[child] as number))
        ) {
          child = right;
        }
      }
      times[hole] = times[child] as number;
      sequences[hole] = sequences[child] as number;
      slots[hole] = slots[child] as number;
      hole = child;
    }
    this.#siftUp(hole, times[last] as number, sequences[last] as number, slots[last] as number);
  }

  /** Puts the keys that still stand for an event into a heap of their own. */
  #sweep(): void {
    const length = this.#length;
    this.#length = 0;
    for (let i = 0; i < length; i++) {
      const slot = this.#slots[i] as number;
      const sequence = this.#sequences[i] as number;
      if (this.#slotSequences[slot] === sequence) {
        this.#siftUp(this.#length++, this.#times[i] as number, sequence, slot);
      }
    }
  }

  #makeRoom(label: number | string): void {
    if (this.pending <= this.#length >> 1) {
      this.#sweep();
      return;
    }
    const capacity = 2 * this.#times.length;
    if (capacity > pendingEventsMax) {
      throw new KernelError('PENDING_EVENTS_MAX', `more than ${pendingEventsMax} events wait, the last '${label}'`);
    }
    this.#times = grown(this.#times, new Float64Array(capacity));
    this.#sequences = grown(this.#sequences, new Float64Array(capacity));
    this.#slots = grown(this.#slots, new Int32Array(capacity));
    this.#slotSequences = grown(this.#slotSequences, new Float64Array(capacity).fill(free));
    this.#slotAsides = grown(this.#slotAsides, new Uint8Array(capacity));
  }
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
