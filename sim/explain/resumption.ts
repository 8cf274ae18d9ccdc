/** Gathers, for each connection between two hosts, what both ends decided about sessions. */
import type { Plan } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';
import type { Names } from './names.js';

export interface Decided {
  readonly side: string;
  readonly code: string;
}

export class Resumption {
  readonly #connecting: ReadonlyMap<string, string>;
  readonly #names: Names;
  /** The connection that an SSL of a host is at work on. */
  readonly #of = new Map<string, number>();
  readonly #decisions = new Map<number, Decided[]>();
  /** A connection that an accept loop has just taken: the next SSL made in this step is for it. */
  #accepted = { step: '', connection: 0 };

  constructor(plan: Plan, names: Names) {
    this.#connecting = new Map(plan.steps.map((step) => [step.id, String(step.args?.[0] ?? '').slice(1)]));
    this.#names = names;
  }

  /** By the connection's number, in order. */
  of(connection: number): readonly Decided[] {
    return this.#decisions.get(connection) ?? [];
  }

  /** To be told of every event of the run, in order. */
  happened(event: TraceEvent): void {
    const { host, step } = event;
    switch (event.kind) {
      case 'connection': {
        const { what, connection } = event;
        if (what === 'accepted') this.#accepted = { step, connection };
        if (what !== 'opening') break;
        const ssl = this.#names.object(host, this.#connecting.get(step) ?? '');
        if (ssl !== undefined) this.#of.set(`${host} ${ssl}`, connection);
        break;
      }
      case 'made':
        if (event.type === 'ssl' && step === this.#accepted.step) {
          this.#of.set(`${host} ${event.object}`, this.#accepted.connection);
        }
        break;
      case 'decision': {
        const connection = this.#of.get(`${host} ${event.ssl}`);
        if (connection === undefined) break;
        const { side, code } = event;
        this.#decisions.set(connection, [...this.of(connection), { side, code }]);
        break;
      }
    }
  }
}
