/** Our two ends among real programs, over loopback: OpenSSL's s_client and s_server, curl, GnuTLS. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { cipherSuites } from '../../src/index.js';
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

const suite = 'TLSv1.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384';
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
const get = 'GET / HTTP/1.0\r\n\r\n';

test('s_client reconnects five times to serve: resumed by ticket, and by id without tickets', async (t) => {
  for (const [ours, theirs, code] of [
    [[], [], 'resumed-by-ticket'],
    [['--no-tickets'], [], 'resumed-by-id'],
    [[], ['-no_ticket'], 'resumed-by-id'],
  ] as const) {
    const server = await serving([...ours], async (port) => {
      const said = await sClient(port, '-reconnect', ...theirs);
      t.is(count(said, /^New, TLSv1.2/gm), 1);
      t.is(count(said, /^Reused, TLSv1.2/gm), 5);
    });
    t.deepEqual(server.lines('decision'), [
      'decision: server none nothing-offered (session_id)',
      ...Array.from({ length: 5 }, () =>
        `decision: server accepted ${code} (${code.slice('resumed-by-'.length)})`.replace('(id)', '(session_id)'),
      ),
    ]);
    t.deepEqual(
      server.lines('Reused'),
      Array.from({ length: 5 }, () => `Reused, ${suite}`),
    );
  }
});

test('serve answers each GET of s_client and of curl, and says whether the session was reused', async (t) => {
  const server = await serving([], async (port) => {
    const client = new Theirs('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2', '-quiet']);
    client.type(get.replace('1.0', '1.1'));
    await client.said.until(/request on this connection: 1/);
    client.type(get);
    await client.said.until(/request on this connection: 2/);
    t.regex(client.said.text, /^session reused: no$/m);
    await client.finish();
    const curl = new Theirs('curl', ['-sSik', ...[1, 2].map((path) => `https://127.0.0.1:${port}/${path}`)]);
    const said = await curl.finish();
    t.is(await curl.code, 0);
    t.is(count(said, /^HTTP\/1\.1 200 OK/gm), 2);
    t.is(count(said, /^version: TLSv1\.2$/gm), 2);
    t.is(count(said, /^cipher: ECDHE-ECDSA-AES256-GCM-SHA384$/gm), 2);
    t.regex(said, /^request on this connection: 2$/m);
  });
  t.deepEqual(server.lines('GET'), ['GET /', 'GET /', 'GET /1', 'GET /2']);
  t.deepEqual(server.lines('closed'), ['closed: after the answer, as the client asked', 'closed: close_notify']);
});

test('curl verifies serve by its certificate and name, and ALPN is agreed', async (t) => {
  const { certificate, key } = files();
  const args = ['--cert', certificate, '--key', key, '--alpn', 'http/1.1'];
  await serving(args, async (port) => {
    const said = new Theirs('curl', ['-sS', '--cacert', certificate, `https://localhost:${port}/`]);
    t.regex(await said.finish(), /^server name: localhost\nALPN protocol: http\/1\.1$/m);
    t.is(await said.code, 0);
  });
});

test('connect reconnects to s_server: resumed by ticket, and by id without tickets', async (t) => {
  for (const [ours, theirs, offered] of [
    [[], [], 'offered-ticket (ticket)'],
    [['--no-tickets'], [], 'offered-id (session_id)'],
    [[], ['-no_ticket'], 'offered-id (session_id)'],
  ] as const) {
    await sServer(['-www', ...theirs], async (address) => {
      const { code, out } = await connecting(address, '--insecure', '--reconnect', '2', '--get', '/', ...ours);
      t.is(code, 0);
      t.is(count(out, new RegExp(`^decision: client offered ${offered.replace(/[()]/g, '\\$&')}$`, 'gm')), 2);
      // a connection says it once itself, and s_server says it in its page
      t.is(count(out, /^New, TLSv1\.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384/gm), 2);
      t.is(count(out, /^Reused, TLSv1\.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384/gm), 4);
    });
  }
});

test('session files go both ways between s_client, connect and sess_id', async (t) => {
  const { folder } = files();
  const [theirs, ours] = [join(folder, 'theirs.pem'), join(folder, 'ours.pem')];
  for (const tickets of [[], ['--no-tickets']]) {
    await serving(tickets, async (port) => {
      await sClient(port, '-sess_out', theirs);
      const { out } = await connecting(`127.0.0.1:${port}`, '--insecure', '--sess-in', theirs, '--sess-out', ours);
      t.regex(out, /^Reused, TLSv1\.2/m);
      t.regex(await sClient(port, '-sess_in', ours), /^Reused, TLSv1\.2/m);
    });
    const read = (path: string, ...more: string[]): string =>
      execFileSync('openssl', ['sess_id', '-in', path, '-noout', '-text', ...more], { encoding: 'utf8' });
    const masterKey = /Master-Key: ([0-9A-F]{96})/;
    t.is(masterKey.exec(read(ours))?.[1], masterKey.exec(read(theirs))?.[1]);
    t.regex(read(ours), /Protocol {2}: TLSv1\.2\n {4}Cipher {4}: ECDHE-ECDSA-AES256-GCM-SHA384/);
    t.is(/TLS session ticket:/.test(read(ours)), tickets.length === 0);
    const again = execFileSync('openssl', ['sess_id', '-in', ours], { encoding: 'utf8' });
    t.is(again, readFileSync(ours, 'utf8'), 'OpenSSL writes the same bytes again');
  }
  t.is(statSync(ours).mode & 0o777, 0o600);
});

test('a session of s_server is offered from a file, by OpenSSL and by us', async (t) => {
  const session = join(files().folder, 'session.pem');
  await sServer(['-www'], async (address) => {
    t.is((await connecting(address, '--insecure', '--sess-out', session)).code, 0);
    t.regex(await sClient(address.split(':')[1]!, '-sess_in', session), /^Reused, TLSv1\.2/m);
    t.regex((await connecting(address, '--insecure', '--sess-in', session)).out, /^Reused, TLSv1\.2/m);
  });
});

test('serve cuts its flights into the records that s_server cuts them into, whatever fragment length s_client asks for', async (t) => {
  const { folder } = files();
  const { cert, key } = pem('rsa-2048');
  const [certificate, keyFile] = [join(folder, 'rsa.pem'), join(folder, 'rsa-key.pem')];
  writeFileSync(certificate, cert);
  writeFileSync(keyFile, key);
  const messages = join(folder, 'messages.txt'); // apart from what s_client says meanwhile
  /** The lengths in the headers of the handshake records that s_client got in the clear. */
  const lengths = async (port: string, asked: readonly string[]): Promise<number[]> => {
    await sClient(port, '-msg', '-msgfile', messages, ...asked);
    const headers = /^<<< [^\n]*RecordHeader[^\n]*\n +16 03 03 (\w\w) (\w\w)/gm;
    return [...readFileSync(messages, 'utf8').matchAll(headers)].map(([, high, low]) =>
      Number.parseInt(`${high}${low}`, 16),
    );
  };
  for (const asked of [[], ['-maxfraglen', '512'], ['-maxfraglen', '1024']]) {
    const got: number[][] = [];
    await sServer(['-no_ticket', '-cert', certificate, '-key', keyFile], async (address) => {
      got.push(await lengths(address.split(':')[1]!, asked));
    });
    await serving(['--no-tickets', '--cert', certificate, '--key', keyFile], async (port) => {
      got.push(await lengths(port, asked));
    });
    t.deepEqual(got[1], got[0], asked.join(' '));
    t.is(got[0]!.includes(512), asked[1] === '512');
  }
});

