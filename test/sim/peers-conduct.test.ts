/** What `simtls serve` and `simtls connect` do when things go wrong: misbehaviour, limits, wrong use, signals; and their files. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { misbehaviours, readCredential } from '../../sim/peers/index.js';
import { SocketTransport } from '../../sim/peers/socket-transport.js';
import { pem } from '../_credentials.js';
import {
  connecting12 as connecting,
  files,
  freePort,
  Ours,
  sClient,
  serving12 as serving,
  sServer,
  Theirs,
} from './_peers.js';

const main = fileURLToPath(new URL('../../sim/cli/main.js', import.meta.url));

/** What a client sees of each misbehaviour: exit code, what it says, and what the server decides for the second connection. */
const seen: Readonly<Record<string, readonly [number, RegExp, RegExp?]>> = {
  'forget-keys': [0, /New,.*New,/s, /refused ticket-unknown-key/],
  'rotate-keys': [0, /New,.*Reused,.*Reused,/s, /accepted resumed-by-ticket/],
  'forget-sessions': [0, /offered offered-id.*New,/s, /refused id-unknown/],
  'garbage-ticket': [0, /offered offered-ticket.*New,/s, /refused ticket-bad-mac/],
  'empty-ticket': [0, /New,.*New,/s],
  'fail-on-ticket': [1, /the handshake failed: .*internal error .*alert received: fatal internal_error/],
  'no-id-context': [1, /alert received: fatal/, /refused id-context-uninitialized/],
  'omit-close-notify': [1, /reading failed: unexpected eof while reading/],
  'reset-after-answer': [1, /reading failed: (.*ECONNRESET|unexpected eof)/], // libuv tells a reset that comes with data as an end,
  'close-after-answer': [0, /request on this connection: 1/],
  'half-answer': [1, /HTTP\/1\.1 200 OK.*reading failed: unexpected eof while reading/s],
  'no-answer': [1, /reading took longer than 1 s/],
  'stop-reading': [1, /reading took longer than 1 s/],
  'garbage-record': [1, /decryption failed or bad record mac .*alert sent: fatal bad_record_mac/],
  'reset-after-handshake': [1, /failed: .*ECONNRESET/],
  silent: [1, /the handshake took longer than 1 s/],
  'plain-http': [1, /the handshake failed: wrong version number/],
  'reset-on-hello': [1, /the handshake failed: .*ECONNRESET/],
  'end-on-hello': [1, /the handshake failed: unexpected eof while reading/],
  'byte-by-byte': [0, /New,.*Reused,/s],
  'expired-certificate': [1, /certificate verify failed/],
  'wrong-name': [1, /certificate verify failed/],
};

// alone: what has a limit of a second must not wait for other tests
test.serial('every misbehaviour is seen by a client as what it is', async (t) => {
  t.deepEqual(Object.keys(seen).sort(), misbehaviours.map(({ name }) => name).sort());
  const { certificate, key } = files();
  const entries = Object.entries(seen);
  const one = async ([name, [code, says, decides]]: (typeof entries)[number]): Promise<void> => {
    const own = { 'forget-sessions': ['--no-tickets'], 'no-id-context': ['--verify', certificate] }[name] ?? [];
    const server = await serving(['--misbehave', name, ...own], async (port) => {
      const trust = says.source.startsWith('certificate') ? ['--ca', certificate] : ['--insecure'];
      const identity = name === 'no-id-context' ? ['--cert', certificate, '--key', key] : [];
      const args = [
        `localhost:${port}`,
        '--get',
        '/',
        '--reconnect',
        name === 'rotate-keys' ? '2' : '1',
        '--wait',
        says.source.includes('than 1 s') ? '1' : '10',
      ];
      const client = await connecting(...args, ...trust, ...identity);
      t.is(client.code, code, `${name}: ${client.out}${client.err}`);
      t.regex(client.out + client.err, says, name);
    });
    if (decides !== undefined) t.regex(server.lines('decision').slice(1).join('\n'), decides, name);
  };
  for (const entry of entries) await one(entry);
});

