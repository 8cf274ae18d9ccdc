/** Damage to bytes and to records, drawn from a small generator of the tests' own. */
import { message, record } from './_middle.js';
import type { Plain } from './_sealing.js';

/** A whole number of 0 or more and less than `below`. */
export type Roll = (below: number) => number;

/** xorshift32. */
export function dice(seed: number): Roll {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const contentTypes = [20, 21, 22, 23, 24] as const;
const tls12 = 0x0303;

/** The bytes with one to three things done to them. */
export function damagedBytes(bytes: Uint8Array, roll: Roll): Uint8Array {
  let out: Uint8Array = Uint8Array.from(bytes);
  for (let times = 1 + roll(3); times > 0; times -= 1) {
    const at = roll(Math.max(1, out.length));
    switch (roll(7)) {
      case 0:
        if (out.length > 0) out[at]! ^= 1 << roll(8);
        break;
      case 1:
        if (out.length > 0) out[at] = roll(256);
        break;
      case 2:
        out = out.slice(0, at);
        break;
      case 3:
        out = spliced(out, at, 1 + roll(6));
        break;
      case 4:
        out = spliced(out, at, 0, noise(1 + roll(9), roll));
        break;
      case 5:
        out = spliced(out, at, 0, record(contentTypes[roll(5)]!, noise(roll(8), roll, 32)));
        break;
      default:
        if (out.length > 5) out[[0, 3, 4, 5, 8][roll(5)]! % out.length] = roll(256); // headers of record and message
    }
  }
  return out;
}

/** Records with one or two things done to them: whole as records, and so taken in under protection too. */
export function damagedRecords(records: readonly Plain[], roll: Roll): Plain[] {
  const out = [...records];
  for (let times = 1 + roll(2); times > 0; times -= 1) {
    const at = roll(Math.max(1, out.length));
    const here = out[at];
    switch (here === undefined ? 6 : roll(8)) {
      case 0:
        out.splice(at, 1);
        break;
      case 1:
        out.splice(at, 0, here!);
        break;
      case 2:
        out[at] = { ...here!, contentType: contentTypes[roll(5)]! };
        break;
      case 3: {
        const cut = roll(here!.content.length + 1);
        const parts = [here!.content.subarray(0, cut), here!.content.subarray(cut)];
        out.splice(at, 1, ...parts.map((content) => ({ ...here!, content })));
        break;
      }
      case 4:
        out.splice(at, 0, { contentType: 22, version: tls12, content: message(roll(26), noise(roll(40), roll)) });
        break;
      case 5:
        out.splice(at, 0, { contentType: 21, version: tls12, content: Uint8Array.of(1 + roll(2), roll(120)) });
        break;
      case 6:
        out.splice(at, 0, { contentType: contentTypes[roll(5)]!, version: tls12, content: noise(roll(40), roll) });
        break;
      default:
        out[at] = { ...here!, content: damagedBytes(here!.content, roll) };
    }
  }
  return out;
}

function spliced(bytes: Uint8Array, at: number, removed: number, added: Uint8Array = new Uint8Array(0)): Uint8Array {
  const after = bytes.subarray(Math.min(bytes.length, at + removed));
  const out = new Uint8Array(at + added.length + after.length);
  out.set(bytes.subarray(0, at));
  out.set(added, at);
  out.set(after, at + added.length);
  return out;
}

function noise(length: number, roll: Roll, below = 256): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) out[i] = roll(below);
  return out;
}
