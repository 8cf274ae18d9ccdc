/** Bytes as fields: that they cover all of them, whatever the bytes, and what they say of them. */
import test from 'ava';
import fc from 'fast-check';
import {
  bytesOf,
  type ConnectionFields,
  fieldsOfConnection,
  fieldsOfStream,
  messageAt,
  placesOf,
  type RunBytes,
} from '../../sim/fields/index.js';
import type { Plan } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { runPlan } from '../../sim/world/index.js';
import { cipherSuites, cipherSuitesOfTls13 } from '../../src/index.js';
import * as rfc from '../src/handshake/_rfc8448.js';
import { concat } from '../src/handshake/_side.js';
import { allOf, problemsOf, uncovered, uncoveredOf, valuesOf } from './_fields.js';
import { overheard, type Talk } from './_overheard.js';
import { scenarios } from './_scenarios.js';
import { keyLogOf } from './_trace-secrets.js';

const { hex } = rfc;

function planOf(name: string): Plan {
  return recordPlan(scenarios.find((one) => one.name === name)!, { seed: '1', profile: '3.0' });
}

function fieldsOf({ connections, keyLog }: RunBytes, crypto: 'real' | 'fast' = 'fast'): ConnectionFields[] {
  return connections.map(({ client, server }) =>
    fieldsOfConnection({ client: client.bytes, server: server.bytes }, { keyLog, crypto }),
  );
}

const namesOf = ({ client, server }: ConnectionFields): Record<'client' | 'server', string> => {
  const names = (of: ConnectionFields['client']): string =>
    of.messages.map(({ name, isProtected }) => (isProtected ? `${name}*` : name)).join(' ');
  return { client: names(client), server: names(server) };
};

const traces = {
  simple: {
    trace: rfc.simple,
    client: 'ClientHello Finished* application_data* Alert*',
    server:
      'ServerHello EncryptedExtensions* Certificate* CertificateVerify* Finished* NewSessionTicket* application_data* Alert*',
  },
  resumed: {
    trace: rfc.resumed,
    client: 'ClientHello application_data* EndOfEarlyData* Finished* application_data* Alert*',
    server: 'ServerHello EncryptedExtensions* Finished* application_data* Alert*',
  },
  retried: {
    trace: rfc.retried,
    client: 'ClientHello ClientHello Finished* Alert*',
    server: 'HelloRetryRequest ServerHello EncryptedExtensions* Certificate* CertificateVerify* Finished* Alert*',
  },
  authenticated: {
    trace: rfc.authenticated,
    client: 'ClientHello Certificate* CertificateVerify* Finished* Alert*',
    server: 'ServerHello EncryptedExtensions* CertificateRequest* Certificate* CertificateVerify* Finished* Alert*',
  },
  compatible: {
    trace: rfc.compatible,
    client: 'ClientHello ChangeCipherSpec Finished* Alert*',
    server: 'ServerHello ChangeCipherSpec EncryptedExtensions* Certificate* CertificateVerify* Finished* Alert*',
  },
} as const;
for (const [name, { trace, ...expected }] of Object.entries(traces)) {
  test(`every message of the trace "${name}" of RFC 8448 is opened and read, with no byte left out and none wrong`, (t) => {
    const fields = fieldsOfConnection(trace, { keyLog: keyLogOf(trace) });
    t.deepEqual(namesOf(fields), expected);
    t.deepEqual(uncoveredOf(fields, trace), []);
    t.deepEqual(problemsOf([...fields.client.records, ...fields.server.records]), []);
    for (const { name, source } of allOf([...fields.client.records, ...fields.server.records])) t.truthy(source, name);
  });
}

test('without secrets protected records stay as they are, and none of them is called wrong', (t) => {
  const fields = fieldsOfConnection(rfc.simple);
  t.deepEqual(namesOf(fields), {
    client: 'ClientHello application_data, encrypted* application_data, encrypted* application_data, encrypted*',
    server: `ServerHello${' application_data, encrypted*'.repeat(4)}`,
  });
  t.deepEqual(uncoveredOf(fields, rfc.simple), []);
  t.deepEqual(problemsOf(fields.server.records), []);
});

