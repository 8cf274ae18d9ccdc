/** The same handshakes on real libssl and on the model. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type Libssl,
  libssl,
  MemoryTransport,
  type ProfileName,
  readPrivateKey,
  type Ssl,
  type VerifyStep,
} from '../../src/index.js';
import { nodeOf } from '../_lines.js';
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

export type Answer = HandshakeAnswer & { readonly report: HelloReport };

const program = fileURLToPath(new URL('./on-libssl.js', import.meta.url));
const answerBytesMax = 2 ** 28;

/** What real OpenSSL of that line does; undefined where the line is not installed (`npm run openssl`). */
export function askLibssl(profile: ProfileName, cases: readonly HandshakeCase[]): Answer[] | undefined {
  const node = nodeOf(profile);
  if (node === undefined) return undefined;
  const options = { input: JSON.stringify(cases), maxBuffer: answerBytesMax };
  const run = spawnSync(node, [program], options);
  if (run.status !== 0) throw new Error(`${node}: ${run.signal ?? run.status}\n${run.stderr}`);
  return JSON.parse(String(run.stdout)) as Answer[];
}

/** What the model does, with real cryptography. */
export function askModel(profile: ProfileName, cases: readonly HandshakeCase[]): Answer[] {
  return cases.map((one) =>
    shake(libssl({ profile, seed: one.title, crypto: 'real', nowMs: () => one.nowSeconds * 1000 }), one),
  );
}

interface Side {
  readonly ssl: Ssl;
  /** Where the other side's bytes come in, and where its own go out. */
  readonly transport: MemoryTransport;
  readonly told: string[];
  readonly calls: number[];
  readonly errors: string[];
  readonly alerts: string[];
  result: number;
}

const [tls12, tls13] = [0x0303, 0x0304];

function side(L: Libssl, one: HandshakeCase, role: 'client' | 'server'): Side {
  const end: End = one[role];
  const ctx = L.SSL_CTX_new(role === 'client' ? L.TLS_client_method() : L.TLS_server_method())!;
  L.SSL_CTX_set_min_proto_version(ctx, tls12);
  L.SSL_CTX_set_max_proto_version(ctx, one.tls13 === true ? tls13 : tls12);
  if (end.groups !== undefined) L.SSL_CTX_set1_groups_list(ctx, end.groups);
  if (end.options !== undefined) L.SSL_CTX_set_options(ctx, end.options);
  const told: string[] = [];
  const { answer } = end;
  const callback = (_ssl: Ssl, { preverifyOk, error, depth }: VerifyStep): number => {
    told.push(`${preverifyOk} ${error} ${depth}`);
    return answer ?? 0;
  };
  L.SSL_CTX_set_verify(ctx, end.verify ?? 0, answer === undefined ? null : callback);
  const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  if (end.chain !== undefined && end.key !== undefined) {
    L.SSL_CTX_use_credential(ctx, { chain: end.chain.map(bytes), key: readPrivateKey(bytes(end.key)) });
  }
  L.SSL_CTX_trust(ctx, (end.trusted ?? []).map(bytes));
  if (end.alpn !== undefined) L.SSL_CTX_set_alpn_protos(ctx, [new Uint8Array(Buffer.from(end.alpn))]);
  const calls = (end.fragmentLengths ?? []).map((code) => L.SSL_CTX_set_tlsext_max_fragment_length(ctx, code));
  const ssl = L.SSL_new(ctx)!;
  if (role === 'client') L.SSL_set_connect_state(ssl);
  else L.SSL_set_accept_state(ssl);
  for (const code of end.ownFragmentLengths ?? []) calls.push(L.SSL_set_tlsext_max_fragment_length(ssl, code));
  if (end.servername !== undefined) L.SSL_set_tlsext_host_name(ssl, end.servername);
  if (end.hostFlags !== undefined) L.SSL_set_hostflags(ssl, end.hostFlags);
  for (const host of end.hosts ?? []) calls.push(L.SSL_set1_host(ssl, host));
  const [near, far] = MemoryTransport.pair();
  L.SSL_set_transport(ssl, near);
  return { ssl, transport: far, told, calls, errors: L.takeErrors(), alerts: [], result: 0 };
}

function shake(L: Libssl, one: HandshakeCase): Answer {
  const ends = { client: side(L, one, 'client'), server: side(L, one, 'server') };
  const sent: Record<'client' | 'server', Uint8Array[]> = { client: [], server: [] };
  const pass = (from: 'client' | 'server'): number => {
    const end = ends[from];
    if (end.result !== 1) {
      end.result = L.SSL_do_handshake(end.ssl);
      end.errors.push(...L.takeErrors());
    }
    const flight = new Uint8Array(Buffer.concat(end.transport.take()));
    sent[from].push(flight);
    end.alerts.push(...alertsIn(flight));
    const bytes = edited(flight, from, one);
    if (bytes.length > 0) ends[from === 'client' ? 'server' : 'client'].transport.write(bytes);
    return bytes.length;
  };
  while (pass('client') + pass('server') > 0);
  for (const from of one.closes === true ? (['client', 'server'] as const) : []) {
    L.SSL_shutdown(ends[from].ssl);
    sent[from].push(new Uint8Array(Buffer.concat(ends[from].transport.take())));
  }
  const report = reportOf(sent);
  const answerOf = ({ ssl, told, calls, errors, alerts, result }: Side): EndAnswer => {
    const session = L.SSL_get_session(ssl);
    return {
      result,
      errors,
      verifyResult: L.SSL_get_verify_result(ssl),
      told,
      calls,
      alerts,
      fragmentLength: session === null ? 0 : L.SSL_SESSION_get_max_fragment_length(session),
    };
  };
  return { title: one.title, client: answerOf(ends.client), server: answerOf(ends.server), report };
}