test('certificates that are expired or for another name are what OpenSSL says they are', async (t) => {
  const out = join(files().folder, 'shown.pem');
  for (const [name, code, text] of [
    ['expired-certificate', '10', 'certificate has expired'],
    ['wrong-name', '62', 'hostname mismatch'],
  ] as const) {
    await serving(['--misbehave', name, '--cert-out', out], async (port) => {
      const said = await sClient(port, '-CAfile', out, '-verify_hostname', 'localhost');
      t.true(said.includes(`verify error:num=${code}:${text}`), said);
      const ours = await connecting(`localhost:${port}`, '--ca', out);
      t.is(ours.code, 1);
      t.true(ours.out.includes(`Verify return code: ${code} (${text})`), ours.out);
    });
  }
});

test('without close_notify a server loses the session that it cached, as libssl does', async (t) => {
  const server = await serving(['--no-tickets', '--misbehave', 'omit-close-notify'], async (port) => {
    await connecting(`127.0.0.1:${port}`, '--insecure', '--reconnect', '1');
  });
  t.regex(server.lines('decision')[1] ?? '', /refused id-unknown/);
});

test('a session is not resumed once its time is over', async (t) => {
  const server = await serving(['--timeout', '1'], async (port) => {
    const session = join(files().folder, 'session.pem');
    await connecting(`127.0.0.1:${port}`, '--insecure', '--sess-out', session);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const { out } = await connecting(`127.0.0.1:${port}`, '--insecure', '--sess-in', session);
    t.regex(out, /^New, TLSv1\.2/m);
  });
  t.regex(server.lines('decision')[1] ?? '', /refused expired/);
});

test('both ends of a connection, and s_server, log the same secrets', async (t) => {
  const { folder } = files();
  const [ours, theirs] = [join(folder, 'ours.log'), join(folder, 'theirs.log')];
  await serving(['--keylog', theirs], async (port) => {
    await connecting(`127.0.0.1:${port}`, '--insecure', '--keylog', ours, '--reconnect', '1');
  });
  const lines = readFileSync(ours, 'utf8');
  t.regex(lines, /^(CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n){2}$/);
  t.is(readFileSync(theirs, 'utf8'), lines);
  const log = join(folder, 's_server.log');
  await sServer(['-www', '-keylogfile', log], async (address) => {
    const child = new Theirs(process.execPath, [main, 'connect', address, '--insecure', '--get', '/'], {
      SSLKEYLOGFILE: join(folder, 'environment.log'),
    });
    await child.finish();
    t.is(await child.code, 0, child.said.text);
  });
  const theirLines = readFileSync(log, 'utf8').toLowerCase();
  t.true(theirLines.includes(readFileSync(join(folder, 'environment.log'), 'utf8').toLowerCase()));
});

test("randomness is the system's, unless an insecure seed is asked for, which is said loudly", async (t) => {
  const { folder } = files();
  const randoms = async (...args: string[]): Promise<string> => {
    const log = join(folder, `${args.join('')}${Math.random()}.log`);
    await serving([], async (port) => {
      const { err } = await connecting(`127.0.0.1:${port}`, '--insecure', '--keylog', log, ...args);
      t.is(/INSECURE/.test(err), args.length > 0);
    });
    return readFileSync(log, 'utf8').split(' ')[1] ?? '';
  };
  const [first, second, seeded, again] = [
    await randoms(),
    await randoms(),
    await randoms('--insecure-seed', '7'),
    await randoms('--insecure-seed', '7'),
  ];
  t.not(first, second);
  t.is(seeded, again);
});

