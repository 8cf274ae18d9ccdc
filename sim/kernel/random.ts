/**
 * The one gate for randomness: a stream per label, derived from a hash of seed and label, so that a new draw in one
 * place moves nothing elsewhere. Choices come from seedrandom's tychei, the one of its generators that is small, fast
 * and clean for neighbouring seeds once the seed is hashed; bytes come from `bytes.ts`.
 */
import seedrandom from 'seedrandom';
import { ByteGenerator, streamsMax } from './bytes.js';
import { KernelError } from './errors.js';
import { canonicalSeed, sha256Hex } from './seed.js';

/**
 * Told of every draw, in order, so that two runs can be compared draw by draw.
 * @param label - the stream
 * @param choices - out of how many; 0 where bytes were drawn
 * @param value - what came, 0 to choices − 1; where bytes were drawn, a 32-bit sum of them
 */
export type DrawObserver = (label: string, choices: number, value: number) => void;

/** Up to here one 32-bit draw, scaled in a double, is exact. */
const narrowChoicesMax = 2 ** 21;

/** The streams of one world. */
export class Randomness {
  readonly seed: string;
  /** What the streams are drawn from; the bytes come from the seed. */
  readonly streamSeed: string;
  readonly #streams = new Map<string, RandomStream>();
  #bytes: ByteGenerator | undefined;
  readonly #onDraw: DrawObserver | undefined;

  constructor(seed: string | number, onDraw?: DrawObserver, streamSeed: string | number = seed) {
    this.seed = canonicalSeed(seed);
    this.streamSeed = canonicalSeed(streamSeed);
    this.#onDraw = onDraw;
  }

  /** The stream of that label, made on first use: asked for again, it goes on where it was. */
  stream(label: string): RandomStream {
    const known = this.#streams.get(label);
    if (known !== undefined) return known;
    if (this.#streams.size >= streamsMax) {
      throw new KernelError('STREAMS_MAX', `more than ${streamsMax} random streams in one world, the last '${label}'`);
    }
    const made = new RandomStream(this, label, this.#onDraw);
    this.#streams.set(label, made);
    return made;
  }

  /**
   * Overwrites `target` with bytes of that label. A label's bytes are a sequence of their own: the same label again
   * gives the next ones, and what its `stream` draws does not move them.
   */
  fill(label: string, target: Uint8Array): void {
    this.#bytes ??= new ByteGenerator(sha256Hex(`bytes/${this.seed}`)); // who draws choices alone needs none
    this.#bytes.fill(label, target);
    this.#onDraw?.(label, 0, sumOf(target));
  }
}

/** One labelled sequence of draws. */
export class RandomStream {
  readonly label: string;
  readonly #gate: Randomness;
  readonly #onDraw: DrawObserver | undefined;
  #generator: seedrandom.PRNG | undefined;

  constructor(gate: Randomness, label: string, onDraw: DrawObserver | undefined) {
    this.#gate = gate;
    this.label = label;
    this.#onDraw = onDraw;
  }

  /**
   * One of 0 to `choices` − 1. Nothing is drawn where there is one choice only.
   * @param choices - 1 to 2^53−1
   * @throws KernelError `CHOICES_INVALID`
   */
  int(choices: number): number {
    if (choices === 1) return 0;
    if (!Number.isSafeInteger(choices) || choices < 1) {
      throw new KernelError('CHOICES_INVALID', `'${this.label}' was asked for one out of ${choices}`);
    }
    const generator = this.#generator ?? this.#begin();
    const fraction = choices <= narrowChoicesMax ? (generator.int32() >>> 0) / 2 ** 32 : generator.double();
    const value = Math.floor(fraction * choices);
    this.#onDraw?.(this.label, choices, value);
    return value;
  }

  /** An integer of `min` to `max`, both included. */
  range(min: number, max: number): number {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || max < min) {
      throw new KernelError('CHOICES_INVALID', `'${this.label}' was asked for an integer of ${min} to ${max}`);
    }
    return min + this.int(max - min + 1);
  }

  /** True once in so many; `{ oneIn: 0 }` is never and draws nothing. */
  chance(odds: { readonly oneIn: number }): boolean {
    return odds.oneIn !== 0 && this.int(odds.oneIn) === 0;
  }

  /** One of the list, each as likely. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new KernelError('CHOICES_INVALID', `'${this.label}' was asked to pick out of nothing`);
    return list[this.int(list.length)] as T; // in range: int gives 0 to length − 1
  }

  /**
   * One of the list, each as likely as its weight says.
   * @param list - weights are whole numbers of 0 or more, at least one of them above 0
   */
  weighted<T>(list: readonly { readonly weight: number; readonly value: T }[]): T {
    const candidates = list.filter((entry) => entry.weight > 0);
    const total = candidates.reduce((sum, entry) => sum + entry.weight, 0);
    let left = candidates.length === 1 ? 0 : this.int(total);
    for (const entry of candidates) {
      if (left < entry.weight) return entry.value;
      left -= entry.weight;
    }
    throw new KernelError('CHOICES_INVALID', `'${this.label}' was asked for one out of weights that sum to ${total}`);
  }

  /** The list in another order, as a new list. */
  shuffled<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const held = result[i] as T; // both in range
      result[i] = result[j] as T;
      result[j] = held;
    }
    return result;
  }

  /** Overwrites `target` with the next bytes of this label. */
  bytes(target: Uint8Array): void {
    this.#gate.fill(this.label, target);
  }

  /** The stream `this.label/label`: draws on it move nothing here. */
  fork(label: string): RandomStream {
    return this.#gate.stream(`${this.label}/${label}`);
  }

  #begin(): seedrandom.PRNG {
    const generator = seedrandom.tychei(sha256Hex(`choices/${this.#gate.streamSeed}/${this.label}`));
    this.#generator = generator;
    return generator;
  }
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
  return sum >>> 0;
}
