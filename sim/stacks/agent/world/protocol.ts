/** What a process of a world asks of its agent. */
import type { Snapshot } from '../../stack.js';
import type { WireHappening } from '../protocol.js';
import type { Control } from './controls.js';
import type { Move } from './mirror.js';
import type { WireOutlook } from './outlook.js';
import type { WireTold } from './told.js';

export type WorldQuestion = {
  readonly ask: 'world';
  /** What was put off until now: it has no answer. */
  readonly before?: readonly PutOff[];
} & (
  | {
      readonly what: 'call';
      /** Virtual microseconds since the Unix epoch, by the clock of the host. */
      readonly nowUs: number;
      readonly call: string;
      readonly args: readonly unknown[];
      readonly watch?: readonly number[] | undefined;
      readonly owned?: readonly number[] | undefined;
      readonly sockets?: readonly SocketNews[] | undefined;
    }
  | { readonly what: 'control'; readonly control: Control; readonly nowUs: number }
  | { readonly what: 'nothing' }
  /** The process is over: what it had is freed (`reset`), or left as it is. `spent` where that cannot be done. */
  | { readonly what: 'end'; readonly how: 'reset' | 'forget' }
);

/** What gives nothing back, or always the same, and so can wait for the next call. */
export type PutOff =
  /** A process begins; the seed is 16 bytes, in hex. It wants to be told of those points, of secrets or not, and asked for memory or not. */
  | {
      readonly do: 'begin';
      readonly seed: string;
      readonly points: readonly string[];
      readonly scarce: boolean;
      readonly secrets: boolean;
    }
  | { readonly do: 'sim_use_certificate'; readonly ctx: number }
  /** A connection is joined to a socket. */
  | { readonly do: 'join'; readonly ssl: number }
  | { readonly do: 'SSL_set_connect_state' | 'SSL_set_accept_state'; readonly ssl: number };

/** What is asked next, most often, and has an answer now: a call that is made of one object alone, or a control. */
export type Known = readonly [asked: string, object: number, gives: number | string | null];

/** Of the socket of a connection: what has arrived since the last news of it, in hex, and how it stands. */
export interface SocketNews {
  readonly ssl: number;
  readonly hex: string;
  readonly outlook: WireOutlook;
}

/** What the reads and writes of a call have done to sockets, and what it has told of itself. Nothing: left out. */
export interface Effects {
  readonly moves?: readonly { readonly ssl: number; readonly moves: readonly Move[] }[] | undefined;
  readonly told?: readonly WireTold[] | undefined;
  readonly known?: readonly Known[] | undefined;
  /** Lines of an NSS key log, where the world wants them. */
  readonly secrets?: readonly string[] | undefined;
}

export type WorldAnswer = { readonly tell: 'world' } & (
  | (Effects & {
      readonly what: 'answer';
      readonly ret: unknown;
      readonly errors?: readonly string[] | undefined;
      readonly events?: readonly WireHappening[] | undefined;
      readonly snapshots?: readonly Snapshot[] | undefined;
    })
  | (Effects & { readonly what: 'controlled'; readonly value: string | null })
);

/** A list that stands in a message: an empty one does not. */
export function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
