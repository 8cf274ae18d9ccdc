/**
 * What lines amount to, in 64 bits: equal for lines that the comparison (compare.ts) takes for equal, but for the order in
 * which sessions were met and for clocks a second apart, and different for all others. Imports nothing, so that it runs beside any OpenSSL.
 */
import type { BodyRun, Line, Observation, ObservedEvent, ObservedReturn } from './observation.js';

/** Calls whose value is random: only its length counts. */
export const randomValues: readonly string[] = [
  'SSL_SESSION_get_id',
  'SSL_SESSION_get_master_key',
  'SSL_SESSION_print_keylog',
  'SSL_CTX_get_tlsext_ticket_keys',
];
/** Calls of whose value only the presence counts. */
export const presenceOnly: readonly string[] = ['i2d_SSL_SESSION', 'SSL_SESSION_get0_ticket'];

/** The digest of a program's lines. */
export function digestOf(lines: readonly Line[]): string {
  const digest = new Digest();
  for (const line of lines) digest.line(line);
  return digest.text;
}

/** Two lanes of 32 bits. Each step turns a lane into another for any word, so that what once differs stays apart. */
class Digest {
  #a = 0x811c9dc5;
  #b = 0x2545f491;

  get text(): string {
    return hex(this.#a) + hex(this.#b);
  }

  line(line: Line): void {
    this.#word(line.step);
    if ('handles' in line) this.#observation(line);
    else if ('misuse' in line) this.#values([line.misuse, line.handle]);
    else this.#value(line.crash);
    for (const run of line.nested ?? []) this.#body(run);
  }

  #body({ on, ctx, ssl, args = [], steps, returned }: BodyRun): void {
    this.#values([on, ctx, ssl ?? '', args, steps.length]);
    for (const line of steps) this.line(line);
    this.#value(returned ?? null);
  }

  #observation(line: Observation): void {
    this.#ret(line.call, line.ret);
    this.#values(line.errors);
    this.#values(line.events.map(eventText).sort());
    this.#word(line.handles.size);
    for (const [name, state] of line.handles) {
      this.#text(name);
      this.#value(state);
    }
  }

  #ret(call: string, ret: ObservedReturn): void {
    if (typeof ret !== 'string') this.#value(ret);
    else if (randomValues.includes(call)) this.#word(ret.length);
    else if (presenceOnly.includes(call)) this.#word(ret === '' ? 0 : 1);
    else this.#text(ret);
  }

  /** Any value as JSON has it, and integers of any size. */
  #value(value: unknown): void {
    if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) this.#word(value);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value !== 'object') this.#text(String(value));
    else if (value === null) this.#word(0x6e756c6c);
    else this.#values(Object.values(value)); // of one kind of object, with the same keys in the same order on both sides
  }

  #values(values: readonly unknown[]): void {
    this.#word(values.length);
    for (const value of values) this.#value(value);
  }

  #text(text: string): void {
    this.#word(text.length);
    for (let at = 0; at < text.length; at++) this.#word(text.charCodeAt(at));
  }

  #word(word: number): void {
    this.#a = Math.imul(((this.#a << 5) | (this.#a >>> 27)) ^ word, 0x9e3779b1);
    this.#b = Math.imul(((this.#b << 13) | (this.#b >>> 19)) ^ word, 0x85ebca77);
  }
}

/** An event; of the random id of a `get`, the length. */
export function eventText(event: ObservedEvent): string {
  return JSON.stringify('get' in event ? { ...event, get: event.get.length } : event);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
