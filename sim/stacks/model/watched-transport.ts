/** A transport that tells before it is read, and before it is written: where other work may come in between. */
import type { Transport } from '../../../src/index.js';

export type TransportPoint = 'read' | 'write';

export class WatchedTransport implements Transport {
  readonly #transport: Transport;
  readonly #before: (point: TransportPoint) => void;

  constructor(transport: Transport, before: (point: TransportPoint) => void) {
    this.#transport = transport;
    this.#before = before;
  }

  read(max: number): Uint8Array | 'wait' | 'eof' | 'broken' {
    this.#before('read');
    return this.#transport.read(max);
  }

  write(bytes: Uint8Array): number | 'broken' {
    this.#before('write');
    return this.#transport.write(bytes);
  }
}
