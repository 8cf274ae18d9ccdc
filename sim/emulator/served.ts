/**
 * One connection of the emulator's server: handshake, then requests and answers, then its end.
 *
 *   greeting → handshaking → reading a request → answering → reading a request …
 *                                              ↘ authenticating ↗
 *                                              ↘ closing → over
 */
import type { ServerEnd, Tried, Try } from './end.js';
import { type Conduct, garbageRecord, plainAnswer } from './misbehaviour.js';
import { decodeRequest, type Request, requestHeaderBytes } from './request.js';

/** Plaintext in one record (RFC 5246 §6.2.1). */
const chunkBytes = 16_384;

/** Nothing has come yet. */
interface Greeting {
  readonly name: 'greeting';
}
interface Handshaking {
  readonly name: 'handshaking';
}
interface ReadingHeader {
  readonly name: 'reading header';
  /** What has come of it. */
  readonly header: Uint8Array;
}
interface ReadingBody {
  readonly name: 'reading body';
  readonly request: Request;
  readonly left: number;
}
/** It wants the client's certificate before it answers. */
interface Authenticating {
  readonly name: 'authenticating';
  readonly request: Request;
  readonly asked: boolean;
}
interface Answering {
  readonly name: 'answering';
  readonly request: Request;
  readonly left: number;
  readonly chunk: Uint8Array;
}
interface Closing {
  readonly name: 'closing';
  readonly outcome: string;
  readonly errors: readonly string[];
}
/** It does nothing more until it is given up. */
interface Stalled {
  readonly name: 'stalled';
}
interface Resetting {
  readonly name: 'resetting';
}
type State =
  | Greeting
  | Stalled
  | Resetting
  | Handshaking
  | ReadingHeader
  | ReadingBody
  | Authenticating
  | Answering
  | Closing;

/** How a connection ended, and what it did. */
export interface ServedResult {
  /** `ok`: the client said that it was done, or the answer ended with the connection. */
  readonly outcome: string;
  readonly errors: readonly string[];
  /** The socket is reset, not closed. */
  readonly reset?: boolean;
}

export interface ServedOptions {
  /** `none`: it never sends a close_notify. */
  readonly close: 'answer' | 'none';
  /** It asks for the client's certificate where a request has come and there is none, and answers only who shows one. */
  readonly lateAuthentication: boolean;
  /** It serves only who resumes a session, as FTP servers do on data connections. */
  readonly resumedOnly: boolean;
  /** What it does otherwise than a good server, asked wherever it might. */
  readonly conduct: () => Conduct;
}

/** Of each that waits for a request, from its first byte on. */
const readingHeader: ReadingHeader = Object.freeze({ name: 'reading header', header: new Uint8Array(0) });

export class Served {
  readonly #end: ServerEnd;
  readonly #close: 'answer' | 'none';
  readonly #lateAuthentication: boolean;
  readonly #resumedOnly: boolean;
  readonly #conductNow: () => Conduct;
  #state: State = { name: 'greeting' };
  #requests = 0;

  constructor(end: ServerEnd, options: ServedOptions) {
    this.#end = end;
    this.#lateAuthentication = options.lateAuthentication;
    this.#resumedOnly = options.resumedOnly;
    this.#conductNow = options.conduct;
    this.#close = options.close;
  }

  /** Those that came whole, and were acted upon. */
  get requests(): number {
    return this.#requests;
  }

  /** Goes on as far as it can. @returns how it ended; undefined: it waits */
  poll(): ServedResult | undefined {
    for (;;) {
      const next = this.#step(this.#state);
      if (next === 'wait') return undefined;
      if (!('name' in next)) return next;
      this.#state = next;
    }
  }

