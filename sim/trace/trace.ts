/** The ordered events of one run: each goes into the fingerprint, and to the sink where there is one. */
import type { StackEvent } from 'simtls';
import type { TraceSink, WorldEvent } from './event.js';
import { Fingerprint, textHash } from './fingerprint.js';

export class Trace {
  readonly #fingerprint = new Fingerprint();
  readonly #now: () => number;
  readonly #sink: TraceSink | undefined;
  readonly #sizes: boolean;
  #count = 0;
  /** Where the last event was: most come from where the one before them came from. */
  readonly #host = new LastText();
  readonly #step = new LastText();

  /**
   * @param now - virtual microseconds since the start of the run
   * @param options - `sizes` false: lengths and sums stay out of the fingerprint, since something of the run does not come from its seed
   */
  constructor(now: () => number, sink: TraceSink | undefined, options: { readonly sizes: boolean } = { sizes: true }) {
    this.#now = now;
    this.#sink = sink;
    this.#sizes = options.sizes;
  }

  /** How many events there were. */
  get count(): number {
    return this.#count;
  }

  /** 16 hex digits over all events so far. */
  get fingerprint(): string {
    return this.#fingerprint.digest();
  }

  /** What the world did. */
  world(host: string, step: string, event: WorldEvent): void {
    const hash = this.#begin(host, step, event.kind);
    switch (event.kind) {
      case 'process':
        hash.addText(event.what);
        hash.add(event.run);
        break;
      case 'step':
        hash.addText(event.what);
        hash.addText(event.call);
        if (event.what === 'ended') {
          hash.addText(event.outcome);
          hash.add(event.value);
        } else if (event.what === 'skipped') hash.addText(event.reason);
        break;
      case 'connection':
        hash.addText(event.what);
        hash.add(event.connection);
        break;
      case 'data':
        hash.addText(event.what);
        hash.add(event.connection);
        if (this.#sizes) {
          hash.add(event.length);
          hash.add(event.sum);
        }
        break;
      case 'file':
        hash.addText(event.what);
        hash.addText(event.path);
        hash.add(event.length);
        break;
      case 'balancer':
        hash.addText(event.what);
        hash.addText(event.server);
        break;
      case 'fault':
        hash.addText(event.fault);
        hash.addText(event.action);
        break;
      case 'violation':
        hash.addText(event.invariant);
        break;
    }
    this.#end(host, step, event);
  }

  /** What a stack told. Bytes enter by their number alone: their values differ between the providers of cryptography. */
  stack(host: string, step: string, event: StackEvent): void {
    const hash = this.#begin(host, step, event.kind);
    switch (event.kind) {
      case 'made':
      case 'freed':
        hash.add(event.object);
        break;
      case 'count':
        hash.add(event.object);
        hash.add(event.count);
        break;
      case 'callback':
        hash.addText(event.name);
        hash.add(event.ctx);
        hash.add(event.session);
        hash.add(event.ssl);
        hash.add(event.id.length);
        break;
      case 'record':
        hash.add(event.ssl);
        hash.add(event.direction === 'sent' ? 1 : 0);
        hash.add(event.contentType);
        if (this.#sizes) hash.add(event.length);
        break;
      case 'message':
        hash.add(event.ssl);
        hash.add(event.direction === 'sent' ? 1 : 0);
        hash.add(event.handshakeType);
        if (this.#sizes) hash.add(event.length);
        break;
      case 'alert':
        hash.add(event.ssl);
        hash.add(event.direction === 'sent' ? 1 : 0);
        hash.add(event.level);
        hash.add(event.description);
        break;
      case 'decision':
        hash.add(event.ssl);
        hash.add(event.session);
        hash.addText(event.verdict);
        hash.addText(event.code);
        break;
      case 'claims':
        hash.add(event.object);
        hash.add(event.count);
        hash.add(event.claims);
        break;
      case 'foreign-context':
        hash.add(event.session);
        hash.add(event.owner);
        hash.add(event.used);
        hash.add(event.ssl);
        break;
    }
    this.#end(host, step, event);
  }

  #begin(host: string, step: string, kind: string): Fingerprint {
    const hash = this.#fingerprint;
    hash.addText(kind);
    hash.add(this.#now());
    hash.addTextHash(this.#host.hashOf(host));
    hash.addTextHash(this.#step.hashOf(step));
    return hash;
  }

  #end(host: string, step: string, event: WorldEvent | StackEvent): void {
    const n = this.#count++;
    this.#sink?.({ n, us: this.#now(), host, step, ...event });
  }
}

/** The hash of a text, reckoned once for as long as the same is asked for. */
class LastText {
  #text = '';
  #hash: number = textHash('');

  hashOf(text: string): number {
    if (text !== this.#text) {
      this.#text = text;
      this.#hash = textHash(text);
    }
    return this.#hash;
  }
}
