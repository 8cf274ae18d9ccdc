/** A program for the node of an OpenSSL line: conversations on standard input, JSON, are played by the libssl inside it. */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { type Api, type Conversation, converse } from './conversation.js';
import { decoded, library, type Pointer, p, takeErrors } from './native.js';

const c = {
  TLS_method: library.func('TLS_method', p, []),
  SSL_CTX_new: library.func('SSL_CTX_new', p, [p]),
  SSL_CTX_ctrl: library.func('SSL_CTX_ctrl', 'long', [p, 'int', 'long', p]),
  SSL_CTX_set_options: library.func('SSL_CTX_set_options', 'uint64_t', [p, 'uint64_t']),
  SSL_CTX_set_verify: library.func('SSL_CTX_set_verify', 'void', [p, 'int', p]),
  SSL_CTX_set_session_id_context: library.func('SSL_CTX_set_session_id_context', 'int', [p, p, 'uint']),
  SSL_CTX_set_post_handshake_auth: library.func('SSL_CTX_set_post_handshake_auth', 'void', [p, 'int']),
  SSL_CTX_get_cert_store: library.func('SSL_CTX_get_cert_store', p, [p]),
  SSL_CTX_use_certificate: library.func('SSL_CTX_use_certificate', 'int', [p, p]),
  SSL_CTX_use_PrivateKey: library.func('SSL_CTX_use_PrivateKey', 'int', [p, p]),
  SSL_CTX_set_ciphersuites: library.func('SSL_CTX_set_ciphersuites', 'int', [p, 'str']),
  SSL_CTX_set_max_early_data: library.func('SSL_CTX_set_max_early_data', 'int', [p, 'uint32_t']),
  SSL_CTX_set_psk_use_session_callback: library.func('SSL_CTX_set_psk_use_session_callback', 'void', [p, p]),
  SSL_CTX_set_psk_find_session_callback: library.func('SSL_CTX_set_psk_find_session_callback', 'void', [p, p]),
  X509_STORE_add_cert: library.func('X509_STORE_add_cert', 'int', [p, p]),
  SSL_new: library.func('SSL_new', p, [p]),
  SSL_free: library.func('SSL_free', 'void', [p]),
  SSL_set_bio: library.func('SSL_set_bio', 'void', [p, p, p]),
  SSL_get_rbio: library.func('SSL_get_rbio', p, [p]),
  SSL_get_wbio: library.func('SSL_get_wbio', p, [p]),
  SSL_set_connect_state: library.func('SSL_set_connect_state', 'void', [p]),
  SSL_set_accept_state: library.func('SSL_set_accept_state', 'void', [p]),
  SSL_set_session: library.func('SSL_set_session', 'int', [p, p]),
  SSL_get1_session: library.func('SSL_get1_session', p, [p]),
  SSL_get_session: library.func('SSL_get_session', p, [p]),
  SSL_SESSION_get0_peer: library.func('SSL_SESSION_get0_peer', p, [p]),
  SSL_session_reused: library.func('SSL_session_reused', 'int', [p]),
  SSL_do_handshake: library.func('SSL_do_handshake', 'int', [p]),
  SSL_shutdown: library.func('SSL_shutdown', 'int', [p]),
  SSL_read: library.func('SSL_read', 'int', [p, p, 'int']),
  SSL_write: library.func('SSL_write', 'int', [p, p, 'int']),
  SSL_key_update: library.func('SSL_key_update', 'int', [p, 'int']),
  SSL_verify_client_post_handshake: library.func('SSL_verify_client_post_handshake', 'int', [p]),
  SSL_read_early_data: library.func('SSL_read_early_data', 'int', [p, p, 'size_t', p]),
  SSL_write_early_data: library.func('SSL_write_early_data', 'int', [p, p, 'size_t', p]),
  SSL_get_early_data_status: library.func('SSL_get_early_data_status', 'int', [p]),
  SSL_get_error: library.func('SSL_get_error', 'int', [p, 'int']),
  SSL_CIPHER_find: library.func('SSL_CIPHER_find', p, [p, p]),
  SSL_SESSION_new: library.func('SSL_SESSION_new', p, []),
  SSL_SESSION_set1_master_key: library.func('SSL_SESSION_set1_master_key', 'int', [p, p, 'size_t']),
  SSL_SESSION_set_cipher: library.func('SSL_SESSION_set_cipher', 'int', [p, p]),
  SSL_SESSION_set_protocol_version: library.func('SSL_SESSION_set_protocol_version', 'int', [p, 'int']),
  BIO_s_mem: library.func('BIO_s_mem', p, []),
  BIO_new: library.func('BIO_new', p, [p]),
  BIO_read: library.func('BIO_read', 'int', [p, p, 'int']),
  BIO_write: library.func('BIO_write', 'int', [p, p, 'int']),
} as const;