  #step(state: State): State | ServedResult | 'wait' {
    switch (state.name) {
      case 'greeting':
        return this.#greet();
      case 'handshaking':
        return this.#after(this.#end.handshake(), () => this.#established());
      case 'stalled':
        return 'wait';
      case 'resetting':
        return { outcome: 'ok', errors: [], reset: true };
      case 'reading header':
        return this.#readHeader(state);
      case 'reading body':
        return this.#readBody(state);
      case 'authenticating':
        return this.#authenticate(state);
      case 'answering':
        return this.#answer(state);
      case 'closing':
        return this.#finish(state);
    }
  }

  #greet(): State | 'wait' {
    const { hello } = this.#conductNow();
    if (hello === undefined) return { name: 'handshaking' };
    if (!this.#end.arrived()) return 'wait';
    this.#end.discard();
    switch (hello) {
      case 'silence':
        return { name: 'stalled' };
      case 'reset':
        return { name: 'resetting' };
      case 'plain HTTP':
        this.#end.writePlain(Buffer.from(plainAnswer, 'latin1'));
        return { name: 'closing', outcome: hello, errors: [] };
      case 'end':
        return { name: 'closing', outcome: 'ended', errors: [] };
    }
  }

  #established(): State {
    if (this.#resumedOnly && !this.#end.isResumed()) return { name: 'closing', outcome: 'not resumed', errors: [] };
    const { established } = this.#conductNow();
    if (established === 'reset') return { name: 'resetting' };
    if (established === 'garbage record') this.#end.writePlain(garbageRecord());
    return established === 'stop reading' ? { name: 'stalled' } : readingHeader;
  }

  #readHeader(state: ReadingHeader): State | 'wait' {
    let { header } = state;
    const tried = this.#end.read(requestHeaderBytes - header.length, (bytes) => {
      header = Buffer.concat([header, bytes]);
    });
    return this.#after(tried, () => {
      if (header.length < requestHeaderBytes) return { ...state, header };
      const request = decodeRequest(header);
      return request.bytes > 0 ? { name: 'reading body', request, left: request.bytes } : this.#requested(request);
    });
  }

  #readBody(state: ReadingBody): State | 'wait' {
    let left = state.left;
    const tried = this.#end.read(Math.min(left, chunkBytes), (bytes) => {
      left -= bytes.length;
    });
    return this.#after(tried, () => (left > 0 ? { ...state, left } : this.#requested(state.request)));
  }

  #requested(request: Request): State {
    const asks = this.#lateAuthentication && !this.#end.hasCertificate();
    return asks ? { name: 'authenticating', request, asked: false } : this.#beginAnswer(request);
  }

  #authenticate(state: Authenticating): State | 'wait' {
    if (!state.asked) return this.#after(this.#end.askForCertificate(), () => ({ ...state, asked: true }));
    // What is to come is no data: a client that goes on talking does not want to be authenticated.
    const tried = this.#end.read(1, () => {});
    if (tried.what === 'wait' && this.#end.hasCertificate()) return this.#beginAnswer(state.request);
    return this.#after(tried, () => ({ name: 'closing', outcome: 'not authenticated', errors: [] }));
  }

  #beginAnswer(request: Request): State {
    this.#requests += 1;
    const { answer } = this.#conductNow();
    if (answer === 'none') return { name: 'stalled' };
    return this.#nextChunk(request, answer === undefined ? request.answer : Math.floor(request.answer / 2));
  }

  #nextChunk(request: Request, left: number): State {
    if (left > 0) return { name: 'answering', request, left, chunk: this.#end.payload(Math.min(left, chunkBytes)) };
    const { afterAnswer } = this.#conductNow();
    if (afterAnswer === 'reset') return { name: 'resetting' };
    return request.ends === 'until-close' || afterAnswer === 'close'
      ? { name: 'closing', outcome: 'ok', errors: [] }
      : readingHeader;
  }

  #answer(state: Answering): State | 'wait' {
    return this.#after(this.#end.write(state.chunk), () =>
      this.#nextChunk(state.request, state.left - state.chunk.length),
    );
  }

  #finish(state: Closing): ServedResult | 'wait' {
    const { outcome, errors } = state;
    if (outcome === 'ok') {
      // Nobody can be told of an end in the middle of a handshake.
      const completed = this.#end.complete();
      if (completed.what === 'wait') return 'wait';
      if (completed.what !== 'done') return { outcome: outcomeOf(completed.what), errors: completed.errors };
    }
    // Whether it is written now or never: nobody waits for the peer's answer to it.
    const silent = this.#close === 'none' || this.#conductNow().closeNotify === 'left out';
    if (!silent && outcome === 'ok') this.#end.shutdown();
    return { outcome, errors };
  }

  /** Goes on where it was done, waits where it waits, and closes where it is over. */
  #after(tried: Tried, next: () => State): State | 'wait' {
    if (tried.what === 'done') return next();
    if (tried.what === 'wait') return 'wait';
    return { name: 'closing', outcome: outcomeOf(tried.what), errors: tried.errors };
  }
}

function outcomeOf(what: Exclude<Try, 'done' | 'wait'>): string {
  return what === 'closed' ? 'ok' : what;
}
