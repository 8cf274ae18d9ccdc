/** Where the objects of this libssl keep their reference counts, found by raising them. */
import type { ObjectKind } from '../stack.js';
import { type Library, type Pointer, readInt32 } from './library.js';

/** Where each kind of object keeps its count: the one 32-bit integer that an up_ref raises by one. */
export function findReferenceOffsets(library: Library): Readonly<Record<ObjectKind, number>> {
  const made = (name: string, ...args: (Pointer | null)[]): Pointer => {
    const address = library.pointer(name, ...args);
    if (address === null) throw new Error(`${name} gives NULL`);
    return address;
  };
  const ctx = made('SSL_CTX_new', library.pointer('TLS_method'));
  const ssl = made('SSL_new', ctx);
  const session = made('SSL_SESSION_new');
  const offsets = {
    session: risingInteger(session, { up: 'SSL_SESSION_up_ref', down: 'SSL_SESSION_free', library }),
    ssl: risingInteger(ssl, { up: 'SSL_up_ref', down: 'SSL_free', library }),
    ctx: risingInteger(ctx, { up: 'SSL_CTX_up_ref', down: 'SSL_CTX_free', library }),
  };
  library.call('SSL_SESSION_free', session);
  library.call('SSL_free', ssl);
  library.call('SSL_CTX_free', ctx);
  return offsets;
}

/** The objects are smaller than this; what lies past the count is never read. */
const objectBytesMax = 16_384;

function risingInteger(
  address: Pointer,
  { up, down, library }: { readonly up: string; readonly down: string; readonly library: Library },
): number {
  const before: number[] = [];
  const window = 256;
  for (let start = 0; start < objectBytesMax; start += window) {
    for (let at = start; at < start + window; at += 4) before[at] = readInt32(address + BigInt(at));
    library.call(up, address);
    const risen = [];
    for (let at = start; at < start + window; at += 4) {
      if (readInt32(address + BigInt(at)) === (before[at] ?? 0) + 1) risen.push(at);
    }
    library.call(down, address);
    const [offset] = risen.filter((at) => readInt32(address + BigInt(at)) === before[at]);
    if (offset !== undefined) return offset;
  }
  throw new Error(`no count that ${up} raises`);
}
