import { Writer } from '../wire/index.js';
import { ascii } from './bytes.js';

const labelBounds = { min: 7, max: 2 ** 8 - 1 };
const contextBounds = { min: 0, max: 2 ** 8 - 1 };

/** RFC 8446 §7.1, HkdfLabel: uint16 length, opaque label<7..255>, opaque context<0..255>. */
export function hkdfLabel(label: string, context: Uint8Array, length: number): Uint8Array {
  const w = new Writer(10 + label.length + context.length);
  w.u16(length);
  w.opaque(labelBounds, ascii(`tls13 ${label}`));
  w.opaque(contextBounds, context);
  return w.finish();
}
