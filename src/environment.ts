/**
 * All that the stack may know of the outside: five ports, the transport that a caller pumps, and the key log.
 * `src/` names no clock, socket, timer or source of randomness of its own.
 */
import type { CryptoProvider } from './crypto/index.js';
import type { StackEvent } from './events.js';
import type { Counted } from './session/index.js';

export interface Environment {
  /** Wall clock, milliseconds since the Unix epoch. It may step backwards. */
  nowMs(): number;
  /** Overwrites `target` from the seeded stream of `label`: which object, for what. */
  fillRandom(label: string, target: Uint8Array): void;
  readonly crypto: CryptoProvider;
  /** What happened, in the order it happened. Absent: nobody listens, and no event is made. */
  readonly emit?: ((event: StackEvent) => void) | undefined;
  /** Shown each object as it comes to be, for who looks into it between calls and changes nothing. Absent: nobody does. */
  readonly made?: ((object: Counted) => void) | undefined;
  /** A named place inside a call, where the world may act (faults, other tasks, crashes). Absent: nobody does. */
  readonly at?: ((point: Point) => void) | undefined;
  /**
   * Wants the secrets of each handshake as they come to be (of TLS 1.2 the master secret, before this side's Finished leaves):
   * lines of an NSS key log, without their ends. Secrets go nowhere else: no event holds them.
   */
  readonly keyLog?: ((line: string) => void) | undefined;
  /**
   * Asked at each allocation that may be made to fail: false, and the call goes on as libssl does without memory. Absent:
   * none fails. `object` is the id of what it is for (the context of a cache entry, the connection of a ticket), 0 for none.
   */
  readonly allocates?: ((site: AllocationSite, object: number) => boolean) | undefined;
}

/**
 * Where an allocation may fail: a new SSL_SESSION; the entry of a session in the cache (lh_SSL_SESSION_insert); a copy of a
 * session; the bytes of a session ticket, on the side that seals it and on the side that keeps it.
 */
export type AllocationSite = 'session' | 'cache-entry' | 'session-copy' | 'ticket';

/**
 * A place inside a call. `name` is one of `callback:new` `callback:remove` `callback:get` (about to run),
 * `record:read` `record:write` `alert:before` `lookup:unlocked`; `object` is the id of the connection or context it is about.
 */
export interface Point {
  readonly name: PointName;
  readonly object: number;
  /** The context whose lock libssl holds here: no other thread gets past a call that wants it. */
  readonly locked?: number;
}
export type PointName =
  | 'callback:new'
  | 'callback:remove'
  | 'callback:get'
  | 'record:read'
  | 'record:write'
  | 'alert:before'
  | 'lookup:unlocked';

/** What a connection reads from and writes to. The caller moves the bytes; nothing here waits. */
export interface Transport {
  /** At most `max` bytes that have arrived, which nobody changes afterwards; `'wait'`: none yet; `'eof'`: the peer ended its direction; `'broken'`: a read error. */
  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken';
  /** How many bytes were taken, 0 when the buffer is full; `'broken'`: the transport takes no more (EPIPE, reset). */
  write(bytes: Uint8Array): number | 'broken';
  /** Whether all that it took has left for the peer; what it says while it has not, it takes for a wish to be told. Absent: it has. */
  flushed?(): boolean;
}
