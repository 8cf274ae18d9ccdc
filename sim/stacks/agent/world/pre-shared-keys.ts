/** A key from elsewhere (TLS 1.3): contexts offer it, and find it by its identity. As sim/emulator/pre-shared-key.ts on the model. */
import type { Library, Pointer } from '../library.js';
import { allocate } from '../library.js';
import type { CtxEntry, Objects } from '../objects.js';
import { copyIn, copyOut, writePointers } from './memory.js';

interface Known {
  readonly identity: Uint8Array;
  /** The same in C memory. */
  readonly at: Pointer;
  readonly key: Uint8Array;
}

const suites = 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384\0';
const aes128GcmSha256 = Uint8Array.of(0x13, 0x01);
const tls13 = 0x0304;
const sha256Bytes = 32;
const cipherServerPreference = 0x40_0000; // SSL_OP_CIPHER_SERVER_PREFERENCE

export class PreSharedKeys {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #onUse: Pointer;
  readonly #onFind: Pointer;
  readonly #of = new Map<number, Known>();

  constructor(library: Library, objects: Objects) {
    this.#library = library;
    this.#objects = objects;
    this.#onUse = library.callback(
      'pskUse',
      (ssl: Pointer, hash: Pointer | null, id: Pointer, length: Pointer, session: Pointer) =>
        this.#use(ssl, hash, { id, length, session }),
    );
    this.#onFind = library.callback('pskFind', (ssl: Pointer, id: Pointer, length: number | bigint, session: Pointer) =>
      this.#find(ssl, copyIn(library, id, Number(length)), session),
    );
  }

  use(ctx: CtxEntry, identity: string, key: Uint8Array): void {
    const library = this.#library;
    const bytes = new Uint8Array(Buffer.from(identity));
    const at = allocate(Math.max(1, bytes.length));
    copyOut(library, bytes, at);
    this.#of.set(ctx.id, { identity: bytes, at, key });
    library.call('SSL_CTX_set_psk_use_session_callback', ctx.address, this.#onUse);
    library.call('SSL_CTX_set_psk_find_session_callback', ctx.address, this.#onFind);
    library.call('SSL_CTX_set_options', ctx.address, cipherServerPreference);
    library.call('SSL_CTX_set_ciphersuites', ctx.address, new Uint8Array(Buffer.from(suites)));
  }

  forget(): void {
    this.#of.clear();
  }

  #use(
    ssl: Pointer,
    hash: Pointer | null,
    to: { readonly id: Pointer; readonly length: Pointer; readonly session: Pointer },
  ): number {
    const known = this.#knownTo(ssl);
    const fits = hash === null || hash === 0n || this.#hashBytes(hash) === sha256Bytes;
    writePointers(to.session, [known !== undefined && fits ? this.#made(ssl, known) : 0n]);
    if (known === undefined || !fits) return 1;
    writePointers(to.id, [known.at]);
    writePointers(to.length, [BigInt(known.identity.length)]);
    return 1;
  }

  #find(ssl: Pointer, identity: Uint8Array, session: Pointer): number {
    const known = this.#knownTo(ssl);
    const found = known !== undefined && Buffer.compare(known.identity, identity) === 0;
    writePointers(session, [found ? this.#made(ssl, known) : 0n]);
    return 1;
  }

  #made(ssl: Pointer, { key }: Known): Pointer {
    const library = this.#library;
    const session = library.pointer('SSL_SESSION_new') ?? 0n;
    library.call('SSL_SESSION_set1_master_key', session, key, key.length);
    library.call('SSL_SESSION_set_cipher', session, library.pointer('SSL_CIPHER_find', ssl, aes128GcmSha256));
    library.call('SSL_SESSION_set_protocol_version', session, tls13);
    return session;
  }

  #hashBytes(hash: Pointer): number {
    return this.#library.integer(this.#library.errorsAreOld ? 'EVP_MD_size' : 'EVP_MD_get_size', hash);
  }

  #knownTo(ssl: Pointer): Known | undefined {
    const entry = this.#objects.at(ssl);
    return entry?.kind === 'ssl' ? this.#of.get(entry.ctx) : undefined;
  }
}
