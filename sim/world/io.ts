/** SSL_read, SSL_write and their like on one end, and what each outcome means to an application. */
import type { Tried, Try } from '../emulator/index.js';
import type { ArgumentValue, StackAnswer } from '../stacks/index.js';
import type { End } from './connections.js';
import { earlyDataStatus } from './early-data.js';
import type { Process } from './process.js';

/** Plaintext that one SSL_read or SSL_write is given room for (RFC 5246 §6.2.1: one record). */
export const chunkBytes = 16_384;
/** What SSL_get_error says of calls that are to be made again, and of the end of a stream that ended well. */
const noFailures: readonly string[] = ['SSL_ERROR_WANT_READ', 'SSL_ERROR_WANT_WRITE', 'SSL_ERROR_ZERO_RETURN'];
const unexpectedEof = 'unexpected eof while reading';

export const done: Tried = { what: 'done', errors: [] };
const wait: Tried = { what: 'wait', errors: [] };

/** One call on the SSL of an end. */
function call(process: Process, end: End, name: string, ...more: ArgumentValue[]): StackAnswer {
  return process.perform(name, end.ssl, ...more);
}

function judge(end: End, answer: StackAnswer): Tried {
  const { errors } = answer;
  if (!noFailures.includes(errors[errors.length - 1] ?? '')) end.errors = [...end.errors, ...errors];
  switch (errors[errors.length - 1]) {
    case 'SSL_ERROR_WANT_READ':
    case 'SSL_ERROR_WANT_WRITE':
      return wait;
    case 'SSL_ERROR_ZERO_RETURN':
      return { what: 'closed', errors };
    case 'SSL_ERROR_SYSCALL':
      return { what: end.failure === '' ? 'eof' : 'reset', errors };
    default:
      return { what: errors.includes(unexpectedEof) ? 'eof' : 'failed', errors };
  }
}

/** SSL_do_handshake. Once done, notes whether the session was reused. */
export function tryHandshake(process: Process, end: End): Tried {
  const answer = call(process, end, 'SSL_do_handshake');
  if (answer.ret !== 1) {
    const tried = judge(end, answer);
    if (tried.what !== 'wait') end.handshakeFailed = true;
    return tried;
  }
  handshaken(process, end);
  return done;
}

/** The handshake is done, whichever call has made it: SSL_read and SSL_write make one that the program has left out. */
function handshaken(process: Process, end: End): void {
  if (end.reused !== undefined) return;
  settleEarlyData(process, end);
  end.reused = call(process, end, 'SSL_session_reused').ret === 1 ? 1 : 0;
  if (process.world.details) end.negotiated = process.stack.negotiated(end.ssl);
  process.world.handshakeDone(process, end);
}

/** Nobody ever gets what was rejected: it is to be sent again, if at all. */
function settleEarlyData(process: Process, end: End): void {
  if (end.earlySentBytes > 0 && earlyDataStatus(process, end.ssl) === 'rejected') end.sentBytes -= end.earlySentBytes;
  end.earlySentBytes = 0;
}

/** SSL_READ_EARLY_DATA_ERROR, and _FINISH; 1 is _SUCCESS. */
const [earlyDataError, earlyDataFinished] = [0, 2];

/** SSL_read_early_data of at most `max` bytes; `take` gets what came, and `finished` is true where no more does. */
export function tryReadEarly(
  process: Process,
  end: End,
  max: number,
  take: (bytes: Uint8Array) => void,
): Tried & { readonly finished: boolean } {
  const answer = call(process, end, 'SSL_read_early_data', max);
  const result = Array.isArray(answer.ret) ? answer.ret[0] : earlyDataError;
  if (result === earlyDataError) {
    const tried = judge(end, answer);
    if (tried.what !== 'wait') end.handshakeFailed = true;
    return { ...tried, finished: false };
  }
  const bytes = bytesOf(answer);
  if (bytes !== undefined && bytes.length > 0) {
    end.receivedBytes += bytes.length;
    end.earlyReceivedBytes += bytes.length;
    process.oversight.earlyDataCame(end);
    process.world.data(process, end, 'received', bytes);
    take(bytes);
  }
  return { ...done, finished: result === earlyDataFinished };
}

/** SSL_write_early_data of all that is given, on either side; the same bytes again after `wait`. */
export function tryWriteEarly(process: Process, end: End, bytes: Uint8Array): Tried {
  const answer = call(process, end, 'SSL_write_early_data', { bytes });
  if (answer.ret !== 1) return judge(end, answer);
  end.sentBytes += bytes.length;
  process.world.data(process, end, 'sent', bytes);
  return done;
}

/** SSL_write of all that is given; the caller offers the same bytes again after `wait`. */
export function tryWrite(process: Process, end: End, bytes: Uint8Array): Tried {
  const answer = call(process, end, 'SSL_write', { bytes });
  if (typeof answer.ret !== 'number' || answer.ret <= 0) return judge(end, answer);
  handshaken(process, end);
  end.sentBytes += answer.ret;
  process.world.data(process, end, 'sent', bytes);
  return done;
}

/** SSL_read of at most `max` bytes; `take` gets what came. */
export function tryRead(process: Process, end: End, max: number, take: (bytes: Uint8Array) => void): Tried {
  const answer = call(process, end, 'SSL_read', max);
  const bytes = bytesOf(answer);
  if (bytes !== undefined && bytes.length > 0) {
    handshaken(process, end);
    end.receivedBytes += bytes.length;
    process.world.data(process, end, 'received', bytes);
    take(bytes);
    return done;
  }
  const tried = judge(end, answer);
  if (tried.what === 'closed' && !end.toldComplete) {
    end.toldComplete = true;
    process.world.toldComplete(process, end);
  }
  return tried;
}

/** SSL_key_update: SSL_KEY_UPDATE_NOT_REQUESTED is 0, _REQUESTED 1. */
export function tryKeyUpdate(process: Process, end: End, options: { readonly requested: boolean }): Tried {
  const answer = call(process, end, 'SSL_key_update', options.requested ? 1 : 0);
  return answer.ret === 1 ? done : { what: 'failed', errors: answer.errors };
}

/** SSL_verify_client_post_handshake, and SSL_do_handshake to send what it asks. */
export function tryAskForCertificate(process: Process, end: End): Tried {
  if (!end.certificateAsked) {
    const answer = call(process, end, 'SSL_verify_client_post_handshake');
    if (answer.ret !== 1) return { what: 'failed', errors: answer.errors };
    end.certificateAsked = true;
  }
  return tryHandshake(process, end);
}

/** SSL_shutdown, once. */
export function tryShutdown(process: Process, end: End): Tried & { readonly ret: number } {
  const answer = call(process, end, 'SSL_shutdown');
  const ret = typeof answer.ret === 'number' ? answer.ret : -1;
  const { what, errors } = ret >= 0 ? done : judge(end, answer);
  return { what, errors, ret };
}

function bytesOf(answer: StackAnswer): Uint8Array | undefined {
  const { ret } = answer;
  if (!Array.isArray(ret)) return undefined;
  const second: unknown = ret[1];
  return typeof second === 'object' && second !== null && 'bytes' in second && second.bytes instanceof Uint8Array
    ? second.bytes
    : undefined;
}

/** Application data: byte i of a direction is a function of i, the same under every seed. */
export function payload(offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (offset + i) * 31 + 7;
  return bytes;
}

/** The word for how a transfer ended, where it did not end well. */
export function endedEarly(what: Exclude<Try, 'done' | 'wait'>): string {
  return what === 'eof' ? 'truncated' : what;
}