test('keys are read in each form that OpenSSL writes, and only with their certificate', (t) => {
  const { folder, certificate, key } = files();
  const path = (name: string, text: string | Buffer): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  for (const [kind, own] of [
    ['ec-p256', 'sec1'],
    ['ec-p384', 'sec1'],
    ['rsa-2048', 'pkcs1'],
    ['rsa-3072', 'pkcs1'],
  ] as const) {
    const cert = path(`${kind}.pem`, pem(kind).cert);
    const made = createPrivateKey(pem(kind).key);
    for (const type of ['pkcs8', own] as const) {
      for (const format of ['pem', 'der'] as const) {
        // one overload takes both formats only as `any` would: the options are what OpenSSL's are
        const text = made.export({ type, format } as { type: 'pkcs8'; format: 'pem' });
        t.is(
          readCredential(cert, path(`${kind}.${type}.${format}`, text)).key.kind,
          kind === 'rsa-2048' || kind === 'rsa-3072' ? 'rsa' : kind,
        );
      }
    }
  }
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const refused = (certificateFile: string, keyFile: string): { code?: string; message: string } =>
    t.throws(() => readCredential(certificateFile, keyFile), { name: 'PeerError' });
  const strange = path('strange.pem', other.export({ type: 'pkcs8', format: 'pem' }));
  t.regex(refused(certificate, strange).message, /is not that of the certificate/);
  const locked = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  t.regex(refused(certificate, path('locked.pem', other.export(locked))).message, /without a passphrase/);
  t.regex(refused(key, key).message, /expected certificates/);
  t.is(refused(certificate, join(folder, 'none')).code, 'FILE_UNREADABLE');
  const unknown = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  t.regex(refused(certificate, path('k1.pem', unknown.export({ type: 'sec1', format: 'pem' }))).message, /P-384/);
});

test('wrong use is named, with exit code 2, and what is not to be had with 4', async (t) => {
  const { folder, certificate, key } = files();
  const said = async (args: readonly string[]): Promise<{ code: number; err: string }> => {
    const command = new Ours(args);
    return { code: await command.code, err: command.err.text };
  };
  const serve = ['serve', '--port', '0'];
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['serve'], /--port/],
    [['serve', '--port', '65536'], /0 to 65535/],
    [[...serve, '--misbehave', 'forget-key'], /did you mean forget-keys\?/],
    [[...serve, '--cert', certificate], /belong together/],
    [[...serve, '--cert', certificate, '--key', join(folder, 'none')], /cannot read .*none/],
    [[...serve, '--verify', key], /expected certificates/],
    [[...serve, '--cipher', 'AES'], /unknown cipher suite AES/],
    [[...serve, '--alpn', 'h2,'], /ALPN/],
    [[...serve, '--cert-out', join(folder, 'none', 'x')], /cannot write/],
    [[...serve, '--tls', '1.1'], /1\.2/],
    [[...serve, '--tls', '1.3', '--renegotiate'], /--renegotiate needs TLS 1\.2/],
    [[...serve, '--tls', '1.2', '--early-data', join(folder, 'early')], /--early-data needs TLS 1\.3, and --tls 1\.2/],
    [['connect', 'localhost:1', '--tls', '1.2', '--key-update'], /--key-update needs TLS 1\.3, and --tls 1\.2/],
    [['connect', 'localhost:1', '--renegotiate', '--psk', 'aa'], /--psk needs TLS 1\.3, and --renegotiate/],
    [[...serve, '--psk', 'abc'], /--psk: expected a key of 1 to 256 bytes/],
    [[...serve, '--psk', 'aa', '--psk-identity', ''], /--psk-identity: expected a name/],
    [[...serve, '--psk-identity', 'me'], /--psk-identity names the key of --psk, which is missing/],
    [['connect', 'localhost'], /HOST:PORT/],
    [['connect', 'localhost:0'], /HOST:PORT/],
    [['connect', 'localhost:1', '--sess-in', certificate], /expected a session/],
    [['connect', 'localhost:1', '--keylog', join(folder, 'none', 'x')], /cannot write/],
    [['connect', 'localhost:1', '--ca', certificate, '--insecure'], /cannot be used with/],
  ];
  for (const [args, says] of cases) {
    const { code, err } = await said(args);
    t.is(code, 2, `${args.join(' ')}: ${err}`);
    t.regex(err, says, args.join(' '));
  }
  await serving([], async (port) => {
    const taken = await said(['serve', '--port', port]);
    t.is(taken.code, 4);
    t.regex(taken.err, /cannot listen on .*EADDRINUSE/);
  });
  const list = new Ours(['serve', '--misbehave', 'list']);
  t.is(await list.code, 0);
  for (const { name, says } of misbehaviours) t.true(list.out.text.includes(`${name}\n  ${says}\n`));
});

