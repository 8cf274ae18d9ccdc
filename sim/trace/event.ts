/** What a trace is made of: what the world did, and what the stacks told of themselves, each with time and place. */
import type { StackEvent } from 'simtls';
import type { Json } from '../plan/index.js';

/** What happened, without where and when. */
export type WorldEvent =
  /** A process began (`run` counts a host's processes from 1), ended by itself, or died. */
  | { readonly kind: 'process'; readonly what: 'started' | 'exited' | 'crashed' | 'aborted'; readonly run: number }
  | { readonly kind: 'step'; readonly what: 'begun'; readonly call: string }
  | {
      readonly kind: 'step';
      readonly what: 'ended';
      readonly call: string;
      readonly outcome: string;
      readonly value: number;
    }
  | { readonly kind: 'step'; readonly what: 'skipped'; readonly call: string; readonly reason: string }
  /** A stream between two hosts. `connection` counts from 1 in the order of the connects. */
  | {
      readonly kind: 'connection';
      readonly what: 'opening' | 'open' | 'accepted' | 'refused' | 'closed';
      readonly connection: number;
      /** The host at the other end: of an opening, the one that is asked. */
      readonly peer: string;
      /** The SSL on this end, by its id in its process; 0 where there is none, or none yet. */
      readonly ssl: number;
    }
  /** Bytes that the application got, or gave: their number and sum, which no provider of cryptography changes. */
  | {
      readonly kind: 'data';
      readonly what: 'sent' | 'received';
      readonly connection: number;
      readonly length: number;
      readonly sum: number;
    }
  | { readonly kind: 'file'; readonly what: string; readonly path: string; readonly length: number }
  /** A balancer takes a server out, since it takes no connections, or in again. */
  | { readonly kind: 'balancer'; readonly what: 'out' | 'in'; readonly server: string }
  | { readonly kind: 'fault'; readonly fault: string; readonly action: string }
  | { readonly kind: 'violation'; readonly invariant: string; readonly owner: string; readonly text: string };

/** Where and when: `n` counts the events of a run from 0, `us` is virtual time since its start in microseconds. */
export interface Place {
  readonly n: number;
  readonly us: number;
  /** Empty where it is the world's own. */
  readonly host: string;
  /** The step at work, empty where none is. */
  readonly step: string;
}

export type TraceEvent = Place & (WorldEvent | StackEvent);

/** Takes the events of a run, in order. */
export type TraceSink = (event: TraceEvent) => void;

/** One line of a trace file, without its end: JSON, bytes in hex. */
export function traceLine(event: TraceEvent): string {
  return JSON.stringify(event, (_key, value: unknown): Json | unknown =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex') : value,
  );
}
