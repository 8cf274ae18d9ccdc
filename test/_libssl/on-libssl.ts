/** A program for the node of an OpenSSL line: handshakes on standard input, JSON, are made by the libssl inside it. */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import {
  alertsIn,
  type End,
  type EndAnswer,
  edited,
  type HandshakeAnswer,
  type HandshakeCase,
  type HelloReport,
  reportOf,
} from './handshake-case.js';
import { decoded, library, type Pointer, p, takeErrors } from './native.js';

const c = {
  TLS_client_method: library.func('TLS_client_method', p, []),
  TLS_server_method: library.func('TLS_server_method', p, []),
  SSL_CTX_new: library.func('SSL_CTX_new', p, [p]),
  SSL_CTX_free: library.func('SSL_CTX_free', 'void', [p]),
  SSL_CTX_ctrl: library.func('SSL_CTX_ctrl', 'long', [p, 'int', 'long', p]),
  SSL_CTX_set_options: library.func('SSL_CTX_set_options', 'uint64_t', [p, 'uint64_t']),
  SSL_CTX_set_verify: library.func('SSL_CTX_set_verify', 'void', [p, 'int', p]),
  SSL_CTX_use_certificate: library.func('SSL_CTX_use_certificate', 'int', [p, p]),
  SSL_CTX_use_PrivateKey: library.func('SSL_CTX_use_PrivateKey', 'int', [p, p]),
  SSL_CTX_get_cert_store: library.func('SSL_CTX_get_cert_store', p, [p]),
  SSL_CTX_set_security_level: library.func('SSL_CTX_set_security_level', 'void', [p, 'int']),
  SSL_CTX_set_alpn_protos: library.func('SSL_CTX_set_alpn_protos', 'int', [p, p, 'uint']),
  SSL_CTX_add_client_CA: library.func('SSL_CTX_add_client_CA', 'int', [p, p]),
  X509_STORE_add_cert: library.func('X509_STORE_add_cert', 'int', [p, p]),
  SSL_CTX_set_tlsext_max_fragment_length: library.func('SSL_CTX_set_tlsext_max_fragment_length', 'int', [p, 'uint8']),
  SSL_set_tlsext_max_fragment_length: library.func('SSL_set_tlsext_max_fragment_length', 'int', [p, 'uint8']),
  SSL_new: library.func('SSL_new', p, [p]),
  SSL_free: library.func('SSL_free', 'void', [p]),
  SSL_set_connect_state: library.func('SSL_set_connect_state', 'void', [p]),
  SSL_set_accept_state: library.func('SSL_set_accept_state', 'void', [p]),
  SSL_set_bio: library.func('SSL_set_bio', 'void', [p, p, p]),
  SSL_ctrl: library.func('SSL_ctrl', 'long', [p, 'int', 'long', p]),
  SSL_set1_host: library.func('SSL_set1_host', 'int', [p, 'str']),
  SSL_set_hostflags: library.func('SSL_set_hostflags', 'void', [p, 'uint']),
  SSL_get0_param: library.func('SSL_get0_param', p, [p]),
  X509_VERIFY_PARAM_set_time: library.func('X509_VERIFY_PARAM_set_time', 'void', [p, 'int64']),
  SSL_do_handshake: library.func('SSL_do_handshake', 'int', [p]),
  SSL_shutdown: library.func('SSL_shutdown', 'int', [p]),
  SSL_get_verify_result: library.func('SSL_get_verify_result', 'long', [p]),
  X509_STORE_CTX_get_error: library.func('X509_STORE_CTX_get_error', 'int', [p]),
  X509_STORE_CTX_get_error_depth: library.func('X509_STORE_CTX_get_error_depth', 'int', [p]),
  SSL_get_session: library.func('SSL_get_session', p, [p]),
  SSL_SESSION_get_max_fragment_length: library.func('SSL_SESSION_get_max_fragment_length', 'uint8', [p]),
  BIO_s_mem: library.func('BIO_s_mem', p, []),
  BIO_new: library.func('BIO_new', p, [p]),
  BIO_read: library.func('BIO_read', 'int', [p, p, 'int']),
  BIO_write: library.func('BIO_write', 'int', [p, p, 'int']),
} as const;

const Ctrl = { extraChainCert: 14, minVersion: 123, maxVersion: 124, hostName: 55, groups: 92 } as const;
const [tls12, tls13] = [0x0303, 0x0304];
const flightBytesMax = 1 << 17;

interface Side {
  readonly ctx: Pointer;
  readonly ssl: Pointer;
  readonly input: Pointer;
  readonly output: Pointer;
  readonly told: string[];
  readonly calls: number[];
  readonly errors: string[];
  readonly alerts: string[];
  result: number;
}

