/** The stack of one process of a world: the model over the world's ports, with the calls that only the emulator makes. */
import type { Claim, DefectName, Environment, SslCtx, TicketKeys } from 'simtls';
import { type ModelStack, type ObjectId, openModel, type Profile } from '../stacks/index.js';

/** Bytes of a ticket key: its name, the HMAC key, the AES key (SSL_CTX_set_tlsext_ticket_keys(3)). */
const keyBytes = { name: 16, hmac: 32, aes: 32 } as const;
/** Bytes of all three together. */
export const ticketKeysBytes: number = keyBytes.name + keyBytes.hmac + keyBytes.aes;

export class ProcessStack {
  readonly model: ModelStack;

  constructor(options: {
    readonly profile: Profile;
    readonly environment: Environment;
    readonly defects: readonly DefectName[];
  }) {
    this.model = openModel(options);
  }

  /** The step that runs from here on, as claims name it. */
  setStep(step: string): void {
    this.model.library.setStep(step);
  }

  /** Runs what another thread of the process does while a call is under way. */
  asAnotherThread<T>(run: () => T): T {
    return this.model.library.asAnotherThread(run);
  }

  /** Who believes to hold a reference to an object that still lives. */
  claimsOf(object: ObjectId): readonly Claim[] {
    const found = this.model.object(object);
    return found === undefined ? [] : this.model.library.claims(found);
  }

  /** @param keys - `ticketKeysBytes` of them */
  setTicketKeys(ctx: ObjectId, keys: Uint8Array): void {
    const hmacAt = keyBytes.name;
    const aesAt = hmacAt + keyBytes.hmac;
    const split: TicketKeys = {
      name: keys.slice(0, hmacAt),
      hmacKey: keys.slice(hmacAt, aesAt),
      aesKey: keys.slice(aesAt, aesAt + keyBytes.aes),
    };
    this.model.library.SSL_CTX_set_tlsext_ticket_keys(this.#ctx(ctx), split);
  }

  /** Has the context of a connection switched by the name that the client asks for. */
  setVirtualHosts(ctx: ObjectId, hosts: ReadonlyMap<string, ObjectId>): void {
    const { library } = this.model;
    const contexts = new Map([...hosts].map(([name, id]) => [name, this.#ctx(id)]));
    library.SSL_CTX_set_tlsext_servername_callback(this.#ctx(ctx), (ssl, name) => {
      const wanted = name === undefined ? undefined : contexts.get(name);
      if (wanted === undefined) return 'noack';
      library.SSL_set_SSL_CTX(ssl, wanted);
      return 'ok';
    });
  }

  #ctx(id: ObjectId): SslCtx {
    const found = this.model.object(id);
    if (found?.kind !== 'ctx') throw new Error(`object ${id} is no live context`);
    return found as SslCtx; // its kind says so
  }
}
