/** Our two ends in TLS 1.3 among real programs, over loopback: OpenSSL's s_client and s_server, curl, GnuTLS. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { line } from '../_lines.js';
import { connecting, files, freePort, Ours, sClient13, serving, sServer, Theirs } from './_peers.js';

const suite = 'TLSv1\\.3, Cipher is TLS_AES_256_GCM_SHA384';
const isNew = new RegExp(`^New, ${suite}`, 'm');
const isReused = new RegExp(`^Reused, ${suite}`, 'm');
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
const get = 'GET / HTTP/1.0\r\n\r\n';
const version = { version: '-tls1_3' } as const;
const tls13Only = 'NORMAL:-VERS-ALL:+VERS-TLS1.3';
const psk = ['00112233445566778899aabbccddeeff', 'somebody'] as const;
const sha256First = ['-ciphersuites', 'TLS_AES_128_GCM_SHA256'];

test('s_client resumes with serve by tickets of either kind, and by none', async (t) => {
  for (const ours of [[], ['--no-tickets']]) {
    const session = join(files().folder, 'session.pem');
    const server = await serving(ours, async (port) => {
      t.regex(await sClient13(port, ['-sess_out', session]), isNew);
      t.regex(await sClient13(port, ['-sess_in', session]), isReused);
    });
    t.deepEqual(server.lines('decision'), [
      'decision: server none nothing-offered (pre_shared_key)',
      'decision: server accepted resumed-by-psk (pre_shared_key)',
    ]);
  }
  await serving(['--num-tickets', '0'], async (port) => {
    const client = new Theirs('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_3']);
    client.type(get);
    await client.said.until(/request on this connection: 1/);
    t.notRegex(await client.finish(), /New Session Ticket arrived/);
  });
  await serving(['--num-tickets', '3'], async (port) => {
    const client = new Theirs('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_3']);
    client.type(get);
    await client.said.until(/request on this connection: 1/);
    t.is(count(await client.finish(), /New Session Ticket arrived/g), 3);
  });
});

test('connect resumes with s_server by tickets of either kind, as often as it reconnects', async (t) => {
  for (const theirs of [[], ['-no_ticket']]) {
    await sServer(
      ['-www', ...theirs],
      async (address) => {
        const { code, out, err } = await connecting(address, '--insecure', '--reconnect', '2', '--get', '/');
        t.is(code, 0, err);
        t.is(count(out, /^decision: client offered offered-psk \(ticket\)$/gm), 2);
        // a connection says it once itself, and s_server says it in its page
        t.is(count(out, new RegExp(isNew.source, 'gm')), 2);
        t.is(count(out, new RegExp(isReused.source, 'gm')), 4);
      },
      version,
    );
  }
});

test('session files of TLS 1.3 go both ways between s_client, connect and sess_id', async (t) => {
  const { folder } = files();
  const [theirs, ours] = [join(folder, 'theirs.pem'), join(folder, 'ours.pem')];
  await serving([], async (port) => {
    await sClient13(port, ['-sess_out', theirs]);
    const { out } = await connecting(`127.0.0.1:${port}`, '--insecure', '--sess-in', theirs, '--sess-out', ours);
    t.regex(out, isReused);
    t.regex(await sClient13(port, ['-sess_in', ours]), isReused);
  });
  const text = execFileSync('openssl', ['sess_id', '-in', ours, '-noout', '-text'], { encoding: 'utf8' });
  t.regex(text, /Protocol {2}: TLSv1\.3\n {4}Cipher {4}: TLS_AES_256_GCM_SHA384/);
  t.regex(text, /Resumption PSK: [0-9A-F]{96}/);
  t.is(execFileSync('openssl', ['sess_id', '-in', ours], { encoding: 'utf8' }), readFileSync(ours, 'utf8'));
});

test('a HelloRetryRequest by groups leads to a handshake, both ways', async (t) => {
  await serving([], async (port) => {
    const said = await sClient13(port, ['-groups', 'ffdhe2048:P-256', '-msg']);
    t.regex(said, isNew);
    t.is(count(said, /^>>> TLS 1\.3, Handshake .*ClientHello$/gm), 2);
  });
  for (const groups of ['P-256', 'P-384', 'X448']) {
    await sServer(
      ['-www', '-groups', groups],
      async (address) => {
        const { code, out, err } = await connecting(address, '--insecure', '--reconnect', '1', '--get', '/');
        t.is(code, 0, err);
        t.regex(out, isNew);
        t.regex(out, isReused);
      },
      version,
    );
  }
});

test('s_client sends early data to serve, which takes it once', async (t) => {
  const { folder } = files();
  const [session, early, got] = ['session.pem', 'early', 'got'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(early, 'sent before anything');
  const server = await serving(['--early-data', got], async (port) => {
    const first = await sClient13(port, ['-sess_out', session]);
    t.regex(first, /^Early data was not sent$/m);
    t.regex(first, /Max Early Data: 16384/);
    const second = await sClient13(port, ['-sess_in', session, '-early_data', early]);
    t.regex(second, /^Early data was accepted$/m);
    t.regex(second, isReused);
    const replayed = await sClient13(port, ['-sess_in', session, '-early_data', early]);
    t.regex(replayed, /^Early data was rejected$/m);
    t.regex(replayed, isNew);
  });
  t.is(readFileSync(got, 'utf8'), 'sent before anything');
  t.deepEqual(server.lines('Early data'), [
    'Early data was not sent',
    'Early data was accepted',
    'Early data was rejected',
  ]);
});

test('connect sends early data to s_server, which takes it once', async (t) => {
  const { folder } = files();
  const [session, early] = [join(folder, 'session.pem'), join(folder, 'early')];
  writeFileSync(early, 'sent before anything');
  await sServer(
    ['-early_data'],
    async (address, server) => {
      const first = await connecting(address, '--insecure', '--sess-out', session);
      t.regex(first.out, /^Early data was not sent$/m);
      const second = await connecting(address, '--insecure', '--sess-in', session, '--early-data', early);
      t.is(second.code, 0, second.err);
      t.regex(second.out, /^Early data was accepted$/m);
      await server.said.until(/sent before anything/);
      const replayed = await connecting(address, '--insecure', '--sess-in', session, '--early-data', early);
      t.is(replayed.code, 0, replayed.err);
      t.regex(replayed.out, /^Early data was rejected$/m);
    },
    version,
  );
  await sServer(
    ['-early_data', '-groups', 'P-384'],
    async (address) => {
      await connecting(address, '--insecure', '--sess-out', session);
      const retried = await connecting(address, '--insecure', '--sess-in', session, '--early-data', early);
      t.is(retried.code, 0, retried.err);
      t.regex(retried.out, /^Early data was rejected$/m);
      t.regex(retried.out, isNew, 'the first ClientHello has taken the session out of the cache');
    },
    version,
  );
});

test('keys are updated at the word of each of the four', async (t) => {
  const server = await serving(['--key-update'], async (port) => {
    const said = await sClient13(port, ['-msg'], async (client) => {
      client.type('K\n');
      await client.said.until(/KEYUPDATE/);
      client.type('GET / HTTP/1.1\r\n\r\n');
      await client.said.until(/request on this connection: 1/);
      client.type('k\n');
      await client.said.until(/KEYUPDATE\s.*KEYUPDATE/s);
      client.type(get);
      await client.said.until(/request on this connection: 2/);
    });
    t.is(count(said, /^>>> TLS 1\.3, Handshake .*KeyUpdate$/gm), 2, 'with each request');
    t.is(count(said, /^<<< TLS 1\.3, Handshake .*KeyUpdate$/gm), 2, 'with each answer');
  });
  t.is(server.lines('KEYUPDATE').length, 2);
  await sServer(
    [],
    async (address, theirs) => {
      const client = new Ours(['connect', address, '--insecure', '--key-update', '--get', '/']);
      await theirs.said.until(/GET \/ HTTP\/1\.1/);
      theirs.type('K\n');
      await theirs.said.until(/SSL_do_handshake -> 1/);
      theirs.type('after it\n');
      await client.out.until(/after it/);
      theirs.type('q\n');
      await client.code;
      t.is(client.lines('KEYUPDATE').length, 1);
    },
    version,
  );
});

test('a key that both know already is enough, both ways', async (t) => {
  const ours = ['--psk', psk[0], '--psk-identity', psk[1]];
  const theirs = ['-psk', psk[0], '-psk_identity', psk[1], ...sha256First];
  await serving(ours, async (port) => {
    t.regex(await sClient13(port, theirs), /^Reused, TLSv1\.3, Cipher is TLS_AES_128_GCM_SHA256$/m);
    const wrong = await sClient13(port, ['-psk', 'ff'.repeat(16), '-psk_identity', psk[1], ...sha256First]);
    t.regex(wrong, /alert illegal parameter/); // as s_server of 3.0 answers a binder that does not fit
    const { out } = await connecting(`127.0.0.1:${port}`, '--insecure', ...ours, '--get', '/');
    t.regex(out, /^session reused: yes$/m);
  });
  await sServer(
    ['-nocert', '-psk', psk[0], '-psk_identity', psk[1]],
    async (address) => {
      const { code, out, err } = await connecting(address, '--insecure', ...ours);
      t.is(code, 0, err);
      t.regex(out, /^Reused, TLSv1\.3, Cipher is TLS_AES_128_GCM_SHA256$/m);
    },
    version,
  );
  const wrong = await connecting('127.0.0.1:1', '--psk', 'not hex');
  t.is(wrong.code, 2);
  t.regex(wrong.err, /hexadecimal/);
});

test('client certificates are asked for and shown in TLS 1.3, both ways', async (t) => {
  const { certificate, key } = files();
  await serving(['--verify', certificate], async (port) => {
    t.regex(await sClient13(port, ['-cert', certificate, '-key', key]), isNew);
    const without = await sClient13(port, []);
    t.regex(without, /alert certificate required/);
    const { out } = await connecting(
      ...[`127.0.0.1:${port}`, '--insecure', '--cert', certificate, '--key', key, '--get', '/'],
    );
    t.regex(out, /^client certificate: yes$/m);
  });
  await sServer(
    ['-www', '-Verify', '1', '-CAfile', certificate, '-verify_return_error'],
    async (address) => {
      const args = [address, '--ca', certificate, '--servername', 'localhost'];
      const own = await connecting(...args, '--cert', certificate, '--key', key, '--get', '/');
      t.is(own.code, 0, own.err);
      t.regex(own.out, /^Verify return code: 0 \(ok\)$/m);
      const without = await connecting(...args, '--get', '/');
      t.is(without.code, 1);
      t.regex(without.err, /alert received: fatal certificate_required/);
    },
    version,
  );
});

test('every cipher suite of TLS 1.3 is agreed with OpenSSL, both ways', async (t) => {
  const names = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];
  await serving([], async (port) => {
    for (const name of names) {
      t.regex(await sClient13(port, ['-ciphersuites', name]), new RegExp(`^New, TLSv1\\.3, Cipher is ${name}$`, 'm'));
    }
  });
  await sServer(
    ['-www'],
    async (address) => {
      for (const name of names) {
        const { out } = await connecting(address, '--insecure', '--cipher', name, '--get', '/', '--reconnect', '1');
        t.is(count(out, new RegExp(`^New, TLSv1\\.3, Cipher is ${name}`, 'gm')), 2, name);
        t.is(count(out, new RegExp(`^Reused, TLSv1\\.3, Cipher is ${name}`, 'gm')), 2, name);
      }
    },
    version,
  );
});

test('--tls says which versions are spoken, and any takes the later one', async (t) => {
  for (const [tls, expected] of [
    ['1.2', 'TLSv1\\.2'],
    ['1.3', 'TLSv1\\.3'],
    ['any', 'TLSv1\\.3'],
  ] as const) {
    await serving(['--tls', tls], async (port) => {
      const { out } = await connecting(`127.0.0.1:${port}`, '--insecure', '--get', '/');
      t.regex(out, new RegExp(`^version: ${expected}$`, 'm'));
      const curl = new Theirs('curl', ['-sSk', `https://127.0.0.1:${port}/`]);
      t.regex(await curl.finish(), new RegExp(`^version: ${expected}$`, 'm'));
    });
    await serving([], async (port) => {
      const { out } = await connecting(`127.0.0.1:${port}`, '--insecure', '--tls', tls, '--get', '/');
      t.regex(out, new RegExp(`^version: ${expected}$`, 'm'));
    });
  }
  await serving(['--tls', '1.2'], async (port) => {
    const { code, err } = await connecting(`127.0.0.1:${port}`, '--insecure', '--tls', '1.3');
    t.is(code, 1);
    t.regex(err, /protocol version/);
  });
});

test('gnutls-cli connects to serve in TLS 1.3 and resumes', async (t) => {
  for (const ours of [[], ['--no-tickets']]) {
    const server = await serving(ours, async (port) => {
      const args = ['--insecure', '--resume', '--waitresumption', '--priority', tls13Only, '-p', port, '127.0.0.1'];
      t.regex(await new Theirs('gnutls-cli', args).finish(), /This is a resumed session/);
    });
    t.is(server.lines('New, TLSv1.3').length, 1);
    t.is(server.lines('Reused, TLSv1.3').length, 1);
  }
});

test('connect resumes with gnutls-serv in TLS 1.3', async (t) => {
  const { certificate, key } = files();
  const port = await freePort();
  const own = ['--http', '--port', `${port}`, '--x509certfile', certificate, '--x509keyfile', key];
  const server = new Theirs('gnutls-serv', [...own, '--priority', tls13Only]);
  try {
    await server.said.until(/HTTP Server listening on IPv4.*done/s);
    const args = [`127.0.0.1:${port}`, '--insecure', '--reconnect', '1', '--get', '/'];
    const { code, out, err } = await connecting(...args);
    t.is(code, 0, err);
    t.is(count(out, /^New, TLSv1\.3/gm), 1);
    t.is(count(out, /^Reused, TLSv1\.3/gm), 1);
  } finally {
    await server.kill();
  }
});

/** What Node's tls runs on OpenSSL 3.5 does: a server that answers, or a client that asks, with X25519MLKEM768 alone. */
const hybridServer = `
  const [, certificate, key] = process.argv;
  const { readFileSync } = require('node:fs');
  const options = { cert: readFileSync(certificate), key: readFileSync(key), ecdhCurve: 'X25519MLKEM768' };
  const server = require('node:tls').createServer(options, (socket) => {
    socket.on('data', () => socket.end('HTTP/1.0 200 OK\\r\\n\\r\\nhybrid'));
  });
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));`;
const hybridClient = `
  const options = { port: Number(process.argv[1]), rejectUnauthorized: false, ecdhCurve: 'X25519MLKEM768' };
  const socket = require('node:tls').connect(options, () => socket.write('GET / HTTP/1.0\\r\\n\\r\\n'));
  socket.on('data', (data) => process.stdout.write(data));`;

test('X25519MLKEM768 is agreed with OpenSSL 3.5, both ways', async (t) => {
  const { where, advice } = line('3.5');
  if (where === null) throw new Error(`OpenSSL 3.5 is missing, which this test needs: ${advice}`);
  const { certificate, key } = files();
  const server = new Theirs(where, ['-e', hybridServer, certificate, key]);
  try {
    const port = (await server.said.until(/port (\d+)/))[1]!;
    const args = [`127.0.0.1:${port}`, '--insecure', '--reconnect', '1', '--get', '/'];
    const { code, out, err } = await connecting(...args, '--profile', '3.5');
    t.is(code, 0, err);
    t.is(count(out, /hybrid/g), 2);
    t.regex(out, isReused);
    t.is((await connecting(...args, '--profile', '3.0')).code, 1, 'it does not know the group');
  } finally {
    await server.kill();
  }
  await serving(['--profile', '3.5'], async (port) => {
    const client = new Theirs(where, ['-e', hybridClient, port]);
    t.regex(await client.finish(), isNew);
  });
});