const Ctrl = { cacheMode: 44, maxVersion: 124 } as const;
const Op = { noAntiReplay: 0x0100_0000, noTicket: 0x4000 } as const;
const Verify = { handshake: 3, late: 11 } as const; // PEER, FAIL_IF_NO_PEER_CERT, POST_HANDSHAKE
const [tls12, tls13] = [0x0303, 0x0304];
const pskBytes = 32;
const [readBytes, bioBytes] = [100, 200_000];
const errorNames = ['NONE', 'SSL', 'WANT_READ', 'WANT_WRITE', 'WANT_X509_LOOKUP', 'SYSCALL', 'ZERO_RETURN'];

const input = JSON.parse(readFileSync(0, 'utf8')) as {
  readonly conversations: readonly Conversation[];
  readonly certificate: string;
  readonly key: string;
};

const api: Api<Pointer, Pointer, Pointer> = {
  context(setup) {
    const ctx: Pointer = c.SSL_CTX_new(c.TLS_method());
    c.SSL_CTX_ctrl(ctx, Ctrl.maxVersion, setup.max12 === true ? tls12 : tls13, null);
    if (setup.certificate === true) {
      c.SSL_CTX_use_certificate(ctx, decoded('certificate', input.certificate));
      c.SSL_CTX_use_PrivateKey(ctx, decoded('privateKey', input.key));
    }
    if (setup.maxEarlyData !== undefined) c.SSL_CTX_set_max_early_data(ctx, setup.maxEarlyData);
    if (setup.noAntiReplay === true) c.SSL_CTX_set_options(ctx, Op.noAntiReplay);
    if (setup.noTicket === true) c.SSL_CTX_set_options(ctx, Op.noTicket);
    if (setup.cacheClient === true) c.SSL_CTX_ctrl(ctx, Ctrl.cacheMode, 1, null);
    if (setup.verify !== undefined) {
      c.X509_STORE_add_cert(c.SSL_CTX_get_cert_store(ctx), decoded('certificate', input.certificate));
      c.SSL_CTX_set_verify(ctx, Verify[setup.verify], null);
      c.SSL_CTX_set_session_id_context(ctx, Buffer.from('x'), 1);
    }
    if (setup.lateAuthentication === true) c.SSL_CTX_set_post_handshake_auth(ctx, 1);
    if (setup.psk !== undefined) usePsk(ctx, setup.psk);
    return ctx;
  },
  connection(ctx, role, session) {
    const ssl: Pointer = c.SSL_new(ctx);
    c.SSL_set_bio(ssl, c.BIO_new(c.BIO_s_mem()), c.BIO_new(c.BIO_s_mem()));
    if (role === 'client') c.SSL_set_connect_state(ssl);
    else c.SSL_set_accept_state(ssl);
    if (session !== undefined) c.SSL_set_session(ssl, session);
    return ssl;
  },
  take(ssl) {
    const target = Buffer.alloc(bioBytes);
    const length: number = c.BIO_read(c.SSL_get_wbio(ssl), target, bioBytes);
    return target.subarray(0, Math.max(0, length));
  },
  put(ssl, bytes) {
    if (bytes.length > 0) c.BIO_write(c.SSL_get_rbio(ssl), bytes, bytes.length);
  },
  call(ssl, name, word) {
    takeErrors();
    const [result, bytes] = called(ssl, name, Buffer.from(word));
    const error = errorNames[c.SSL_get_error(ssl, result)] ?? '';
    return `${result} ${result > 0 ? bytes : [error, ...takeErrors()].join(' ')}`.trim();
  },
  session: (ssl) => c.SSL_get1_session(ssl),
  reused: (ssl) => c.SSL_session_reused(ssl),
  certificate: (ssl) => c.SSL_SESSION_get0_peer(c.SSL_get_session(ssl)) !== null,
  free: (ssl) => c.SSL_free(ssl),
};

