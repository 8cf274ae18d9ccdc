/** A callback of libssl that needs something of the world: the agent asks, in the middle of a call, and waits. */
export type Consultation =
  /** A session is to be kept: its id, and its encoding. */
  | { readonly about: 'store'; readonly ctx: number; readonly id: string; readonly session: string }
  | { readonly about: 'unstore'; readonly ctx: number; readonly id: string }
  /** Answered with the encoding of the session, or null. */
  | { readonly about: 'stored'; readonly ctx: number; readonly id: string };

/** @returns what the world answers, in hex */
export type Consult = (what: Consultation) => string | null;
