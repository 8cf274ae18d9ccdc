/** What the world may do to a run, and when: the faults of a plan, as data. Times are whole microseconds of virtual time. */

/**
 * When a fault happens: at a time, after a step (its id; `us` more), or at the nth time that a point is passed on a host, counted from
 * the end of the step `after` on, where one is named, and no later than `withinUs` behind that.
 */
export type Anchor =
  | { readonly us: number }
  | { readonly after: string; readonly us?: number }
  | {
      readonly point: string;
      readonly on: string;
      readonly nth: number;
      readonly after?: string;
      readonly withinUs?: number;
    };

/** One direction between two hosts: towards a server it is toxiproxy's upstream, towards a client its downstream. */
interface OneWay {
  readonly from: string;
  readonly to: string;
}

/** The stream that `from` sends on the connection which this `connect` step opens. It lies in wait from the start: anchors do not apply. */
interface OnStream {
  readonly connection: string;
  readonly from: string;
}

/** What happens to a host and its process. */
export type HostAction =
  /** The process of the host is gone: nothing is freed. `reset`: its peers are told; `half-open`: they hear nothing. */
  | { readonly do: 'crash'; readonly host: string; readonly how: 'reset' | 'half-open' }
  | { readonly do: 'restart'; readonly host: string }
  | { readonly do: 'pause'; readonly host: string }
  | { readonly do: 'resume'; readonly host: string }
  /** The host's clock jumps. */
  | { readonly do: 'clock'; readonly host: string; readonly byMs: number }
  /** The host's clock runs so much faster from now on, parts in a million; negative: slower. */
  | { readonly do: 'drift'; readonly host: string; readonly ppm: number }
  /** Every write to its disk fails with ENOSPC. */
  | { readonly do: 'no_space'; readonly host: string }
  /** fsync says that it has done its work, and has not. */
  | { readonly do: 'sync_lies'; readonly host: string }
  /** The next write (of that path, where one is named) succeeds, and the disk holds what it held before. */
  | { readonly do: 'lost_write'; readonly host: string; readonly path?: string }
  /** The next write succeeds, and only its first `bytes` bytes reach the disk; behind them is what was there before. */
  | { readonly do: 'torn_write'; readonly host: string; readonly path?: string; readonly bytes: number }
  /** The nth allocation at that site from now on fails, and so many in all (1 unless told). */
  | {
      readonly do: 'allocation';
      readonly host: string;
      readonly site: AllocationSiteName;
      readonly nth?: number;
      readonly count?: number;
    }
  /**
   * At the point of the anchor, inside the call that passes it, the next so many steps of another task of that process are made: of any
   * that can, where none is named.
   */
  | { readonly do: 'enter'; readonly host: string; readonly task?: string; readonly steps: number }
  /** Its servers treat their clients badly from now on: a name of `simtls serve --misbehave list`. */
  | { readonly do: 'misbehave'; readonly host: string; readonly name: string };

/** Where an allocation may fail: see `AllocationSite` of the stack. */
export const allocationSites = ['session', 'cache-entry', 'session-copy', 'ticket'] as const;
export type AllocationSiteName = (typeof allocationSites)[number];

/** What happens on the way from one host to another, most of it under toxiproxy's names. */
export type LinkAction =
  /** What passes in that direction waits, and comes in order at the release. */
  | (OneWay & { readonly do: 'hold' })
  | (OneWay & { readonly do: 'release' })
  /** What passes in that direction is lost. */
  | (OneWay & { readonly do: 'partition' })
  | (OneWay & { readonly do: 'heal' })
  | (OneWay & { readonly do: 'latency'; readonly latencyUs: number; readonly jitterUs?: number })
  /** Each stream passes so many bytes a second at most. */
  | (OneWay & { readonly do: 'bandwidth'; readonly bytesPerSecond: number })
  /** Streams are cut into segments of about so many bytes, with so long between two of them. */
  | (OneWay & {
      readonly do: 'slicer';
      readonly averageBytes: number;
      readonly variationBytes?: number;
      readonly delayUs?: number;
    })
  /** Each connection is closed on both sides once so many bytes more have passed in that direction. */
  | (OneWay & { readonly do: 'limit_data'; readonly bytes: number })
  /** Nothing passes; after so long the connections that are open are closed on both sides, and what waited is lost. 0: never. */
  | (OneWay & { readonly do: 'timeout'; readonly timeoutUs: number })
  /** After so long the connections that are open are reset on both sides. */
  | (OneWay & { readonly do: 'reset_peer'; readonly timeoutUs: number })
  /** The end of each stream comes so much later. */
  | (OneWay & { readonly do: 'slow_close'; readonly delayUs: number })
  /** Connections that `from` opens to `to` reach another host, which thinks that they are its own. */
  | (OneWay & { readonly do: 'redirect'; readonly host: string });

/** What happens to one stream. Records are counted from 1, bytes from 0, bits from the lowest. */
export type StreamAction =
  /**
   * The network ends the stream after so many bytes of it, with a FIN that `from` never sent: what an attacker on the way does.
   */
  | (OnStream & { readonly do: 'cut'; readonly afterBytes: number })
  /** A bit is flipped (the lowest unless told), in that byte of the stream, or of its nth record, header included. */
  | (OnStream & { readonly do: 'corrupt'; readonly byte: number; readonly record?: number; readonly bit?: number })
  /** The nth record comes twice. */
  | (OnStream & { readonly do: 'duplicate'; readonly record: number })
  /**
   * `count` records from the nth on are recorded, and played into another stream of `from`, or of the host `by`, in front of its
   * record `before`.
   */
  | (OnStream & {
      readonly do: 'replay';
      readonly record: number;
      readonly count: number;
      readonly into: string;
      readonly by?: string;
      readonly before: number;
    });

export type FaultAction =
  | HostAction
  | LinkAction
  | StreamAction
  /** The connection that this `connect` step opens is torn down on both sides. */
  | { readonly do: 'reset'; readonly connection: string };

export interface Fault {
  readonly id: string;
  readonly at: Anchor;
  /** After so long it ends, and all is as before; only of what can end (`endingFaults`). */
  readonly lastsUs?: number;
  readonly action: FaultAction;
}

/** Faults that may be given an end. */
export const endingFaults: readonly FaultAction['do'][] = [
  'allocation',
  'pause',
  'drift',
  'no_space',
  'sync_lies',
  'misbehave',
  'hold',
  'partition',
  'latency',
  'bandwidth',
  'slicer',
  'limit_data',
  'timeout',
  'slow_close',
  'redirect',
];
