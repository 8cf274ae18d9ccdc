/** The stack of one process of a world: the model over the world's ports, with the calls that only the emulator makes. */
import {
  type Claim,
  type Credential,
  type DefectName,
  type Environment,
  type Libssl,
  type Ssl,
  type SslCtx,
  type SslSession,
  testCredentials,
} from 'simtls';
import {
  type StoreFiles,
  type StoreOptions,
  splitTicketKeys,
  storeSessions,
  useTicketRing,
} from '../emulator/index.js';
import { type ModelStack, type ObjectId, openModel, type Profile } from '../stacks/index.js';
import type { TestKey } from './verbs.js';

export class ProcessStack {
  readonly model: ModelStack;
  readonly #rings = new Map<ObjectId, readonly Uint8Array[]>();

  constructor(options: {
    readonly profile: Profile;
    readonly environment: Environment;
    readonly moveClock: (milliseconds: number) => void;
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
    this.model.library.SSL_CTX_set_tlsext_ticket_keys(this.#ctx(ctx), splitTicketKeys(keys));
  }

  /** @param ring - newest first, `ticketKeysBytes` each */
  setTicketRing(ctx: ObjectId, ring: readonly Uint8Array[]): void {
    this.#rings.set(ctx, ring);
    useTicketRing(this.model.library, this.#ctx(ctx), ring);
  }

  /** Takes away the callback for ticket keys that a misbehaviour has left: its ring, where it has one, counts again. */
  restoreTicketRing(ctx: ObjectId): void {
    const ring = this.#rings.get(ctx);
    if (ring === undefined) this.model.library.SSL_CTX_set_tlsext_ticket_key_cb(this.#ctx(ctx), null);
    else useTicketRing(this.model.library, this.#ctx(ctx), ring);
  }

  /** Makes a connection that shows `credential` in place of its context's own. */
  showing<T>(ctx: ObjectId, credential: Credential, make: () => T): T {
    const { library } = this.model;
    const context = this.#ctx(ctx);
    library.SSL_CTX_use_credential(context, credential);
    const made = make();
    library.SSL_CTX_use_credential(context, testCredentials['ec-p256']);
    return made;
  }

  /** Has a context take the test certificates with those keys for authorities. */
  trustTestCertificates(ctx: ObjectId, keys: readonly TestKey[]): void {
    const chain = keys.flatMap((key) => testCredentials[key].chain);
    this.model.library.SSL_CTX_trust(this.#ctx(ctx), chain);
  }

  /** Has a context show the test certificate with that key. */
  useCredential(ctx: ObjectId, key: TestKey): void {
    this.model.library.SSL_CTX_use_credential(this.#ctx(ctx), testCredentials[key]);
  }

  /** The certificate that a connection gets must be for that name (SSL_set1_host). */
  expectHost(ssl: ObjectId, name: string): void {
    const found = this.model.object(ssl);
    if (found?.kind === 'ssl') this.model.library.SSL_set1_host(found as Ssl, name); // its kind says so
  }

  /** The certificate that the peer has shown, or had when the session was made; null: none. */
  peerCertificate(ssl: ObjectId): Uint8Array | null {
    const found = this.model.object(ssl);
    return found?.kind === 'ssl' ? this.model.library.SSL_get0_peer_certificate(found as Ssl) : null; // likewise
  }

  /** The sessions of a connection bear no id context. */
  forgetIdContext(ssl: ObjectId): void {
    const found = this.model.object(ssl);
    if (found?.kind === 'ssl') this.model.library.SSL_set_session_id_context(found as Ssl, new Uint8Array(0)); // likewise
  }

  /** Has a context hand each new session to `keep`, which gets a reference. */
  onNewSession(ctx: ObjectId, keep: (session: ObjectId) => void): void {
    this.model.library.SSL_CTX_sess_set_new_cb(this.#ctx(ctx), (_ssl, session) => {
      this.model.meet(session);
      keep(session.id);
      return 1;
    });
  }

  /** Keeps the sessions of a context in files. */
  setSessionStore(ctx: ObjectId, files: StoreFiles, options: StoreOptions): void {
    const made = (session: SslSession): void => this.model.meet(session);
    storeSessions(this.model.library, this.#ctx(ctx), files, { ...options, made });
  }

  /** Has the context of a connection switched by the name that the client asks for, and its verification with it (as nginx does). */
  setVirtualHosts(ctx: ObjectId, hosts: ReadonlyMap<string, ObjectId>): void {
    const { library } = this.model;
    const contexts = new Map([...hosts].map(([name, id]) => [name, this.#ctx(id)]));
    library.SSL_CTX_set_tlsext_servername_callback(this.#ctx(ctx), (ssl, name) => {
      const wanted = name === undefined ? undefined : contexts.get(name);
      if (wanted === undefined) return 'noack';
      library.SSL_set_SSL_CTX(ssl, wanted);
      library.SSL_set_verify(ssl, library.SSL_CTX_get_verify_mode(wanted));
      return 'ok';
    });
  }

  /** The library, and one of its contexts. */
  own(ctx: ObjectId): readonly [Libssl, SslCtx] {
    return [this.model.library, this.#ctx(ctx)];
  }

  #ctx(id: ObjectId): SslCtx {
    const found = this.model.object(id);
    if (found?.kind !== 'ctx') throw new Error(`object ${id} is no live context`);
    return found as SslCtx; // its kind says so
  }
}
