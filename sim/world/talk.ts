/** The verbs that talk over a connection, each a small machine over the calls of io.ts. */
import { encodeRequest, type Tried, type Try } from '../emulator/index.js';
import { type Activity, type Ended, ok } from './activity.js';
import type { End } from './connections.js';
import {
  chunkBytes,
  endedEarly,
  payload,
  tryHandshake,
  tryKeyUpdate,
  tryRead,
  tryShutdown,
  tryWrite,
  tryWriteEarly,
} from './io.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

function early(tried: Tried, bytes?: number): Ended {
  // Callers have dealt with `done` and `wait`.
  const outcome = endedEarly(tried.what as Exclude<Try, 'done' | 'wait'>);
  return { outcome, errors: tried.errors, ...(bytes === undefined ? {} : { observed: { bytes } }) };
}

/** SSL_do_handshake until it is done or has failed. */
export class Handshake implements Activity {
  readonly bounded = true;
  readonly end: End;
  readonly #process: Process;

  constructor(process: Process, end: End) {
    this.#process = process;
    this.end = end;
  }

  poll(): Ended | undefined {
    const tried = tryHandshake(this.#process, this.end);
    if (tried.what === 'wait') return undefined;
    if (tried.what === 'done') return { outcome: 'ok', observed: { reused: this.end.reused ?? 0 } };
    return early(tried);
  }
}

/** SSL_write of so many bytes, in chunks of a record. */
export class Send implements Activity {
  readonly bounded = true;
  readonly end: End;
  readonly #process: Process;
  readonly #total: number;
  #sent = 0;
  #chunk: Uint8Array | undefined;

  constructor(process: Process, end: End, total: number) {
    this.#process = process;
    this.end = end;
    this.#total = total;
  }

