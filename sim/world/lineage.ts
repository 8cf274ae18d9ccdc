/** Where the sessions of a process come from: which connection was given each, and which of them it had offered for it. */
import type { StackEvent } from 'simtls';
import type { ObjectId } from '../stacks/index.js';

export class Lineage {
  readonly #issuers = new Map<ObjectId, ObjectId>();
  readonly #offered = new Map<ObjectId, ObjectId>();

  happened(event: StackEvent): void {
    if (event.kind === 'decision' && event.verdict === 'offered') this.#offered.set(event.ssl, event.session);
    else if (event.kind === 'callback' && event.name === 'new') this.#came(event.session, event.ssl);
    else if (event.kind === 'count' && event.type === 'session' && event.count === 1) {
      const [, ssl] = /^ssl#(\d+)$/u.exec(event.holder) ?? [];
      if (ssl !== undefined) this.#came(event.object, Number(ssl));
    }
  }

  /** The session that a connection has offered. */
  offeredBy(ssl: ObjectId): ObjectId | undefined {
    return this.#offered.get(ssl);
  }

  /** The connections that a session goes back to, from the one that was given it to the one that made a full handshake. */
  connectionsOf(session: ObjectId): readonly ObjectId[] {
    const found: ObjectId[] = [];
    let at: ObjectId | undefined = session;
    while (at !== undefined) {
      const issuer: ObjectId | undefined = this.#issuers.get(at);
      if (issuer === undefined || found.includes(issuer)) break;
      found.push(issuer);
      at = this.#offered.get(issuer);
    }
    return found;
  }

  #came(session: ObjectId, ssl: ObjectId): void {
    if (!this.#issuers.has(session)) this.#issuers.set(session, ssl);
  }
}
