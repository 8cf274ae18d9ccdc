/** Session files, against those that each OpenSSL line writes, and against the words of openssl sess_id. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {
  derFromFields,
  fieldsFromJson,
  jsonFromFields,
  pemOf,
  readSessionFile,
  SessionFileError,
  type SessionFileErrorCode,
  sessionWords,
} from '../../sim/session-file/index.js';
import { installedNode } from '../../sim/stacks/installed.js';
import { newFolder } from '../_folder.js';
import { simtls } from './_command.js';
import { profiles } from './_scenarios.js';

/** Runs in the node that carries a line: i2d_SSL_SESSION of real connections, one a line. */
const conversations = `
const tls = require('tls'), fs = require('fs');
const [key, cert] = fs.readFileSync(0, 'utf8').split('\\n--\\n');
const noTicket = require('constants').SSL_OP_NO_TICKET;
const run = (version, options, left) => {
  const server = tls.createServer({ key, cert, ALPNProtocols: ['h2'], ...options }, (s) => { s.on('error', () => {}); s.write('x'); });
  server.on('newSession', (id, data, done) => done());
  server.listen(0, '127.0.0.1', () => {
    const socket = tls.connect({ port: server.address().port, host: '127.0.0.1', servername: 'a.example', ca: cert,
      minVersion: version, maxVersion: version, ALPNProtocols: ['h2'], checkServerIdentity() {} });
    let session;
    socket.on('session', (it) => { session = it; });
    socket.on('data', () => setTimeout(() => {
      console.log((session || socket.getSession()).toString('base64'));
      socket.destroy(); server.close(); left();
    }, 20));
  });
};
run('TLSv1.2', {}, () => run('TLSv1.2', { secureOptions: noTicket }, () => run('TLSv1.3', {}, () => process.exit())));
`;

const credential = ((): string => {
  const folder = newFolder();
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=a.example',
  ];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return [key, cert].map((file) => readFileSync(file, 'utf8')).join('\n--\n');
})();

