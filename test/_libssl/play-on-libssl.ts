/** A program for the node of an OpenSSL line: flows of TLS 1.3 on standard input, JSON, are played by the libssl inside it. */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { type EarlyDataFlow, readAndFinish } from './early-data-flows.js';
import { aes128, identity, type KeyCase } from './key-cases.js';
import { decoded, library, type Pointer, p, takeErrors } from './native.js';
import { type NoTicketCase, noTicketSteps, type Played, type ToPlay } from './play.js';

const c = {
  TLS_method: library.func('TLS_method', p, []),
  SSL_CTX_new: library.func('SSL_CTX_new', p, [p]),
  SSL_CTX_ctrl: library.func('SSL_CTX_ctrl', 'long', [p, 'int', 'long', p]),
  SSL_CTX_callback_ctrl: library.func('SSL_CTX_callback_ctrl', 'long', [p, 'int', p]),
  SSL_CTX_sess_set_new_cb: library.func('SSL_CTX_sess_set_new_cb', 'void', [p, p]),
  SSL_CTX_sess_set_remove_cb: library.func('SSL_CTX_sess_set_remove_cb', 'void', [p, p]),
  SSL_CTX_set_options: library.func('SSL_CTX_set_options', 'uint64_t', [p, 'uint64_t']),
  SSL_CTX_use_certificate: library.func('SSL_CTX_use_certificate', 'int', [p, p]),
  SSL_CTX_use_PrivateKey: library.func('SSL_CTX_use_PrivateKey', 'int', [p, p]),
  SSL_CTX_set_ciphersuites: library.func('SSL_CTX_set_ciphersuites', 'int', [p, 'str']),
  SSL_CTX_set_max_early_data: library.func('SSL_CTX_set_max_early_data', 'int', [p, 'uint32_t']),
  SSL_CTX_set_psk_use_session_callback: library.func('SSL_CTX_set_psk_use_session_callback', 'void', [p, p]),
  SSL_CTX_set_psk_find_session_callback: library.func('SSL_CTX_set_psk_find_session_callback', 'void', [p, p]),
  SSL_new: library.func('SSL_new', p, [p]),
  SSL_free: library.func('SSL_free', 'void', [p]),
  SSL_set_bio: library.func('SSL_set_bio', 'void', [p, p, p]),
  SSL_set_connect_state: library.func('SSL_set_connect_state', 'void', [p]),
  SSL_set_accept_state: library.func('SSL_set_accept_state', 'void', [p]),
  SSL_set_session: library.func('SSL_set_session', 'int', [p, p]),
  SSL_get1_session: library.func('SSL_get1_session', p, [p]),
  SSL_do_handshake: library.func('SSL_do_handshake', 'int', [p]),
  SSL_shutdown: library.func('SSL_shutdown', 'int', [p]),
  SSL_read: library.func('SSL_read', 'int', [p, p, 'int']),
  SSL_write: library.func('SSL_write', 'int', [p, p, 'int']),
  SSL_read_early_data: library.func('SSL_read_early_data', 'int', [p, p, 'size_t', p]),
  SSL_write_early_data: library.func('SSL_write_early_data', 'int', [p, p, 'size_t', p]),
  SSL_get_early_data_status: library.func('SSL_get_early_data_status', 'int', [p]),
  SSL_get_error: library.func('SSL_get_error', 'int', [p, 'int']),
  SSL_session_reused: library.func('SSL_session_reused', 'int', [p]),
  SSL_is_init_finished: library.func('SSL_is_init_finished', 'int', [p]),
  SSL_in_init: library.func('SSL_in_init', 'int', [p]),
  SSL_CIPHER_find: library.func('SSL_CIPHER_find', p, [p, p]),
  SSL_SESSION_new: library.func('SSL_SESSION_new', p, []),
  SSL_SESSION_set1_master_key: library.func('SSL_SESSION_set1_master_key', 'int', [p, p, 'size_t']),
  SSL_SESSION_set_cipher: library.func('SSL_SESSION_set_cipher', 'int', [p, p]),
  SSL_SESSION_set_protocol_version: library.func('SSL_SESSION_set_protocol_version', 'int', [p, 'int']),
  BIO_new_bio_pair: library.func('BIO_new_bio_pair', 'int', ['_Out_ void **', 'size_t', '_Out_ void **', 'size_t']),
} as const;

const Ctrl = { sessions: 20, ticketKeyCallback: 72, groups: 92, maxVersion: 124 } as const;
const noAntiReplay = 0x0100_0000;
const [tls12, tls13] = [0x0303, 0x0304];
const bioBytes = 200_000;
const readBytes = 100;
const masterKeyBytes = 32;
const errorNames = ['NONE', 'SSL', 'WANT_READ', 'WANT_WRITE', 'WANT_X509_LOOKUP', 'SYSCALL', 'ZERO_RETURN'];

