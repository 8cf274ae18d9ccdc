/** The records of a run with their fields, as the page has them: each once, and by event which record it is about and which field in that. */
import {
  type ConnectionFields,
  type Field,
  fieldsOfConnection,
  type Inside,
  KeyLog,
  messageAt,
  placesOf,
  type RunBytes,
} from '../fields/index.js';
import type { PackedBytes, PackedField, PackedInside } from './data.js';

/** Characters of all fields, at most. */
const charactersMax = 8_000_000;
/** Bytes of one record that are shown, and characters of one value. */
const bytesShownMax = 2_048;
const valueMax = 400;

/** @param crypto - that of the run */
export function packedBytes(run: RunBytes, crypto: 'real' | 'fast' = 'real'): PackedBytes {
  const keyLog = new KeyLog(run.keyLog);
  const fieldsOf = new Map<number, ConnectionFields>();
  const connections = new Map(run.connections.map((one) => [one.connection, one]));
  const records: PackedBytes['records'][number][] = [];
  const known = new Map<string, { readonly index: number; readonly orders: ReadonlyMap<Field, number> } | undefined>();
  const at: [number, number, number][] = [];
  let characters = 0;
  let leftOut = 0;
  for (const [n, place] of placesOf(run)) {
    const connection = connections.get(place.connection);
    if (connection === undefined) continue;
    const key = `${place.connection} ${place.from} ${place.record}`;
    if (!known.has(key)) {
      let fields = fieldsOf.get(place.connection);
      if (fields === undefined && characters < charactersMax) {
        const streams = { client: connection.client.bytes, server: connection.server.bytes };
        fields = fieldsOfConnection(streams, { keyLog, crypto });
        fieldsOf.set(place.connection, fields);
      }
      const field = fields?.[place.from].records[place.record];
      if (field === undefined || characters >= charactersMax) {
        known.set(key, undefined);
        leftOut += 1;
      } else {
        const orders = new Map<Field, number>();
        const bytes = hex(connection[place.from].bytes.subarray(field.offset, field.offset + field.length));
        const packed = packedField(field, field.offset, orders);
        characters += bytes.length + JSON.stringify(packed).length;
        known.set(key, { index: records.length, orders });
        records.push({ from: connection[place.from].host, connection: place.connection, bytes, field: packed });
      }
    }
    const record = known.get(key);
    const fields = fieldsOf.get(place.connection);
    if (record === undefined || fields === undefined) continue;
    const message = place.message === undefined ? undefined : messageAt(fields[place.from], place)?.field;
    at.push([n, record.index, (message && record.orders.get(message)) ?? 0]);
  }
  return { records, at, leftOut };
}

/** @param base - from which offsets are to be counted: the record's place in its stream */
function packedField(field: Field, base: number, orders: Map<Field, number>): PackedField {
  orders.set(field, orders.size);
  const { name, offset, length, value, source = '', problem = '', children, inside } = field;
  const packed = [
    name,
    offset - base,
    length,
    value.length > valueMax ? `${value.slice(0, valueMax)}…` : value,
    source,
    (children ?? []).map((child) => packedField(child, base, orders)),
    problem,
    inside === undefined ? undefined : packedInside(inside, orders),
  ] as const;
  if (inside !== undefined) return packed as PackedField; // nothing of it is left out
  const end = problem !== '' ? 7 : (children?.length ?? 0) > 0 ? 6 : source !== '' ? 5 : 4;
  return packed.slice(0, end) as unknown as PackedField; // what is left out is optional
}

function packedInside({ space, bytes, fields }: Inside, orders: Map<Field, number>): PackedInside {
  return [space, hex(bytes), fields.map((field) => packedField(field, 0, orders))];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytesShownMax)).toString('hex');
}