/** Of each line: a ticket of TLS 1.2, a session id, a ticket of TLS 1.3. */
const real: readonly { readonly line: string; readonly der: Uint8Array; readonly node: Uint8Array }[] =
  profiles.flatMap((line) =>
    execFileSync(installedNode(line), ['-e', conversations], { input: credential, encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((base64) => {
        const node = Buffer.from(base64, 'base64');
        // Later versions of Node put a header in front of what OpenSSL wrote.
        return { line, node, der: new Uint8Array(node.subarray(node.indexOf(Buffer.of(0x30, 0x82)))) };
      }),
  );

test('what each OpenSSL line writes goes through every form and comes back byte for byte', (t) => {
  t.is(real.length, 9);
  for (const { line, der, node } of real) {
    const read = readSessionFile(der);
    t.is(read.form, 'DER');
    t.deepEqual(readSessionFile(node).der, der);
    const json = JSON.stringify(jsonFromFields(read.fields));
    t.deepEqual(derFromFields(fieldsFromJson(JSON.parse(json))), der, line);
    for (const [form, file] of [
      ['PEM', pemOf(der)],
      ['base64', Buffer.from(der).toString('base64')],
      ['JSON', json],
    ] as const) {
      const again = readSessionFile(Buffer.from(file));
      t.is(again.form, form);
      t.deepEqual(again.der, der);
    }
  }
});

test('a session in words is what openssl sess_id -text says of it, and whether each line would take it', (t) => {
  for (const { line, der } of real) {
    const { fields } = readSessionFile(der);
    const words = new Map(sessionWords(fields, der, { secrets: true }).map((line) => split(line)));
    const said = execFileSync('openssl', ['sess_id', '-inform', 'DER', '-text', '-noout'], {
      input: der,
      encoding: 'utf8',
    });
    const lines = said
      .split('\n')
      .filter((line) => /^ {4}\S[^:]*: *\S|^ {4}Session-ID-ctx/u.test(line) && !/^ {4}[0-9a-f]{4} - /u.test(line));
    t.true(lines.length > 8);
    for (const one of lines) {
      const [name, value] = split(one);
      t.is(words.get(name)?.replace(/ \(\d{4}-.* UTC\)$/u, ''), value, name);
    }
    t.regex(said, fields.octets.has('ticket') ? /TLS session ticket:/u : /^(?!.*TLS session ticket:)/su);
    t.is(words.has('TLS session ticket'), fields.octets.has('ticket'));
    t.is(words.get('Server name'), fields.octets.has('hostname') ? 'a.example' : undefined);
    t.is(words.get('ALPN'), fields.octets.has('alpn') ? 'h2' : undefined);
    for (const profile of profiles) {
      // The field for the group of the key exchange came with 3.0: what has one, 1.1.1 does not read.
      const isRead = profile !== '1.1.1' || line === '1.1.1';
      t.is(words.get(`OpenSSL ${profile}`), isRead ? 'reads it, and could resume it' : 'd2i_SSL_SESSION refuses it');
    }
  }
});
function split(line: string): [string, string] {
  const [, name, value] = /^\s*([^:]*?)\s*: ?(.*)$/u.exec(line) ?? [];
  return [name ?? '', value ?? ''];
}

test('of each field that OpenSSL 3.5 writes some session has one', (t) => {
  const names = new Set(real.flatMap(({ der }) => Object.keys(jsonFromFields(readSessionFile(der).fields))));
  for (const name of ['time', 'timeout', 'peer', 'ticket', 'ticketAgeAdd', 'ticketLifetimeHint', 'alpn', 'flags'])
    t.true(names.has(name), name);
});

test('the start of a session is told as a date', (t) => {
  const json = { ...jsonFromFields(readSessionFile(real[0]!.der).fields) };
  for (const [time, date] of [
    [1, '1970-01-01 00:00:01'],
    [951_782_400, '2000-02-29 00:00:00'],
    [1_700_000_000, '2023-11-14 22:13:20'],
    [4_107_542_399, '2100-02-28 23:59:59'],
    [253_402_300_799, '9999-12-31 23:59:59'],
  ] as const) {
    const { fields, der } = readSessionFile(Buffer.from(JSON.stringify({ ...json, time })));
    t.true(sessionWords(fields, der, { secrets: false }).includes(`    Start Time: ${time} (${date} UTC)`), date);
  }
});

/** Of what refuses a file. */
function refusal(file: string | Uint8Array): SessionFileErrorCode | 'read' {
  try {
    readSessionFile(Buffer.from(file));
    return 'read';
  } catch (cause) {
    if (cause instanceof SessionFileError) return cause.code;
    throw cause;
  }
}

test('what is no session is refused by name', (t) => {
  const { der } = real[0]!;
  const pem = pemOf(der);
  const json = JSON.stringify(jsonFromFields(readSessionFile(der).fields));
  const cases: readonly (readonly [SessionFileErrorCode, string | Uint8Array])[] = [
    ['FORM_UNKNOWN', ''],
    ['FORM_UNKNOWN', '\u0000\u0001'],
    ['TOO_LARGE', new Uint8Array((1 << 20) + 1).fill(0x30)],
    ['PEM_INVALID', pem.replaceAll('SSL SESSION PARAMETERS', 'CERTIFICATE')],
    ['PEM_INVALID', pem.slice(0, -40)],
    ['PEM_INVALID', pem + pem],
    ['PEM_INVALID', pem.replace(/\n(.)/u, '\n*$1')],
    ['PEM_INVALID', 'AAAAA'],
    ['DER_INVALID', der.subarray(0, -1)],
    ['DER_INVALID', Buffer.concat([der, Buffer.of(0)])],
    ['DER_INVALID', Uint8Array.of(0x30, 0x80, 0, 0)],
    ['DER_INVALID', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
    ['DER_INVALID', Uint8Array.of(0x30, 0)],
    ['JSON_INVALID', '{'],
    ['JSON_INVALID', '{}'],
    ['JSON_INVALID', json.replace('simtls-session/1', 'simtls-session/2')],
    ['JSON_INVALID', json.replace('"masterKey"', '"masterkey"')],
    ['JSON_INVALID', json.replace(/"time":\d+/u, '"time":1.5')],
    ['JSON_INVALID', json.replace(/"time":\d+/u, `"time":"${2n ** 65n}"`)],
    ['JSON_INVALID', json.replace(/"sessionId":"/u, '"sessionId":"x')],
    ['JSON_INVALID', json.replace(/"version":"[^"]*"/u, '"version":772')],
    ['JSON_INVALID', json.replace(/"peer":"30/u, '"peer":"')],
  ];
  for (const [code, file] of cases) t.is(refusal(file), code, Buffer.from(file).subarray(0, 60).toString());
});

test('damaged sessions are read to the same bytes or refused by name, whatever is damaged', (t) => {
  const damage = fc.tuple(fc.nat(real.length - 1), fc.nat(4000), fc.nat(255));
  fc.assert(
    fc.property(damage, ([which, at, value]) => {
      const bytes = real[which]!.der.slice();
      bytes[at % bytes.length] = value;
      if (refusal(bytes) === 'read') {
        const { fields, der } = readSessionFile(bytes);
        t.deepEqual(derFromFields(fieldsFromJson(jsonFromFields(fields))), der);
        sessionWords(fields, der, { secrets: false });
      }
    }),
    { seed: 7, numRuns: 300 },
  );
  t.pass();
});

test('sess show and sess convert: files, and what goes to whom', async (t) => {
  const folder = newFolder();
  const [pem, json, der] = ['s.pem', 's.json', 's.der'].map((name) => join(folder, name)) as [string, string, string];
  const session = real.at(-1)!.der;
  writeFileSync(pem, pemOf(session));
  const shown = await simtls(['sess', 'show', pem]);
  t.is(shown.code, 0);
  t.regex(shown.out, /^ {4}Resumption PSK: 48 bytes, a secret \(--secrets shows it\)$/mu);
  t.regex((await simtls(['sess', 'show', pem, '--secrets'])).out, /^ {4}Resumption PSK: [0-9A-F]{96}$/mu);
  t.like(await simtls(['sess', 'convert', pem, '--to', 'json', '--out', json]), { code: 0, err: '' });
  t.is((await simtls(['sess', 'convert', json, '--to', 'der', '--out', der])).code, 0);
  t.deepEqual(new Uint8Array(readFileSync(der)), session);
  t.is(statSync(der).mode & 0o777, 0o600);
  t.is((await simtls(['sess', 'convert', der, '--to', 'pem'])).out, readFileSync(pem, 'utf8'));
  t.is(
    (await simtls(['sess', 'show', '-', '--json'], Buffer.from(session).toString('latin1'))).out,
    readFileSync(json, 'utf8'),
  );
  const none = await simtls(['sess', 'show', join(folder, 'none')]);
  t.is(none.code, 2);
  t.regex(none.err, /cannot read /u);
  const wrong = await simtls(['sess', 'show', '-'], 'hello, world');
  t.is(wrong.code, 2);
  t.regex(wrong.err, /^simtls: -: FORM_UNKNOWN: expected a session: PEM/u);
  t.is((await simtls(['sess', 'convert', pem])).code, 2);
  t.is((await simtls(['sess', 'convert', pem, '--to', 'xml'])).code, 2);
});
