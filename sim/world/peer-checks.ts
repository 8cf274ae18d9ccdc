/** What a program thinks of its peers behind the handshake: whom it has refused, and whether a session of theirs is used all the same. */
import type { StackEvent } from 'simtls';
import { type Broken, readmitted } from '../invariants/index.js';
import type { ObjectId } from '../stacks/index.js';
import { type Ended, ok } from './activity.js';
import type { End } from './connections.js';
import { keyNamed } from './observed.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

/** The program compares its peer's key with the one that it knows, as with CURLOPT_PINNEDPUBLICKEY. */
export function checkPeer(process: Process, name: string, options: VerbOptions['check_peer']): Ended {
  const ssl = process.connection(name);
  if (typeof ssl !== 'number') return ssl;
  const isKnown = keyNamed(process.stack.peerCertificate(ssl)) === options.key;
  process.checks?.checked(ssl, { step: process.step, accepted: isKnown });
  return isKnown ? ok : { outcome: 'refused' };
}

export class PeerChecks {
  /** Connections by whether their peer was accepted, with the step that checked. */
  readonly #checked = new Map<ObjectId, { readonly step: string; readonly accepted: boolean }>();
  /** From which connection each session came. */
  readonly #issuers = new Map<ObjectId, ObjectId>();
  /** Which session each connection has offered. */
  readonly #offered = new Map<ObjectId, ObjectId>();

  checked(ssl: ObjectId, found: { readonly step: string; readonly accepted: boolean }): void {
    this.#checked.set(ssl, found);
  }

  happened(event: StackEvent): void {
    if (event.kind === 'decision' && event.verdict === 'offered') this.#offered.set(event.ssl, event.session);
    else if (event.kind === 'callback' && event.name === 'new') this.#came(event.session, event.ssl);
    else if (event.kind === 'count' && event.type === 'session' && event.count === 1) {
      const [, ssl] = /^ssl#(\d+)$/u.exec(event.holder) ?? [];
      if (ssl !== undefined) this.#came(event.object, Number(ssl));
    }
  }

  /** Data go over a connection. */
  carries(end: End, step: string, nameOf: (session: ObjectId) => string): Broken | undefined {
    if (this.#checked.size === 0 || end.reused !== 1 || this.#checked.has(end.ssl)) return undefined;
    const object = this.#offered.get(end.ssl);
    const refusedIn = object === undefined ? undefined : this.#refusalOf(object);
    if (object === undefined || refusedIn === undefined) return undefined;
    this.#checked.set(end.ssl, { step, accepted: false }); // told once
    return readmitted({ object, session: nameOf(object), refusedIn, resumed: step });
  }

  #came(session: ObjectId, ssl: ObjectId): void {
    if (!this.#issuers.has(session)) this.#issuers.set(session, ssl);
  }

  /** The step that refused the peer of whom a session is, also where it came by resuming another. */
  #refusalOf(session: ObjectId): string | undefined {
    let [at, left]: [ObjectId | undefined, number] = [session, this.#issuers.size];
    while (at !== undefined && left > 0) {
      const issuer: ObjectId | undefined = this.#issuers.get(at);
      const found = issuer === undefined ? undefined : this.#checked.get(issuer);
      if (found !== undefined) return found.accepted ? undefined : found.step;
      at = issuer === undefined ? undefined : this.#offered.get(issuer);
      left -= 1;
    }
    return undefined;
  }
}
