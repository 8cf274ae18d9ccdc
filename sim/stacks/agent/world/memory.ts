/** Bytes to and from C memory by memcpy(3): koffi's own conversions take ten times as long. */
import koffi from 'koffi';
import type { Library, Pointer } from '../library.js';

/** A copy of the bytes at an address. */
export function copyIn(library: Library, from: Pointer, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (length > 0) library.call('memcpy', bytes, from, length);
  return bytes;
}

export function copyOut(library: Library, bytes: Uint8Array, to: Pointer): void {
  if (bytes.length > 0) library.call('memcpy', to, bytes, bytes.length);
}

/** Writes pointers one behind the other. */
export function writePointers(to: Pointer, pointers: readonly Pointer[]): void {
  koffi.encode(to, 'uint64_t', BigUint64Array.from(pointers), pointers.length);
}
