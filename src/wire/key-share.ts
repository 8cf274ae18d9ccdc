import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** RFC 8446 §4.2.8: the three forms of the extension key_share. Each `read` takes the whole data. */

/** RFC 8446 §4.2.8, KeyShareEntry. */
export interface KeyShareEntry {
  readonly namedGroup: number; //      NamedGroup group
  readonly keyExchange: Uint8Array; // opaque key_exchange<1..2^16-1>, a view
}
const keyExchangeBounds = { min: 1, max: 2 ** 16 - 1 };
const clientSharesBounds = { min: 0, max: 2 ** 16 - 1 };

/** In a ClientHello: KeyShareEntry client_shares<0..2^16-1>, best first. */
export function readKeyShareOfClient(data: Uint8Array): KeyShareEntry[] {
  const r = new Reader(data);
  const list = r.sub(clientSharesBounds);
  const entries: KeyShareEntry[] = [];
  while (list.remaining > 0) {
    entries.push(readKeyShareEntry(list));
  }
  r.end();
  return entries;
}

/** In a ClientHello. */
export function writeKeyShareOfClient(entries: readonly KeyShareEntry[]): Uint8Array {
  const w = new Writer(entries.reduce((sum, { keyExchange }) => sum + 4 + keyExchange.length, 2));
  w.vector(clientSharesBounds, () => {
    for (const entry of entries) {
      writeEntry(w, entry);
    }
  });
  return w.finish();
}

/** In a ServerHello: KeyShareEntry server_share. */
export function readKeyShareOfServer(data: Uint8Array): KeyShareEntry {
  const r = new Reader(data);
  const entry = readKeyShareEntry(r);
  r.end();
  return entry;
}

/** In a ServerHello. */
export function writeKeyShareOfServer(entry: KeyShareEntry): Uint8Array {
  const w = new Writer(4 + entry.keyExchange.length);
  writeEntry(w, entry);
  return w.finish();
}

/** In a HelloRetryRequest: NamedGroup selected_group. */
export function readKeyShareOfRetry(data: Uint8Array): number {
  const r = new Reader(data);
  const selectedGroup = r.u16();
  r.end();
  return selectedGroup;
}

/** In a HelloRetryRequest. */
export function writeKeyShareOfRetry(selectedGroup: number): Uint8Array {
  const w = new Writer(2);
  w.u16(selectedGroup);
  return w.finish();
}

/** One of a list. */
export function readKeyShareEntry(r: Reader): KeyShareEntry {
  return { namedGroup: r.u16(), keyExchange: r.opaque(keyExchangeBounds) };
}

function writeEntry(w: Writer, entry: KeyShareEntry): void {
  w.u16(entry.namedGroup);
  w.opaque(keyExchangeBounds, entry.keyExchange);
}