test('serve asks for a client certificate, and names what was wrong without one', async (t) => {
  const { certificate, key } = files();
  const server = await serving(['--verify', certificate], async (port) => {
    const said = await sClient(port, '-cert', certificate, '-key', key, '-reconnect');
    t.is(count(said, /^Reused, TLSv1\.2/gm), 5);
    t.regex(await sClient(port), /alert handshake failure/);
    const ours = await connecting(`127.0.0.1:${port}`, '--insecure', '--cert', certificate, '--key', key, '--get', '/');
    t.regex(ours.out, /^client certificate: yes$/m);
    const without = await connecting(`127.0.0.1:${port}`, '--insecure');
    t.is(without.code, 1);
    t.regex(without.err, /sslv3 alert handshake failure .*alert received: fatal handshake_failure/);
  });
  t.is(count(server.out.text, /peer did not return a certificate/g), 2);
});

test('connect shows its certificate to s_server', async (t) => {
  const { certificate, key } = files();
  await sServer(['-www', '-Verify', '1', '-CAfile', certificate, '-verify_return_error'], async (address) => {
    const args = [address, '--ca', certificate, '--servername', 'localhost'];
    const own = await connecting(...args, '--cert', certificate, '--key', key, '--get', '/', '--reconnect', '1');
    t.is(own.code, 0, own.err);
    t.regex(own.out, /^Verify return code: 0 \(ok\)$/m);
    t.regex(own.out, /^Reused, TLSv1\.2/m);
    const without = await connecting(...args);
    t.is(without.code, 1);
    t.regex(without.err, /alert received: fatal handshake_failure/);
  });
});

