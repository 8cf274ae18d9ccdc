/** The model as the stack of a process of a world, over the world's ports. */
import {
  type Claim,
  type Credential,
  type DefectName,
  type Environment,
  type Ssl,
  type SslCtx,
  type SslSession,
  testCredentials,
} from 'simtls';
import {
  modelControls,
  type PreSharedKey,
  ringPolicy,
  type ServerControls,
  type StoreFiles,
  type StoreOptions,
  splitTicketKeys,
  storeSessions,
  usePreSharedKey,
  useTicketPolicy,
} from '../emulator/index.js';
import type { Socket } from '../network/index.js';
import { type ModelStack, type ObjectId, openModel, type Profile } from '../stacks/index.js';
import type { ProcessStack } from './process-stack.js';
import type { TestKey } from './verbs.js';

export class ModelProcessStack implements ProcessStack {
  readonly stack: ModelStack;
  readonly #rings = new Map<ObjectId, readonly Uint8Array[]>();

  constructor(options: {
    readonly profile: Profile;
    readonly environment: Environment;
    readonly moveClock: (milliseconds: number) => void;
    readonly defects: readonly DefectName[];
  }) {
    this.stack = openModel(options);
  }

  setStep(step: string): void {
    this.stack.library.setStep(step);
  }

  asAnotherThread<T>(run: () => T): T {
    return this.stack.library.asAnotherThread(run);
  }

  claimsOf(object: ObjectId): readonly Claim[] {
    const found = this.stack.object(object);
    return found === undefined ? [] : this.stack.library.claims(found);
  }

  setTicketKeys(ctx: ObjectId, keys: Uint8Array): void {
    this.stack.library.SSL_CTX_set_tlsext_ticket_keys(this.#ctx(ctx), splitTicketKeys(keys));
  }

  setTicketRing(ctx: ObjectId, ring: readonly Uint8Array[]): void {
    this.#rings.set(ctx, ring);
    useTicketPolicy(this.stack.library, this.#ctx(ctx), ringPolicy(ring));
  }

  restoreTicketRing(ctx: ObjectId): void {
    const ring = this.#rings.get(ctx);
    useTicketPolicy(this.stack.library, this.#ctx(ctx), ring === undefined ? null : ringPolicy(ring));
  }

  showing<T>(ctx: ObjectId, credential: Credential, make: () => T): T {
    const { library } = this.stack;
    const context = this.#ctx(ctx);
    library.SSL_CTX_use_credential(context, credential);
    const made = make();
    library.SSL_CTX_use_credential(context, testCredentials['ec-p256']);
    return made;
  }

  trustTestCertificates(ctx: ObjectId, keys: readonly TestKey[]): void {
    const chain = keys.flatMap((key) => testCredentials[key].chain);
    this.stack.library.SSL_CTX_trust(this.#ctx(ctx), chain);
  }

  useCredential(ctx: ObjectId, key: TestKey): void {
    this.stack.library.SSL_CTX_use_credential(this.#ctx(ctx), testCredentials[key]);
  }

  expectHost(ssl: ObjectId, name: string): void {
    const found = this.stack.object(ssl);
    if (found?.kind === 'ssl') this.stack.library.SSL_set1_host(found as Ssl, name); // its kind says so
  }

  peerCertificate(ssl: ObjectId): Uint8Array | null {
    const found = this.stack.object(ssl);
    return found?.kind === 'ssl' ? this.stack.library.SSL_get0_peer_certificate(found as Ssl) : null; // likewise
  }

  negotiated(ssl: ObjectId): { readonly version: string; readonly cipher: string } {
    const found = this.stack.object(ssl);
    if (found?.kind !== 'ssl') return { version: '', cipher: '' };
    const { library } = this.stack;
    const connection = found as Ssl; // its kind says so
    return { version: library.SSL_get_version(connection), cipher: library.SSL_get_cipher_name(connection) ?? '' };
  }

  forgetIdContext(ssl: ObjectId): void {
    const found = this.stack.object(ssl);
    if (found?.kind === 'ssl') this.stack.library.SSL_set_session_id_context(found as Ssl, new Uint8Array(0)); // likewise
  }

  onNewSession(ctx: ObjectId, keep: (session: ObjectId, ssl: ObjectId) => void): void {
    this.stack.library.SSL_CTX_sess_set_new_cb(this.#ctx(ctx), (ssl, session) => {
      this.stack.meet(session);
      keep(session.id, ssl.id);
      return 1;
    });
  }

  setSessionStore(ctx: ObjectId, files: StoreFiles, options: StoreOptions): void {
    const made = (session: SslSession): void => this.stack.meet(session);
    storeSessions(this.stack.library, this.#ctx(ctx), files, { ...options, made });
  }

  setVirtualHosts(ctx: ObjectId, hosts: ReadonlyMap<string, ObjectId>): void {
    const { library } = this.stack;
    const contexts = new Map([...hosts].map(([name, id]) => [name, this.#ctx(id)]));
    library.SSL_CTX_set_tlsext_servername_callback(this.#ctx(ctx), (ssl, name) => {
      const wanted = name === undefined ? undefined : contexts.get(name);
      if (wanted === undefined) return 'noack';
      library.SSL_set_SSL_CTX(ssl, wanted);
      library.SSL_set_verify(ssl, library.SSL_CTX_get_verify_mode(wanted));
      return 'ok';
    });
  }

  usePreSharedKey(ctx: ObjectId, psk: PreSharedKey): void {
    usePreSharedKey(this.stack.library, this.#ctx(ctx), psk, { ownSuites: false });
  }

  controls(ctx: ObjectId): ServerControls {
    return modelControls(this.stack.library, this.#ctx(ctx));
  }

  join(ssl: ObjectId, socket: Socket): void {
    this.stack.attach(ssl, socket);
  }

  /** Nothing of it is outside of this process. */
  end(): void {}

  #ctx(id: ObjectId): SslCtx {
    const found = this.stack.object(id);
    if (found?.kind !== 'ctx') throw new Error(`object ${id} is no live context`);
    return found as SslCtx; // its kind says so
  }
}
