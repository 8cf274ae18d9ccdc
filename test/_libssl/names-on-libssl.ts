/** A program for the node of an OpenSSL line: what its libssl does with sessions across names. Cases on standard input, answers as JSON. */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { demand, demandedName, type NameAnswer, type NameCase } from './name-cases.js';
import { decoded, library, type Pointer, p, takeErrors } from './native.js';

const c = {
  TLS_method: library.func('TLS_method', p, []),
  SSL_CTX_new: library.func('SSL_CTX_new', p, [p]),
  SSL_CTX_ctrl: library.func('SSL_CTX_ctrl', 'long', [p, 'int', 'long', p]),
  SSL_CTX_callback_ctrl: library.func('SSL_CTX_callback_ctrl', 'long', [p, 'int', p]),
  SSL_CTX_set_options: library.func('SSL_CTX_set_options', 'uint64_t', [p, 'uint64_t']),
  SSL_CTX_set_session_id_context: library.func('SSL_CTX_set_session_id_context', 'int', [p, p, 'uint']),
  SSL_CTX_use_certificate: library.func('SSL_CTX_use_certificate', 'int', [p, p]),
  SSL_CTX_use_PrivateKey: library.func('SSL_CTX_use_PrivateKey', 'int', [p, p]),
  SSL_new: library.func('SSL_new', p, [p]),
  SSL_ctrl: library.func('SSL_ctrl', 'long', [p, 'int', 'long', p]),
  SSL_set_SSL_CTX: library.func('SSL_set_SSL_CTX', p, [p, p]),
  SSL_set_verify: library.func('SSL_set_verify', 'void', [p, 'int', p]),
  SSL_get_servername: library.func('SSL_get_servername', 'str', [p, 'int']),
  SSL_set_bio: library.func('SSL_set_bio', 'void', [p, p, p]),
  SSL_set_connect_state: library.func('SSL_set_connect_state', 'void', [p]),
  SSL_set_accept_state: library.func('SSL_set_accept_state', 'void', [p]),
  SSL_set_session: library.func('SSL_set_session', 'int', [p, p]),
  SSL_get1_session: library.func('SSL_get1_session', p, [p]),
  SSL_session_reused: library.func('SSL_session_reused', 'int', [p]),
  SSL_do_handshake: library.func('SSL_do_handshake', 'int', [p]),
  SSL_read: library.func('SSL_read', 'int', [p, p, 'int']),
  SSL_write: library.func('SSL_write', 'int', [p, p, 'int']),
  SSL_shutdown: library.func('SSL_shutdown', 'int', [p]),
  BIO_new_bio_pair: library.func('BIO_new_bio_pair', 'int', ['_Out_ void **', 'size_t', '_Out_ void **', 'size_t']),
} as const;

const Ctrl = { servernameCallback: 53, hostName: 55, minVersion: 123, maxVersion: 124 } as const;
const [tls12, tls13] = [0x0303, 0x0304];
const noTicket = 0x4000;
const [ok, noack] = [0, 3];
const bioBytes = 200_000;
const rounds = 4;

interface Input {
  readonly cases: readonly NameCase[];
  readonly certificate: string;
  readonly key: string;
}
const input = JSON.parse(readFileSync(0, 'utf8')) as Input;
const callbackType = koffi.pointer(koffi.proto('int ServernameCallback(void *, void *, void *)'));

function serverContext(one: NameCase, name: string): Pointer {
  const ctx: Pointer = c.SSL_CTX_new(c.TLS_method());
  if (one.tls === '1.2') c.SSL_CTX_ctrl(ctx, Ctrl.maxVersion, tls12, null);
  else c.SSL_CTX_ctrl(ctx, Ctrl.minVersion, tls13, null);
  if (!one.tickets) c.SSL_CTX_set_options(ctx, noTicket);
  const idContext = Buffer.from(one.idContextEach ? name : 'all');
  c.SSL_CTX_set_session_id_context(ctx, idContext, idContext.length);
  c.SSL_CTX_use_certificate(ctx, decoded('certificate', input.certificate));
  c.SSL_CTX_use_PrivateKey(ctx, decoded('privateKey', input.key));
  return ctx;
}

function connect(ctx: { client: Pointer; server: Pointer }, name: string, session: Pointer | undefined) {
  const [client, server]: [Pointer, Pointer] = [c.SSL_new(ctx.client), c.SSL_new(ctx.server)];
  const [near, far]: [Pointer[], Pointer[]] = [[0n], [0n]];
  c.BIO_new_bio_pair(near, bioBytes, far, bioBytes);
  c.SSL_set_bio(client, near[0]!, near[0]!);
  c.SSL_set_bio(server, far[0]!, far[0]!);
  c.SSL_set_connect_state(client);
  c.SSL_set_accept_state(server);
  if (session !== undefined) c.SSL_set_session(client, session);
  const names: (string | null)[] = [c.SSL_get_servername(client, 0)];
  c.SSL_ctrl(client, Ctrl.hostName, 0, Buffer.from(`${name}\0`));
  names.push(c.SSL_get_servername(client, 0));
  for (let i = 0; i < rounds; i += 1) {
    c.SSL_do_handshake(client);
    c.SSL_do_handshake(server);
  }
  c.SSL_write(client, Buffer.from('x'), 1);
  const served = c.SSL_read(server, Buffer.alloc(1), 1) === 1;
  c.SSL_read(client, Buffer.alloc(1), 1); // the tickets
  const made: Pointer = c.SSL_get1_session(client);
  names.push(c.SSL_get_servername(client, 0), c.SSL_get_servername(server, 0));
  if (served) for (const ssl of [client, server, client]) c.SSL_shutdown(ssl);
  takeErrors();
  return { made, answer: { reused: c.SSL_session_reused(client), served, names } };
}

function answer(one: NameCase): NameAnswer {
  const [own, open, closed] = ['own', 'open', 'closed'].map((name) => serverContext(one, name)) as [
    Pointer,
    Pointer,
    Pointer,
  ];
  const named = koffi.register((ssl: Pointer) => {
    const name: string | null = c.SSL_get_servername(ssl, 0);
    if (name !== 'open.test' && name !== demandedName) return noack;
    c.SSL_set_SSL_CTX(ssl, name === demandedName ? closed : open);
    if (one.takesVerify) c.SSL_set_verify(ssl, name === demandedName ? demand : 0, null);
    return ok;
  }, callbackType) as unknown as Pointer;
  c.SSL_CTX_callback_ctrl(own, Ctrl.servernameCallback, named);
  const ctx = { client: c.SSL_CTX_new(c.TLS_method()) as Pointer, server: own };
  const first = connect(ctx, one.firstName, undefined);
  return {
    withSession: connect(ctx, demandedName, first.made).answer,
    without: connect(ctx, demandedName, undefined).answer,
  };
}

process.stdout.write(JSON.stringify(input.cases.map(answer)));
