/** Real OpenSSL as the stack of a process of a world: one agent process. */
import {
  type AllocationSite,
  type Claim,
  type Credential,
  type Point,
  type StackEvent,
  type TicketKeys,
  testCredentials,
} from 'simtls';
import {
  type PreSharedKey,
  ringPolicy,
  type ServerControls,
  type StoreFiles,
  type StoreOptions,
  splitTicketKeys,
  type TicketPolicy,
  ticketKeysBytes,
} from '../emulator/index.js';
import type { Socket } from '../network/index.js';
import type { Consultation, LibsslPool, LibsslWorldStack, ObjectId } from '../stacks/index.js';
import { CacheReferences } from './cache-references.js';
import type { ProcessStack } from './process-stack.js';
import { SessionHomes } from './session-homes.js';
import type { TestKey } from './verbs.js';

const seedBytes = 16;
const usPerMs = 1000;
const noBytes = new Uint8Array(0);

/** What it may know of the world. */
export interface LibsslPort {
  nowMs(): number;
  fillRandom(purpose: string, target: Uint8Array): void;
  readonly emit: (event: StackEvent) => void;
  readonly keyLog: ((line: string) => void) | undefined;
  /** The points that faults wait for, and who is told when one is passed. */
  readonly points: readonly string[];
  readonly at: (point: Point) => void;
  /** Whether there is memory; absent: always. */
  readonly allocates: ((site: AllocationSite) => boolean) | undefined;
}

interface Store extends StoreOptions {
  readonly files: StoreFiles;
}

export class LibsslProcessStack implements ProcessStack {
  readonly stack: LibsslWorldStack;
  readonly #port: LibsslPort;
  readonly #homes: SessionHomes;
  readonly #ofCaches: CacheReferences;
  readonly #rings = new Map<ObjectId, readonly Uint8Array[]>();
  readonly #keepers = new Map<ObjectId, (session: ObjectId, ssl: ObjectId) => void>();
  readonly #stores = new Map<ObjectId, Store>();

  constructor(pool: LibsslPool, port: LibsslPort) {
    this.#port = port;
    const seed = new Uint8Array(seedBytes);
    port.fillRandom('libssl', seed);
    this.#homes = new SessionHomes(port.emit);
    this.#ofCaches = new CacheReferences(port.emit);
    this.stack = pool.openWorld({
      seed,
      points: port.points,
      scarce: port.allocates !== undefined,
      nowUs: () => port.nowMs() * usPerMs,
      emit: (event) => this.#happened(event),
      keyLog: port.keyLog,
      consult: (what) => this.#consulted(what),
      before: (call) => {
        this.#homes.before(call);
        this.#ofCaches.before(call);
      },
      after: (call, answer) => this.#homes.after(call, answer),
    });
  }

  setStep(): void {}

  asAnotherThread<T>(run: () => T): T {
    return run();
  }

  /** libssl keeps a count, and no more. */
  claimsOf(): readonly Claim[] {
    return [];
  }

  join(ssl: ObjectId, socket: Socket): void {
    this.stack.join(ssl, socket);
  }

  setTicketKeys(ctx: ObjectId, keys: Uint8Array): void {
    this.stack.control({ do: 'ticket keys', ctx, keys: toHex(keys) });
  }

  setTicketRing(ctx: ObjectId, ring: readonly Uint8Array[]): void {
    this.#rings.set(ctx, ring);
    this.#setPolicy(ctx, ringPolicy(ring));
  }

  restoreTicketRing(ctx: ObjectId): void {
    const ring = this.#rings.get(ctx);
    this.#setPolicy(ctx, ring === undefined ? null : ringPolicy(ring));
  }

  controls(ctx: ObjectId): ServerControls {
    return {
      freshKeys: () => {
        const keys = new Uint8Array(ticketKeysBytes);
        this.#port.fillRandom('fresh-ticket-keys', keys);
        return splitTicketKeys(keys);
      },
      ticketKeys: () => splitTicketKeys(fromHex(this.stack.control({ do: 'get ticket keys', ctx }) ?? '')),
      setTicketKeys: (keys) => this.setTicketKeys(ctx, joined(keys)),
      setTicketPolicy: (policy) => this.#setPolicy(ctx, policy),
      flushSessions: () => {
        this.stack.perform({ call: 'SSL_CTX_flush_sessions', args: [{ object: ctx }, 0], watch: [], owned: [] });
      },
    };
  }

