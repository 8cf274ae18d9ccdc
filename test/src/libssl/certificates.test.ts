import { createPrivateKey } from 'node:crypto';
import tls from 'node:tls';
import test from 'ava';
import { OwnCertificate } from '../../../src/connection/index.js';
import { makePrivateKey } from '../../../src/crypto/index.js';
import {
  type Credential,
  fastCrypto,
  type Libssl,
  libssl,
  makeCertificate,
  type PrivateKey,
  profileNames,
  realCrypto,
} from '../../../src/index.js';
import { Bench } from '../../_bench.js';
import { Joined, until } from '../../_duplex.js';

const verifyPeer = 1;
const failIfNoPeerCert = 2;
const yearMs = 365 * 86_400_000;

interface Authority {
  readonly root: Uint8Array;
  readonly server: Credential;
  readonly client: Credential;
  readonly expired: Credential;
}

/** A root, an authority under it, and what that has issued. */
function authority(nowMs: number, provider = realCrypto(), mark = 1): Authority {
  let draws = 0;
  const key = (kind: 'ec-p256' | 'ed25519' = 'ec-p256'): PrivateKey => {
    draws += 1;
    return makePrivateKey(kind, (target) => target.fill(draws + 10 * mark));
  };
  const [rootKey, middleKey] = [key(), key('ed25519')];
  const common = { names: [], notBeforeMs: nowMs - yearMs, notAfterMs: nowMs + yearMs, provider };
  const root = makeCertificate({ ...common, subject: `root ${mark}`, key: rootKey, serial: 1n, ca: true });
  const rootIssuer = { subject: `root ${mark}`, key: rootKey };
  const middle = makeCertificate({
    ...common,
    subject: 'middle',
    key: middleKey,
    serial: 2n,
    ca: true,
    issuer: rootIssuer,
  });
  const issued = (subject: string, names: readonly string[], notAfterMs = common.notAfterMs): Credential => {
    const own = key();
    const issuer = { subject: 'middle', key: middleKey };
    const leaf = makeCertificate({ ...common, subject, names, notAfterMs, key: own, serial: 3n, issuer });
    return { chain: [leaf, middle], key: own };
  };
  return {
    root,
    server: issued('server', ['server.example']),
    client: issued('client', []),
    expired: issued('expired', ['server.example'], nowMs - 1000),
  };
}

