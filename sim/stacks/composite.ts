/**
 * The calls that are made of others, and the judging of those that do I/O (docs/programs.md), written once over the few calls
 * that both stacks have. Imports nothing, so that it runs beside any OpenSSL.
 */

/** What a stack must be able to do to one connection `S`. */
export interface Primitives<S> {
  handshake(ssl: S): number;
  read(ssl: S, bytesMax: number): ReadOutcome;
  write(ssl: S, bytes: Uint8Array): number;
  shutdown(ssl: S): number;
  /** The name that `SSL_get_error` has for the return value of the last call, before the error queue is taken. */
  judge(ssl: S, ret: number): string;
  /** The reason strings of ERR_LIB_SSL, oldest first; clears the queue. */
  takeErrors(): readonly string[];
}

export interface ReadOutcome {
  readonly ret: number;
  readonly bytes: Uint8Array;
}

/** What came of a call: its value, and its errors with the judgement last. */
export interface Outcome<T> {
  readonly ret: T;
  readonly errors: readonly string[];
}

/** Rounds of SSL_do_handshake on both sides before a handshake counts as stuck. */
export const handshakeRoundsMax = 20;

/** The byte that `sim_exchange` writes. */
const exchangedBytes: readonly number[] = [0x78];

/** SSL_do_handshake, judged when it returns 0 or less. */
export function doHandshake<S>(calls: Primitives<S>, ssl: S): Outcome<number> {
  const ret = calls.handshake(ssl);
  return judged(calls, ssl, ret, ret <= 0);
}

/** SSL_write, judged when it returns 0 or less. */
export function doWrite<S>(calls: Primitives<S>, ssl: S, bytes: Uint8Array): Outcome<number> {
  const ret = calls.write(ssl, bytes);
  return judged(calls, ssl, ret, ret <= 0);
}

/** SSL_read of at most `bytesMax`, judged when it returns 0 or less. */
export function doRead<S>(calls: Primitives<S>, ssl: S, bytesMax: number): Outcome<ReadOutcome> {
  const read = calls.read(ssl, bytesMax);
  return { ret: read, errors: judged(calls, ssl, read.ret, read.ret <= 0).errors };
}

/** SSL_shutdown, judged when it returns less than 0. */
export function doShutdown<S>(calls: Primitives<S>, ssl: S): Outcome<number> {
  const ret = calls.shutdown(ssl);
  return judged(calls, ssl, ret, ret < 0);
}

/** `sim_handshake`: both sides in turn, until both are done, one fails, or `handshakeRoundsMax` rounds pass. */
export function simHandshake<S>(calls: Primitives<S>, client: S, server: S): Outcome<string> {
  const errors: string[] = [];
  const turn = (ssl: S): 'done' | 'waits' | 'failed' => {
    const ret = calls.handshake(ssl);
    const judgement = ret <= 0 ? calls.judge(ssl, ret) : '';
    const waits = judgement === 'SSL_ERROR_WANT_READ' || judgement === 'SSL_ERROR_WANT_WRITE';
    errors.push(...calls.takeErrors());
    if (ret <= 0 && !waits) errors.push(judgement);
    return ret > 0 ? 'done' : waits ? 'waits' : 'failed';
  };
  for (let round = 0; round < handshakeRoundsMax; round++) {
    const first = turn(client);
    if (first === 'failed') return { ret: 'client failed', errors };
    const second = turn(server);
    if (second === 'failed') return { ret: 'server failed', errors };
    if (first === 'done' && second === 'done') {
      // TLS 1.3 tickets come after the handshake: they are taken in, whatever the read then says.
      calls.read(client, 1);
      errors.push(...calls.takeErrors());
      return { ret: 'ok', errors };
    }
  }
  return { ret: 'stuck', errors };
}

/** `sim_exchange`: one byte written on the one side, one read on the other, also where the writing failed. */
export function simExchange<S>(calls: Primitives<S>, from: S, to: S): Outcome<readonly number[]> {
  const written = doWrite(calls, from, Uint8Array.from(exchangedBytes));
  const read = doRead(calls, to, 1);
  return { ret: [written.ret, read.ret.ret], errors: [...written.errors, ...read.errors] };
}

/** `sim_close`: SSL_shutdown on client, server, client. */
export function simClose<S>(calls: Primitives<S>, client: S, server: S): Outcome<readonly number[]> {
  const turns = [client, server, client].map((ssl) => doShutdown(calls, ssl));
  return { ret: turns.map((turn) => turn.ret), errors: turns.flatMap((turn) => turn.errors) };
}

/** The outcome of a call, judged where it failed. */
export function judged<S>(calls: Primitives<S>, ssl: S, ret: number, failed: boolean): Outcome<number> {
  if (!failed) return { ret, errors: calls.takeErrors() };
  const judgement = calls.judge(ssl, ret);
  return { ret, errors: [...calls.takeErrors(), judgement] };
}
