/** Structures of the wire: values of them, and what must hold for each. */
import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type Extension, WireError } from '../../../src/wire/index.js';

export const u8: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xff });
export const u16: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff });
export const u32: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffffffff });
export const opaque = (min: number, max: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: min, maxLength: max });
export const u16List: fc.Arbitrary<number[]> = fc.array(u16, { minLength: 1, maxLength: 8 });
export const extensions: fc.Arbitrary<Extension[]> = fc.uniqueArray(fc.record({ type: u16, data: opaque(0, 12) }), {
  selector: (extension) => extension.type,
  maxLength: 6,
});

/** A structure with its two functions, values of it, and how many bytes may be missing at its end without harm. */
export interface Struct<Value> {
  readonly read: (bytes: Uint8Array) => Value;
  readonly write: (value: Value) => Uint8Array;
  readonly values: fc.Arbitrary<Value>;
  readonly optionalTail?: (value: Value) => number;
}
export function struct<Value>(it: Struct<Value>): (t: ExecutionContext) => void {
  return (t) => {
    const property = fc.property(it.values, (value) => {
      const bytes = it.write(value);
      t.deepEqual(it.read(bytes), value);
      const tail = it.optionalTail?.(value) ?? 0;
      for (let length = 0; length < bytes.length; length++) {
        if (tail > 0 && length === bytes.length - tail) {
          t.notDeepEqual(it.read(bytes.subarray(0, length)), value);
        } else {
          decodeError(t, () => it.read(bytes.subarray(0, length)), `cut to ${length} bytes`);
        }
      }
      // An empty block of extensions may follow a hello without one; a single byte is never a whole block.
      decodeError(t, () => it.read(Uint8Array.of(...bytes, 0)), 'a trailing byte');
    });
    fc.assert(property, { numRuns: 60, seed: 1 });
  };
}
export function decodeError(t: ExecutionContext, act: () => unknown, message: string): void {
  const error = t.throws(act, { instanceOf: WireError }, message);
  t.is(error?.code, 'DECODE_ERROR', message);
}
