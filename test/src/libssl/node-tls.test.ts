import { constants } from 'node:crypto';
import tls from 'node:tls';
import test from 'ava';
import {
  cipherSuites,
  type Libssl,
  libssl,
  profileNames,
  type SslCtx,
  type SslSession,
  testCredentials,
} from '../../../src/index.js';
import { type CredentialName, credential, credentialNames, pem } from '../../_credentials.js';
import { Joined, type Pieces, until } from '../../_duplex.js';

const tls12 = 0x0303;
const noTicket = constants.SSL_OP_NO_TICKET;
const allowClientRenegotiation = 0x100;
/** A client's list, and the curve that comes of it: an ECDSA certificate's own curve has to be listed too. */
const curves = [
  { list: 'X25519:P-256', name: 'X25519' },
  { list: 'P-256', name: 'prime256v1' },
] as const;

interface OurClient {
  readonly L: Libssl;
  readonly ctx: SslCtx;
  /** Lines of an NSS key log, as each side tells them. */
  readonly keyLogs: { readonly ours: string[]; readonly theirs: string[] };
  /** Joins a new client connection to the server, and waits until both have finished the handshake. */
  connect(options?: {
    readonly session?: SslSession;
    readonly name?: string;
    readonly pieces?: Pieces;
  }): Promise<{ ours: Joined; theirs: tls.TLSSocket; theirText: () => string }>;
}

/** Our client against Node's server. */
function ourClient(profile: Libssl['profile'], options: tls.TlsOptions, kind: CredentialName = 'ec-p256'): OurClient {
  const keyLogs = { ours: [] as string[], theirs: [] as string[] };
  const L = libssl({ profile, seed: 'node', nowMs: Date.now, keyLog: (line) => keyLogs.ours.push(line) });
  const ctx = L.SSL_CTX_new(L.TLS_client_method())!;
  L.SSL_CTX_set_max_proto_version(ctx, tls12);
  const kept = new Map<string, Buffer>();
  const server = tls.createServer({ ...pem(kind), maxVersion: 'TLSv1.2', ...options });
  server.on('keylog', (line: Buffer) => keyLogs.theirs.push(line.toString()));
  server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
    kept.set(id.toString('hex'), data);
    done();
  });
  server.on('resumeSession', (id: Buffer, done: (error: null, data: Buffer | null) => void) => {
    done(null, kept.get(id.toString('hex')) ?? null);
  });
  return {
    L,
    ctx,
    keyLogs,
    async connect({ session, name, pieces } = {}) {
      const ssl = L.SSL_new(ctx)!;
      L.SSL_set_connect_state(ssl);
      if (session !== undefined) L.SSL_set_session(ssl, session);
      if (name !== undefined) L.SSL_set_tlsext_host_name(ssl, name);
      const ours = new Joined(L, ssl, pieces === undefined ? {} : { pieces });
      let theirs: tls.TLSSocket | undefined;
      let failure: Error | undefined;
      const onSecure = (socket: tls.TLSSocket): void => {
        theirs = socket;
      };
      server.once('secureConnection', onSecure);
      server.once('tlsClientError', (error) => {
        failure = error;
      });
      server.emit('connection', ours.duplex);
      ours.step();
      await until(
        () => (theirs !== undefined && ours.handshakeDone) || failure !== undefined || ours.errors.length > 0,
        'a handshake',
      );
      if (theirs === undefined || !ours.handshakeDone) {
        throw new Error(`no handshake: ours ${ours.said} ${ours.errors.join(', ')}; theirs ${failure?.message}`);
      }
      let text = '';
      theirs.on('data', (data: Buffer) => {
        text += data.toString();
      });
      return { ours, theirs, theirText: () => text };
    },
  };
}

interface OurServer {
  readonly L: Libssl;
  readonly ctx: SslCtx;
  connect(
    options?: tls.ConnectionOptions,
    pieces?: Pieces,
  ): Promise<{
    ours: Joined;
    theirs: tls.TLSSocket;
    theirText: () => string;
    theirSession: () => Buffer;
  }>;
}

