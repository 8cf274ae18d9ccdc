/** What the verbs of a plan do to libssl besides the calls of programs: keys, certificates, callbacks with a rule to follow. */
import type { Library, Pointer } from '../library.js';
import type { Objects } from '../objects.js';
import { Certificates } from './certificates.js';
import { fromHex, toHex } from './hex.js';
import { PreSharedKeys } from './pre-shared-keys.js';
import { type StoreEars, Stores } from './stores.js';
import { TicketPolicies, type TicketPolicy } from './ticket-policies.js';

/** Numbers are those of objects, keys and certificates in hex. */
export type Control =
  | { readonly do: 'ticket keys'; readonly ctx: number; readonly keys: string }
  | { readonly do: 'get ticket keys'; readonly ctx: number }
  | { readonly do: 'ticket policy'; readonly ctx: number; readonly policy: TicketPolicy | null }
  | { readonly do: 'credential'; readonly ctx: number; readonly certificate: string; readonly key: string }
  | { readonly do: 'trust'; readonly ctx: number; readonly certificates: readonly string[] }
  | { readonly do: 'expect host'; readonly ssl: number; readonly name: string }
  | { readonly do: 'peer certificate'; readonly ssl: number }
  | { readonly do: 'negotiated'; readonly ssl: number }
  | { readonly do: 'psk'; readonly ctx: number; readonly identity: string; readonly key: string }
  | { readonly do: 'virtual hosts'; readonly ctx: number; readonly hosts: readonly (readonly [string, number])[] }
  | { readonly do: 'keep sessions'; readonly ctx: number }
  | { readonly do: 'store'; readonly ctx: number; readonly copy: boolean };

/** Commands of SSL_CTX_ctrl and SSL_CTX_callback_ctrl (ssl.h, tls1.h). */
const setServerNameCallback = 53;
const getTicketKeys = 58;
const setTicketKeys = 59;
const ticketKeysBytes = 80;
/** TLSEXT_NAMETYPE_host_name, SSL_TLSEXT_ERR_OK and _NOACK. */
const hostName = 0;
const nameTaken = 0;
const nameNotTaken = 3;

export class Controls {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #certificates: Certificates;
  readonly #tickets: TicketPolicies;
  readonly #keys: PreSharedKeys;
  readonly #stores: Stores;
  readonly #onServerName: Pointer;
  readonly #hosts = new Map<number, ReadonlyMap<string, number>>();

  constructor(library: Library, objects: Objects, ears: StoreEars) {
    this.#library = library;
    this.#objects = objects;
    this.#certificates = new Certificates(library);
    this.#tickets = new TicketPolicies(library, objects);
    this.#keys = new PreSharedKeys(library, objects);
    this.#stores = new Stores(library, objects, ears);
    this.#onServerName = library.callback('serverName', (ssl: Pointer) => this.#serverName(ssl));
  }

  /** @returns what was asked for: bytes in hex, or words */
  make(control: Control): string | null {
    switch (control.do) {
      case 'ticket keys': {
        const keys = fromHex(control.keys);
        this.#library.call('SSL_CTX_ctrl', this.#ctx(control.ctx), setTicketKeys, keys.length, keys);
        return null;
      }
      case 'get ticket keys': {
        const keys = new Uint8Array(ticketKeysBytes);
        this.#library.call('SSL_CTX_ctrl', this.#ctx(control.ctx), getTicketKeys, keys.length, keys);
        return toHex(keys);
      }
      case 'ticket policy':
        this.#tickets.set(this.#objects.ctx(control.ctx), control.policy);
        return null;
      case 'credential':
        this.#certificates.use(this.#objects.ctx(control.ctx), fromHex(control.certificate), fromHex(control.key));
        return null;
      case 'trust':
        this.#certificates.trust(this.#ctx(control.ctx), control.certificates.map(fromHex));
        return null;
      case 'expect host':
        this.#library.call('SSL_set1_host', this.#ssl(control.ssl), control.name);
        return null;
      case 'peer certificate':
        return this.#certificates.ofPeer(this.#ssl(control.ssl));
      case 'negotiated': {
        const ssl = this.#ssl(control.ssl);
        const cipher = this.#library.call('SSL_CIPHER_get_name', this.#library.pointer('SSL_get_current_cipher', ssl));
        return `${this.#library.text('SSL_get_version', ssl)} ${cipher}`;
      }
      case 'psk':
        this.#keys.use(this.#objects.ctx(control.ctx), control.identity, fromHex(control.key));
        return null;
      case 'virtual hosts':
        this.#hosts.set(control.ctx, new Map(control.hosts));
        this.#library.call('SSL_CTX_callback_ctrl', this.#ctx(control.ctx), setServerNameCallback, this.#onServerName);
        return null;
      case 'keep sessions':
        this.#stores.keep(this.#objects.ctx(control.ctx));
        return null;
      case 'store':
        this.#stores.store(this.#objects.ctx(control.ctx), { copy: control.copy });
        return null;
    }
  }

  /** The objects are gone. */
  forget(): void {
    this.#hosts.clear();
    this.#tickets.forget();
    this.#certificates.forget();
    this.#keys.forget();
    this.#stores.forget();
  }

  /** The context of a connection is switched by the name that the client asks for, and its verification with it. */
  #serverName(ssl: Pointer): number {
    const entry = this.#objects.at(ssl);
    const hosts = entry?.kind === 'ssl' ? this.#hosts.get(entry.ctx) : undefined;
    const name = this.#library.call('SSL_get_servername', ssl, hostName);
    const wanted = typeof name === 'string' ? hosts?.get(name) : undefined;
    if (wanted === undefined) return nameNotTaken;
    const context = this.#ctx(wanted);
    this.#library.call('SSL_set_SSL_CTX', ssl, context);
    this.#library.call('SSL_set_verify', ssl, this.#library.integer('SSL_CTX_get_verify_mode', context), null);
    return nameTaken;
  }

  #ctx(id: number): Pointer {
    return this.#objects.ctx(id).address;
  }

  #ssl(id: number): Pointer {
    return this.#objects.ssl(id).address;
  }
}
