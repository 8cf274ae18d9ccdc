/** The events of a run in columns: one varint a slot. */
import type { TraceEvent } from '../trace/index.js';
import { type EventKind, eventKinds } from './data.js';
import { Partners } from './partners.js';
import type { Strings } from './strings.js';
import { Varints } from './varints.js';

const codes: ReadonlyMap<EventKind, number> = new Map(eventKinds.map((kind, code) => [kind, code]));

export class EventColumns {
  readonly #strings: Strings;
  readonly #partners = new Partners();
  readonly #kind = new Varints();
  readonly #us = new Varints();
  readonly #host = new Varints();
  readonly #step = new Varints();
  readonly #slots = [new Varints(), new Varints(), new Varints(), new Varints(), new Varints()];
  #count = 0;
  #lastUs = 0;

  constructor(strings: Strings) {
    this.#strings = strings;
  }

  get count(): number {
    return this.#count;
  }

  get lastUs(): number {
    return this.#lastUs;
  }

  add(event: TraceEvent): void {
    const [kind, ...slots] = this.#slotsOf(event);
    this.#kind.push(codes.get(kind) ?? eventKinds.length - 1);
    this.#us.push(event.us - this.#lastUs);
    this.#host.push(this.#strings.of(event.host));
    this.#step.push(this.#strings.of(event.step));
    for (const [i, column] of this.#slots.entries()) {
      const slot = slots[i] ?? 0;
      column.push(typeof slot === 'string' ? this.#strings.of(slot) : slot);
    }
    this.#lastUs = event.us;
    this.#count += 1;
  }

  sections(): readonly (readonly ['kind' | 'us' | 'host' | 'step' | 'a' | 'b' | 'c' | 'd' | 'e', Uint8Array])[] {
    const [a, b, c, d, e] = this.#slots.map((slot) => slot.bytes);
    const none = new Uint8Array(0);
    return [
      ['kind', this.#kind.bytes],
      ['us', this.#us.bytes],
      ['host', this.#host.bytes],
      ['step', this.#step.bytes],
      ['a', a ?? none],
      ['b', b ?? none],
      ['c', c ?? none],
      ['d', d ?? none],
      ['e', e ?? none],
    ];
  }

  /** As `slotsOf` of data.ts says. */
  #slotsOf(event: TraceEvent): readonly [EventKind, ...(string | number)[]] {
    switch (event.kind) {
      case 'process':
        return ['process', event.what, event.run];
      case 'step':
        if (event.what === 'begun') return ['begun', event.call];
        if (event.what === 'ended') return ['ended', event.call, event.outcome, String(event.value)];
        return ['skipped', event.call, event.reason];
      case 'connection':
        this.#partners.connected(event);
        return ['connection', event.what, event.connection];
      case 'data':
        return ['data', event.what, event.connection, event.length];
      case 'file':
        return ['file', event.what, event.path, event.length];
      case 'balancer':
        return ['balancer', event.what, event.server];
      case 'fault':
        return ['fault', event.fault, event.action];
      case 'violation':
        return ['violation', event.invariant, event.owner, event.text];
      case 'made':
      case 'freed':
        return [event.kind, event.object, event.type];
      case 'count':
        return ['count', event.object, event.type, event.count, event.holder];
      case 'callback':
        return ['callback', event.name, event.ctx, event.session, event.ssl, hexOf(event.id)];
      case 'record':
        return ['record', event.ssl, event.direction, event.contentType, event.length, this.#partners.of(event)];
      case 'message':
        return ['message', event.ssl, event.direction, event.handshakeType, event.length, this.#partners.of(event)];
      case 'alert':
        return ['alert', event.ssl, event.direction, event.level, event.description, this.#partners.of(event)];
      case 'decision':
        return ['decision', event.ssl, `${event.side} ${event.verdict}`, event.code, event.field, event.session];
      case 'claims':
        return ['claims', event.object, event.type, event.count, event.claims, event.holder];
      case 'foreign-context':
        return ['foreign-context', event.session, event.owner, event.used, event.ssl];
      default:
        return ['other', JSON.stringify(event)];
    }
  }
}

/** Of a trace file bytes come in hex already. */
function hexOf(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('hex');
}