test('s_client renegotiates with serve where the line allows it', async (t) => {
  for (const [profile, allowed] of [
    ['1.1.1', true],
    ['3.0', false],
  ] as const) {
    const server = await serving(['--profile', profile], async (port) => {
      const client = new Theirs('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2']);
      await client.said.until(/Verify return code/);
      client.type('R\n');
      await client.said.until(/RENEGOTIATING/);
      if (allowed) {
        client.type(get);
        await client.said.until(/request on this connection: 1/);
      }
      t.is(/no renegotiation/.test(await client.finish()), !allowed);
    });
    t.is(server.lines('decision').length, allowed ? 2 : 1);
  }
});

test('serve asks s_client and connect to renegotiate before it answers', async (t) => {
  const server = await serving(['--renegotiate'], async (port) => {
    const client = new Theirs('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2']);
    client.type('GET / HTTP/1.1\r\n\r\n');
    await client.said.until(/request on this connection: 1/);
    client.type(get);
    await client.said.until(/request on this connection: 2/);
    await client.finish();
    const ours = await connecting(`127.0.0.1:${port}`, '--insecure', '--get', '/');
    t.is(ours.code, 0, ours.err);
    t.regex(ours.out, /request on this connection: 1/);
  });
  t.is(server.lines('renegotiated').length, 3);
  t.is(server.lines('closed: after the answer').length, 2);
});

test('s_server renegotiates with connect, and asks for its certificate only then', async (t) => {
  const { certificate, key } = files();
  await sServer(['-CAfile', certificate, '-no_ticket', '-no_cache'], async (address, server) => {
    const client = new Ours(['connect', address, '--insecure', '--cert', certificate, '--key', key, '--get', '/']);
    await server.said.until(/GET \/ HTTP\/1\.1/);
    t.notRegex(server.said.text, /depth=0/);
    server.type('R\n');
    await server.said.until(/depth=0 CN = simtls test\s+verify return:1/);
    server.type('after it\n');
    await client.out.until(/after it/);
    server.type('q\n'); // ends without close_notify
    t.is(await client.code, 1);
    t.regex(client.err.text, /unexpected eof while reading/);
    t.is(client.lines('decision').length, 2);
  });
});

// openssl names the version that first had the suite: SSL_CIPHER_get_version
const since = '(SSLv3|TLSv1\\.[02])';

