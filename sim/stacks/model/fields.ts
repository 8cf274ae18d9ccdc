/** Calls whose arguments or results the model has in another form than a program. */
import type { Libssl, Method, Ssl, SslCtx, SslSession } from '../../../src/index.js';
import type { ReturnValue } from '../stack.js';
import { protocolNames } from './tables.js';

/** What the ids of SSL_CIPHER_get_id(3) have before a suite's code point. */
const cipherIdBase = 0x03000000;
const codeMask = 0xffff;

/** tls1_tick_key_st: the key's name, then the keys of HMAC and of AES. */
const ticketKeysBytes = 80;
const nameEnd = 16;
const hmacEnd = 48;
const masterKeyBytesMax = 1024;

/** The arguments of one call, by their places. */
export interface FieldArguments {
  object(index: number): unknown;
  bytes(index: number): Uint8Array;
  number(index: number, fallback: number): number;
  text(index: number): string;
  word(index: number): string;
}

type FieldCall = (
  library: Libssl,
  args: FieldArguments,
) => { readonly ret: ReturnValue; readonly errors?: readonly string[] };

// Each argument is of the kind that its call takes: the interpreter has seen to that.
const any = (args: FieldArguments): SslCtx | Ssl | SslSession => args.object(0) as SslCtx | Ssl | SslSession;
const ctx = (args: FieldArguments): SslCtx => args.object(0) as SslCtx;
const ssl = (args: FieldArguments): Ssl => args.object(0) as Ssl;
const session = (args: FieldArguments): SslSession => args.object(0) as SslSession;

const setExData: FieldCall = (library, args) => ({ ret: library.set_ex_data(any(args), args.number(1, 0)) });
const getExData: FieldCall = (library, args) => ({ ret: library.get_ex_data(any(args)) });

export const fieldCalls: ReadonlyMap<string, FieldCall> = byName({
  SSL_CTX_set_ex_data: setExData,
  SSL_CTX_get_ex_data: getExData,
  SSL_set_ex_data: setExData,
  SSL_get_ex_data: getExData,
  SSL_SESSION_set_ex_data: setExData,
  SSL_SESSION_get_ex_data: getExData,
  SSL_CTX_set_tlsext_ticket_keys: (library, args) => {
    const keys = args.bytes(1);
    if (keys.length !== ticketKeysBytes) return { ret: 0, errors: ['invalid ticket keys length'] };
    const [name, hmacKey, aesKey] = [keys.slice(0, nameEnd), keys.slice(nameEnd, hmacEnd), keys.slice(hmacEnd)];
    library.SSL_CTX_set_tlsext_ticket_keys(ctx(args), { name, hmacKey, aesKey });
    return { ret: 1 };
  },
  SSL_CTX_get_tlsext_ticket_keys: (library, args) => {
    const { name, hmacKey, aesKey } = library.SSL_CTX_get_tlsext_ticket_keys(ctx(args));
    return { ret: { bytes: Buffer.concat([name, hmacKey, aesKey]) } };
  },
  SSL_CTX_set_alpn_protos: (library, args) => {
    library.SSL_CTX_set_alpn_protos(ctx(args), protocolNames(args.text(1)));
    return { ret: 0 };
  },
  SSL_set_ssl_method: (library, args) => ({
    ret: library.SSL_set_ssl_method(ssl(args), methodOf(library, args.word(1))),
  }),
  SSL_get_current_cipher: (library, args) => ({ ret: idOf(library.SSL_get_current_cipher(ssl(args))) }),
  SSL_SESSION_get0_cipher: (library, args) => ({ ret: idOf(library.SSL_SESSION_get0_cipher(session(args))) }),
  SSL_SESSION_set_cipher: (library, args) => ({
    ret: library.SSL_SESSION_set_cipher(session(args), args.number(1, 0) & codeMask),
  }),
  SSL_SESSION_get_master_key: (library, args) => {
    const [ret, bytes] = library.SSL_SESSION_get_master_key(session(args), args.number(1, masterKeyBytesMax));
    return { ret: [ret, { bytes }] };
  },
});

/** A map, since most names that are looked up are not there: to learn that of an object takes several times as long. */
export function byName<T>(calls: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(calls));
}

export function methodOf(library: Libssl, name: string): Method {
  switch (name) {
    case 'TLS_client_method':
      return library.TLS_client_method();
    case 'TLS_server_method':
      return library.TLS_server_method();
    case 'TLSv1_2_method':
      return library.TLSv1_2_method();
    default:
      return library.TLS_method();
  }
}

function idOf(code: number | null): number | null {
  return code === null ? null : cipherIdBase + code;
}