  poll(): Ended | undefined {
    while (this.#sent < this.#total) {
      this.#chunk ??= payload(this.end.sentBytes, Math.min(chunkBytes, this.#total - this.#sent));
      const tried = tryWrite(this.#process, this.end, this.#chunk);
      if (tried.what === 'wait') return undefined;
      if (tried.what !== 'done') return early(tried, this.#sent);
      this.#sent += this.#chunk.length;
      this.#chunk = undefined;
    }
    return { outcome: 'ok', observed: { bytes: this.#sent } };
  }
}

/** SSL_read until so many bytes have come, or (undefined) until the end. */
export class Receive implements Activity {
  readonly bounded = true;
  readonly end: End;
  readonly #process: Process;
  readonly #wanted: number | undefined;
  #received = 0;

  constructor(process: Process, end: End, wanted: number | undefined) {
    this.#process = process;
    this.end = end;
    this.#wanted = wanted;
  }

  poll(): Ended | undefined {
    for (;;) {
      const left = this.#wanted === undefined ? chunkBytes : this.#wanted - this.#received;
      if (left <= 0) return { outcome: 'ok', observed: { bytes: this.#received } };
      const tried = tryRead(this.#process, this.end, Math.min(left, chunkBytes), (bytes) => {
        this.#received += bytes.length;
      });
      if (tried.what === 'done') continue;
      if (tried.what === 'wait') return undefined;
      if (tried.what === 'closed' && this.#wanted === undefined)
        return { outcome: 'ok', observed: { bytes: this.#received } };
      return early(tried, this.#received);
    }
  }
}

/** A request to the emulator, then its answer. */
export class Request implements Activity {
  readonly bounded = true;
  readonly end: End;
  readonly #process: Process;
  readonly #answer: Receive;
  readonly #body: Send;
  #header: Uint8Array | undefined;

  constructor(process: Process, end: End, ask: VerbOptions['request']) {
    this.#process = process;
    this.end = end;
    this.#header = encodeRequest(ask);
    this.#body = new Send(process, end, ask.bytes + ask.beyond);
    this.#answer = new Receive(process, end, ask.ends === 'length' ? ask.answer : undefined);
  }

  poll(): Ended | undefined {
    if (this.#header !== undefined) {
      const tried = tryWrite(this.#process, this.end, this.#header);
      if (tried.what === 'wait') return undefined;
      if (tried.what !== 'done') return early(tried, 0);
      this.#header = undefined;
    }
    const sent = this.#body.poll();
    if (sent === undefined || sent.outcome !== 'ok') return sent;
    return this.#answer.poll();
  }
}

/** SSL_write_early_data of so many bytes, or of a request: header and body, in chunks of a record. */
export class SendEarly implements Activity {
  readonly bounded = true;
  readonly end: End;
  readonly #process: Process;
  readonly #header: Uint8Array;
  readonly #total: number;
  #sent = 0;
  #chunk: Uint8Array | undefined;

  constructor(process: Process, end: End, what: VerbOptions['send_early']) {
    this.#process = process;
    this.end = end;
    this.#header = 'request' in what ? encodeRequest(what.request) : new Uint8Array(0);
    this.#total = 'request' in what ? this.#header.length + what.request.bytes + what.request.beyond : what.bytes;
  }

  poll(): Ended | undefined {
    while (this.#sent < this.#total) {
      this.#chunk ??= this.#next(Math.min(chunkBytes, this.#total - this.#sent));
      const tried = tryWriteEarly(this.#process, this.end, this.#chunk);
      if (tried.what === 'wait') return undefined;
      if (tried.what !== 'done') return early(tried, this.#sent);
      this.#sent += this.#chunk.length;
      this.end.earlySentBytes += this.#chunk.length;
      this.#chunk = undefined;
    }
    return { outcome: 'ok', observed: { bytes: this.#sent } };
  }

  #next(length: number): Uint8Array {
    const chunk = payload(this.end.sentBytes, length);
    if (this.#sent === 0) chunk.set(this.#header.subarray(0, length));
    return chunk;
  }
}

/** SSL_key_update, and SSL_do_handshake to send it, so many times. */
export class KeyUpdates implements Activity {
  readonly bounded = true;
  readonly end: End;
  readonly #process: Process;
  readonly #requested: boolean;
  #left: number;
  #asked = false;

  constructor(process: Process, end: End, { requested, count }: VerbOptions['key_update']) {
    this.#process = process;
    this.end = end;
    this.#requested = requested;
    this.#left = count;
  }

  poll(): Ended | undefined {
    while (this.#left > 0) {
      const tried = this.#asked
        ? tryHandshake(this.#process, this.end)
        : tryKeyUpdate(this.#process, this.end, { requested: this.#requested });
      if (tried.what === 'wait') return undefined;
      if (tried.what !== 'done') return early(tried);
      if (this.#asked) this.#left -= 1;
      this.#asked = !this.#asked;
    }
    return ok;
  }
}

/** More calls of SSL_shutdown that return 0 than an ignored end of file can cause are a loop. */
const shutdownsMax = 4;

/** SSL_shutdown once, or until the peer has said so too; then the stream is closed. */
export class Close implements Activity {
  readonly bounded = true;
  readonly end: End;
  readonly #process: Process;
  readonly #wait: boolean;
  #calls = 0;

  constructor(process: Process, end: End, options: { readonly wait: boolean }) {
    this.#process = process;
    this.end = end;
    this.#wait = options.wait;
  }

  poll(): Ended | undefined {
    for (;;) {
      const tried = tryShutdown(this.#process, this.end);
      if (tried.what === 'wait') return undefined;
      this.#calls += 1;
      const finished = tried.what !== 'done' || tried.ret === 1 || !this.#wait || this.#calls >= shutdownsMax;
      if (!finished) continue;
      this.#process.ends.close(this.end);
      return tried.what === 'done' ? { outcome: 'ok', observed: { ret: tried.ret } } : early(tried);
    }
  }
}

/** Waits until the stream stands. */
export class Connect implements Activity {
  readonly bounded = true;
  readonly end: End;

  constructor(end: End) {
    this.end = end;
  }

  poll(): Ended | undefined {
    if (this.end.failure !== '') return { outcome: this.end.failure === 'ECONNREFUSED' ? 'refused' : this.end.failure };
    return this.end.connected ? ok : undefined;
  }
}
