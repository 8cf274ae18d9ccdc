/** The libssl inside this node binary as a library of a live handshake. */
import koffi from 'koffi';
import { type CryptoProvider, realCrypto } from '../../src/index.js';
import { type Flow, isTls13, type Role, shapeOf } from '../_flows.js';
import {
  type LiveCall,
  type LiveLibrary,
  type LiveMemory,
  type LiveSsl,
  liveCredential,
  liveReadBytes,
  liveWord,
} from './live.js';
import { decoded, library, type Pointer, p, takeErrors } from './native.js';

const c = {
  TLS_method: library.func('TLS_method', p, []),
  SSL_CTX_new: library.func('SSL_CTX_new', p, [p]),
  SSL_CTX_free: library.func('SSL_CTX_free', 'void', [p]),
  SSL_CTX_ctrl: library.func('SSL_CTX_ctrl', 'long', [p, 'int', 'long', p]),
  SSL_CTX_set_options: library.func('SSL_CTX_set_options', 'uint64_t', [p, 'uint64_t']),
  SSL_CTX_set_verify: library.func('SSL_CTX_set_verify', 'void', [p, 'int', p]),
  SSL_CTX_use_certificate: library.func('SSL_CTX_use_certificate', 'int', [p, p]),
  SSL_CTX_use_PrivateKey: library.func('SSL_CTX_use_PrivateKey', 'int', [p, p]),
  SSL_CTX_get_cert_store: library.func('SSL_CTX_get_cert_store', p, [p]),
  SSL_CTX_add_client_CA: library.func('SSL_CTX_add_client_CA', 'int', [p, p]),
  X509_STORE_add_cert: library.func('X509_STORE_add_cert', 'int', [p, p]),
  SSL_CTX_set_post_handshake_auth: library.func('SSL_CTX_set_post_handshake_auth', 'void', [p, 'int']),
  SSL_CTX_set_max_early_data: library.func('SSL_CTX_set_max_early_data', 'int', [p, 'uint32_t']),
  SSL_CTX_set_session_id_context: library.func('SSL_CTX_set_session_id_context', 'int', [p, p, 'uint']),
  SSL_CTX_set_keylog_callback: library.func('SSL_CTX_set_keylog_callback', 'void', [p, p]),
  SSL_CTX_add_session: library.func('SSL_CTX_add_session', 'int', [p, p]),
  SSL_new: library.func('SSL_new', p, [p]),
  SSL_free: library.func('SSL_free', 'void', [p]),
  SSL_set_bio: library.func('SSL_set_bio', 'void', [p, p, p]),
  SSL_set_connect_state: library.func('SSL_set_connect_state', 'void', [p]),
  SSL_set_accept_state: library.func('SSL_set_accept_state', 'void', [p]),
  SSL_set_session: library.func('SSL_set_session', 'int', [p, p]),
  SSL_get_session: library.func('SSL_get_session', p, [p]),
  i2d_SSL_SESSION: library.func('i2d_SSL_SESSION', 'int', [p, p]),
  d2i_SSL_SESSION: library.func('d2i_SSL_SESSION', p, [p, p, 'long']),
  SSL_SESSION_free: library.func('SSL_SESSION_free', 'void', [p]),
  SSL_do_handshake: library.func('SSL_do_handshake', 'int', [p]),
  SSL_shutdown: library.func('SSL_shutdown', 'int', [p]),
  SSL_read: library.func('SSL_read', 'int', [p, p, 'int']),
  SSL_write: library.func('SSL_write', 'int', [p, p, 'int']),
  SSL_read_early_data: library.func('SSL_read_early_data', 'int', [p, p, 'size_t', p]),
  SSL_write_early_data: library.func('SSL_write_early_data', 'int', [p, p, 'size_t', p]),
  SSL_key_update: library.func('SSL_key_update', 'int', [p, 'int']),
  SSL_verify_client_post_handshake: library.func('SSL_verify_client_post_handshake', 'int', [p]),
  SSL_get_error: library.func('SSL_get_error', 'int', [p, 'int']),
  SSL_is_init_finished: library.func('SSL_is_init_finished', 'int', [p]),
  BIO_s_mem: library.func('BIO_s_mem', p, []),
  BIO_new: library.func('BIO_new', p, [p]),
  BIO_ctrl: library.func('BIO_ctrl', 'long', [p, 'int', 'long', p]),
  BIO_read: library.func('BIO_read', 'int', [p, p, 'int']),
  BIO_write: library.func('BIO_write', 'int', [p, p, 'int']),
} as const;