test('with secrets that are wrong it is said that none of them opens a record', (t) => {
  const keyLog = keyLogOf(rfc.simple).map((line) => `${line.slice(0, -2)}00`);
  const fields = fieldsOfConnection(rfc.simple, { keyLog });
  t.deepEqual(uncoveredOf(fields, rfc.simple), []);
  t.deepEqual(
    problemsOf(fields.client.records),
    Array(3).fill('ciphertext: expected a secret that opens it, the key log has others'),
  );
});

test('what messages and extensions hold is said in the words of their RFCs', (t) => {
  const { client, server } = fieldsOfConnection(rfc.resumed, { keyLog: keyLogOf(rfc.resumed) });
  const says = (name: string): string[] => valuesOf(client.records, name);
  t.is(says('cipher_suites')[0], 'TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256, TLS_AES_256_GCM_SHA384');
  t.is(says('server_name')[0], '"server"');
  t.deepEqual(says('version'), ['TLS 1.3 (0x0304)']);
  t.deepEqual(says('ke_mode'), ['psk_dhe_ke (1)']);
  t.deepEqual(says('obfuscated_ticket_age'), [String((rfc.ticketAgeAdd + 6) % 2 ** 32)]);
  t.is(says('PskBinderEntry')[0], '3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d');
  t.deepEqual(says('application_data').slice(-2), ['"ABCDEF"', Buffer.from(rfc.applicationData).toString('hex')]);
  t.is(valuesOf(server.records, 'selected_identity')[0], '0');
  t.deepEqual(valuesOf(server.records, 'Alert'), ['warning, close_notify']);
});

test('all scenarios are opened and covered, and nothing of theirs is wrong but where a stream breaks off', (t) => {
  for (const one of scenarios) {
    const run = bytesOf(recordPlan(one, { seed: '1', profile: '3.5' }), { crypto: 'fast' });
    fieldsOf(run).forEach((fields, i) => {
      const { client, server, connection } = run.connections[i]!;
      const about = `${one.name}, connection ${connection}`;
      t.deepEqual(uncoveredOf(fields, { client: client.bytes, server: server.bytes }), [], about);
      for (const { records, messages } of [fields.client, fields.server]) {
        const isBroken = records.at(-1)?.problem !== undefined;
        const whole = isBroken ? records.length - 1 : records.length;
        t.deepEqual(problemsOf(records.slice(0, whole)), [], about);
        const closed = messages.filter(({ kind }) => kind === 'protected' || kind === 'unknown');
        t.true(
          closed.every(({ records: { last } }) => last >= whole),
          about,
        );
      }
    });
  }
});

test('a message over several records is read whole where its last piece is', (t) => {
  const hello = rfc.simple.client.subarray(5, 5 + 196);
  const records = [hello.subarray(0, 2), hello.subarray(2, 100), hello.subarray(100)].map((piece) =>
    concat(Uint8Array.of(22, 3, 1, 0, piece.length), piece),
  );
  const stream = concat(...records);
  const fields = fieldsOfStream(stream);
  t.deepEqual(uncovered(fields.records, 0, stream.length), []);
  t.deepEqual(
    fields.records
      .map(({ children }) => children?.at(-1))
      .map((piece) => [piece?.name, piece?.value, piece?.inside?.space]),
    [
      ['ClientHello, a piece', 'bytes 0 to 1', undefined],
      ['ClientHello, a piece', 'bytes 2 to 99 of 196', undefined],
      ['ClientHello, a piece', 'bytes 100 to 195 of 196', 'message'],
    ],
  );
  const [message, ...others] = fields.messages;
  t.deepEqual(others, []);
  t.deepEqual(message?.records, { first: 0, last: 2 });
  t.deepEqual(message?.bytes, hello);
  const [whole] = fieldsOfStream(rfc.simple.client.subarray(0, 201)).messages;
  t.deepEqual(
    allOf([message!.field]).map(({ name, value, length }) => [name, value, length]),
    allOf([whole!.field]).map(({ name, value, length }) => [name, value, length]),
  );
});

