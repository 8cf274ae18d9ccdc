/** Events in words. */
import { kindAt, objectKey, type Run, textAt } from './run.js';

const messageNames: Readonly<Record<number, string>> = {
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
const contentNames: Readonly<Record<number, string>> = {
  20: 'ChangeCipherSpec',
  21: 'alert record',
  22: 'handshake record',
  23: 'application data',
};
const alertNames: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

/** How a row looks: what it is about. */
export type Tone = 'step' | 'wire' | 'reference' | 'callback' | 'decision' | 'world' | 'bad' | 'quiet';

export interface Words {
  readonly tone: Tone;
  readonly text: string;
  /** What is said more quietly behind it. */
  readonly more: string;
}

const typeNames: Readonly<Record<string, string>> = { ctx: 'SSL_CTX', ssl: 'SSL', session: 'SSL_SESSION' };

export function typeName(type: string): string {
  return typeNames[type] ?? type;
}

/** An object by its name in the plan, else `ssl#3`. */
export function nameOfObject(run: Run, process: number, object: number, type = 'object'): string {
  return run.nameOf.get(objectKey(process, object)) ?? `${type}#${object}`;
}

/** A holder (`program`, `ssl#3`, `cache of ctx#1`) by the names that the plan has. */
export function nameOfHolder(run: Run, process: number, holder: string): string {
  return holder.replaceAll(
    /(ctx|ssl|session)#(\d+)/g,
    (whole, _type: string, digits: string) => run.nameOf.get(objectKey(process, Number(digits))) ?? whole,
  );
}

export function wordsOf(run: Run, n: number): Words {
  const a = run.a[n] ?? 0;
  const [b, c, d, e] = [run.b[n] ?? 0, run.c[n] ?? 0, run.d[n] ?? 0, run.e[n] ?? 0];
  const text = (number: number): string => textAt(run, number);
  const process = run.process[n] ?? -1;
  const object = (number: number, type: string): string => nameOfObject(run, process, number, type);
  switch (kindAt(run, n)) {
    case 'process':
      return {
        tone: text(a) === 'started' ? 'world' : text(a) === 'exited' ? 'world' : 'bad',
        text: `process ${b} ${text(a)}`,
        more: '',
      };
    case 'begun':
      return stepWords(run, n);
    case 'ended':
      return {
        tone: text(b) === 'ok' ? 'quiet' : 'step',
        text: `${text(a)} ended: ${text(b)}`,
        more: text(c) === '0' ? '' : `ret ${text(c)}`,
      };
    case 'skipped':
      return { tone: 'quiet', text: `${text(a)} skipped`, more: text(b) };
    case 'connection':
      return { tone: 'wire', text: `connection ${b} ${text(a)}`, more: '' };
    case 'data':
      return { tone: 'wire', text: `${text(a)} ${c} bytes`, more: `connection ${b}` };
    case 'file':
      return { tone: 'world', text: `file ${text(a)}: ${text(b)}`, more: `${c} bytes` };
    case 'balancer':
      return { tone: 'world', text: `balancer: ${text(b)} ${text(a)}`, more: '' };
    case 'fault':
      return {
        tone: 'bad',
        text: `fault ${text(a)}: ${text(b)}`,
        more: run.head.faults.find(({ id }) => id === text(a))?.words ?? '',
      };
    case 'violation':
      return {
        tone: run.expected.has(n) ? 'world' : 'bad',
        text: `${run.expected.has(n) ? 'broken, as expected' : 'broken'}: ${text(a)}`,
        more: nameOfHolder(run, process, text(c)),
      };
    case 'made':
      return { tone: 'reference', text: `${object(a, text(b))} made`, more: typeName(text(b)) };
    case 'count':
      return countWords(run, n, object(a, text(b)));
    case 'freed':
      return { tone: 'reference', text: `${object(a, text(b))} freed`, more: typeName(text(b)) };
    case 'callback':
      return {
        tone: 'callback',
        text: `${text(a)} callback of ${object(b, 'ctx')}`,
        more: c > 0 ? object(c, 'session') : text(e).slice(0, 16),
      };
    case 'record':
      return {
        tone: 'wire',
        text: `${arrow(text(b))} ${contentNames[c] ?? `record ${c}`}`,
        more: `${d} bytes, ${object(a, 'ssl')}`,
      };
    case 'message':
      return {
        tone: 'wire',
        text: `${arrow(text(b))} ${messageNames[c] ?? `message ${c}`}`,
        more: `${d} bytes, ${object(a, 'ssl')}`,
      };
    case 'alert':
      return {
        tone: c === 2 ? 'bad' : 'wire',
        text: `${arrow(text(b))} alert ${alertNames[d] ?? d}`,
        more: `${c === 2 ? 'fatal' : 'warning'}, ${object(a, 'ssl')}`,
      };
    case 'decision':
      return {
        tone: 'decision',
        text: `${text(b)}: ${text(c)}`,
        more: `${object(a, 'ssl')}${e > 0 ? `, ${object(e, 'session')}` : ''}`,
      };
    case 'claims':
      return {
        tone: 'bad',
        text: `${object(a, text(b))}: count ${c}, claims ${d}`,
        more: nameOfHolder(run, process, text(e)),
      };
    case 'foreign-context':
      return {
        tone: 'bad',
        text: `${object(a, 'session')} used with a second context`,
        more: `${object(b, 'ctx')}, then ${object(c, 'ctx')}`,
      };
    case 'other':
      return { tone: 'quiet', text: text(a), more: '' };
  }
}

function arrow(direction: string): string {
  return direction === 'sent' ? '→' : '←';
}

function stepWords(run: Run, n: number): Words {
  const id = textAt(run, run.step[n]);
  const call = run.calls.get(id) ?? textAt(run, run.a[n]);
  const end = run.other[n] ?? -1;
  if (end < 0) return { tone: 'step', text: call, more: 'does not end' };
  const outcome = textAt(run, run.b[end]);
  const value = textAt(run, run.c[end]);
  // Verbs give 0 where they have none, and so does what gives an object.
  const hasValue = value !== '0' || call.startsWith('SSL_');
  return { tone: 'step', text: call, more: outcome === 'ok' ? (hasValue ? value : '') : outcome };
}

function countWords(run: Run, n: number, name: string): Words {
  const process = run.process[n] ?? -1;
  const holder = nameOfHolder(run, process, textAt(run, run.d[n]));
  const isTaken = run.taken[n] === 1;
  return {
    tone: 'reference',
    text: `${name} ${isTaken ? '+1' : '−1'} → ${run.c[n]}`,
    more: `${isTaken ? 'taken' : 'given back'} by ${holder}`,
  };
}

/** Seconds with as many digits as the microseconds need. */
export function seconds(us: number): string {
  return (us / 1_000_000).toFixed(6);
}

/** A span of virtual time for people. */
export function span(us: number): string {
  if (us < 1000) return `${us} µs`;
  if (us < 1_000_000) return `${round(us / 1000)} ms`;
  if (us < 120_000_000) return `${round(us / 1_000_000)} s`;
  if (us < 7_200_000_000) return `${round(us / 60_000_000)} min`;
  return `${round(us / 3_600_000_000)} h`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function messageName(type: number): string {
  return messageNames[type] ?? '';
}
export function contentName(type: number): string {
  return contentNames[type] ?? '';
}
export function alertText(description: number): string {
  return alertNames[description] ?? '';
}
