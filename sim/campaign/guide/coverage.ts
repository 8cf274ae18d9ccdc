/**
 * What a run has reached: which call followed which and how it ended, what was decided about sessions, which message came after which, where
 * callbacks, faults and alerts fell, how references moved, and how near it came to what must not be. Each is a place in a map of 65,536.
 */
import type { TraceEvent } from '../../trace/index.js';

/** Places of the map. */
const places = 1 << 16;

export class Coverage {
  readonly #reached = new Uint8Array(places >> 3);
  /** The last call of each host, and the last message of each connection's end. */
  readonly #calls = new Map<string, string>();
  readonly #messages = new Map<string, string>();
  #call = '';

  /** To be told of every event of the run, in order. */
  happened(event: TraceEvent): void {
    switch (event.kind) {
      case 'step':
        if (event.what === 'begun') this.#call = event.call;
        if (event.what !== 'ended') break;
        this.#reach('pair', this.#calls.get(event.host) ?? '', event.call, event.outcome);
        this.#calls.set(event.host, event.call);
        break;
      case 'decision':
        this.#reach('decision', event.side, event.code, this.#call);
        break;
      case 'message':
        this.#follow(`${event.host} ${event.ssl}`, `${event.direction} ${event.handshakeType}`);
        break;
      case 'alert':
        this.#follow(`${event.host} ${event.ssl}`, `alert ${event.direction} ${event.description}`);
        break;
      case 'callback':
        this.#reach('callback', event.name, this.#call);
        break;
      case 'count':
        // A count that is as low or as high as it has not been yet is near to what must not be: gone too early, or never.
        this.#reach('count', event.type, String(Math.min(9, event.count)), holderKind(event.holder), this.#call);
        break;
      case 'freed':
        this.#reach('freed', event.type, this.#call);
        break;
      case 'connection':
      case 'process':
        this.#reach(event.kind, event.what, this.#call);
        break;
      case 'fault':
        this.#reach('fault', event.action, this.#call);
        break;
      case 'violation':
        this.#reach('violation', event.invariant, this.#call);
        break;
    }
  }

  /** Adds what was reached to a map. @returns how many places of it are new */
  addTo(map: Uint8Array): number {
    let fresh = 0;
    for (let i = 0; i < map.length; i += 1) {
      const before = map[i] ?? 0;
      const now = before | (this.#reached[i] ?? 0);
      if (now === before) continue;
      fresh += bits(now ^ before);
      map[i] = now;
    }
    return fresh;
  }

  #follow(end: string, now: string): void {
    this.#reach('message', this.#messages.get(end) ?? '', now);
    this.#messages.set(end, now);
  }

  #reach(...words: readonly string[]): void {
    let hash = 0x811c9dc5;
    for (const word of words) {
      for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
      hash = Math.imul(hash ^ 0x7c, 0x01000193);
    }
    const place = (hash ^ (hash >>> 16)) & (places - 1);
    const at = place >> 3;
    this.#reached[at] = (this.#reached[at] ?? 0) | (1 << (place & 7));
  }
}

/** A map in which nothing was reached. */
export function emptyMap(): Uint8Array {
  return new Uint8Array(places >> 3);
}

/** How many places of a map were reached. */
export function reachedIn(map: Uint8Array): number {
  return map.reduce((sum, byte) => sum + bits(byte), 0);
}

function bits(byte: number): number {
  let count = 0;
  for (let left = byte; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** `ssl` of `ssl#3`. */
function holderKind(holder: string): string {
  return holder.replaceAll(/#\d+/gu, '');
}