test('a message whose end does not come is shown as far as it came, and what it lacks is said', (t) => {
  const { messages, records } = fieldsOfStream(hex('1603010008 010000c0 0303cb34'));
  t.is(messages[0]?.field.problem, 'expected 192 bytes, 4 came');
  t.deepEqual(problemsOf(records), [
    'ClientHello, a piece: expected 188 bytes more of the message, none came',
    'ClientHello: expected 192 bytes, 4 came',
    'random: expected 32 bytes, 2 came',
  ]);
});

test('what is no record, and what has an unknown content type, is said to be so', (t) => {
  const http = new Uint8Array(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  const { records, messages } = fieldsOfStream(http);
  t.deepEqual(uncovered(records, 0, http.length), []);
  t.is(records[0]?.value, '"GET / HTTP/1.1\\r\\n\\r\\n"');
  t.is(records[0]?.problem, 'expected a record, whose second byte is 3, 69 came');
  t.is(messages[0]?.kind, 'unknown');
  const odd = hex('6303030002 abcd 1503030002 0228 1503030003 02 28 00');
  t.deepEqual(problemsOf(fieldsOfStream(odd).records), [
    'fragment: expected a content type of 20 to 23, 99 came',
    'description: expected 1 byte, 0 came',
  ]);
});

test('GREASE is called by its name, and unknown code points stay numbers', (t) => {
  const body = concat(
    hex('0303'),
    new Uint8Array(32),
    hex('00 0006 1a1a c02b fffe 01 00 0019 2a2a 0001 00 000a 0006 0004 3a3a 0017 1234 0002 abcd 002b 0000'),
  );
  const { records } = fieldsOfStream(
    concat(hex('16030100'), Uint8Array.of(body.length + 4), hex('010000'), Uint8Array.of(body.length), body),
  );
  t.deepEqual(valuesOf(records, 'cipher_suite'), [
    'GREASE (0x1a1a)',
    'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (0xc02b)',
    '0xfffe',
  ]);
  t.deepEqual(valuesOf(records, 'named_group'), ['GREASE (0x3a3a)', 'secp256r1 (0x0017)']);
  t.is(valuesOf(records, 'extensions')[0], 'GREASE, supported_groups, extension 4660, supported_versions');
  t.deepEqual(problemsOf(records), ['length: expected 1 byte, 0 came']);
});

const suites12 = cipherSuites.map(({ opensslName }) => opensslName);
const talks: readonly Talk[] = [
  ...suites12.map((suite12): Talk => ({ crypto: 'fast', suite12 })),
  ...suites12
    .filter((suite12) => !/GCM|CHACHA/.test(suite12))
    .map((suite12): Talk => ({ crypto: 'fast', suite12, noEncryptThenMac: true })),
  ...cipherSuitesOfTls13.map(({ name }): Talk => ({ crypto: 'fast', suite13: name })),
  { crypto: 'real', suite12: 'ECDHE-ECDSA-AES256-SHA384' },
  { crypto: 'real', suite12: 'ECDHE-RSA-AES128-SHA', noEncryptThenMac: true },
  { crypto: 'real', suite12: 'AES256-GCM-SHA384' },
  { crypto: 'real', suite12: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
  { crypto: 'real', suite13: 'TLS_CHACHA20_POLY1305_SHA256' },
];

test('records of every cipher suite are opened, of both providers, with what stands around the content', (t) => {
  const request = new Uint8Array(Buffer.from('GET /'));
  for (const talk of talks) {
    const about = JSON.stringify(talk);
    const said = overheard({ ...talk, meanwhile: (L, { c }) => t.is(L.SSL_write(c, request), request.length) });
    const fields = fieldsOfConnection(said, { keyLog: said.keyLog, crypto: talk.crypto });
    t.deepEqual(uncoveredOf(fields, said), [], about);
    const { records } = fields.client;
    t.deepEqual(problemsOf([...records, ...fields.server.records]), [], about);
    t.is(valuesOf(records, 'application_data')[0], '"GET /"', about);
    t.true(valuesOf(fields.server.records, 'cipher_suite')[0]?.startsWith('TLS_'), about);
    const data = records.find((record) => valuesOf([record], 'application_data').length > 0)!;
    const isBlock = /-SHA\d*$/.test(talk.suite12 ?? '') && !/GCM/.test(talk.suite12 ?? '');
    const names = data.children!.map(({ name }) => name).slice(3);
    const behind = talk.suite12 === undefined ? 'type' : isBlock ? 'padding_length' : 'application_data';
    if (!isBlock)
      t.deepEqual(
        names,
        talk.suite12?.includes('GCM') ? ['nonce_explicit', 'ciphertext', 'tag'] : ['ciphertext', 'tag'],
        about,
      );
    else t.deepEqual(names, talk.noEncryptThenMac ? ['IV', 'ciphertext'] : ['IV', 'ciphertext', 'MAC'], about);
    t.is(data.children!.find(({ inside }) => inside !== undefined)?.inside?.fields.at(-1)?.name, behind, about);
  }
});

test('a renegotiation is opened under the keys before it, and what follows under its own', (t) => {
  const said = overheard({
    crypto: 'fast',
    suite12: 'ECDHE-ECDSA-AES128-GCM-SHA256',
    meanwhile(L, { s, pump }) {
      L.SSL_renegotiate(s);
      L.SSL_do_handshake(s);
      pump();
      L.SSL_write(s, Buffer.from('after'));
      pump();
    },
  });
  const fields = fieldsOfConnection(said, { keyLog: said.keyLog, crypto: 'fast' });
  t.deepEqual(uncoveredOf(fields, said), []);
  t.deepEqual(problemsOf([...fields.client.records, ...fields.server.records]), []);
  t.deepEqual(namesOf(fields), {
    client: 'ClientHello ClientKeyExchange ChangeCipherSpec Finished* ClientHello* ChangeCipherSpec* Finished* Alert*',
    server:
      'ServerHello Certificate ServerKeyExchange ServerHelloDone NewSessionTicket ChangeCipherSpec Finished* ' +
      'HelloRequest* ServerHello* ChangeCipherSpec* Finished* application_data* Alert*',
  });
  t.is(valuesOf(fields.client.records, 'renegotiation_info')[0], '12 bytes');
});

test('records behind a KeyUpdate are opened with the next keys', (t) => {
  const said = overheard({
    crypto: 'fast',
    meanwhile(L, { c, pump }) {
      for (const word of ['one', 'two']) {
        L.SSL_key_update(c, 1);
        L.SSL_write(c, Buffer.from(word));
        pump();
      }
    },
  });
  const fields = fieldsOfConnection(said, { keyLog: said.keyLog, crypto: 'fast' });
  t.deepEqual(uncoveredOf(fields, said), []);
  t.deepEqual(valuesOf(fields.client.records, 'KeyUpdate'), ['update_requested (1)', 'update_requested (1)']);
  t.is(valuesOf(fields.server.records, 'KeyUpdate')[0], 'update_not_requested (0)');
  t.is(fields.server.messages.at(-1)?.name, 'Alert');
  t.deepEqual(valuesOf(fields.client.records, 'application_data').slice(-2), ['"one"', '"two"']);
});

test('keys of one handshake do not open what another has said, and bytes of the one provider are closed to the other', (t) => {
  const said = overheard({ crypto: 'fast', suite12: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
  const fields = fieldsOfConnection(said, { keyLog: said.keyLog, crypto: 'real' });
  t.deepEqual(uncoveredOf(fields, said), []);
  t.true(problemsOf(fields.client.records).every((text) => text.startsWith('ciphertext: expected a secret')));
  t.true(fields.client.messages.some(({ kind }) => kind === 'protected'));
});

const places = [
  'resumed-by-ticket',
  'ftps-data-connection',
  'early-data-replayed',
  'key-update-flood',
  'damaged-ticket',
];
for (const name of places) {
  test(`the records, messages and alerts that the trace of ${name} tells of are found in its bytes`, (t) => {
    const plan = planOf(name);
    const run = bytesOf(plan, { crypto: 'fast' });
    const events: TraceEvent[] = [];
    t.is(runPlan(plan, { trace: (event) => events.push(event) }).fingerprint, run.result.fingerprint);
    const byNumber = new Map(fieldsOf(run).map((fields, i) => [run.connections[i]!.connection, fields]));
    const found = placesOf(run);
    let lost = 0;
    for (const event of events) {
      if (event.kind !== 'record' && event.kind !== 'message' && event.kind !== 'alert') continue;
      const place = found.get(event.n);
      if (place === undefined) {
        lost += 1;
        continue;
      }
      const { client, server } = run.connections.find(({ connection }) => connection === place.connection)!;
      const isOwn = (place.from === 'client' ? client : server).host === event.host;
      t.is(isOwn, event.direction === 'sent');
      const stream = byNumber.get(place.connection)![place.from];
      if (event.kind === 'record') t.is(stream.records[place.record]?.length, event.length);
      const message = messageAt(stream, place);
      if (event.kind === 'message') {
        t.is(message?.handshakeType, event.handshakeType);
        t.is(message?.field.length, event.length);
      } else if (event.kind === 'alert') {
        t.is(message?.kind, 'alert');
      }
    }
    // What somebody has put in the place of a ClientHello was never sent, and what an end writes behind its reset never leaves.
    const isLost = { 'early-data-replayed': 6, 'ftps-data-connection': 1 }[name] ?? 0;
    t.is(lost, isLost);
  });
}

test('each piece of a stream is told with its time, its place and the event before it', (t) => {
  const run = bytesOf(planOf('resumed-by-ticket'), { crypto: 'fast', bytesMax: 400 });
  const [{ client, server, step }] = run.connections as [RunBytes['connections'][number]];
  t.is(step, 'client-4');
  t.deepEqual([client.host, server.host], ['client', 'server']);
  const data = server.segments.filter(({ kind }) => kind === 'data');
  t.is(data[0]?.offset, 0);
  for (const [i, { offset, length, us, event }] of data.entries()) {
    const next = data[i + 1];
    if (next === undefined) continue;
    t.is(next.offset, offset + length);
    t.true(next.us >= us && next.event >= event);
  }
  t.is(server.bytes.length, 400);
  t.is(
    server.bytes.length + server.leftOut,
    data.reduce((sum, { length }) => sum + length, 0),
  );
  t.is(client.leftOut, 0);
});

/** A handshake message in a record of its own. */
function handshake(type: number, body: Uint8Array): Uint8Array {
  const length = Uint8Array.of(body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff);
  const message = concat(Uint8Array.of(type), length, body);
  return concat(Uint8Array.of(22, 3, 3, message.length >> 8, message.length & 0xff), message);
}

/** A ClientHello, or a ServerHello that chooses `suite`, with one extension at most. */
function hello(type: 1 | 2, suite: number, extension: Uint8Array = new Uint8Array(0)): Uint8Array {
  const code = Uint8Array.of(suite >> 8, suite & 0xff);
  const chosen = type === 1 ? concat(hex('0002'), code, hex('0100')) : concat(code, hex('00'));
  const extensions = concat(Uint8Array.of(extension.length >> 8, extension.length & 0xff), extension);
  return handshake(type, concat(hex('0303'), new Uint8Array(32), hex('00'), chosen, extensions));
}

const extensions: readonly (readonly [name: string, says: string, bytes: string])[] = [
  ['max_fragment_length', '2^9 bytes (1)', '0001 0001 01'],
  ['status_request', 'ocsp', '0005 0005 01 0000 0000'],
  ['status_request', 'ocsp', '0005 000a 01 0003 0001 ab 0002 cdef'],
  ['ec_point_formats', 'uncompressed, ansiX962_compressed_prime', '000b 0003 02 00 01'],
  ['heartbeat', '1 byte', '000f 0001 01'],
  ['application_layer_protocol_negotiation', '"h2", "http/1.1"', '0010 000e 000c 02 6832 08 687474702f312e31'],
  ['encrypt_then_mac', 'empty', '0016 0000'],
  ['extended_master_secret', 'empty', '0017 0000'],
  ['record_size_limit', '16384 bytes', '001c 0002 4000'],
  ['session_ticket', '3 bytes', '0023 0003 abcdef'],
  ['early_data', 'empty', '002a 0000'],
  ['cookie', '4 bytes', '002c 0004 0002 abcd'],
  ['psk_key_exchange_modes', 'psk_ke, psk_dhe_ke', '002d 0003 02 00 01'],
  ['certificate_authorities', '1 name', '002f 0006 0004 0002 3000'],
  ['oid_filters', '10 bytes', '0030 000a 0008 03 551d25 0002 0500'],
  ['post_handshake_auth', 'empty', '0031 0000'],
  ['signature_algorithms_cert', 'ed25519, mldsa65', '0032 0006 0004 0807 0905'],
  ['key_share', 'X25519MLKEM768', '0033 0009 0007 11ec 0003 abcdef'],
  ['pre_shared_key', '2 identities', '0029 0014 000e 0001aa 00000001 0001bb 00000002 0002 01 cc'],
  ['renegotiation_info', '2 bytes', 'ff01 0003 02 abcd'],
];

test('extensions are said in words, each with the section that defines it', (t) => {
  for (const [name, says, bytes] of extensions) {
    const { records } = fieldsOfStream(hello(1, 0x1301, hex(bytes)));
    const one = allOf(records).find((field) => field.name === name);
    t.is(one?.value, says, name);
    t.regex(one?.source ?? '', /^RFC \d+ §/u, name);
    t.deepEqual(problemsOf(records), [], name);
  }
});

test('key exchanges that the stack does not speak are read as their suite says', (t) => {
  const suite = 0x009e; // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
  const params = hex('0002 abcd 0001 02 0002 1234 0804 0003 aabbcc');
  const client = concat(hello(1, suite), handshake(16, hex('0002 5678')));
  const server = concat(
    hello(2, suite),
    handshake(12, params),
    handshake(22, hex('01 000003 010203')),
    handshake(14, hex('')),
  );
  const fields = fieldsOfConnection({ client, server });
  t.deepEqual(namesOf(fields), {
    client: 'ClientHello ClientKeyExchange',
    server: 'ServerHello ServerKeyExchange CertificateStatus ServerHelloDone',
  });
  t.deepEqual(valuesOf(fields.client.records, 'Yc'), ['5678']);
  t.deepEqual(valuesOf(fields.server.records, 'ServerKeyExchange'), ['Diffie-Hellman, 16 bits']);
  t.deepEqual(valuesOf(fields.server.records, 'algorithm'), ['rsa_pss_rsae_sha256 (0x0804)']);
  t.deepEqual(valuesOf(fields.server.records, 'ocsp_response'), ['010203']);
  t.deepEqual(problemsOf([...fields.client.records, ...fields.server.records]), []);
  const psk = 0xc035; // TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA
  const withPsk = fieldsOfConnection({
    client: concat(hello(1, psk), handshake(16, hex('0002 6162 03 04abcd'))),
    server: concat(hello(2, psk), handshake(12, hex('0000 03 001d 02 abcd'))),
  });
  t.deepEqual(valuesOf(withPsk.client.records, 'identity'), ['"ab"']);
  t.deepEqual(valuesOf(withPsk.server.records, 'ServerKeyExchange'), ['x25519 (0x001d)']);
  t.deepEqual(problemsOf([...withPsk.client.records, ...withPsk.server.records]), []);
});

test('what is encrypted under a suite that the stack does not speak stays closed, and is not called wrong', (t) => {
  const changed = hex('140303000101 1603030003 abcdef');
  const streams = { client: concat(hello(1, 0x009e), changed), server: hello(2, 0x009e) };
  const keyLog = [`CLIENT_RANDOM ${'00'.repeat(32)} ${'01'.repeat(48)}`];
  const { records, messages } = fieldsOfConnection(streams, { keyLog }).client;
  t.deepEqual(valuesOf(records, 'ciphertext'), ['encrypted, under a cipher suite that is not opened here']);
  t.deepEqual(problemsOf(records), []);
  t.is(messages.at(-1)?.kind, 'protected');
});

test('a message of very many fields is read to its end', (t) => {
  const certificates = 200_000; // none of them has a byte
  const body = new Uint8Array(3 + 3 * certificates);
  body.set([(3 * certificates) >> 16, ((3 * certificates) >> 8) & 0xff, (3 * certificates) & 0xff]);
  const message = concat(Uint8Array.of(11, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff), body);
  const pieces = Array.from({ length: Math.ceil(message.length / 2 ** 14) }, (_, i) => {
    const piece = message.subarray(i * 2 ** 14, (i + 1) * 2 ** 14);
    return concat(Uint8Array.of(22, 3, 3, piece.length >> 8, piece.length & 0xff), piece);
  });
  const { messages } = fieldsOfStream(concat(...pieces), 'server');
  const list = messages[0]?.field.children?.find(({ name }) => name === 'certificate_list');
  t.is(list?.children?.length, 1 + certificates);
});

/** What the protected messages of both sides hold, as if they had been sent in the clear. */
function inTheClear(fields: ConnectionFields): { client: Uint8Array; server: Uint8Array } {
  const plain = ({ messages }: ConnectionFields['client']): Uint8Array =>
    concat(
      ...messages
        .filter(({ kind }) => kind === 'handshake')
        .map(({ bytes, field: { offset, length } }) =>
          concat(Uint8Array.of(22, 3, 3, length >> 8, length & 0xff), bytes.subarray(offset, offset + length)),
        ),
    );
  return { client: plain(fields.client), server: plain(fields.server) };
}

test('whatever the bytes, nothing is thrown, and fields cover all of them', (t) => {
  const trace = rfc.authenticated;
  const keyLog = keyLogOf(trace);
  const block = overheard({ crypto: 'fast', suite12: 'ECDHE-RSA-AES128-SHA256' });
  const gcm = overheard({ crypto: 'fast', suite12: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
  const resumed = fieldsOfConnection(rfc.resumed, { keyLog: keyLogOf(rfc.resumed) });
  const subjects = [
    { streams: trace, options: { keyLog } },
    { streams: block, options: { keyLog: block.keyLog, crypto: 'fast' as const } },
    { streams: inTheClear(fieldsOfConnection(trace, { keyLog })), options: {} },
    { streams: inTheClear(resumed), options: {} },
    { streams: inTheClear(fieldsOfConnection(gcm, { keyLog: gcm.keyLog, crypto: 'fast' })), options: {} },
  ];
  const damage = fc.record({
    subject: fc.constantFrom(...subjects),
    flips: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
    end: fc.option(fc.nat()),
    tail: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(damage, ({ subject: { streams, options }, flips, end, tail }) => {
      const damaged = (whole: Uint8Array): Uint8Array => {
        const bytes = whole.slice(0, end === null ? whole.length : end % (whole.length + 1));
        for (const [at, by] of flips) if (bytes.length > 0) bytes[at % bytes.length]! ^= by;
        return concat(bytes, tail);
      };
      const both = { client: damaged(streams.client), server: damaged(streams.server) };
      t.deepEqual(uncoveredOf(fieldsOfConnection(both, options), both), []);
      const alone = fieldsOfStream(both.server, 'server');
      t.deepEqual(uncovered(alone.records, 0, both.server.length), []);
    }),
    { numRuns: 400, seed: 1 },
  );
});