test('every cipher suite is agreed with OpenSSL, both ways', async (t) => {
  const { folder } = files();
  const paths = { cert: join(folder, 'rsa.pem'), key: join(folder, 'rsa.key') };
  const rsa = pem('rsa-2048');
  writeFileSync(paths.cert, rsa.cert);
  writeFileSync(paths.key, rsa.key);
  for (const [own, theirs, authentication] of [
    [[], [], 'ecdsa'],
    [['--cert', paths.cert, '--key', paths.key], ['-cert', paths.cert, '-key', paths.key], 'rsa'],
  ] as const) {
    const names = cipherSuites.filter((one) => one.authentication === authentication).map((one) => one.opensslName);
    t.true(names.length >= 7, names.join(' '));
    await serving(own, async (port) => {
      for (const name of names) {
        t.regex(await sClient(port, '-cipher', name), new RegExp(`^New, ${since}, Cipher is ${name}$`, 'm'));
      }
    });
    await sServer(['-www', '-cipher', 'ALL', ...theirs], async (address) => {
      for (const name of names) {
        const { out, err } = await connecting(
          address,
          '--insecure',
          '--cipher',
          name,
          '--get',
          '/',
          '--reconnect',
          '1',
        );
        t.is(count(out, new RegExp(`^New, ${since}, Cipher is ${name}`, 'gm')), 2, name + err);
        t.is(count(out, new RegExp(`^Reused, ${since}, Cipher is ${name}`, 'gm')), 2, name + err);
      }
    });
  }
});

test('connect renegotiates with s_server where that allows it', async (t) => {
  await sServer(['-www', '-client_renegotiation'], async (address) => {
    const { code, out, err } = await connecting(address, '--insecure', '--renegotiate', '--get', '/');
    t.is(code, 0, err);
    t.regex(out, /^RENEGOTIATING\n(decision: .*\n)*renegotiated: (New|Reused), TLSv1\.2/m);
  });
  await sServer(['-www'], async (address) => {
    const { code, err } = await connecting(address, '--insecure', '--renegotiate', '--get', '/');
    t.is(code, 1);
    t.regex(err, /no renegotiation|no_renegotiation/);
  });
});

test('gnutls-cli connects to serve and resumes, by ticket and by id', async (t) => {
  for (const [ours, code] of [
    [[], 'resumed-by-ticket'],
    [['--no-tickets'], 'resumed-by-id'],
  ] as const) {
    const server = await serving([...ours], async (port) => {
      const priority = 'NORMAL:-VERS-ALL:+VERS-TLS1.2';
      const args = ['--insecure', '--resume', '--priority', priority, '-p', port, '127.0.0.1'];
      const said = await new Theirs('gnutls-cli', args).finish();
      t.regex(said, /This is a resumed session/);
    });
    t.is(server.lines('New, TLSv1.2').length, 1);
    t.is(server.lines('Reused, TLSv1.2').length, 1);
    t.regex(server.lines('decision')[1] ?? '', new RegExp(code));
  }
});

test('connect resumes with gnutls-serv, by ticket and by id', async (t) => {
  const { certificate, key } = files();
  for (const [theirs, ours, offered] of [
    [[], [], /offered-ticket/],
    [['--noticket'], ['--no-tickets'], /offered-id/],
  ] as const) {
    const port = await freePort();
    const own = ['--http', '--port', `${port}`, '--x509certfile', certificate, '--x509keyfile', key];
    const server = new Theirs('gnutls-serv', [...own, '--priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.2', ...theirs]);
    try {
      await server.said.until(/HTTP Server listening on IPv4.*done/s);
      const { code, out, err } = await connecting(
        ...[`127.0.0.1:${port}`, '--insecure', '--reconnect', '1', '--get', '/', ...ours],
      );
      t.is(code, 0, err);
      t.is(count(out, /^New, TLSv1\.2/gm), 1);
      t.is(count(out, /^Reused, TLSv1\.2/gm), 1);
      t.regex(out, offered);
    } finally {
      await server.kill();
    }
  }
});
