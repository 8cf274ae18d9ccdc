/** Where each session of a run came from: the connection, or the step, that brought it. */
import type { TraceEvent } from '../trace/index.js';
import type { End, Ends } from './ends.js';

/** When and where a session came to be, or was last given a ticket. */
export interface Origin {
  readonly us: number;
  readonly host: string;
  /** The end of the connection that brought it; undefined: a step made it without one. */
  readonly end: End | undefined;
  readonly step: string;
}

const newSessionTicket = 4;

export class Origins {
  readonly #ends: Ends;
  /** By host: the sessions of its process. */
  readonly #of = new Map<string, Map<number, Origin>>();
  /** By host: the session that each SSL has taken last. */
  readonly #held = new Map<string, Map<number, number>>();
  /** By host: sessions whose count has not moved since they were made. */
  readonly #fresh = new Map<string, Set<number>>();

  /** @param ends - told of each event before this is */
  constructor(ends: Ends) {
    this.#ends = ends;
  }

  of(host: string, session: number): Origin | undefined {
    return this.#of.get(host)?.get(session);
  }

  /** To be told of every event, in order. */
  happened(event: TraceEvent): void {
    const { host, us, step } = event;
    switch (event.kind) {
      case 'process':
        this.#of.delete(host);
        this.#held.delete(host);
        this.#fresh.delete(host);
        break;
      case 'made':
        if (event.type !== 'session') break;
        this.#set(host, event.object, { us, host, end: undefined, step });
        this.#fresh.set(host, (this.#fresh.get(host) ?? new Set()).add(event.object));
        break;
      case 'freed':
        if (event.type === 'session') this.#of.get(host)?.delete(event.object);
        if (event.type === 'ssl') this.#held.get(host)?.delete(event.object);
        break;
      case 'count':
        if (event.type === 'session') this.#counted(event);
        break;
      case 'message':
        if (event.handshakeType === newSessionTicket) this.#ticket(event);
        break;
    }
  }

  #counted({ host, us, step, object, holder }: Extract<TraceEvent, { kind: 'count' }>): void {
    const isFirst = this.#fresh.get(host)?.delete(object) === true;
    const ssl = Number(/^ssl#(\d+)$/u.exec(holder)?.[1]);
    if (!(ssl > 0)) return;
    const held = this.#held.get(host) ?? new Map<number, number>();
    this.#held.set(host, held.set(ssl, object));
    const end = this.#ends.ofSsl(host, ssl);
    if (end !== undefined && isFirst) this.#set(host, object, { us, host, end, step }); // made there
  }

  /** A ticket makes a session of TLS 1.2 worth offering; one of TLS 1.3 makes a session of its own. */
  #ticket({ host, us, step, ssl }: Extract<TraceEvent, { kind: 'message' }>): void {
    const session = this.#held.get(host)?.get(ssl);
    const end = this.#ends.ofSsl(host, ssl);
    const known = session === undefined ? undefined : this.of(host, session);
    if (session !== undefined && known !== undefined && known.end === end)
      this.#set(host, session, { us, host, end, step });
  }

  #set(host: string, session: number, origin: Origin): void {
    const sessions = this.#of.get(host) ?? new Map<number, Origin>();
    this.#of.set(host, sessions.set(session, origin));
  }
}