function pem({ chain, key }: Credential): { cert: string; key: string } {
  const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
  return { cert: chain.map(pemOf).join(''), key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

function pemOf(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
}

interface Ended {
  readonly L: Libssl;
  readonly ours: Joined;
  readonly theirs: tls.TLSSocket | undefined;
  readonly theirError: string;
}

/** Our client against Node's server, until both know what came of it. */
async function againstNodeServer(
  options: tls.TlsOptions,
  set: (L: Libssl, ssl: Joined['ssl'], ctx: NonNullable<ReturnType<Libssl['SSL_CTX_new']>>) => void,
): Promise<Ended> {
  const L = libssl({ profile: '3.0', seed: 'certificates', nowMs: Date.now });
  const ctx = L.SSL_CTX_new(L.TLS_client_method())!;
  L.SSL_CTX_set_max_proto_version(ctx, 0x0303);
  const ssl = L.SSL_new(ctx)!;
  L.SSL_set_connect_state(ssl);
  set(L, ssl, ctx);
  const ours = new Joined(L, ssl);
  const server = tls.createServer({ maxVersion: 'TLSv1.2', ...options });
  let theirs: tls.TLSSocket | undefined;
  let theirError = '';
  server.on('secureConnection', (socket) => {
    theirs = socket;
  });
  server.on('tlsClientError', (error: Error & { code?: string }) => {
    theirError = error.code ?? error.message;
  });
  server.emit('connection', ours.duplex);
  ours.step();
  await until(() => theirError !== '' || (theirs !== undefined && ours.handshakeDone), 'an end of the handshake');
  return { L, ours, theirs, theirError };
}

/** Node's client against our server. */
async function againstNodeClient(
  options: tls.ConnectionOptions,
  set: (L: Libssl, ctx: NonNullable<ReturnType<Libssl['SSL_CTX_new']>>) => void,
): Promise<Ended> {
  const L = libssl({ profile: '3.0', seed: 'certificates', nowMs: Date.now });
  const ctx = L.SSL_CTX_new(L.TLS_server_method())!;
  L.SSL_CTX_set_max_proto_version(ctx, 0x0303);
  L.SSL_CTX_set_session_id_context(ctx, Buffer.from('certificates'));
  set(L, ctx);
  const ssl = L.SSL_new(ctx)!;
  L.SSL_set_accept_state(ssl);
  const ours = new Joined(L, ssl);
  let theirError = '';
  let secure = false;
  const theirs = tls.connect({ socket: ours.duplex, maxVersion: 'TLSv1.2', ...options }, () => {
    secure = true;
  });
  theirs.on('error', (error: Error & { code?: string }) => {
    theirError = error.code ?? error.message;
  });
  await until(() => theirError !== '' || (secure && ours.handshakeDone), 'an end of the handshake');
  return { L, ours, theirs, theirError };
}

test("our client verifies the chain and the name of Node's server", async (t) => {
  const made = authority(Date.now());
  const other = authority(Date.now(), realCrypto(), 2);
  const judged = async (credential: Credential, roots: readonly Uint8Array[], host: string): Promise<unknown[]> => {
    const { L, ours, theirError } = await againstNodeServer(pem(credential), (calls, ssl, ctx) => {
      calls.SSL_CTX_trust(ctx, roots);
      calls.SSL_set1_host(ssl, host);
      ssl.verifyMode = verifyPeer;
    });
    return [L.SSL_get_verify_result(ours.ssl), ours.errors, theirError];
  };
  const failed = ['certificate verify failed'];
  t.deepEqual(await judged(made.server, [made.root], 'server.example'), [0, [], '']);
  t.deepEqual(await judged(made.server, [other.root], 'server.example'), [
    20,
    failed,
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  ]);
  const named = await judged(made.server, [other.root, made.root], 'other.example');
  t.deepEqual(named, [62, failed, 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE']);
  const late = await judged(made.expired, [made.root], 'server.example');
  t.deepEqual(late, [10, failed, 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED']);
});

test("Node's client verifies the chain and the name of our server", async (t) => {
  const made = authority(Date.now());
  const judged = async (options: tls.ConnectionOptions): Promise<unknown[]> => {
    const { theirs, theirError } = await againstNodeClient(options, (L, ctx) => {
      L.SSL_CTX_use_credential(ctx, made.server);
    });
    return [theirs?.authorized, theirError];
  };
  t.deepEqual(await judged({ ca: pemOf(made.root), servername: 'server.example' }), [true, '']);
  t.deepEqual(await judged({ servername: 'server.example' }), [false, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY']);
  const [, error] = await judged({ ca: pemOf(made.root), servername: 'other.example' });
  t.is(error, 'ERR_TLS_CERT_ALTNAME_INVALID');
});

test("Node's server asks for our client's certificate, and takes it where it trusts its root", async (t) => {
  const made = authority(Date.now());
  const options = { ...pem(made.server), requestCert: true, ca: pemOf(made.root) };
  const set = (calls: Libssl, ssl: Joined['ssl']): void => {
    ssl.certificate = new OwnCertificate(made.client);
    t.is(calls.SSL_in_before(ssl), 1);
  };
  const { theirs, ours, L } = await againstNodeServer({ ...options, rejectUnauthorized: true }, set);
  t.true(theirs?.authorized);
  t.is(theirs?.getPeerCertificate().subject.CN, 'client');
  ours.send(Buffer.from('with a certificate'));
  let text = '';
  theirs?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  await until(() => text !== '', 'data');
  t.is(text, 'with a certificate');
  t.is(L.SSL_session_reused(ours.ssl), 0);
  const without = await againstNodeServer({ ...options, rejectUnauthorized: false }, () => {});
  t.false(without.theirs?.authorized);
  const stranger = authority(Date.now(), realCrypto(), 2);
  const untrusted = await againstNodeServer({ ...options, rejectUnauthorized: false }, (_, ssl) => {
    ssl.certificate = new OwnCertificate(stranger.client);
  });
  t.is(String(untrusted.theirs?.authorizationError), 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
});

test("our server asks for the certificate of Node's client, names its roots, and refuses what does not lead to one", async (t) => {
  const made = authority(Date.now());
  const stranger = authority(Date.now(), realCrypto(), 2);
  const judged = async (credential: Credential | undefined, mode: number): Promise<unknown[]> => {
    const options = { rejectUnauthorized: false, ...(credential === undefined ? {} : pem(credential)) };
    const { L, ours, theirError } = await againstNodeClient(options, (calls, ctx) => {
      calls.SSL_CTX_use_credential(ctx, made.server);
      calls.SSL_CTX_trust(ctx, [made.root]);
      calls.SSL_CTX_set_verify(ctx, mode);
    });
    const peer = L.SSL_get0_peer_certificate(ours.ssl);
    return [
      L.SSL_get_verify_result(ours.ssl),
      peer === null ? null : Buffer.from(peer).equals(credential!.chain[0]!),
      theirError,
    ];
  };
  t.deepEqual(await judged(made.client, verifyPeer), [0, true, '']);
  t.deepEqual(await judged(undefined, verifyPeer), [0, null, '']);
  const missing = await judged(undefined, verifyPeer | failIfNoPeerCert);
  t.deepEqual(missing, [0, null, 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE']);
  t.deepEqual(await judged(stranger.client, verifyPeer), [20, null, 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA']);
  t.deepEqual(await judged(made.expired, verifyPeer), [10, null, 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED']);
});

test('a store leaves out certificates whose keys are of no kind that is spoken here, and refuses what is no certificate', (t) => {
  const b = new Bench('3.5');
  const ctx = b.ctx();
  const { root } = authority(b.nowMs, fastCrypto());
  const kindAt = Buffer.from(root).indexOf(Buffer.from('2a8648ce3d030107', 'hex')) + 7;
  const otherCurve = root.map((byte, i) => (i === kindAt ? 1 : byte));
  b.L.SSL_CTX_trust(ctx, [otherCurve, root]);
  t.deepEqual(
    ctx.trusted.map((one) => one.subject),
    ['root 1'],
  );
  t.throws(() => b.L.SSL_CTX_trust(ctx, [root.subarray(1)]), { name: 'CertificateError' });
});

for (const profile of profileNames) {
  test(`${profile}: a certificate expires by the clock of the world, and the session keeps what was found`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const made = authority(b.nowMs, fastCrypto());
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    L.SSL_CTX_use_credential(sc, made.server);
    L.SSL_CTX_trust(cc, [made.root]);
    L.SSL_CTX_set_verify(cc, verifyPeer);
    const session = b.established(cc, sc);
    t.is(session.verifyResult, 0);
    b.nowMs += 2 * yearMs;
    const late = b.pair(cc, sc);
    t.is(b.shake(late), 'client failed');
    t.deepEqual(L.takeErrors(), ['certificate verify failed']);
    t.is(L.SSL_get_verify_result(late.c), 10);
    t.deepEqual(b.alerts(late.c), ['sent fatal 45']);
    L.SSL_CTX_set_verify(cc, 0);
    const { c } = b.connect(cc, sc);
    t.is(L.SSL_get_verify_result(c), 10);
  });

  test(`${profile}: SSL_set1_host holds until it is called again, and SSL_dup copies it`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const made = authority(b.nowMs, fastCrypto());
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    L.SSL_CTX_use_credential(sc, made.server);
    L.SSL_CTX_trust(cc, [made.root]);
    const result = (host: string | null): number => {
      const ends = b.pair(cc, sc);
      t.is(L.SSL_set1_host(ends.c, 'first.example'), 1);
      t.is(L.SSL_set1_host(ends.c, host), 1);
      t.is(b.shake(ends), 'ok');
      return L.SSL_get_verify_result(ends.c);
    };
    t.is(result('server.example'), 0);
    t.is(result(null), 0);
    t.is(result(''), 0);
    t.is(result('other.example'), 62);
    t.is(result('127.0.0.1'), profile === '3.5' ? 64 : 62); // 1.1.1 knows names alone, 3.0 keeps the name before
    const original = L.SSL_new(cc)!;
    L.SSL_set1_host(original, 'other.example');
    t.deepEqual(L.SSL_dup(original).expectedHost, { name: 'other.example', address: undefined, flags: 0 });
    const addressed = b.pair(cc, sc);
    L.SSL_set1_host(addressed.c, '127.0.0.1');
    t.is(b.shake(addressed), 'ok');
    t.is(L.SSL_get_verify_result(addressed.c), profile === '1.1.1' ? 62 : 64);
  });
}