/** Node's client against our server. */
function ourServer(profile: Libssl['profile'], kind: CredentialName = 'ec-p256'): OurServer {
  const L = libssl({ profile, seed: 'node', nowMs: Date.now });
  const ctx = L.SSL_CTX_new(L.TLS_server_method())!;
  L.SSL_CTX_set_max_proto_version(ctx, tls12);
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
      let session: Buffer = Buffer.alloc(0);
      let text = '';
      const theirs = tls.connect(
        { socket: ours.duplex, maxVersion: 'TLSv1.2', rejectUnauthorized: false, ...options },
        () => {
          secure = true;
        },
      );
      theirs.on('session', (data: Buffer) => {
        session = data;
      });
      theirs.on('data', (data: Buffer) => {
        text += data.toString();
      });
      theirs.on('error', (error) => {
        failure = error;
      });
      await until(() => (secure && ours.handshakeDone) || failure !== undefined, 'a handshake');
      if (!secure) throw new Error(`no handshake: ours ${ours.errors.join(', ')}; theirs ${failure?.message}`);
      return { ours, theirs, theirText: () => text, theirSession: () => session };
    },
  };
}

for (const kind of ['ec-p256', 'rsa-2048', 'ed25519'] as const) {
  const suites = cipherSuites.filter((suite) => (suite.authentication === 'rsa') === kind.startsWith('rsa'));
  test(`our client and Node's server agree on every suite and both curves with a certificate of ${kind}`, async (t) => {
    for (const suite of suites) {
      for (const curve of curves) {
        const { L, connect } = ourClient('3.5', { ciphers: suite.opensslName, ecdhCurve: curve.list }, kind);
        const { ours, theirs, theirText } = await connect();
        t.is(theirs.getCipher().name, suite.opensslName);
        t.is(L.SSL_get_cipher_name(ours.ssl), suite.opensslName);
        t.deepEqual(L.SSL_get0_peer_certificate(ours.ssl), credential(kind).chain[0]);
        ours.send(Buffer.from('hello, server'));
        theirs.write('hello, client');
        await until(() => theirText() !== '' && ours.text !== '', 'data both ways');
        t.is(theirText(), 'hello, server');
        t.is(ours.text, 'hello, client');
      }
    }
  });

  test(`Node's client and our server agree on every suite and both curves with a certificate of ${kind}`, async (t) => {
    for (const suite of suites) {
      for (const curve of curves) {
        const { L, connect } = ourServer('3.5', kind);
        const { ours, theirs, theirText } = await connect({ ciphers: suite.opensslName, ecdhCurve: curve.list });
        t.is(theirs.getCipher().name, suite.opensslName);
        t.is(L.SSL_get_cipher_name(ours.ssl), suite.opensslName);
        const key = theirs.getEphemeralKeyInfo() as { name?: string };
        if (suite.keyExchange === 'ecdhe') t.is(key.name, curve.name);
        t.deepEqual(new Uint8Array(theirs.getPeerCertificate().raw), credential(kind).chain[0]);
        ours.send(Buffer.from('hello, client'));
        theirs.write('hello, server');
        await until(() => theirText() !== '' && ours.text !== '', 'data both ways');
        t.is(theirText(), 'hello, client');
        t.is(ours.text, 'hello, server');
      }
    }
  });
}

const everyGroup = [
  ['X25519', 'X25519'],
  ['X448', 'X448'],
  ['P-256', 'prime256v1'],
  ['P-384', 'secp384r1'],
  ['P-521', 'secp521r1'],
] as const;

