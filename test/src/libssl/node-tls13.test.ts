import tls from 'node:tls';
import test from 'ava';
import {
  type Libssl,
  libssl,
  type ProfileName,
  profileNames,
  type SslCtx,
  type SslSession,
} from '../../../src/index.js';
import { type CredentialName, credential, pem } from '../../_credentials.js';
import { Joined, type Pieces, until } from '../../_duplex.js';

const tls13 = 0x0304;
const noTicket = 0x4000;
const updateRequested = 1;
const suites = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'] as const;

interface Met {
  readonly ours: Joined;
  readonly theirs: tls.TLSSocket;
  readonly theirText: () => string;
}

interface OurClient {
  readonly L: Libssl;
  readonly ctx: SslCtx;
  readonly keyLogs: { readonly ours: string[]; readonly theirs: string[] };
  connect(options?: { readonly session?: SslSession; readonly pieces?: Pieces }): Promise<Met>;
}

/** Our client against Node's server, in TLS 1.3 alone. */
function ourClient(profile: ProfileName, options: tls.TlsOptions = {}, kind: CredentialName = 'ec-p256'): OurClient {
  const keyLogs = { ours: [] as string[], theirs: [] as string[] };
  const L = libssl({ profile, seed: 'node', nowMs: Date.now, keyLog: (line) => keyLogs.ours.push(line) });
  const ctx = L.SSL_CTX_new(L.TLS_client_method())!;
  L.SSL_CTX_set_min_proto_version(ctx, tls13);
  const server = tls.createServer({ ...pem(kind), minVersion: 'TLSv1.3', ...options });
  server.on('keylog', (line: Buffer) => keyLogs.theirs.push(line.toString().trim()));
  return {
    L,
    ctx,
    keyLogs,
    async connect({ session, pieces } = {}) {
      const ssl = L.SSL_new(ctx)!;
      L.SSL_set_connect_state(ssl);
      if (session !== undefined) L.SSL_set_session(ssl, session);
      const ours = new Joined(L, ssl, pieces === undefined ? {} : { pieces });
      let theirs: tls.TLSSocket | undefined;
      let failure: Error | undefined;
      server.once('secureConnection', (socket) => {
        theirs = socket;
      });
      server.once('tlsClientError', (error) => {
        failure = error;
      });
      server.emit('connection', ours.duplex);
      ours.step();
      const isOver = (): boolean => failure !== undefined || ours.errors.length > 0;
      await until(() => (theirs !== undefined && ours.handshakeDone) || isOver(), 'a handshake');
      if (theirs === undefined || !ours.handshakeDone) {
        throw new Error(`no handshake: ours ${ours.said} ${ours.errors.join(', ')}; theirs ${failure?.message}`);
      }
      return { ours, theirs, theirText: heard(theirs) };
    },
  };
}

interface OurServer {
  readonly L: Libssl;
  readonly ctx: SslCtx;
  connect(options?: tls.ConnectionOptions, pieces?: Pieces): Promise<Met & { readonly sessions: Buffer[] }>;
}