type Input = ToPlay & { readonly certificate: string; readonly key: string };
interface Ends {
  readonly client: Pointer;
  readonly server: Pointer;
}

const input = JSON.parse(readFileSync(0, 'utf8')) as Input;

function context(side: { readonly certified: boolean; readonly version?: number }): Pointer {
  const ctx: Pointer = c.SSL_CTX_new(c.TLS_method());
  c.SSL_CTX_ctrl(ctx, Ctrl.maxVersion, side.version ?? tls13, null);
  if (side.certified) {
    c.SSL_CTX_use_certificate(ctx, decoded('certificate', input.certificate));
    c.SSL_CTX_use_PrivateKey(ctx, decoded('privateKey', input.key));
  }
  return ctx;
}

function wantsP521(ctx: Pointer): void {
  c.SSL_CTX_ctrl(ctx, Ctrl.groups, 0, Buffer.from('P-521\0'));
}

function pair(clientContext: Pointer, serverContext: Pointer, session?: Pointer): Ends {
  const [client, server]: [Pointer, Pointer] = [c.SSL_new(clientContext), c.SSL_new(serverContext)];
  const [near, far]: [Pointer[], Pointer[]] = [[0n], [0n]];
  c.BIO_new_bio_pair(near, bioBytes, far, bioBytes);
  c.SSL_set_bio(client, near[0]!, near[0]!);
  c.SSL_set_bio(server, far[0]!, far[0]!);
  c.SSL_set_connect_state(client);
  c.SSL_set_accept_state(server);
  if (session !== undefined) c.SSL_set_session(client, session);
  return { client, server };
}

/** A full handshake, closed both ways and freed: the client's session. */
function established(clientContext: Pointer, serverContext: Pointer): Pointer {
  const { client, server } = pair(clientContext, serverContext);
  while (c.SSL_do_handshake(client) + c.SSL_do_handshake(server) < 2); // one more round after a HelloRetryRequest
  c.SSL_read(client, Buffer.alloc(readBytes), readBytes); // the tickets
  const session: Pointer = c.SSL_get1_session(client);
  for (const ssl of [client, server, client]) c.SSL_shutdown(ssl);
  c.SSL_free(client);
  c.SSL_free(server);
  takeErrors();
  return session;
}

/** What a call gave: the value, then the bytes, or the name of SSL_get_error and the errors. */
function said(ssl: Pointer, result: number, bytes = ''): string {
  const words = result > 0 ? [bytes] : [errorNames[c.SSL_get_error(ssl, result)] ?? '', ...takeErrors()];
  return [result, ...words].join(' ').trim();
}

function called(ssl: Pointer, name: string, word: string): string {
  const data = Buffer.from(word);
  const target = Buffer.alloc(readBytes);
  const length = new BigUint64Array(1);
  switch (name) {
    case 'SSL_write_early_data':
      return said(ssl, c.SSL_write_early_data(ssl, data, data.length, length));
    case 'SSL_read_early_data': {
      const result: number = c.SSL_read_early_data(ssl, target, readBytes, length);
      return said(ssl, result, target.toString('latin1', 0, Number(length[0])));
    }
    case 'SSL_write':
      return said(ssl, c.SSL_write(ssl, data, data.length));
    case 'SSL_read': {
      const result: number = c.SSL_read(ssl, target, readBytes);
      return said(ssl, result, target.toString('latin1', 0, Math.max(0, result)));
    }
    case 'SSL_shutdown':
      return said(ssl, c.SSL_shutdown(ssl));
    default:
      return said(ssl, c.SSL_do_handshake(ssl));
  }
}

function both({ client, server }: Ends, ask: (ssl: Pointer) => number): string {
  return [client, server].map(ask).join(' ');
}

function play(ends: Ends, calls: readonly string[]): string[] {
  return calls.map((call) => {
    const [who = '', name = '', ...words] = call.split(' ');
    if (who !== 'state') return called(who === 'client' ? ends.client : ends.server, name, words.join(' '));
    const [early, finished] = [both(ends, c.SSL_get_early_data_status), both(ends, c.SSL_is_init_finished)];
    const reused = c.SSL_session_reused(ends.client);
    return `early ${early}, reused ${reused}, finished ${finished}, in init ${both(ends, c.SSL_in_init)}`;
  });
}

function playFlow({ setup = {}, steps }: EarlyDataFlow): string[] {
  const [cc, sc] = [context({ certified: false }), context({ certified: true })];
  c.SSL_CTX_set_max_early_data(sc, setup.max ?? 1_000);
  if (setup.noAntiReplay === true) c.SSL_CTX_set_options(sc, noAntiReplay);
  if (setup.retries === true) wantsP521(sc);
  const session = established(cc, sc);
  if (setup.twice === true) play(pair(cc, sc, session), ['client SSL_write_early_data a', ...readAndFinish]);
  if (setup.allowsNoMore === true) c.SSL_CTX_set_max_early_data(sc, 0);
  const server = setup.serverOf12 === true ? context({ certified: true, version: tls12 }) : other(setup, sc);
  const ends = pair(cc, server, setup.withoutSession === true ? undefined : session);
  return play(
    ends,
    steps.map(([call]) => call),
  );
}

