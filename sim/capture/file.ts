/** A pcapng file as it is written: an interface for each host, packets in order, secrets ahead of what needs them. */
import { defaultEpochMs } from '../kernel/index.js';
import type { HostPlan } from '../plan/index.js';
import { KeyLog } from './key-log.js';
import { interfaceBlock, packetBlock, secretsBlock, sectionBlock } from './pcapng.js';

/** Takes the bytes of a capture, piece by piece; each piece is the sink's to keep. */
export type CaptureSink = (bytes: Uint8Array) => void;

/** A packet as it leaves a host. */
export interface LeavingPacket {
  readonly host: string;
  /** Virtual time, microseconds since the world began. */
  readonly us: number;
  readonly frame: Uint8Array;
  readonly comments: readonly string[];
}

export class CaptureFile {
  readonly #sink: CaptureSink;
  readonly #interfaces: ReadonlyMap<string, number>;
  readonly #secrets: KeyLog;
  /** Written once it is known what else is to be said with it. */
  #last: LeavingPacket | undefined;

  constructor(sink: CaptureSink, hosts: readonly HostPlan[], comment: string) {
    this.#sink = sink;
    this.#secrets = new KeyLog((line) => sink(secretsBlock(`${line}\n`)));
    this.#interfaces = new Map(hosts.map((host, index) => [host.name, index]));
    sink(sectionBlock({ application: 'simtls', comment }));
    for (const { name, skewMs = 0, driftPpm = 0 } of hosts) {
      const clock = `its own clock is ${skewMs} ms ahead at first, and gains ${driftPpm} µs a second`;
      sink(interfaceBlock({ name, description: `host ${name}: ${clock}; packets carry the world's time` }));
    }
  }

  packet(packet: LeavingPacket): void {
    this.#writeLast([]);
    this.#last = packet;
  }

  /** A line of an NSS key log, for packets that come later. */
  secret(line: string): void {
    this.#secrets.line(line);
  }

  /** @param comments - what is still to be said, with the last packet */
  end(comments: readonly string[]): void {
    this.#writeLast(comments);
    this.#last = undefined;
  }

  #writeLast(more: readonly string[]): void {
    const { host = '', us = 0, frame, comments = [] } = this.#last ?? {};
    if (frame === undefined) return;
    const timeUs = defaultEpochMs * 1000 + us;
    this.#sink(
      packetBlock({ interface: this.#interfaces.get(host) ?? 0, timeUs, frame, comments: [...comments, ...more] }),
    );
  }
}
