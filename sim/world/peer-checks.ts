/** What a program thinks of its peers behind the handshake: whom it has refused, and whether a session of theirs is used all the same. */
import { type Broken, readmitted } from '../invariants/index.js';
import type { ObjectId } from '../stacks/index.js';
import { type Ended, ok } from './activity.js';
import type { End } from './connections.js';
import type { Lineage } from './lineage.js';
import { keyNamed } from './observed.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

/** The program compares its peer's key with the one that it knows, as with CURLOPT_PINNEDPUBLICKEY. */
export function checkPeer(process: Process, name: string, options: VerbOptions['check_peer']): Ended {
  const ssl = process.connection(name);
  if (typeof ssl !== 'number') return ssl;
  const isKnown = keyNamed(process.stack.peerCertificate(ssl)) === options.key;
  process.oversight.commitments.checked(ssl, { step: process.step, accepted: isKnown });
  return isKnown ? ok : { outcome: 'refused' };
}

/** What a check has found, and in which step. */
export interface PeerCheck {
  readonly step: string;
  readonly accepted: boolean;
}

export class PeerChecks {
  readonly #lineage: Lineage;
  readonly #checked = new Map<ObjectId, PeerCheck>();
  /** Connections that were told. */
  readonly #told = new Set<ObjectId>();

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  checked(ssl: ObjectId, found: PeerCheck): void {
    this.#checked.set(ssl, found);
  }

  /** Data go over a connection. */
  carries(end: End, step: string, nameOf: (session: ObjectId) => string): Broken | undefined {
    if (this.#checked.size === 0 || end.reused !== 1 || this.#checked.has(end.ssl) || this.#told.has(end.ssl)) {
      return undefined;
    }
    const object = this.#lineage.offeredBy(end.ssl);
    if (object === undefined) return undefined;
    const refusal = this.#lineage.connectionsOf(object).flatMap((ssl) => this.#checked.get(ssl) ?? [])[0];
    if (refusal === undefined || refusal.accepted) return undefined;
    this.#told.add(end.ssl);
    return readmitted({ object, session: nameOf(object), refusedIn: refusal.step, resumed: step });
  }
}
