/**
 * What a simtls process and its agent say to each other: JSON after a length of four bytes, one answer a question, both
 * sides waiting. In the middle of a call the agent may tell of a callback in place of the answer; it then serves questions
 * until `return`, to which the answer is the next callback, or that of the call. JSON, because V8's own serialisation is not read by the oldest node that serves as an agent.
 */
import { readSync, writeSync } from 'node:fs';
import type { Line, ObservedReturn } from '../../program/observation.js';
import type {
  ArgumentValue,
  CallbackAnswer,
  CallbackName,
  Happening,
  Profile,
  ReturnValue,
  Snapshot,
} from '../stack.js';
import type { Consultation } from './world/consult.js';
import type { Effects, WorldAnswer, WorldQuestion } from './world/protocol.js';

/** The descriptors on which an agent finds its questions and leaves its answers. */
export const questionDescriptor = 3;
export const answerDescriptor = 4;
/** A file of which the agent maps the first bytes: where it is in a batch of programs, for who finds it dead. */
export const markDescriptor = 5;
/** Two integers of 32 bits in the machine's order: the program, counted from 0, and its step. */
export const markBytes = 8;
/** In place of a step: what the program left is being freed. */
export const stepOfEnd = -1;

/** Programs to be run whole, one after the other. */
export interface ProgramBatch {
  readonly profile: Profile;
  /** Steps as they stand in a file; a program is a list of indices into them. */
  readonly table: readonly unknown[];
  readonly programs: readonly (readonly number[])[];
  /** Of which steps there are lines. */
  readonly observed: 'all' | 'last';
}

/** Larger than any step's answer: past it, the stream is taken for garbage. */
const messageBytesMax = 2 ** 28;
const lengthBytes = 4;

export type Question =
  /** The certificate (DER) and key (DER, PKCS#8) of `sim_use_certificate`; asked first. */
  | { readonly ask: 'credential'; readonly certificate: string; readonly key: string }
  | {
      readonly ask: 'call';
      readonly call: string;
      readonly args: readonly unknown[];
      readonly watch: readonly number[];
      readonly owned: readonly number[];
    }
  /** What the callback answers that the agent told of last. */
  | ({ readonly ask: 'return'; readonly owned: readonly number[] } & WireCallbackAnswer)
  /** What a connection attached to a transport of the world has received, and whether its writes still arrive. */
  | { readonly ask: 'attach'; readonly ssl: number }
  | { readonly ask: 'feed'; readonly ssl: number; readonly hex: string; readonly end: 'open' | 'eof' | 'broken' }
  | { readonly ask: 'drain'; readonly ssl: number }
  /** Puts the clock of the agent's process, which then stands still, at microseconds since the epoch. */
  | { readonly ask: 'clock'; readonly us: number }
  | { readonly ask: 'look'; readonly objects: readonly number[] }
  /** What the world says to what it was consulted about. */
  | { readonly ask: 'advise'; readonly value: string | null }
  /** What a process of a world asks. */
  | WorldQuestion
  /** `us`: where the clock stands when each program begins, if it can be put. */
  | ({ readonly ask: 'programs'; readonly us: number } & ProgramBatch)
  /** The lines of a program of the last batch. */
  | { readonly ask: 'lines'; readonly program: number }
  /** Frees every object, so that the next question may be another program's. `spent` where that cannot be done. */
  | { readonly ask: 'reset' };

export type Answer =
  | {
      readonly tell: 'answer';
      readonly ret: unknown;
      readonly errors: readonly string[];
      readonly events: readonly WireHappening[];
      readonly snapshots: readonly Snapshot[];
    }
  | WireCallback
  | { readonly tell: 'snapshots'; readonly snapshots: readonly Snapshot[] }
  /** What each program came to; fewer where the process is spent with the last of them. */
  | { readonly tell: 'outcomes'; readonly outcomes: readonly WireOutcome[]; readonly spent: boolean }
  | { readonly tell: 'lines'; readonly lines: readonly unknown[] }
  | { readonly tell: 'bytes'; readonly hex: string }
  | WorldAnswer
  /** In the middle of a call: questions may come, then `advise`, and the call goes on. */
  | ({ readonly tell: 'consult'; readonly consult: Consultation } & Effects)
  | { readonly tell: 'done' }
  | { readonly tell: 'spent' }
  /** What the agent has not got: nothing was done. */
  | { readonly tell: 'unable'; readonly reason: string }
  /** The process lives, but what was asked for is gone: libssl is left with a pointer to it. */
  | { readonly tell: 'crash'; readonly signal: string }
  /** The agent itself is at fault. */
  | { readonly tell: 'fault'; readonly message: string };

/** A callback that waits for its `return`. */
export interface WireCallback {
  readonly tell: 'callback';
  readonly callback: CallbackName;
  readonly on: number;
  readonly ctx: number;
  readonly ssl: number | null;
  readonly session: number | null;
  readonly args: readonly unknown[];
  readonly events: readonly WireHappening[];
}

export interface WireCallbackAnswer {
  readonly ret: CallbackAnswer['ret'];
  readonly copy?: number | undefined;
  /** In hex. */
  readonly id?: string | undefined;
  /** Name, HMAC key and AES key in hex. */
  readonly keys?: readonly [string, string, string] | undefined;
}

