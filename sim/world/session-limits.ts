/** How many sessions of one host a process means to keep, and which it keeps. */
import type { StackEvent } from 'simtls';
import { type Broken, judgeHeldSessions } from '../invariants/index.js';
import type { ObjectId } from '../stacks/index.js';

/** What is asked of the process. */
export interface LimitedProcess {
  /** Who was to be reached by a connection that the process opened; undefined for any other. */
  hostOf(ssl: ObjectId): string | undefined;
  /** The sessions that living connections use. */
  inUse(): ReadonlySet<ObjectId>;
  nameOf(session: ObjectId): string;
}

export class SessionLimits {
  readonly #process: LimitedProcess;
  /** Living sessions by whom they came from, oldest first. */
  readonly #ofHost = new Map<string, Set<ObjectId>>();
  /** The hosts of which there were too many: that is told once. */
  readonly #told = new Set<string>();
  #most: number | undefined;

  constructor(process: LimitedProcess) {
    this.#process = process;
  }

  /** From here on: the program says so of itself, libssl is not told. */
  declare(most: number): void {
    this.#most = most;
  }

  happened(event: StackEvent): void {
    if (this.#most === undefined) return;
    if (event.kind === 'callback' && event.name === 'new') this.#came(event.session, event.ssl);
    else if (event.kind === 'count' && event.type === 'session') {
      const [, ssl] = /^ssl#(\d+)$/u.exec(event.holder) ?? [];
      if (event.count === 1 && ssl !== undefined) this.#came(event.object, Number(ssl));
    } else if (event.kind === 'freed') for (const sessions of this.#ofHost.values()) sessions.delete(event.object);
  }

  /** A step is over. */
  *judge(): Generator<Broken, void, undefined> {
    if (this.#most === undefined) return;
    const inUse = this.#process.inUse();
    for (const [host, sessions] of this.#ofHost) {
      if (this.#told.has(host)) continue;
      const kept = [...sessions].filter((session) => !inUse.has(session));
      const names = kept.map((session) => this.#process.nameOf(session));
      const broken = judgeHeldSessions({ host, most: this.#most, names });
      if (broken === undefined) continue;
      this.#told.add(host);
      yield broken;
    }
  }

  #came(session: ObjectId, ssl: ObjectId): void {
    const host = this.#process.hostOf(ssl);
    if (host === undefined) return;
    const known = [...this.#ofHost.values()].some((sessions) => sessions.has(session));
    if (known) return; // a reference that was given back, and others are left
    const sessions = this.#ofHost.get(host);
    if (sessions === undefined) this.#ofHost.set(host, new Set([session]));
    else sessions.add(session);
  }
}
