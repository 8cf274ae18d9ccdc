/** What must hold of fields, whatever the bytes. */
import type { ConnectionFields, Field } from '../../sim/fields/index.js';

/** Where fields that ought to cover `from` to `to` leave a gap, overlap, or lie outside of what they are part of; empty where nowhere. */
export function uncovered(fields: readonly Field[], from: number, to: number, path = ''): string[] {
  const found: string[] = [];
  let at = from;
  for (const field of fields) {
    const here = `${path}/${field.name}`;
    if (field.offset !== at) found.push(`${here} begins at ${field.offset}, not ${at}`);
    if (field.length < 0) found.push(`${here} has ${field.length} bytes`);
    at = field.offset + field.length;
    if (field.children !== undefined) found.push(...uncovered(field.children, field.offset, at, here));
    if (field.inside !== undefined) found.push(...uncovered(field.inside.fields, 0, field.inside.bytes.length, here));
  }
  if (at !== to) found.push(`${path} ends at ${at}, not ${to}`);
  return found;
}

export function uncoveredOf(
  fields: ConnectionFields,
  streams: { readonly client: Uint8Array; readonly server: Uint8Array },
): string[] {
  return (['client', 'server'] as const).flatMap((side) => uncovered(fields[side].records, 0, streams[side].length));
}