for (const profile of profileNames) {
  test(`${profile}: every kind of key signs in both directions, in every group, and shows who it is as a client`, async (t) => {
    for (const [i, name] of credentialNames.entries()) {
      const [list, reported] = everyGroup[i % everyGroup.length]!;
      // an ECDSA certificate's own curve has to be listed too
      const options = { ecdhCurve: [...new Set([list, 'P-256', 'P-384', 'P-521'])].join(':') };
      const client = ourClient(profile, { ...options, requestCert: true, rejectUnauthorized: false }, name);
      client.L.SSL_CTX_use_credential(client.ctx, credential(name));
      const there = await client.connect();
      t.deepEqual(client.L.SSL_get0_peer_certificate(there.ours.ssl), credential(name).chain[0], name);
      t.deepEqual(new Uint8Array(there.theirs.getPeerCertificate().raw), credential(name).chain[0]);
      const server = ourServer(profile, name);
      server.L.SSL_CTX_set_verify(server.ctx, 1);
      server.L.SSL_CTX_trust(server.ctx, credential(name).chain);
      const back = await server.connect({ ...options, ...pem(name) });
      t.deepEqual(new Uint8Array(back.theirs.getPeerCertificate().raw), credential(name).chain[0]);
      t.is(server.L.SSL_get_verify_result(back.ours.ssl), 0);
      const key = back.theirs.getEphemeralKeyInfo() as { name?: string };
      t.is(key.name, reported);
    }
  });
}

for (const encryptThenMac of [true, false]) {
  const how = encryptThenMac ? 'with' : 'without';
  const noEncryptThenMac = 0x8_0000;
  test(`every suite of a block cipher agrees with Node's tls ${how} encrypt-then-MAC, on both sides, and resumes`, async (t) => {
    for (const suite of cipherSuites.filter((one) => one.records.form === 'block')) {
      const kind: CredentialName = suite.authentication === 'rsa' ? 'rsa-2048' : 'ec-p256';
      const client = ourClient('3.0', { ciphers: suite.opensslName }, kind);
      const server = ourServer('3.0', kind);
      if (!encryptThenMac) client.L.SSL_CTX_set_options(client.ctx, noEncryptThenMac);
      if (!encryptThenMac) server.L.SSL_CTX_set_options(server.ctx, noEncryptThenMac);
      const first = await client.connect({ pieces: [1, 7, 300] });
      const session = client.L.SSL_get1_session(first.ours.ssl)!;
      const resumed = await client.connect({ session });
      const second = await server.connect({ ciphers: suite.opensslName });
      await until(() => second.theirSession().length > 0, 'a ticket');
      const again = await server.connect({ ciphers: suite.opensslName, session: second.theirSession() });
      t.true(resumed.theirs.isSessionReused(), suite.name);
      t.true(again.theirs.isSessionReused(), suite.name);
      for (const { ours, theirs, theirText } of [first, resumed, second, again]) {
        t.is(theirs.getCipher().name, suite.opensslName);
        t.is(ours.ssl.handshake.encryptThenMac, encryptThenMac);
        for (const size of [1, 15, 16, 17, 4_000]) {
          const [before, beforeOurs] = [theirText().length, ours.text.length];
          ours.send(Buffer.alloc(size, 'o'));
          theirs.write('t'.repeat(size));
          await until(() => theirText().length === before + size && ours.text.length === beforeOurs + size, suite.name);
        }
      }
    }
  });
}