test("who cannot be reached is a failure with the system's word for it", async (t) => {
  const { code, err } = await connecting(`127.0.0.1:${await freePort()}`, '--insecure');
  t.is(code, 1);
  t.regex(err, /cannot connect to 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
});

test('serve closes what is open when it is interrupted, ends with 130, and so does a client that waits', async (t) => {
  const server = new Theirs(process.execPath, [main, 'serve', '--port', '0', '--misbehave', 'no-answer']);
  const port = (await server.said.until(/listening on .*:(\d+)\n/))[1]!;
  const client = new Theirs(process.execPath, [main, 'connect', `127.0.0.1:${port}`, '--insecure', '--get', '/']);
  const openssl = new Theirs('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2']);
  await client.said.until(/No ALPN/);
  await openssl.said.until(/Verify return code/);
  await server.said.until(/GET \//);
  client.child.kill('SIGINT');
  t.is(await client.code, 130, client.said.text);
  t.regex(client.said.text, /reading was interrupted/);
  await server.said.until(/closed: close_notify/);
  server.child.kill('SIGINT');
  t.is(await server.code, 130, server.said.text);
  t.regex(await openssl.finish(), /\nclosed\n/);
});

test('serve ends by itself after the connections that it was told', async (t) => {
  const server = new Ours(['serve', '--port', '0', '--naccept', '2']);
  const port = (await server.out.until(/listening on .*:(\d+)\n/))[1]!;
  t.is((await connecting(`127.0.0.1:${port}`, '--insecure', '--reconnect', '1')).code, 0);
  t.is(await server.code, 0);
});

test('hundreds of clients at once are served, each by itself', async (t) => {
  const server = await serving([], async (port) => {
    const clients = Array.from({ length: 200 }, (_, i) =>
      connecting(`127.0.0.1:${port}`, '--insecure', '--get', `/${i}`),
    );
    for (const { code, out } of await Promise.all(clients)) t.true(code === 0 && out.includes('connection: 1'));
  });
  t.is(new Set(server.lines('GET')).size, 200);
});

/** A transport over a real socket, and the other end of it. */
async function joined(): Promise<{ transport: SocketTransport; far: Socket; close: () => void }> {
  const listening = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
  const { port } = listening.address() as { port: number }; // of a TCP server
  const accepted = new Promise<Socket>((resolve) => {
    listening.once('connection', resolve);
  });
  const transport = new SocketTransport(connect(port, '127.0.0.1'));
  const far = await accepted;
  return {
    transport,
    far,
    close() {
      transport.socket.destroy();
      far.destroy();
      listening.close();
    },
  };
}

test('a socket takes and keeps a bounded number of bytes either way, and loses none', async (t) => {
  const { transport, far, close } = await joined();
  const megabyte = new Uint8Array(1 << 20).fill(7);
  let sent = 0;
  far.pause();
  for (let idle = 0; idle < 20; ) {
    const taken = transport.write(megabyte);
    if (taken === 'broken') throw new Error('it broke');
    sent += taken;
    idle = taken === 0 ? idle + 1 : 0;
    if (taken === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.true(transport.socket.writableLength <= 1 << 17);
  t.is(transport.write(megabyte), 0);
  let arrived = 0;
  await new Promise<void>((resolve) => {
    far.on('data', (bytes: Buffer) => {
      arrived += bytes.length;
      if (arrived === sent) resolve();
    });
    far.resume();
  });

  const back = 8 << 20;
  far.write(new Uint8Array(back));
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.true(transport.socket.bytesRead < 1 << 20, `${transport.socket.bytesRead} bytes wait unread`);
  for (let read = 0; read < back; ) {
    const bytes = transport.read(16_384);
    if (bytes === 'wait') await new Promise<void>((resolve) => transport.onChange(resolve));
    else if (typeof bytes === 'string') throw new Error(bytes);
    else read += bytes.length;
  }
  far.end();
  await new Promise<void>((resolve) => transport.onChange(resolve));
  t.is(transport.read(1), 'eof');
  close();
});

test("a server is verified by Mozilla's list where nothing else is told, and bundles with other kinds of keys are taken", async (t) => {
  const { folder, certificate } = files();
  const bundle = join(folder, 'bundle.pem');
  const other = join(folder, 'other.pem');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1', '-keyout', join(folder, 'other.key')];
  await new Theirs('openssl', ['req', '-x509', ...curve, '-nodes', '-subj', '/CN=other', '-out', other]).finish();
  const all = [...rootCertificates, readFileSync(other, 'utf8'), readFileSync(certificate, 'utf8')];
  writeFileSync(bundle, all.join('\n'));
  await serving([], async (port) => {
    const unknown = await connecting(`localhost:${port}`);
    t.is(unknown.code, 1);
    t.regex(unknown.out, /^Verify return code: 18 \(self-signed certificate\)$/m);
    const known = await connecting(`localhost:${port}`, '--ca', bundle);
    t.is(known.code, 0, known.err);
    t.regex(known.err, /: 1 authorities left out/);
  });
});

test('the certificate shown is written for clients to trust', async (t) => {
  const out = join(files().folder, 'shown.pem');
  await serving(['--cert-out', out], async (port) => {
    t.is((await connecting(`localhost:${port}`, '--ca', out)).code, 0);
    const curl = new Theirs('curl', ['-sS', '--cacert', out, `https://localhost:${port}/`]);
    await curl.finish();
    t.is(await curl.code, 0);
  });
  t.true(existsSync(out));
});

test('an address is verified in every line, and what was wrong is said in the words of that line', async (t) => {
  const { certificate } = files();
  await serving([], async (port) => {
    for (const profile of ['1.1.1', '3.0', '3.5']) {
      const line = ['--ca', certificate, '--profile', profile];
      const right = await connecting(`127.0.0.1:${port}`, ...line);
      t.is(right.code, 0, right.err);
      t.regex(right.out, /^Verify return code: 0 \(ok\)$/m);
      const wrong = await connecting(`127.0.0.1:${port}`, ...line, '--servername', 'other.example');
      t.is(wrong.code, 1);
      const words = profile === '1.1.1' ? 'Hostname mismatch' : 'hostname mismatch';
      t.regex(wrong.out, new RegExp(`^Verify return code: 62 \\(${words}\\)$`, 'm'));
      const untrusted = await connecting(`127.0.0.1:${port}`, '--profile', profile);
      t.is(untrusted.code, 1);
      const own = profile === '1.1.1' ? 'self signed certificate' : 'self-signed certificate';
      t.regex(untrusted.out, new RegExp(`^Verify return code: 18 \\(${own}\\)$`, 'm'));
    }
  });
});

test('connect asks for short records, which serve and s_server grant', async (t) => {
  await serving([], async (port) => {
    const short = await connecting(`localhost:${port}`, '--insecure', '--maxfraglen', '512', '--get', '/');
    t.is(short.code, 0, short.err);
  });
  await sServer(['-www'], async (address, server) => {
    const short = await connecting(address, '--insecure', '--maxfraglen', '1024', '--get', '/');
    t.is(short.code, 0, short.err + server.said.text);
    t.regex(short.out, /s_server/);
  });
  t.regex((await connecting('localhost:1', '--maxfraglen', '100')).err, /512, 1024, 2048, 4096/);
});
