/**
 * Allocations that fail: libcrypto takes its memory from tools/memory.c, where that was preloaded, and each is known by the line of
 * OpenSSL that makes it. Which lines those of a site are is seen by having each made once.
 */
import type { AllocationSite } from '../../../src/index.js';
import { type ArgumentValue, memoryAdvice, StackUnable } from '../stack.js';
import type { Calls } from './calls.js';
import type { Library } from './library.js';

const tls12 = 0x0303;
const noTicket = 0x4000; // SSL_OP_NO_TICKET
const sessionFile = /\bssl_sess\.c:/;
const hashFile = /\blhash\.c:/;
const handshakeFiles = /\bstatem_(?:clnt|srvr)\.c:/;

type Allocates = (site: AllocationSite) => boolean;

/** Where an allocation was made, `file:line`, and the how manyth of those that were watched it was. */
type Places = ReadonlyMap<string, number>;

export class Memory {
  readonly #library: Library;
  readonly #calls: Calls;
  /** By the number that its place has; empty: not looked for yet. */
  readonly #sites: AllocationSite[] = [];
  #allocates: Allocates | null = null;

  constructor(library: Library, calls: Calls) {
    this.#library = library;
    this.#calls = calls;
  }

  /**
   * From here on `allocates` is asked at each allocation of a site; null: there always is memory. The first time, objects are made, and freed.
   * @throws StackUnable where there is no such memory, or no line of a site is found
   */
  ask(allocates: Allocates | null): void {
    if (allocates !== null && this.#sites.length === 0) this.#find();
    this.#allocates = allocates;
  }

  get #memory(): NonNullable<Library['memory']> {
    const { memory } = this.#library;
    if (memory === undefined) throw new StackUnable(`needs memory that can be made scarce: ${memoryAdvice}`);
    return memory;
  }

  #find(): void {
    const session = this.#made('SSL_SESSION_new');
    this.#make('SSL_SESSION_set1_id', session, { bytes: Uint8Array.of(1) });
    const ctx = this.#made('SSL_CTX_new', { word: 'TLS_method' });
    this.#name(
      'session',
      this.#watched(sessionFile, () => this.#free('SSL_SESSION', this.#made('SSL_SESSION_new'))),
    );
    this.#name(
      'session-copy',
      this.#watched(sessionFile, () => this.#free('SSL_SESSION', this.#made('SSL_SESSION_dup', session))),
    );
    // Other tables have entries too.
    const entry = this.#watched(hashFile, () => this.#make('SSL_CTX_add_session', ctx, session));
    this.#name('cache-entry', entry, { for: 'SSL_CTX_add_session' });
    this.#free('SSL_CTX', ctx);
    this.#free('SSL_SESSION', session);

    const without = this.#watched(handshakeFiles, () => this.#handshake(noTicket));
    const tickets = this.#watched(handshakeFiles, () => this.#handshake(0));
    const ofTickets = [...tickets].filter(([place]) => !without.has(place));
    this.#name('ticket', new Map(ofTickets), { ofAnySize: true });
    this.#memory.ask(this.#library.callback('allocates', (place: number) => this.#asked(place)));
  }

  #asked(place: number): number {
    const site = this.#sites[place];
    return site === undefined || this.#allocates === null || this.#allocates(site) ? 1 : 0;
  }

  /** Those were the allocations that were watched last. */
  #name(site: AllocationSite, places: Places, how: { readonly for?: string; readonly ofAnySize?: boolean } = {}): void {
    if (places.size === 0) throw new StackUnable(`needs a libssl that says where it allocates: no ${site} is seen`);
    for (const at of places.values()) {
      this.#sites[this.#memory.name(at, how.ofAnySize === true ? 1 : 0, how.for ?? null)] = site;
    }
  }

  /** Of the allocations that are made in those files, each place once. */
  #watched(files: RegExp, run: () => void): Places {
    const { watch, count, file, line } = this.#memory;
    watch(1);
    run();
    const places = Array.from({ length: count() }, (_, at) => [`${file(at)}:${line(at)}`, at] as const);
    watch(0);
    return new Map(places.filter(([place]) => files.test(place)));
  }

  /** With everything that it needs, and all of it freed. */
  #handshake(options: number): void {
    const contexts = ['client', 'server'].map(() => this.#made('SSL_CTX_new', { word: 'TLS_method' }));
    for (const ctx of contexts) {
      this.#make('SSL_CTX_set_max_proto_version', ctx, tls12);
      this.#make('SSL_CTX_set_options', ctx, options);
      this.#make('sim_use_certificate', ctx);
    }
    const [client, server] = contexts.map((ctx) => this.#made('SSL_new', ctx)) as [ArgumentValue, ArgumentValue];
    this.#make('sim_pair', client, server);
    this.#make('sim_handshake', client, server);
    for (const ssl of [client, server]) this.#free('SSL', ssl);
    for (const ctx of contexts) this.#free('SSL_CTX', ctx);
  }

  #make(call: string, ...args: readonly ArgumentValue[]): unknown {
    return this.#calls.perform(call, args).ret;
  }

  #made(call: string, ...args: readonly ArgumentValue[]): ArgumentValue {
    const { object } = this.#make(call, ...args) as { readonly object: number };
    return { object };
  }

  #free(kind: 'SSL_CTX' | 'SSL' | 'SSL_SESSION', object: ArgumentValue): void {
    this.#make(`${kind}_free`, object);
  }
}