for (const profile of profileNames) {
  test(`${profile}: our client resumes with Node's server by session id`, async (t) => {
    const { L, ctx, connect } = ourClient(profile, { secureOptions: noTicket });
    const first = await connect();
    t.false(first.theirs.isSessionReused());
    const session = L.SSL_get1_session(first.ours.ssl)!;
    t.is(L.SSL_SESSION_has_ticket(session), 0);
    first.ours.shutdown();
    const second = await connect({ session });
    t.true(second.theirs.isSessionReused());
    t.is(L.SSL_session_reused(second.ours.ssl), 1);
    t.is(L.SSL_get_session(second.ours.ssl), session);
    t.is(L.SSL_CTX_sess_statistics(ctx).hits, 1);
    second.ours.send(Buffer.from('again'));
    await until(() => second.theirText() === 'again', 'data');
  });

  test(`${profile}: our client resumes with Node's server by ticket, and one of other keys starts anew`, async (t) => {
    const options = { ticketKeys: Buffer.alloc(48, 7), sessionTimeout: 300 };
    const { L, connect } = ourClient(profile, options);
    const first = await connect();
    const session = L.SSL_get1_session(first.ours.ssl)!;
    t.is(L.SSL_SESSION_has_ticket(session), 1);
    t.is(L.SSL_SESSION_get_ticket_lifetime_hint(session), 300);
    first.ours.shutdown();
    const second = await connect({ session });
    t.true(second.theirs.isSessionReused());
    t.is(L.SSL_session_reused(second.ours.ssl), 1);
    const other = ourClient(profile, { ticketKeys: Buffer.alloc(48, 8) });
    const copy = other.L.d2i_SSL_SESSION(L.i2d_SSL_SESSION(session))!;
    const third = await other.connect({ session: copy });
    t.false(third.theirs.isSessionReused());
    t.is(other.L.SSL_session_reused(third.ours.ssl), 0);
  });

  test(`${profile}: Node's client resumes with our server by session id`, async (t) => {
    const { L, ctx, connect } = ourServer(profile);
    L.SSL_CTX_set_options(ctx, noTicket);
    const first = await connect();
    const session = first.theirs.getSession()!;
    t.is(L.SSL_CTX_sess_number(ctx), 1);
    const second = await connect({ session });
    t.true(second.theirs.isSessionReused());
    t.is(L.SSL_session_reused(second.ours.ssl), 1);
    L.SSL_CTX_flush_sessions(ctx, 0);
    const third = await connect({ session });
    t.false(third.theirs.isSessionReused());
    t.is(L.SSL_CTX_sess_statistics(ctx).misses, 1);
  });

  test(`${profile}: Node's client resumes with our server by ticket`, async (t) => {
    const { L, ctx, connect } = ourServer(profile);
    const first = await connect();
    await until(() => first.theirSession().length > 0, 'a ticket');
    t.is(L.SSL_CTX_sess_number(ctx), 0);
    const second = await connect({ session: first.theirSession() });
    t.true(second.theirs.isSessionReused());
    t.is(L.SSL_session_reused(second.ours.ssl), 1);
    second.ours.send(Buffer.from('resumed'));
    await until(() => second.theirText() === 'resumed', 'data');
  });

  test(`${profile}: Node sees our close_notify as the end, while the transport stays open`, async (t) => {
    const { L, connect } = ourClient(profile, { allowHalfOpen: true });
    const { ours, theirs } = await connect();
    let ended = false;
    theirs.on('end', () => {
      ended = true;
    });
    t.is(ours.shutdown(), 0);
    await until(() => ended, "Node's end");
    t.false(ours.duplex.readableEnded);
    theirs.end();
    await until(() => L.SSL_get_shutdown(ours.ssl) === 3, "Node's close_notify");
    t.is(ours.shutdown(), 1);
    t.is(ours.said, 'SSL_ERROR_ZERO_RETURN');
  });

  test(`${profile}: our server reads Node's close_notify as a clean end`, async (t) => {
    const { L, connect } = ourServer(profile);
    const { ours, theirs } = await connect();
    const session = L.SSL_get1_session(ours.ssl)!;
    theirs.end('bye');
    await until(() => L.SSL_get_shutdown(ours.ssl) === 2, "Node's close_notify");
    t.is(ours.text, 'bye');
    t.is(ours.said, 'SSL_ERROR_ZERO_RETURN');
    t.deepEqual(ours.errors, []);
    t.is(ours.shutdown(), 1);
    L.SSL_free(ours.ssl);
    t.is(L.refs(session), 1);
  });

  test(`${profile}: a transport that ends without close_notify is what the line makes of it`, async (t) => {
    const { L, ctx, connect } = ourClient(profile, { secureOptions: noTicket });
    L.SSL_CTX_set_session_cache_mode(ctx, 1);
    const { ours, theirs } = await connect();
    const session = L.SSL_get1_session(ours.ssl)!;
    theirs.on('error', () => {});
    ours.duplex.end(); // Node's end of the transport goes, without Node
    await until(() => ours.said !== 'SSL_ERROR_WANT_READ', 'the end of file');
    if (profile === '1.1.1') {
      t.is(ours.said, 'SSL_ERROR_SYSCALL');
      t.is(L.SSL_SESSION_is_resumable(session), 1);
      t.is(L.SSL_CTX_sess_number(ctx), 1);
    } else {
      t.is(ours.said, 'SSL_ERROR_SSL');
      t.deepEqual(ours.errors, ['unexpected eof while reading']);
      t.is(L.SSL_SESSION_is_resumable(session), 0);
      t.is(L.SSL_CTX_sess_number(ctx), 0);
    }
  });
}

