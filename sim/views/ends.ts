/** Tells, of a trace as it goes, which connection between two hosts an event belongs to. */
import type { TraceEvent } from '../trace/index.js';

/** One end of a connection. */
export interface End {
  readonly connection: number;
  readonly host: string;
  /** The host at the other end: for who opened it, the one that was asked. */
  readonly peer: string;
  readonly role: 'client' | 'server';
}

export class Ends {
  /** By host: the ends of its process by their SSL. */
  readonly #bySsl = new Map<string, Map<number, End>>();
  /** By host and connection. */
  readonly #byNumber = new Map<string, End>();
  /** By host: taken by a step that has made no SSL for it yet. */
  readonly #taken = new Map<string, { readonly step: string; readonly end: End }>();

  /** To be told of every event, in order. @returns the end that it belongs to; undefined where it is about none */
  of(event: TraceEvent): End | undefined {
    switch (event.kind) {
      case 'process':
        if (event.what === 'started') this.#forget(event.host);
        return undefined;
      case 'connection':
        return this.#connection(event);
      case 'data':
        return this.#byNumber.get(`${event.host} ${event.connection}`);
      case 'made':
        if (event.type === 'ssl') this.#made(event.host, event.step, event.object);
        return undefined;
      case 'freed':
        if (event.type === 'ssl') this.#bySsl.get(event.host)?.delete(event.object);
        return undefined;
      case 'record':
      case 'message':
      case 'alert':
      case 'decision':
        return this.#bySsl.get(event.host)?.get(event.ssl);
      default:
        return undefined;
    }
  }

  /** The end that an SSL of the process of a host that runs now is on. */
  ofSsl(host: string, ssl: number): End | undefined {
    return this.#bySsl.get(host)?.get(ssl);
  }

  #connection(event: Extract<TraceEvent, { kind: 'connection' }>): End {
    const { host, peer, connection, what, ssl, step } = event;
    const known = this.#byNumber.get(`${host} ${connection}`);
    if (what === 'opening' || what === 'accepted') {
      const end: End = { connection, host, peer, role: what === 'opening' ? 'client' : 'server' };
      this.#byNumber.set(`${host} ${connection}`, end);
      if (ssl !== 0) this.#join(host, ssl, end);
      else if (what === 'accepted') this.#taken.set(host, { step, end });
      return end;
    }
    const own = ssl === 0 ? undefined : this.ofSsl(host, ssl); // a host may have both ends
    const end = own ?? known ?? { connection, host, peer, role: 'client' };
    if (what === 'closed') this.#byNumber.delete(`${host} ${connection}`);
    return end;
  }

  #made(host: string, step: string, ssl: number): void {
    const taken = this.#taken.get(host);
    if (taken?.step !== step) return;
    this.#taken.delete(host);
    this.#join(host, ssl, taken.end);
  }

  #join(host: string, ssl: number, end: End): void {
    const ends = this.#bySsl.get(host) ?? new Map<number, End>();
    this.#bySsl.set(host, ends.set(ssl, end));
  }

  #forget(host: string): void {
    this.#bySsl.delete(host);
    this.#taken.delete(host);
    for (const [key, end] of this.#byNumber) if (end.host === host) this.#byNumber.delete(key);
  }
}
