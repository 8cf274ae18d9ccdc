/** Calls whose C arguments or results have another form than a program's: ciphers, certificates, and bytes that C points to. */
import type { ArgumentValue, ReturnValue } from '../stack.js';
import type { ExData } from './ex-data.js';
import { type Library, type Pointer, readBytes, withMemory } from './library.js';
import { bytesOf, idOf, textOf, wordOf } from './values.js';

/** Commands of SSL_CTX_ctrl (ssl.h). */
const getTicketKeys = 58;
const setTicketKeys = 59;
/** tls1_tick_key_st: name, HMAC key, AES key. */
const ticketKeysBytes = 80;
/** TLS13_MAX_RESUMPTION_PSK_LENGTH, or more: no key is longer. */
const masterKeyBytesMax = 1024;
const keyLogLineBytesMax = 4096;

type Address = (value: ArgumentValue | undefined) => Pointer | null;
type FieldCall = (args: readonly ArgumentValue[]) => ReturnValue;

export function fieldCalls(library: Library, address: Address, exData: ExData): Readonly<Record<string, FieldCall>> {
  const setExData: FieldCall = ([object, value]) => exData.set(idOf(object), Number(value));
  const getExData: FieldCall = ([object]) => exData.get(idOf(object));
  const idOfCipher = (cipher: Pointer | null): number | null =>
    cipher === null ? null : library.integer('SSL_CIPHER_get_id', cipher);
  const pointedTo = (name: string, owner: Pointer | null, lengthBytes: 4 | 8): ReturnValue => {
    const place = new BigUint64Array(1);
    const length = new BigUint64Array(1);
    library.call(name, owner, place, lengthBytes === 8 ? length : new Uint8Array(length.buffer, 0, lengthBytes));
    const [at = 0n, bytes = 0n] = [place[0], length[0]];
    return { bytes: at === 0n ? new Uint8Array() : readBytes(at, Number(bytes)) };
  };
  return {
    SSL_CTX_set_ex_data: setExData,
    SSL_CTX_get_ex_data: getExData,
    SSL_set_ex_data: setExData,
    SSL_get_ex_data: getExData,
    SSL_SESSION_set_ex_data: setExData,
    SSL_SESSION_get_ex_data: getExData,
    SSL_CTX_set_tlsext_ticket_keys: ([ctx, keys]) => {
      const bytes = bytesOf(keys);
      return library.integer('SSL_CTX_ctrl', address(ctx), setTicketKeys, bytes.length, bytes);
    },
    SSL_CTX_get_tlsext_ticket_keys: ([ctx]) => {
      const bytes = new Uint8Array(ticketKeysBytes);
      library.call('SSL_CTX_ctrl', address(ctx), getTicketKeys, bytes.length, bytes);
      return { bytes };
    },
    SSL_CTX_set_alpn_protos: ([ctx, protocols]) => {
      const wire = protocolList(textOf(protocols));
      return library.integer('SSL_CTX_set_alpn_protos', address(ctx), wire, wire.length);
    },
    SSL_set_verify: ([ssl, mode]) => {
      library.call('SSL_set_verify', address(ssl), Number(mode), null);
      return null;
    },
    SSL_set_ssl_method: ([ssl, method]) =>
      library.integer('SSL_set_ssl_method', address(ssl), library.pointer(wordOf(method))),
    SSL_get_current_cipher: ([ssl]) => idOfCipher(library.pointer('SSL_get_current_cipher', address(ssl))),
    SSL_get0_alpn_selected: ([ssl]) => pointedTo('SSL_get0_alpn_selected', address(ssl), 4),
    SSL_SESSION_get0_cipher: ([session]) => idOfCipher(library.pointer('SSL_SESSION_get0_cipher', address(session))),
    SSL_SESSION_set_cipher: ([session, id]) =>
      library.integer(
        'SSL_SESSION_set_cipher',
        address(session),
        exData.quietly(() => cipherOf(library, Number(id))),
      ),
    SSL_SESSION_get_master_key: ([session, max]) => {
      const wanted = Number(max ?? masterKeyBytesMax);
      const key = new Uint8Array(masterKeyBytesMax);
      const copied = library.integer('SSL_SESSION_get_master_key', address(session), key, wanted);
      return [copied, { bytes: key.slice(0, Math.min(copied, wanted)) }];
    },
    SSL_SESSION_get0_ticket: ([session]) => pointedTo('SSL_SESSION_get0_ticket', address(session), 8),
    SSL_SESSION_get0_alpn_selected: ([session]) => pointedTo('SSL_SESSION_get0_alpn_selected', address(session), 8),
    SSL_SESSION_get0_ticket_appdata: ([session]) => pointedTo('SSL_SESSION_get0_ticket_appdata', address(session), 8),
    SSL_SESSION_get0_peer: ([session]) => {
      const certificate = library.pointer('SSL_SESSION_get0_peer', address(session));
      if (certificate === null) return null;
      const length = library.integer('i2d_X509', certificate, null);
      return withMemory(new Uint8Array(length), (memory) => {
        library.call('i2d_X509', certificate, BigUint64Array.of(memory));
        return { bytes: readBytes(memory, length) };
      });
    },
    SSL_SESSION_print_keylog: ([session]) => {
      const bio = library.pointer('BIO_new', library.pointer('BIO_s_mem'));
      const isPrinted = library.integer('SSL_SESSION_print_keylog', bio, address(session)) === 1;
      const line = new Uint8Array(keyLogLineBytesMax);
      const length = library.integer('BIO_read', bio, line, line.length);
      library.call('BIO_free', bio);
      return isPrinted ? Buffer.from(line.buffer, 0, length).toString('latin1') : null;
    },
  };
}

/** The SSL_CIPHER of an id: only a connection finds it. */
function cipherOf(library: Library, id: number): Pointer | null {
  const ctx = library.pointer('SSL_CTX_new', library.pointer('TLS_method'));
  const ssl = library.pointer('SSL_new', ctx);
  const cipher = library.pointer('SSL_CIPHER_find', ssl, Uint8Array.of((id >> 8) & 0xff, id & 0xff));
  library.call('SSL_free', ssl);
  library.call('SSL_CTX_free', ctx);
  return cipher;
}

/** RFC 7301 §3.1: names with commas between, each behind its length. */
export function protocolList(names: string): Uint8Array {
  const parts = names === '' ? [] : names.split(',');
  return Buffer.concat(parts.map((name) => Buffer.from([name.length, ...Buffer.from(name, 'latin1')])));
}