function called(ssl: Pointer, name: string, word: Buffer): [result: number, bytes: string] {
  const target = Buffer.alloc(readBytes);
  const length = new BigUint64Array(1);
  switch (name) {
    case 'SSL_write_early_data':
      return [c.SSL_write_early_data(ssl, word, word.length, length), ''];
    case 'SSL_read_early_data': {
      const result: number = c.SSL_read_early_data(ssl, target, readBytes, length);
      return [result, target.toString('latin1', 0, Number(length[0]))];
    }
    case 'SSL_get_early_data_status':
      return [c.SSL_get_early_data_status(ssl), ''];
    case 'SSL_write':
      return [c.SSL_write(ssl, word, word.length), ''];
    case 'SSL_read': {
      const result: number = c.SSL_read(ssl, target, readBytes);
      return [result, target.toString('latin1', 0, Math.max(0, result))];
    }
    case 'SSL_key_update':
      return [c.SSL_key_update(ssl, Number(word.toString())), ''];
    case 'SSL_verify_client_post_handshake':
      return [c.SSL_verify_client_post_handshake(ssl), ''];
    case 'SSL_shutdown':
      return [c.SSL_shutdown(ssl), ''];
    default:
      return [c.SSL_do_handshake(ssl), ''];
  }
}

/** koffi wants a name of its own for each type. */
let callbacks = 0;
function callback(parameters: string, run: (...pointers: Pointer[]) => number): Pointer {
  callbacks += 1;
  const type = koffi.pointer(koffi.proto(`int Callback${callbacks}(${parameters})`));
  return koffi.register(run, type) as unknown as Pointer;
}

function usePsk(ctx: Pointer, identity: string): void {
  const name = koffi.alloc('uint8_t', identity.length);
  koffi.encode(name, 'uint8_t', [...Buffer.from(identity)], identity.length);
  const session = (ssl: Pointer): Pointer => {
    const made: Pointer = c.SSL_SESSION_new();
    c.SSL_SESSION_set1_master_key(made, Buffer.alloc(pskBytes, 1), pskBytes);
    c.SSL_SESSION_set_cipher(made, c.SSL_CIPHER_find(ssl, Uint8Array.of(0x13, 0x01)));
    c.SSL_SESSION_set_protocol_version(made, tls13);
    return made;
  };
  const use = callback('void *, void *, void *, void *, void *', (ssl, _hash, id, idLength, found) => {
    koffi.encode(id, 'void *', name);
    koffi.encode(idLength, 'size_t', identity.length);
    koffi.encode(found, 'void *', session(ssl!));
    return 1;
  });
  const find = callback('void *, void *, size_t, void *', (ssl, id, length, found) => {
    const offered = Buffer.from(koffi.decode(id, 'uint8_t', Number(length)) as number[]).toString();
    koffi.encode(found, 'void *', offered === identity ? session(ssl!) : null);
    return 1;
  });
  c.SSL_CTX_set_psk_use_session_callback(ctx, use);
  c.SSL_CTX_set_psk_find_session_callback(ctx, find);
  c.SSL_CTX_set_ciphersuites(ctx, 'TLS_AES_128_GCM_SHA256');
}

process.stdout.write(JSON.stringify(input.conversations.map((one) => converse(api, one))));
