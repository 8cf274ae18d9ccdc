/** Which keys seal and open the tickets of a context, as a rule that its callback for ticket keys follows. */
import type { Library, Pointer } from '../library.js';
import type { CtxEntry, Objects } from '../objects.js';
import { fromHex, toHex } from './hex.js';
import { copyIn, copyOut } from './memory.js';

/** Keys in hex: name, key of the HMAC, key of AES, one behind the other. */
export interface TicketPolicy {
  /** `none`: an empty ticket; `fail`: the handshake ends. */
  readonly seal: string;
  readonly opens: readonly { readonly keys: string; readonly renew: boolean }[];
  /** What opens tickets of another name: keys, or `none`, or `fail`. */
  readonly others: string;
}

/** SSL_CTRL_SET_TLSEXT_TICKET_KEY_CB (tls1.h). */
const setTicketKeyCallback = 72;
const nameBytes = 16;
const ivBytes = 16;
const hmacKeyBytes = 32;
/** What the callback answers (SSL_CTX_set_tlsext_ticket_key_cb(3)). */
const answers = { fail: -1, none: 0, opened: 1, renew: 2 } as const;

export class TicketPolicies {
  readonly #library: Library;
  readonly #objects: Objects;
  readonly #callback: Pointer;
  readonly #of = new Map<number, TicketPolicy>();

  constructor(library: Library, objects: Objects) {
    this.#library = library;
    this.#objects = objects;
    this.#callback = library.callback(
      'ticketKey',
      (ssl: Pointer, name: Pointer, iv: Pointer, cipher: Pointer, hmac: Pointer, seals: number) =>
        seals === 1 ? this.#seal(ssl, { name, iv, cipher, hmac }) : this.#open(ssl, { name, iv, cipher, hmac }),
    );
  }

  /** @param policy - null: libssl's own keys count again */
  set(ctx: CtxEntry, policy: TicketPolicy | null): void {
    if (policy === null) this.#of.delete(ctx.id);
    else this.#of.set(ctx.id, policy);
    const callback = policy === null ? null : this.#callback;
    this.#library.call('SSL_CTX_callback_ctrl', ctx.address, setTicketKeyCallback, callback);
  }

  forget(): void {
    this.#of.clear();
  }

  #seal(ssl: Pointer, { name, iv, cipher, hmac }: Places): number {
    const policy = this.#policyOf(ssl);
    if (policy === undefined || policy.seal === 'none') return answers.none;
    if (policy.seal === 'fail') return answers.fail;
    const keys = fromHex(policy.seal);
    const library = this.#library;
    copyOut(library, keys.subarray(0, nameBytes), name);
    library.call('RAND_bytes', iv, ivBytes);
    this.#key('EVP_EncryptInit_ex', keys, { name, iv, cipher, hmac });
    return answers.opened;
  }

  #open(ssl: Pointer, places: Places): number {
    const policy = this.#policyOf(ssl);
    if (policy === undefined) return answers.none;
    const wanted = toHex(copyIn(this.#library, places.name, nameBytes));
    const known = policy.opens.find((one) => one.keys.startsWith(wanted));
    if (known === undefined && policy.others === 'none') return answers.none;
    if (known === undefined && policy.others === 'fail') return answers.fail;
    this.#key('EVP_DecryptInit_ex', fromHex(known?.keys ?? policy.others), places);
    return known?.renew === true ? answers.renew : answers.opened;
  }

  #key(init: 'EVP_EncryptInit_ex' | 'EVP_DecryptInit_ex', keys: Uint8Array, { iv, cipher, hmac }: Places): void {
    const library = this.#library;
    const hmacKey = keys.slice(nameBytes, nameBytes + hmacKeyBytes);
    const aesKey = keys.slice(nameBytes + hmacKeyBytes);
    library.call(init, cipher, library.pointer('EVP_aes_256_cbc'), null, aesKey, iv);
    library.call('HMAC_Init_ex', hmac, hmacKey, hmacKey.length, library.pointer('EVP_sha256'), null);
  }

  /** That of the context that the connection was made with. */
  #policyOf(ssl: Pointer): TicketPolicy | undefined {
    const entry = this.#objects.at(ssl);
    return entry?.kind === 'ssl' ? this.#of.get(entry.ctx) : undefined;
  }
}

interface Places {
  readonly name: Pointer;
  readonly iv: Pointer;
  readonly cipher: Pointer;
  readonly hmac: Pointer;
}