test('Node ends when our transport ends without close_notify', async (t) => {
  const { connect } = ourClient('3.5', {});
  const { ours, theirs } = await connect();
  const seen: string[] = [];
  for (const name of ['end', 'error']) theirs.on(name, () => seen.push(name));
  ours.cut();
  await until(() => seen.length > 0, 'the end');
  t.deepEqual(seen, ['end']); // Node does not tell it from a close_notify
});

test("SNI and ALPN of our client reach Node's server, and its choice comes back", async (t) => {
  const { L, ctx, connect } = ourClient('3.0', { ALPNProtocols: ['h2', 'http/1.1'] });
  L.SSL_CTX_set_alpn_protos(ctx, [Buffer.from('http/1.1'), Buffer.from('spdy/3')]);
  const { ours, theirs } = await connect({ name: 'a.example' });
  t.is((theirs as tls.TLSSocket & { servername: string }).servername, 'a.example');
  t.is(theirs.alpnProtocol, 'http/1.1');
  t.is(Buffer.from(L.SSL_get0_alpn_selected(ours.ssl)).toString(), 'http/1.1');
  t.is(L.SSL_SESSION_get0_hostname(L.SSL_get_session(ours.ssl)!), null); // no servername callback acknowledged it
});

test("SNI and ALPN of Node's client reach our server, and its choice comes back", async (t) => {
  const { L, ctx, connect } = ourServer('3.0');
  const names: (string | undefined)[] = [];
  const offers: string[][] = [];
  L.SSL_CTX_set_tlsext_servername_callback(ctx, (_ssl, name) => {
    names.push(name);
    return 'ok';
  });
  L.SSL_CTX_set_alpn_select_cb(ctx, (offered) => {
    offers.push(offered.map((one) => Buffer.from(one).toString()));
    return offered[1];
  });
  const { ours, theirs } = await connect({ servername: 'b.example', ALPNProtocols: ['one', 'two'] });
  t.deepEqual(names, ['b.example']);
  t.deepEqual(offers, [['one', 'two']]);
  t.is(theirs.alpnProtocol, 'two');
  t.is(L.SSL_get_servername(ours.ssl), 'b.example');
});

