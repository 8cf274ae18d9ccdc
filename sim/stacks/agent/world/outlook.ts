/** How a socket stands, on the wire: its truths as bits, and its numbers. It goes with every call that reads or writes. */
import type { Outlook } from '../../../network/index.js';

export type WireOutlook = readonly [flags: number, bufferBytes: number, unsentBytes: number, windowBytes: number];

const flags = ['closed', 'connecting', 'ended', 'error', 'broken', 'shut'] as const;

export function outlookToWire(outlook: Outlook): WireOutlook {
  const bits = flags.reduce((sum, name, bit) => sum | (outlook[name] ? 1 << bit : 0), 0);
  return [bits, outlook.bufferBytes, outlook.unsentBytes, outlook.windowBytes];
}

export function outlookFromWire([bits, bufferBytes, unsentBytes, windowBytes]: WireOutlook): Outlook {
  const is = (name: (typeof flags)[number]): boolean => (bits & (1 << flags.indexOf(name))) !== 0;
  return {
    closed: is('closed'),
    connecting: is('connecting'),
    ended: is('ended'),
    error: is('error'),
    broken: is('broken'),
    shut: is('shut'),
    bufferBytes,
    unsentBytes,
    windowBytes,
  };
}