  showing<T>(ctx: ObjectId, credential: Credential, make: () => T): T {
    this.#show(ctx, credential);
    const made = make();
    this.#show(ctx, testCredentials['ec-p256']);
    return made;
  }

  trustTestCertificates(ctx: ObjectId, keys: readonly TestKey[]): void {
    const certificates = keys.flatMap((key) => testCredentials[key].chain).map(toHex);
    this.stack.control({ do: 'trust', ctx, certificates });
  }

  useCredential(ctx: ObjectId, key: TestKey): void {
    this.#show(ctx, testCredentials[key]);
  }

  expectHost(ssl: ObjectId, name: string): void {
    this.stack.control({ do: 'expect host', ssl, name });
  }

  peerCertificate(ssl: ObjectId): Uint8Array | null {
    const found = this.stack.control({ do: 'peer certificate', ssl });
    return found === null ? null : fromHex(found);
  }

  negotiated(ssl: ObjectId): { readonly version: string; readonly cipher: string } {
    const [version = '', cipher = ''] = (this.stack.control({ do: 'negotiated', ssl }) ?? '').split(' ');
    return { version, cipher };
  }

  forgetIdContext(ssl: ObjectId): void {
    const args = [{ object: ssl }, { bytes: noBytes }];
    this.stack.perform({ call: 'SSL_set_session_id_context', args, watch: [], owned: [] });
  }

  onNewSession(ctx: ObjectId, keep: (session: ObjectId, ssl: ObjectId) => void): void {
    this.#keepers.set(ctx, keep);
    this.stack.control({ do: 'keep sessions', ctx });
  }

  setSessionStore(ctx: ObjectId, files: StoreFiles, options: StoreOptions): void {
    this.#stores.set(ctx, { ...options, files });
    this.stack.control({ do: 'store', ctx, copy: options.reference === 'keep' });
  }

  setVirtualHosts(ctx: ObjectId, hosts: ReadonlyMap<string, ObjectId>): void {
    this.stack.control({ do: 'virtual hosts', ctx, hosts: [...hosts] });
  }

  usePreSharedKey(ctx: ObjectId, { identity, key }: PreSharedKey): void {
    this.stack.control({ do: 'psk', ctx, identity, key: toHex(key) });
  }

  end(how: 'exited' | 'died'): void {
    if (how === 'died') this.stack.die();
    else this.stack.end();
  }

  #show(ctx: ObjectId, { chain, key }: Credential): void {
    const certificate = toHex(chain[0] ?? noBytes);
    this.stack.control({ do: 'credential', ctx, certificate, key: toHex(key.pkcs8) });
  }

  #setPolicy(ctx: ObjectId, policy: TicketPolicy | null): void {
    const word = (keys: TicketKeys | 'none' | 'fail'): string =>
      typeof keys === 'string' ? keys : toHex(joined(keys));
    const onWire = policy && {
      seal: word(policy.seal),
      opens: policy.opens.map(({ keys, renew }) => ({ keys: word(keys), renew })),
      others: word(policy.others),
    };
    this.stack.control({ do: 'ticket policy', ctx, policy: onWire });
  }

  #happened(event: StackEvent): void {
    if (event.kind === 'freed') this.#ofCaches.died(event.object);
    this.#port.emit(event);
    if (event.kind !== 'callback' || event.name !== 'new') return;
    this.#homes.met(event.session, event.ctx);
    this.#keepers.get(event.ctx)?.(event.session, event.ssl);
  }

  /** A point is passed, memory is wanted, or the files of a session store are used, as storeSessions of the emulator uses them on the model. */
  #consulted(what: Consultation): string | null {
    if (what.about === 'point') {
      this.#port.at({ name: what.name, object: what.object });
      return null;
    }
    if (what.about === 'allocation') return this.#port.allocates?.(what.site) === false ? 'none' : null;
    const store = this.#stores.get(what.ctx);
    if (store === undefined) return null;
    const path = `${store.directory}/${what.id}.der`;
    if (what.about === 'stored') {
      const found = store.files.read(path);
      return found === undefined ? null : toHex(found);
    }
    if (what.about === 'unstore') store.files.remove(path);
    else if (store.files.write(path, fromHex(what.session)) && store.sync === 'each') store.files.sync(path);
    return null;
  }
}

function joined({ name, hmacKey, aesKey }: TicketKeys): Uint8Array {
  return Buffer.concat([name, hmacKey, aesKey]);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