/** The server that a flow is with. */
function other({ otherServer, max = 1_000 }: NonNullable<EarlyDataFlow['setup']>, sc: Pointer): Pointer {
  if (otherServer !== true) return sc;
  const made = context({ certified: true });
  c.SSL_CTX_set_max_early_data(made, max);
  return made;
}

/** A callback of a few pointers that gives an int; koffi wants a name of its own for each type. */
let callbacks = 0;
function callback(parameters: string, run: (...pointers: Pointer[]) => number): Pointer {
  callbacks += 1;
  return koffi.register(
    run,
    koffi.pointer(koffi.proto(`int Callback${callbacks}(${parameters})`)),
  ) as unknown as Pointer;
}

function makeKey({ setup }: KeyCase, byte: number, ssl: Pointer): Pointer {
  const suite = setup.keySuite ?? aes128;
  const session: Pointer = c.SSL_SESSION_new();
  c.SSL_SESSION_set1_master_key(session, Buffer.alloc(masterKeyBytes, byte), masterKeyBytes);
  c.SSL_SESSION_set_cipher(session, c.SSL_CIPHER_find(ssl, Buffer.from([suite >> 8, suite & 0xff])));
  c.SSL_SESSION_set_protocol_version(session, setup.version ?? tls13);
  return session;
}

function playKey(one: KeyCase): Played['keys'][number] {
  const { setup } = one;
  const [cc, sc] = [context({ certified: false }), context({ certified: setup.withoutCertificate !== true })];
  for (const ctx of [cc, sc]) c.SSL_CTX_set_ciphersuites(ctx, setup.suites ?? 'TLS_AES_128_GCM_SHA256');
  if (setup.retries === true) wantsP521(sc);
  const asked: string[] = [];
  const name = koffi.alloc('uint8_t', identity.length);
  koffi.encode(name, 'uint8_t', [...Buffer.from(identity)], identity.length);
  const use = callback('void *, void *, void *, void *, void *', (ssl, _hash, id, idLength, session) => {
    asked.push('use');
    if (setup.use === 'fail') return 0;
    const gives = setup.use !== 'none';
    koffi.encode(id, 'void *', gives ? name : null);
    koffi.encode(idLength, 'size_t', gives ? identity.length : 0);
    koffi.encode(session, 'void *', gives ? makeKey(one, 1, ssl!) : null);
    return 1;
  });
  const find = callback('void *, void *, size_t, void *', (ssl, _id, _length, session) => {
    asked.push('find');
    if (setup.find === 'fail') return 0;
    koffi.encode(session, 'void *', setup.find === 'none' ? null : makeKey(one, setup.serverKey ?? 1, ssl!));
    return 1;
  });
  c.SSL_CTX_set_psk_use_session_callback(cc, use);
  c.SSL_CTX_set_psk_find_session_callback(sc, find);
  const ends = pair(cc, sc);
  const calls = ['client', 'server', 'client', 'server'].map((who) => `${who} SSL_do_handshake`);
  const answers = play(ends, [...calls, 'client SSL_read', 'server SSL_write hi', 'client SSL_read']);
  answers.push(`reused ${both(ends, c.SSL_session_reused)}, finished ${both(ends, c.SSL_is_init_finished)}`);
  return { answers, asked: asked.join(' ') };
}

function playNoTicket({ version, early, onRemove }: NoTicketCase): string[] {
  const [cc, sc] = [context({ certified: false }), context({ certified: true, version })];
  c.SSL_CTX_set_max_early_data(sc, early);
  c.SSL_CTX_set_options(sc, noAntiReplay);
  const noKeys = callback('void *, void *, void *, void *, void *, int', () => 0);
  c.SSL_CTX_callback_ctrl(sc, Ctrl.ticketKeyCallback, noKeys);
  let fresh = 0;
  const onNew = callback('void *, void *', () => {
    fresh += 1;
    return 0;
  });
  c.SSL_CTX_sess_set_new_cb(sc, onNew);
  if (onRemove)
    c.SSL_CTX_sess_set_remove_cb(
      sc,
      callback('void *, void *', () => 0),
    );
  const answers = play(pair(cc, sc), noTicketSteps);
  return [...answers, `new ${fresh}, cached ${c.SSL_CTX_ctrl(sc, Ctrl.sessions, 0, null)}`];
}

const played: Played = {
  flows: (input.flows ?? []).map(playFlow),
  keys: (input.keys ?? []).map(playKey),
  noTickets: (input.noTickets ?? []).map(playNoTicket),
};
process.stdout.write(JSON.stringify(played));