/** The digest of a program's lines (sim/program/digest.ts), or what the agent has not got for it. */
export type WireOutcome = string | { readonly unable: string };

/** The first message of an agent whose libssl cannot be asked; it is its last. */
export interface Refusal {
  /** Functions that it has not got. */
  readonly lacks: readonly string[];
}

/** The first message of any other. */
export interface Greeting {
  /** `OpenSSL_version(OPENSSL_VERSION)`. */
  readonly version: string;
  /** Whether it takes `clock`. */
  readonly clock: boolean;
  /** Whether allocations of a world's process can be made to fail. */
  readonly memory: boolean;
}

export type WireHappening = Exclude<Happening, { name: 'get' }> | { name: 'get'; id: string; ctx: number };

export function happeningsToWire(events: readonly Happening[]): readonly WireHappening[] {
  return events.map((event) =>
    event.name === 'get' ? { ...event, id: Buffer.from(event.id).toString('hex') } : event,
  );
}

export function happeningsFromWire(events: readonly WireHappening[]): readonly Happening[] {
  return events.map((event) =>
    event.name === 'get' ? { ...event, id: new Uint8Array(Buffer.from(event.id, 'hex')) } : event,
  );
}

/** Writes one message whole. Throws EPIPE where the other side has gone. */
export function writeMessage(descriptor: number, message: Question | Answer | Greeting | Refusal): void {
  const text = JSON.stringify(message);
  const frame = Buffer.allocUnsafe(lengthBytes + Buffer.byteLength(text));
  frame.writeUInt32LE(frame.length - lengthBytes, 0);
  frame.write(text, lengthBytes);
  for (let sent = 0; sent < frame.length; ) sent += writeSync(descriptor, frame, sent);
}

/** Bytes that are read at once: most messages come whole. */
const readBytesAtOnce = 65_536;

/** The messages of one descriptor, in order. */
export class Incoming {
  readonly #descriptor: number;
  #bytes: Buffer = Buffer.allocUnsafe(readBytesAtOnce);
  /** Where in `#bytes` what was read and not taken begins and ends. */
  #begin = 0;
  #end = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Waits for one message; undefined where the other side has gone. */
  next(): unknown {
    if (!this.#waitFor(lengthBytes)) return undefined;
    const length = this.#bytes.readUInt32LE(this.#begin);
    if (length > messageBytesMax) throw new Error(`a message of ${length} bytes`);
    if (!this.#waitFor(lengthBytes + length)) return undefined;
    const from = this.#begin + lengthBytes;
    this.#begin = from + length;
    return JSON.parse(this.#bytes.toString('utf8', from, this.#begin));
  }

  #waitFor(length: number): boolean {
    if (this.#begin + length > this.#bytes.length) this.#makeRoom(length);
    while (this.#end - this.#begin < length) {
      const more = readSync(this.#descriptor, this.#bytes, this.#end, this.#bytes.length - this.#end, null);
      if (more === 0) return false;
      this.#end += more;
    }
    return true;
  }

  #makeRoom(length: number): void {
    const room = Buffer.allocUnsafe(Math.max(readBytesAtOnce, length));
    this.#bytes.copy(room, 0, this.#begin, this.#end);
    this.#bytes = room;
    this.#end -= this.#begin;
    this.#begin = 0;
  }
}

/** What JSON lacks: `{ "bytes": hex }` for bytes and `{ "integer": digits }` for what no double holds. */
export function toWire(value: ArgumentValue | ReturnValue | ObservedReturn): unknown {
  if (typeof value === 'bigint') return { integer: value.toString() };
  if (Array.isArray(value)) return value.map((item: ReturnValue | ObservedReturn) => toWire(item));
  if (typeof value !== 'object' || value === null) return value;
  if ('bytes' in value) return { bytes: Buffer.from(value.bytes).toString('hex') };
  if ('now' in value && typeof value.now === 'bigint') return { now: toWire(value.now) };
  return value;
}

/** Undoes `toWire`. The other side is a process of our own, so its values are what `toWire` wrote. */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== 'object' || value === null) return value;
  if ('integer' in value) return BigInt(String(value.integer));
  if ('bytes' in value) return { bytes: new Uint8Array(Buffer.from(String(value.bytes), 'hex')) };
  if ('now' in value) return { now: fromWire(value.now) };
  return value;
}

/** A line for JSON. */
export function lineToWire(line: Line): unknown {
  const nested = line.nested?.map(({ steps, returned, ...run }) => ({
    ...run,
    steps: steps.map(lineToWire),
    ...(returned === undefined ? {} : { returned: toWire(returned) }),
  }));
  const whole = 'handles' in line ? { ...line, ret: toWire(line.ret), handles: [...line.handles] } : line;
  return nested === undefined ? whole : { ...whole, nested };
}

/** Undoes `lineToWire`, of an agent of our own. */
export function lineFromWire(wire: unknown): Line {
  const line = wire as Line;
  const nested = line.nested?.map(({ steps, returned, ...run }) => ({
    ...run,
    steps: steps.map(lineFromWire),
    ...(returned === undefined ? {} : { returned: fromWire(returned) as ObservedReturn }),
  }));
  const bodies = nested === undefined ? {} : { nested };
  if (!('handles' in line)) return { ...line, ...bodies };
  return { ...line, ret: fromWire(line.ret) as ObservedReturn, handles: new Map(line.handles), ...bodies };
}
