/**
 * Random bytes by label, cheap for many labels that give few bytes each (one key, one nonce, one id): no stream object,
 * no hash function of OpenSSL, one map entry and four words. The 128 bits of a label's state are its characters mixed into the seed's
 * (four lanes of a multiply-rotate hash with murmur3's finaliser); the generator is sfc32 (Doty-Humphrey, PractRand).
 * Good statistics, no secrecy: a simulation has no secrets.
 */
import { KernelError } from './errors.js';

/** Labels in one world, of choices and of bytes each: a label made anew for every event would be a leak. */
export const streamsMax = 1_000_000;

/** Rounds that sfc32 wants after seeding, as its author has it. */
const warmUpRounds = 12;

const stateWords = 4;
/** Room for so many labels at first. */
const statesMin = 64;

export class ByteGenerator {
  readonly #seed: readonly number[];
  /** Where a label's words begin. A typed array of its own would cost it ten times as much. */
  readonly #begins = new Map<string, number>();
  #states = new Int32Array(stateWords * statesMin);
  readonly #unread = new Uint8Array(4 * warmUpRounds);

  /** @param seedHex - 32 or more hexadecimal digits, well mixed */
  constructor(seedHex: string) {
    this.#seed = [0, 8, 16, 24].map((at) => Number.parseInt(seedHex.slice(at, at + 8), 16));
  }

  /** Overwrites `target` with the next bytes of that label, little-endian words, the rest of the last word dropped. */
  fill(label: string, target: Uint8Array): void {
    const at = this.#begins.get(label) ?? this.#begin(label);
    this.#advance(at, target);
  }

  #advance(begin: number, target: Uint8Array): void {
    const states = this.#states;
    let a = states[begin] as number;
    let b = states[begin + 1] as number;
    let c = states[begin + 2] as number;
    let counter = states[begin + 3] as number;
    for (let at = 0; at < target.length; at += 4) {
      const word = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      target[at] = word; // a write past the end of a typed array is dropped
      target[at + 1] = word >>> 8;
      target[at + 2] = word >>> 16;
      target[at + 3] = word >>> 24;
    }
    states[begin] = a;
    states[begin + 1] = b;
    states[begin + 2] = c;
    states[begin + 3] = counter;
  }

  #begin(label: string): number {
    if (this.#begins.size >= streamsMax) {
      throw new KernelError('STREAMS_MAX', `more than ${streamsMax} labels of random bytes, the last '${label}'`);
    }
    const begin = this.#begins.size * stateWords;
    if (begin === this.#states.length) {
      const states = new Int32Array(begin * 2);
      states.set(this.#states);
      this.#states = states;
    }
    for (let lane = 0; lane < stateWords; lane++) this.#states[begin + lane] = mix(label, this.#seed[lane] as number);
    this.#begins.set(label, begin);
    this.#advance(begin, this.#unread);
    return begin;
  }
}

function mix(label: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < label.length; i++) {
    hash = Math.imul(hash ^ label.charCodeAt(i), 0xcc9e2d51);
    hash = (hash << 15) | (hash >>> 17);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= label.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
