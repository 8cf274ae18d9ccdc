/** Callbacks that answer out of a table of the program's: `sim_virtual_host`, `sim_psk` and `sim_alpn_select`. */
import type { ArgumentValue } from '../stack.js';
import { protocolList } from './fields.js';
import { allocate, type Library, type Pointer, readBytes, writeBytes, writePointer, writeUint8 } from './library.js';
import type { CtxEntry, Objects } from './objects.js';
import { bytesOf, idOf, textOf } from './values.js';

/** SSL_CTRL_SET_TLSEXT_SERVERNAME_CB and …_ARG (ssl.h), TLSEXT_NAMETYPE_host_name. */
const ctrlServernameCallback = 53;
const ctrlServernameArgument = 54;
const hostNameType = 0;
/** SSL_TLSEXT_ERR_OK and …_NOACK. */
const [ok, noAck] = [0, 3];

interface Psk {
  readonly identity: Uint8Array;
  /** The same in C memory. */
  readonly place: Pointer;
  readonly session: number;
}

export class Tables {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #functions = new Map<string, Pointer>();
  readonly #hosts = new Map<number, Map<string, number>>();
  readonly #psks = new Map<number, Psk>();
  readonly #protocols = new Map<number, Uint8Array>();

  constructor(library: Library, objects: Objects) {
    this.#library = library;
    this.#objects = objects;
    objects.onReset(() => {
      for (const table of [this.#hosts, this.#psks, this.#protocols]) table.clear();
    });
  }

  virtualHost([ctx, name, host]: readonly ArgumentValue[]): void {
    const entry = this.#objects.ctx(idOf(ctx));
    let hosts = this.#hosts.get(entry.id);
    if (hosts === undefined) {
      hosts = new Map();
      this.#hosts.set(entry.id, hosts);
    }
    hosts.set(textOf(name), idOf(host));
    const run = this.#function('virtualHost', (ssl: Pointer, _alert: Pointer, owner: Pointer) =>
      this.#onName(ssl, owner),
    );
    this.#library.call('SSL_CTX_callback_ctrl', entry.address, ctrlServernameCallback, run);
    this.#library.call('SSL_CTX_ctrl', entry.address, ctrlServernameArgument, 0, entry.address);
  }

  psk([ctx, identity, session]: readonly ArgumentValue[]): void {
    const entry = this.#objects.ctx(idOf(ctx));
    const bytes = bytesOf(identity);
    const place = allocate(Math.max(bytes.length, 1));
    writeBytes(place, bytes);
    this.#psks.set(entry.id, { identity: bytes, place, session: idOf(session) });
    const use = this.#function(
      'pskUse',
      (ssl: Pointer, _hash: Pointer, id: Pointer, length: Pointer, into: Pointer) => {
        const { psk, address } = this.#taken(ssl, undefined);
        writePointer(id, address === null ? 0n : (psk?.place ?? 0n));
        writePointer(length, address === null ? 0n : BigInt(psk?.identity.length ?? 0));
        writePointer(into, address ?? 0n);
        return 1;
      },
    );
    const find = this.#function('pskFind', (ssl: Pointer, id: Pointer, length: number, into: Pointer) => {
      writePointer(into, this.#taken(ssl, readBytes(id, Number(length))).address ?? 0n);
      return 1;
    });
    this.#library.call('SSL_CTX_set_psk_use_session_callback', entry.address, use);
    this.#library.call('SSL_CTX_set_psk_find_session_callback', entry.address, find);
  }

  alpnSelect([ctx, protocols]: readonly ArgumentValue[]): void {
    const entry = this.#objects.ctx(idOf(ctx));
    this.#protocols.set(entry.id, protocolList(textOf(protocols)));
    const select = this.#function(
      'alpnSelect',
      (_ssl: Pointer, out: Pointer, length: Pointer, offered: Pointer, bytes: number, owner: Pointer) => {
        const at = this.#selected(readBytes(offered, bytes), this.#ownerOf(owner));
        if (at === undefined) return noAck;
        writePointer(out, offered + BigInt(at.offset));
        writeUint8(length, at.length);
        return ok;
      },
    );
    this.#library.call('SSL_CTX_set_alpn_select_cb', entry.address, select, entry.address);
  }

  #onName(ssl: Pointer, owner: Pointer): number {
    const name = this.#library.call('SSL_get_servername', ssl, hostNameType);
    const ctx = this.#ownerOf(owner);
    const host = typeof name === 'string' && ctx !== undefined ? this.#hosts.get(ctx.id)?.get(name) : undefined;
    const entry = host === undefined ? undefined : this.#objects.alive(host);
    if (entry !== undefined) this.#library.call('SSL_set_SSL_CTX', ssl, entry.address);
    return ok;
  }

  /** A reference to the session of the context that the connection was made with, where it lives and the identity is its own. */
  #taken(
    ssl: Pointer,
    identity: Uint8Array | undefined,
  ): { readonly psk: Psk | undefined; readonly address: Pointer | null } {
    const psk = this.#psks.get(this.#objects.connectionAt(ssl).ctx);
    const entry = psk === undefined ? undefined : this.#objects.alive(psk.session);
    if (psk === undefined || entry === undefined) return { psk, address: null };
    if (identity !== undefined && Buffer.compare(identity, psk.identity) !== 0) return { psk, address: null };
    this.#library.call('SSL_SESSION_up_ref', entry.address);
    return { psk, address: entry.address };
  }

  /** The first of the context's own that is offered: where it stands among those. */
  #selected(
    offered: Uint8Array,
    ctx: CtxEntry | undefined,
  ): { readonly offset: number; readonly length: number } | undefined {
    const own = ctx === undefined ? undefined : this.#protocols.get(ctx.id);
    for (const wanted of own === undefined ? [] : names(own)) {
      for (const { offset, bytes } of names(offered)) {
        if (Buffer.compare(bytes, wanted.bytes) === 0) return { offset, length: bytes.length };
      }
    }
    return undefined;
  }

  #ownerOf(address: Pointer): CtxEntry | undefined {
    const entry = this.#objects.at(address);
    return entry?.kind === 'ctx' ? entry : undefined;
  }

  #function(kind: Parameters<Library['callback']>[0], run: (...args: never[]) => unknown): Pointer {
    let made = this.#functions.get(kind);
    if (made === undefined) {
      made = this.#library.callback(kind, run);
      this.#functions.set(kind, made);
    }
    return made;
  }
}

/** The names of a list, each behind its length, and where they stand. */
function* names(list: Uint8Array): Generator<{ readonly offset: number; readonly bytes: Uint8Array }> {
  for (let at = 0; at < list.length; ) {
    const length = list[at] ?? 0;
    yield { offset: at + 1, bytes: list.subarray(at + 1, at + 1 + length) };
    at += 1 + length;
  }
}