function side(one: HandshakeCase, role: 'client' | 'server'): Side {
  const end: End = one[role];
  const ctx: Pointer = c.SSL_CTX_new(role === 'client' ? c.TLS_client_method() : c.TLS_server_method());
  c.SSL_CTX_ctrl(ctx, Ctrl.minVersion, tls12, null);
  c.SSL_CTX_ctrl(ctx, Ctrl.maxVersion, one.tls13 === true ? tls13 : tls12, null);
  if (end.groups !== undefined) c.SSL_CTX_ctrl(ctx, Ctrl.groups, 0, Buffer.from(`${end.groups}\0`));
  if (end.options !== undefined) c.SSL_CTX_set_options(ctx, end.options);
  const told: string[] = [];
  const { answer } = end;
  const callback = answer === undefined ? null : tellingTo(told, answer);
  c.SSL_CTX_set_verify(ctx, end.verify ?? 0, callback);
  if (end.weak === true) c.SSL_CTX_set_security_level(ctx, 0);
  end.chain?.forEach((der, i) => {
    const certificate = decoded('certificate', der);
    if (i === 0) c.SSL_CTX_use_certificate(ctx, certificate);
    else c.SSL_CTX_ctrl(ctx, Ctrl.extraChainCert, 0, certificate);
  });
  if (end.key !== undefined) c.SSL_CTX_use_PrivateKey(ctx, decoded('privateKey', end.key));
  for (const der of end.trusted ?? []) {
    c.X509_STORE_add_cert(c.SSL_CTX_get_cert_store(ctx), decoded('certificate', der));
    if (role === 'server') c.SSL_CTX_add_client_CA(ctx, decoded('certificate', der));
  }
  if (end.alpn !== undefined) {
    const list = Buffer.from([end.alpn.length, ...Buffer.from(end.alpn)]);
    c.SSL_CTX_set_alpn_protos(ctx, list, list.length);
  }
  const calls = (end.fragmentLengths ?? []).map((code) => c.SSL_CTX_set_tlsext_max_fragment_length(ctx, code));
  const ssl: Pointer = c.SSL_new(ctx);
  if (role === 'client') c.SSL_set_connect_state(ssl);
  else c.SSL_set_accept_state(ssl);
  for (const code of end.ownFragmentLengths ?? []) calls.push(c.SSL_set_tlsext_max_fragment_length(ssl, code));
  if (end.servername !== undefined) c.SSL_ctrl(ssl, Ctrl.hostName, 0, Buffer.from(`${end.servername}\0`));
  if (end.hostFlags !== undefined) c.SSL_set_hostflags(ssl, end.hostFlags);
  for (const host of end.hosts ?? []) calls.push(c.SSL_set1_host(ssl, host));
  c.X509_VERIFY_PARAM_set_time(c.SSL_get0_param(ssl), one.nowSeconds);
  const [input, output]: [Pointer, Pointer] = [c.BIO_new(c.BIO_s_mem()), c.BIO_new(c.BIO_s_mem())];
  c.SSL_set_bio(ssl, input, output);
  return { ctx, ssl, input, output, told, calls, errors: takeErrors(), alerts: [], result: 0 };
}

/** A verify callback that notes what it is told. */
function tellingTo(told: string[], answer: number): Pointer {
  const run = (preverifyOk: number, store: Pointer): number => {
    told.push(`${preverifyOk} ${c.X509_STORE_CTX_get_error(store)} ${c.X509_STORE_CTX_get_error_depth(store)}`);
    return answer;
  };
  return koffi.register(run, koffi.pointer(koffi.proto('int', ['int', p]))) as unknown as Pointer;
}

/** One step of an end. @returns what it said */
function step(end: Side): Uint8Array {
  if (end.result !== 1) {
    end.result = c.SSL_do_handshake(end.ssl);
    end.errors.push(...takeErrors());
  }
  return taken(end);
}

function taken(end: Side): Uint8Array {
  const buffer = Buffer.alloc(flightBytesMax);
  const length = c.BIO_read(end.output, buffer, buffer.length);
  return new Uint8Array(buffer.subarray(0, Math.max(0, length)));
}

function shake(one: HandshakeCase): HandshakeAnswer & { readonly report: HelloReport } {
  const ends = {
    client: side(one, 'client'),
    server: side(one, 'server'),
  };
  const sent: Record<'client' | 'server', Uint8Array[]> = { client: [], server: [] };
  const pass = (from: 'client' | 'server'): number => {
    const flight = step(ends[from]);
    sent[from].push(flight);
    ends[from].alerts.push(...alertsIn(flight));
    const bytes = edited(flight, from, one);
    if (bytes.length > 0) c.BIO_write(ends[from === 'client' ? 'server' : 'client'].input, bytes, bytes.length);
    return bytes.length;
  };
  while (pass('client') + pass('server') > 0);
  for (const from of one.closes === true ? (['client', 'server'] as const) : []) {
    c.SSL_shutdown(ends[from].ssl);
    sent[from].push(taken(ends[from]));
  }
  const report = reportOf(sent);
  const answer = { title: one.title, client: answerOf(ends.client), server: answerOf(ends.server), report };
  for (const { ssl, ctx } of Object.values(ends)) {
    c.SSL_free(ssl);
    c.SSL_CTX_free(ctx);
  }
  return answer;
}

function answerOf({ ssl, told, calls, errors, alerts, result }: Side): EndAnswer {
  const session: Pointer | null = c.SSL_get_session(ssl);
  return {
    result,
    errors,
    verifyResult: Number(c.SSL_get_verify_result(ssl)),
    told,
    calls,
    alerts,
    fragmentLength: session === null ? 0 : c.SSL_SESSION_get_max_fragment_length(session),
  };
}

const cases = JSON.parse(readFileSync(0, 'utf8')) as HandshakeCase[];
process.stdout.write(JSON.stringify(cases.map(shake)));
