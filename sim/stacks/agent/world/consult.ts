import type { AllocationSite } from '../../../../src/index.js';

/** A callback of libssl that needs something of the world: the agent asks, in the middle of a call, and waits. */
export type Consultation =
  /** A session is to be kept: its id, and its encoding. */
  | { readonly about: 'store'; readonly ctx: number; readonly id: string; readonly session: string }
  | { readonly about: 'unstore'; readonly ctx: number; readonly id: string }
  /** Answered with the encoding of the session, or null. */
  | { readonly about: 'stored'; readonly ctx: number; readonly id: string }
  /** Memory is wanted: answered with null where there is some. */
  | { readonly about: 'allocation'; readonly site: AllocationSite }
  /** A point is passed that faults wait for. `object`: the connection or context it is about. */
  | { readonly about: 'point'; readonly name: WorldPoint; readonly object: number };

/** Those of the model's points that can be told from outside of libssl. */
export type WorldPoint =
  | 'callback:new'
  | 'callback:remove'
  | 'callback:get'
  | 'record:read'
  | 'record:write'
  | 'alert:before';

/** @returns what the world answers, in hex */
export type Consult = (what: Consultation) => string | null;