const Ctrl = {
  getTicketKeys: 58,
  setTicketKeys: 59,
  groups: 92,
  minVersion: 123,
  maxVersion: 124,
} as const;
const Op = { noTicket: 0x4000, allowNoKeyExchange: 0x400, noAntiReplay: 0x0100_0000 } as const;
const setMemEofReturn = 130; // BIO_C_SET_BUF_MEM_EOF_RETURN
const [tls12, tls13] = [0x0303, 0x0304];
const ticketKeysBytes = 80;
const earlyDataMax = 1_000;
const updateRequested = 1;
const [verifyPeer, verifyPeerLater] = [1, 1 | 8];
const sessionBytesMax = 1 << 14;
const flightBytesMax = 1 << 17;
const errorNames = ['NONE', 'SSL', 'WANT_READ', 'WANT_WRITE', 'WANT_X509_LOOKUP', 'SYSCALL', 'ZERO_RETURN'];

const certificate: Pointer = decoded('certificate', base64(liveCredential.chain[0]!));
const key: Pointer = decoded('privateKey', base64(liveCredential.key.pkcs8));

/** The key log of each connection. */
const logs = new Map<Pointer, Map<string, Uint8Array>>();
const keyLog = koffi.register(
  (ssl: Pointer, line: string) => {
    const [label = '', , secret = ''] = line.split(' ');
    logs.get(ssl)?.set(label, Buffer.from(secret, 'hex'));
  },
  koffi.pointer(koffi.proto('void LiveKeyLog(void *, const char *)')),
);

export class NativeLibrary implements LiveLibrary {
  readonly crypto: CryptoProvider = realCrypto();

  open(flow: Flow, role: Role, memory: LiveMemory | undefined): NativeSsl {
    const ctx = context(flow, role, memory !== undefined);
    if (memory === undefined) return new NativeSsl(ctx, role);
    const session = decodedSession(role === 'client' ? memory.client : memory.server);
    if (role === 'server') {
      const keys = memory.ticketKeys as Buffer; // `memoryOf` made it
      c.SSL_CTX_ctrl(ctx, Ctrl.setTicketKeys, keys.length, keys);
      if (shapeOf(flow).by === 'id') c.SSL_CTX_add_session(ctx, session);
    }
    const made = new NativeSsl(ctx, role);
    if (role === 'client') c.SSL_set_session(made.ssl, session);
    c.SSL_SESSION_free(session);
    return made;
  }

  memoryOf(client: NativeSsl, server: NativeSsl): LiveMemory {
    const ticketKeys = Buffer.alloc(ticketKeysBytes);
    c.SSL_CTX_ctrl(server.ctx, Ctrl.getTicketKeys, ticketKeys.length, ticketKeys);
    return { client: encodedSession(client), server: encodedSession(server), ticketKeys };
  }
}

/** As _flows.ts makes it for the model. */
function context(flow: Flow, role: Role, hasMemory: boolean): Pointer {
  const shape = shapeOf(flow);
  const ctx: Pointer = c.SSL_CTX_new(c.TLS_method());
  c.SSL_CTX_ctrl(ctx, Ctrl.maxVersion, isTls13(flow) ? tls13 : tls12, null);
  c.SSL_CTX_set_keylog_callback(ctx, keyLog);
  const groups = groupsOf(flow, role, hasMemory);
  if (groups !== undefined) c.SSL_CTX_ctrl(ctx, Ctrl.groups, 0, Buffer.from(`${groups}\0`));
  if (shape.shares === 'none') c.SSL_CTX_set_options(ctx, Op.allowNoKeyExchange);
  if (role === 'server' || shape.certificate === 'sent' || shape.certificate === 'later') {
    c.SSL_CTX_use_certificate(ctx, certificate);
    c.SSL_CTX_use_PrivateKey(ctx, key);
  }
  if (role === 'client') {
    if (shape.certificate === 'later') c.SSL_CTX_set_post_handshake_auth(ctx, 1);
    return ctx;
  }
  const idContext = Buffer.from('middle');
  c.SSL_CTX_set_session_id_context(ctx, idContext, idContext.length);
  if (shape.by === 'id') c.SSL_CTX_set_options(ctx, Op.noTicket);
  if (shape.certificate !== undefined) {
    c.SSL_CTX_set_verify(ctx, shape.certificate === 'later' ? verifyPeerLater : verifyPeer, null);
    c.X509_STORE_add_cert(c.SSL_CTX_get_cert_store(ctx), certificate);
    c.SSL_CTX_add_client_CA(ctx, certificate);
  }
  if (shape.early !== undefined) {
    c.SSL_CTX_set_options(ctx, Op.noAntiReplay);
    if (shape.early === 'taken' || !hasMemory) c.SSL_CTX_set_max_early_data(ctx, earlyDataMax);
  }
  return ctx;
}

