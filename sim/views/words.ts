/** What messages and alerts are called, as the RFCs call them. */
import { alertName, handshakeNames } from 'simtls';
import type { TraceEvent } from '../trace/index.js';

const levelFatal = 2;

/** A handshake message by its type. */
export function messageName(type: number): string {
  return handshakeNames[type] ?? `handshake message ${type}`;
}

/** `fatal handshake_failure`; a warning is not called one, its name says it. */
export function alertText({
  level,
  description,
}: Pick<Extract<TraceEvent, { kind: 'alert' }>, 'level' | 'description'>): string {
  return `${level === levelFatal ? 'fatal ' : ''}alert ${alertName(description) ?? description}`;
}

/** Virtual time as people read it: seconds with what digits there are, six at most. */
export function secondsOf(us: number): string {
  return `${us / 1_000_000} s`;
}
