/** Bytes out of sessions, and sessions out of bytes. */
import { type Library, type Pointer, readBytes, withMemory } from './library.js';

/** What a getter of a session gives, which tells the length beside it. */
export function bytesFrom(library: Library, call: string, session: Pointer | null): { readonly bytes: Uint8Array } {
  const length = new Uint8Array(4);
  const address = library.pointer(call, session, length);
  return { bytes: address === null ? new Uint8Array() : readBytes(address, length[0] ?? 0) };
}

/** i2d_SSL_SESSION. */
export function encoded(library: Library, session: Pointer | null): Uint8Array {
  const length = library.integer('i2d_SSL_SESSION', session, null);
  if (length <= 0) return new Uint8Array();
  return withMemory(new Uint8Array(length), (memory) => {
    library.call('i2d_SSL_SESSION', session, BigUint64Array.of(memory));
    return readBytes(memory, length);
  });
}

/** d2i_SSL_SESSION. @param into - a session whose fields are overwritten, or null for a new one */
export function decoded(library: Library, bytes: Uint8Array, into: Pointer | null): Pointer | null {
  const place = into === null ? null : BigUint64Array.of(into);
  return withMemory(bytes, (memory) =>
    library.pointer('d2i_SSL_SESSION', place, BigUint64Array.of(memory), bytes.length),
  );
}