function groupsOf(flow: Flow, role: Role, hasMemory: boolean): string | undefined {
  const { shares } = shapeOf(flow);
  if (shares === 'retried') return role === 'client' ? 'P-256:X25519' : 'X25519';
  if (shares === 'none' && hasMemory) return role === 'client' ? 'P-256' : 'X25519';
  return undefined;
}

class NativeSsl implements LiveSsl {
  readonly ctx: Pointer;
  readonly ssl: Pointer;
  readonly secrets: Map<string, Uint8Array> = new Map();
  readonly #input: Pointer = c.BIO_new(c.BIO_s_mem());
  readonly #output: Pointer = c.BIO_new(c.BIO_s_mem());

  constructor(ctx: Pointer, role: Role) {
    this.ctx = ctx;
    this.ssl = c.SSL_new(ctx);
    logs.set(this.ssl, this.secrets);
    c.SSL_set_bio(this.ssl, this.#input, this.#output);
    if (role === 'client') c.SSL_set_connect_state(this.ssl);
    else c.SSL_set_accept_state(this.ssl);
  }

  get isDone(): boolean {
    return c.SSL_is_init_finished(this.ssl) === 1;
  }

  call(name: LiveCall): number {
    const { ssl } = this;
    const target = Buffer.alloc(liveReadBytes);
    const length = new BigUint64Array(1);
    switch (name) {
      case 'SSL_read':
        return c.SSL_read(ssl, target, liveReadBytes);
      case 'SSL_read_early_data':
        return c.SSL_read_early_data(ssl, target, liveReadBytes, length);
      case 'SSL_write_early_data':
        return c.SSL_write_early_data(ssl, liveWord, liveWord.length, length);
      case 'SSL_write':
        return c.SSL_write(ssl, liveWord, liveWord.length);
      case 'SSL_key_update':
        return c.SSL_key_update(ssl, updateRequested);
      default:
        return c[name](ssl);
    }
  }

  errorOf(result: number): string {
    return errorNames[c.SSL_get_error(this.ssl, result)] ?? '';
  }

  takeErrors(): string[] {
    return takeErrors();
  }

  hear(bytes: Uint8Array): void {
    if (bytes.length > 0) c.BIO_write(this.#input, bytes, bytes.length);
  }

  hearEnd(): void {
    c.BIO_ctrl(this.#input, setMemEofReturn, 0, null);
  }

  said(): Uint8Array {
    const buffer = Buffer.alloc(flightBytesMax);
    const length: number = c.BIO_read(this.#output, buffer, buffer.length);
    return buffer.subarray(0, Math.max(0, length));
  }

  free(): void {
    this.takeErrors();
    logs.delete(this.ssl);
    c.SSL_free(this.ssl);
    c.SSL_CTX_free(this.ctx);
  }
}

function encodedSession({ ssl }: NativeSsl): Uint8Array {
  const memory = koffi.alloc('uint8_t', sessionBytesMax);
  const at = BigUint64Array.of(memory as unknown as bigint);
  const length: number = c.i2d_SSL_SESSION(c.SSL_get_session(ssl), at);
  const bytes = Uint8Array.from(koffi.decode(memory, 'uint8_t', length) as Uint8Array);
  koffi.free(memory);
  return bytes;
}

function decodedSession(der: Uint8Array): Pointer {
  const memory = koffi.alloc('uint8_t', der.length);
  koffi.encode(memory, 'uint8_t', der, der.length);
  const session: Pointer = c.d2i_SSL_SESSION(null, BigUint64Array.of(memory as unknown as bigint), der.length);
  koffi.free(memory);
  return session;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
