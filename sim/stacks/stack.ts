/**
 * What a stack is to the interpreter: the libssl calls over objects with ids, and what can be seen of those objects.
 * The model implements it in process, real OpenSSL through an agent process. One `perform` is one round trip.
 */
import type { Transport } from 'simtls';

export type Profile = '1.1.1' | '3.0' | '3.5';

/** Minted by one stack instance, from 1, never used again in it. */
export type ObjectId = number;

export type ArgumentValue =
  | null
  | number
  /** LONG_MAX and the like, which no double holds. */
  | bigint
  | { readonly object: ObjectId }
  | { readonly bytes: Uint8Array }
  | { readonly text: string };

export interface StackCall {
  readonly call: string;
  readonly args: readonly ArgumentValue[];
  /** Objects whose snapshot is wanted after the call, where they still live; sessions met in the call are always added. */
  readonly watch: readonly ObjectId[];
  /** Sessions that the program holds a reference of: `sim_on_get` hands out no other. */
  readonly owned: readonly ObjectId[];
}

export type ReturnValue =
  | null
  | number
  | bigint
  | string
  | { readonly object: ObjectId; readonly kind: 'ctx' | 'ssl' | 'session' }
  | { readonly bytes: Uint8Array }
  | readonly ReturnValue[];

export type Happening =
  | { readonly name: 'new'; readonly session: ObjectId; readonly ctx: ObjectId; readonly kept: boolean }
  | { readonly name: 'remove'; readonly session: ObjectId; readonly ctx: ObjectId }
  | { readonly name: 'get'; readonly id: Uint8Array; readonly ctx: ObjectId }
  | { readonly name: 'freed'; readonly object: ObjectId };

export interface CtxStatistics {
  readonly connect: number;
  readonly connect_good: number;
  readonly connect_renegotiate: number;
  readonly accept: number;
  readonly accept_good: number;
  readonly accept_renegotiate: number;
  readonly hits: number;
  readonly cb_hits: number;
  readonly misses: number;
  readonly timeouts: number;
  readonly cache_full: number;
}

export type Snapshot =
  | {
      readonly kind: 'ctx';
      readonly object: ObjectId;
      readonly refs: number;
      readonly number: number;
      readonly stats: CtxStatistics;
    }
  | {
      readonly kind: 'ssl';
      readonly object: ObjectId;
      readonly refs: number;
      readonly session: ObjectId | null;
      readonly reused: number;
      readonly shutdown: number;
      readonly state: 'error' | 'before' | 'ok' | 'init';
      readonly version: string;
    }
  | {
      readonly kind: 'session';
      readonly object: ObjectId;
      readonly refs: number;
      readonly resumable: number;
      readonly ticket: number;
      /** The context in whose internal cache it is, or null. */
      readonly cachedIn: ObjectId | null;
    };

export interface StackAnswer {
  readonly ret: ReturnValue;
  /** Reason strings of ERR_LIB_SSL, oldest first, `SSL_ERROR_…` last where the call is judged. */
  readonly errors: readonly string[];
  readonly events: readonly Happening[];
  readonly snapshots: readonly Snapshot[];
}

export interface Stack {
  readonly name: 'model' | 'libssl';
  readonly profile: Profile;
  /** What answers: the model's version, or OpenSSL's full version string. */
  readonly version: string;
  perform(call: StackCall): StackAnswer;
  /** Joins a connection to a transport of the world instead of `sim_pair`'s. */
  attach(ssl: ObjectId, transport: Transport): void;
  /** Gives back what the stack holds outside of this process. */
  end(): void;
}