/** Node's client against our server, in TLS 1.3 alone. */
function ourServer(profile: ProfileName, kind: CredentialName = 'ec-p256'): OurServer {
  const L = libssl({ profile, seed: 'node', nowMs: Date.now });
  const ctx = L.SSL_CTX_new(L.TLS_server_method())!;
  L.SSL_CTX_set_min_proto_version(ctx, tls13);
  L.SSL_CTX_use_credential(ctx, credential(kind));
  return {
    L,
    ctx,
    async connect(options = {}, pieces = []) {
      const ssl = L.SSL_new(ctx)!;
      L.SSL_set_accept_state(ssl);
      const ours = new Joined(L, ssl, { pieces });
      let failure: Error | undefined;
      let secure = false;
      const sessions: Buffer[] = [];
      const own = { socket: ours.duplex, rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const;
      const theirs = tls.connect({ ...own, ...options }, () => {
        secure = true;
      });
      theirs.on('session', (data: Buffer) => sessions.push(data));
      theirs.on('error', (error) => {
        failure = error;
      });
      const theirText = heard(theirs);
      await until(() => (secure && ours.handshakeDone) || failure !== undefined, 'a handshake');
      if (!secure) throw new Error(`no handshake: ours ${ours.errors.join(', ')}; theirs ${failure?.message}`);
      return { ours, theirs, theirText, sessions };
    },
  };
}

function heard(socket: tls.TLSSocket): () => string {
  let text = '';
  socket.on('data', (data: Buffer) => {
    text += data.toString();
  });
  return () => text;
}

async function talk({ ours, theirs, theirText }: Met, what: string): Promise<void> {
  const [before, beforeOurs] = [theirText(), ours.text];
  ours.send(Buffer.from(what));
  theirs.write(what.toUpperCase());
  await until(() => theirText() === before + what && ours.text === beforeOurs + what.toUpperCase(), 'data both ways');
}

for (const profile of profileNames) {
  for (const kind of ['ec-p256', 'rsa-2048', 'ed25519'] as const) {
    test(`${profile}: our client and Node's server agree on every suite with a certificate of ${kind}`, async (t) => {
      for (const suite of suites) {
        const { L, connect } = ourClient(profile, { ciphers: suite }, kind);
        const met = await connect();
        t.is(met.theirs.getProtocol(), 'TLSv1.3');
        t.is(met.theirs.getCipher().name, suite);
        t.is(L.SSL_get_cipher_name(met.ours.ssl), suite);
        t.deepEqual(L.SSL_get0_peer_certificate(met.ours.ssl), credential(kind).chain[0]);
        await talk(met, 'hello');
      }
    });

    test(`${profile}: Node's client and our server agree on every suite with a certificate of ${kind}`, async (t) => {
      for (const suite of suites) {
        const { L, connect } = ourServer(profile, kind);
        const met = await connect({ ciphers: suite });
        t.is(met.theirs.getProtocol(), 'TLSv1.3');
        t.is(L.SSL_get_cipher_name(met.ours.ssl), suite);
        t.deepEqual(new Uint8Array(met.theirs.getPeerCertificate().raw), credential(kind).chain[0]);
        await talk(met, 'hello');
      }
    });
  }

  test(`${profile}: a HelloRetryRequest leads to another group, from either side, and byte by byte`, async (t) => {
    const there = await ourClient(profile, { ecdhCurve: 'P-256' }).connect({ pieces: [1] });
    await talk(there, 'p-256');
    for (const [name, group] of [
      ['X25519', 'X25519'],
      ['prime256v1', 'P-256'],
      ['secp384r1', 'P-384'],
    ] as const) {
      const { L, ctx, connect } = ourServer(profile);
      L.SSL_CTX_set1_groups_list(ctx, group);
      const back = await connect({ ecdhCurve: 'X448:P-521:P-384:P-256:X25519' }, [1]);
      t.is((back.theirs.getEphemeralKeyInfo() as { name?: string }).name, name);
      await talk(back, name);
    }
  });

  test(`${profile}: our client resumes with a ticket of Node's server, and not with one of other keys`, async (t) => {
    const { L, connect } = ourClient(profile, { ticketKeys: Buffer.alloc(48, 7) });
    const first = await connect();
    await talk(first, 'first');
    const session = L.SSL_get1_session(first.ours.ssl)!;
    t.is(L.SSL_SESSION_has_ticket(session), 1);
    first.ours.shutdown();
    const second = await connect({ session });
    t.true(second.theirs.isSessionReused());
    t.is(L.SSL_session_reused(second.ours.ssl), 1);
    await talk(second, 'second');
    const other = ourClient(profile, { ticketKeys: Buffer.alloc(48, 8) });
    const copy = other.L.d2i_SSL_SESSION(L.i2d_SSL_SESSION(L.SSL_get_session(second.ours.ssl)!))!;
    const third = await other.connect({ session: copy });
    t.false(third.theirs.isSessionReused());
    t.is(other.L.SSL_session_reused(third.ours.ssl), 0);
    await talk(third, 'third');
  });

  for (const [how, options] of [
    ['stateless', 0],
    ['stateful', noTicket],
  ] as const) {
    test(`${profile}: Node's client resumes with each of the ${how} tickets of our server`, async (t) => {
      const { L, ctx, connect } = ourServer(profile);
      L.SSL_CTX_set_options(ctx, options);
      const first = await connect();
      await talk(first, 'first');
      await until(() => first.sessions.length === 2, 'two tickets');
      for (const session of first.sessions) {
        const next = await connect({ session });
        t.true(next.theirs.isSessionReused());
        t.is(L.SSL_session_reused(next.ours.ssl), 1);
        await talk(next, 'next');
      }
    });
  }

  test(`${profile}: keys are updated by our side as often as it asks, and data goes on both ways`, async (t) => {
    const there = ourClient(profile);
    const back = ourServer(profile);
    for (const [L, met] of [
      [there.L, await there.connect()],
      [back.L, await back.connect()],
    ] as const) {
      for (const type of [updateRequested, 0, updateRequested]) {
        t.is(L.SSL_key_update(met.ours.ssl, type), 1);
        await talk(met, `update ${type}`);
      }
    }
  });

  test(`${profile}: a client's certificate is asked for and shown, from either side`, async (t) => {
    const { chain } = credential('ed25519');
    const client = ourClient(profile, { requestCert: true, rejectUnauthorized: false });
    client.L.SSL_CTX_use_credential(client.ctx, credential('ed25519'));
    const there = await client.connect();
    t.deepEqual(new Uint8Array(there.theirs.getPeerCertificate().raw), chain[0]);
    await talk(there, 'known');
    const server = ourServer(profile);
    server.L.SSL_CTX_set_verify(server.ctx, 1);
    server.L.SSL_CTX_trust(server.ctx, chain);
    const back = await server.connect(pem('ed25519'));
    t.is(server.L.SSL_get_verify_result(back.ours.ssl), 0);
    t.deepEqual(server.L.SSL_get0_peer_certificate(back.ours.ssl), chain[0]);
    await talk(back, 'known');
    const nobody = await server.connect();
    t.is(server.L.SSL_get0_peer_certificate(nobody.ours.ssl), null);
  });

  test(`${profile}: the key log of TLS 1.3 is the one that Node's server writes`, async (t) => {
    const { L, keyLogs, connect } = ourClient(profile);
    const first = await connect();
    await talk(first, 'first');
    await connect({ session: L.SSL_get1_session(first.ours.ssl)! });
    t.deepEqual([...keyLogs.ours].sort(), [...keyLogs.theirs].sort());
    t.is(keyLogs.ours.length, 10);
  });

  test(`${profile}: each direction closes by itself`, async (t) => {
    const { L, connect } = ourClient(profile, { allowHalfOpen: true });
    const { ours, theirs } = await connect();
    let ended = false;
    theirs.on('data', () => {});
    theirs.on('end', () => {
      ended = true;
    });
    t.is(ours.shutdown(), 0);
    await until(() => ended, "Node's end");
    theirs.end('last words');
    await until(() => L.SSL_get_shutdown(ours.ssl) === 3, "Node's close_notify");
    t.is(ours.text, 'last words');
    t.is(ours.shutdown(), 1);
  });

  test(`${profile}: a client of both versions meets servers of either, and is met by them`, async (t) => {
    for (const [maxVersion, minVersion] of [
      ['TLSv1.2', 'TLSv1.2'],
      ['TLSv1.3', 'TLSv1.3'],
      ['TLSv1.3', 'TLSv1.2'],
    ] as const) {
      const client = ourClient(profile, { maxVersion, minVersion });
      client.L.SSL_CTX_set_min_proto_version(client.ctx, 0x0303);
      const there = await client.connect();
      t.is(there.theirs.getProtocol(), maxVersion);
      await talk(there, maxVersion);
      const server = ourServer(profile);
      server.L.SSL_CTX_set_min_proto_version(server.ctx, 0x0303);
      const back = await server.connect({ maxVersion, minVersion });
      t.is(back.theirs.getProtocol(), maxVersion);
      await talk(back, maxVersion);
    }
  });
}

for (const [title, pieces, size] of [
  ['a megabyte', [], 2 ** 20],
  ['100,000 bytes in odd pieces', [1, 3, 7, 4096, 2, 5, 16_401, 17], 100_000],
] as const) {
  test(`${title} passes between our client and Node's server, both ways`, async (t) => {
    const { ours, theirs } = await ourClient('3.5').connect({ pieces });
    const data = Buffer.from(Array.from({ length: size }, (_, i) => 97 + ((i * 31 + (i >> 8)) % 26)));
    const chunks: Buffer[] = [];
    let length = 0;
    theirs.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
    });
    t.is(ours.send(data), size);
    await until(() => length >= size, 'all of it at Node');
    t.true(Buffer.concat(chunks).equals(data));
    theirs.write(data);
    await until(() => ours.received.reduce((sum, part) => sum + part.length, 0) >= size, 'all of it here');
    t.true(Buffer.concat(ours.received).equals(data));
  });
}
