/** What messages and alerts are called, as the RFCs call them. */
import { alertName } from 'simtls';
import type { TraceEvent } from '../trace/index.js';

/** RFC 8446 §4, RFC 5246 §7.4, RFC 5077 §3.3. */
const handshakeNames: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  5: 'EndOfEarlyData',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
  22: 'CertificateStatus',
  24: 'KeyUpdate',
};
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