const odd: Pieces = [1, 3, 7, 4096, 2, 5, 16_401, 17];
for (const [title, pieces, size] of [
  ['a megabyte', [], 2 ** 20],
  ['a megabyte in odd pieces', odd, 2 ** 20],
  ['40,000 bytes, one byte at a time,', [1], 40_000],
] as const) {
  test(`${title} passes between our client and Node's server, both ways`, async (t) => {
    const { connect } = ourClient('3.5', {});
    const { ours, theirs } = await connect({ pieces });
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

test("Node's client renegotiates with our server where it is allowed", async (t) => {
  for (const profile of profileNames) {
    const { L, ctx, connect } = ourServer(profile);
    if (profile !== '1.1.1') L.SSL_CTX_set_options(ctx, allowClientRenegotiation);
    const { ours, theirs, theirText } = await connect();
    let answer: Error | null | undefined;
    theirs.renegotiate({}, (error) => {
      answer = error;
    });
    await until(() => answer !== undefined, 'the second handshake');
    t.is(answer, null);
    t.is(L.SSL_CTX_sess_statistics(ctx).acceptGood, 2);
    ours.send(Buffer.from('after'));
    await until(() => theirText() === 'after', 'data under the new keys');
  }
});

test("Node's client is refused a renegotiation by our server of 3.x", async (t) => {
  const { L, ctx, connect } = ourServer('3.0');
  const { theirs } = await connect();
  let answer: Error | null | undefined;
  theirs.renegotiate({}, (error) => {
    answer = error;
  });
  theirs.on('error', (error) => {
    answer = error;
  });
  await until(() => answer !== undefined, 'the refusal');
  t.is((answer as NodeJS.ErrnoException).code, 'ERR_SSL_NO_RENEGOTIATION');
  t.is(L.SSL_CTX_sess_statistics(ctx).acceptGood, 1);
});

test("our server's SSL_renegotiate makes Node's client come again", async (t) => {
  const { L, ctx, connect } = ourServer('3.5');
  const { ours, theirs, theirText } = await connect();
  t.is(ours.renegotiate(), 1);
  await until(() => ours.handshakeDone && L.SSL_CTX_sess_statistics(ctx).acceptGood === 2, 'the second handshake');
  theirs.write('up');
  ours.send(Buffer.from('down'));
  await until(() => theirText() === 'down' && ours.text === 'up', 'data under the new keys');
  t.pass();
});

test("our client's SSL_renegotiate is answered by Node's server", async (t) => {
  const { L, ctx, connect } = ourClient('3.5', {});
  const { ours, theirs, theirText } = await connect();
  t.is(ours.renegotiate(), 1);
  await until(() => ours.handshakeDone && L.SSL_CTX_sess_statistics(ctx).connectGood === 2, 'the second handshake');
  theirs.write('down');
  ours.send(Buffer.from('up'));
  await until(() => theirText() === 'up' && ours.text === 'down', 'data under the new keys');
  t.pass();
});

test("the key log of a full, a renewed and a resumed handshake is the one that Node's server writes", async (t) => {
  const { L, keyLogs, connect } = ourClient('3.0', {});
  const { ours } = await connect();
  const session = L.SSL_get1_session(ours.ssl)!;
  ours.renegotiate();
  await until(() => ours.handshakeDone && keyLogs.theirs.length === 2, 'the second handshake');
  ours.shutdown();
  const resumed = await connect({ session });
  t.is(L.SSL_session_reused(resumed.ours.ssl), 1);
  t.is(keyLogs.ours.length, 3);
  t.deepEqual(
    keyLogs.theirs,
    keyLogs.ours.map((line) => `${line}\n`),
  );
});

test("without a common suite Node's server answers with handshake_failure, which our client names", async (t) => {
  const { connect } = ourClient('3.0', { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }, 'ec-p256');
  const failure = await t.throwsAsync(connect());
  t.regex(failure!.message, /sslv3 alert handshake failure/);
});

test("a certificate that Node's client does not trust ends in its alert on our server", async (t) => {
  const { connect } = ourServer('3.0');
  const failure = await t.throwsAsync(connect({ rejectUnauthorized: true }));
  t.regex(failure!.message, /self-signed certificate/);
});

test("a client that does not list the curve of our server's ECDSA certificate shares no suite with it", async (t) => {
  const { connect } = ourServer('3.0');
  const failure = await t.throwsAsync(connect({ ecdhCurve: 'X25519' }));
  t.regex(failure!.message, /no shared cipher.*handshake failure/s);
  const { theirs } = await ourServer('3.0', 'ed25519').connect({ ecdhCurve: 'X25519' });
  t.is(theirs.getProtocol(), 'TLSv1.2');
});

test('Node trusts our certificate once it is among its own, and we trust the one of Node', async (t) => {
  const { connect } = ourServer('3.0');
  const { cert } = pem('ec-p256');
  const { theirs } = await connect({ rejectUnauthorized: true, ca: cert, checkServerIdentity: () => undefined });
  t.true(theirs.authorized);
  const client = ourClient('3.0', {});
  client.L.SSL_CTX_set_verify(client.ctx, 1);
  await t.throwsAsync(client.connect(), { message: /certificate verify failed/ });
  client.L.SSL_CTX_trust(client.ctx, testCredentials['ec-p256'].chain);
  const { ours } = await client.connect();
  t.is(client.L.SSL_get_verify_result(ours.ssl), 0);
});
