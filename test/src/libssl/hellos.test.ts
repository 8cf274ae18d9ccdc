/** Hellos that somebody changed on their way, and what both ends name in theirs, compared with each line of real OpenSSL. */
import test from 'ava';
import { profileNames } from '../../../src/index.js';
import { credential } from '../../_credentials.js';
import { askLibssl, askModel } from '../../_libssl/ask.js';
import { sameAnswers } from '../../_libssl/compare.js';
import type { End, HandshakeCase, HelloEdit, HelloReport } from '../../_libssl/handshake-case.js';

const nowSeconds = 1_700_000_000;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const { chain, key } = credential('ec-p256');
const server: End = { chain: chain.map(base64), key: base64(key.pkcs8) };

const rsa = credential('rsa-2048');
const rsaServer: End = { chain: rsa.chain.map(base64), key: base64(rsa.key.pkcs8) };

const Type = {
  serverName: 0,
  maxFragmentLength: 1,
  statusRequest: 5,
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  heartbeat: 15,
  alpn: 16,
  certificateTimestamp: 18,
  padding: 21,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  compressCertificate: 27,
  recordSizeLimit: 28,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  pskModes: 45,
  certificateAuthorities: 47,
  postHandshakeAuth: 49,
  signatureAlgorithmsCert: 50,
  keyShare: 51,
  nextProtocol: 13_172,
  unknown: 0x5a5a,
  renegotiationInfo: 0xff01,
} as const;
const Op = {
  noExtendedMasterSecret: 0x1,
  noTicket: 0x4000,
  noEncryptThenMac: 0x8_0000,
  legacyServerConnect: 0x4,
} as const;

/** What each extension may say, in hexadecimal. */
const contents: readonly (readonly [number, string])[] = Object.values(Type).flatMap((type) =>
  ['', '00', '0100', '0003026832'].map((data) => [type, data] as const),
);

function named({ client, server: answer, certificateRequest }: HelloReport): unknown {
  return { client, server: answer, certificateRequest };
}

/** For any of them. */
const anyContents = [
  ...['', '00', '01', '0000', '0100', '0101', '0102', '000100', '020303', '020304', '0002001d', '00020403', '00020804'],
  ...['03030400', '0003026832', '0100000000', '000400020000', '0006000003782e79'],
];

function caseOf(title: string, client: End, edits: readonly HelloEdit[], from: End = server): HandshakeCase {
  return { title, nowSeconds, client, server: from, edits };
}

const clients: readonly (readonly [string, End])[] = [
  ['a plain client', {}],
  ['a client that asks for all', { servername: 'simtls.test', alpn: 'h2', fragmentLengths: [2] }],
  ['a client without tickets', { options: Op.noTicket }],
  ['a client without extended master secret', { options: Op.noExtendedMasterSecret }],
  ['a client without encrypt-then-MAC', { options: Op.noEncryptThenMac }],
];

for (const profile of profileNames) {
  test(`${profile}: a ServerHello with one extension more, less or other ends as with OpenSSL`, (t) => {
    const edit = (type: number, data: string | null): HelloEdit => ({ hello: 'server', type, data });
    const cases = clients.flatMap(([who, client]) => [
      ...contents.map(([type, data]) => caseOf(`${who}, extension ${type} is '${data}'`, client, [edit(type, data)])),
      ...Object.values(Type).map((type) => caseOf(`${who}, without extension ${type}`, client, [edit(type, null)])),
    ]);
    const answers = sameAnswers(t, profile, cases);
    if (answers === undefined) return;
    t.true(answers.some((one) => one.client.errors.includes('unsolicited extension')));
  });

  test(`${profile}: a ClientHello with one extension more, less or other ends as with OpenSSL`, (t) => {
    const edit = (type: number, data: string | null): HelloEdit => ({ hello: 'client', type, data });
    const lists = [
      [Type.signatureAlgorithms, ['00020403', '00020401', '00025a5a', '00020203', '000408040403', '000204', '0000']],
      [
        Type.supportedGroups,
        ['0002001d', '00020017', '00020018', '00020019', '0002001e', '00025a5a', '00040018001d', '0000', '000100'],
      ],
      [Type.ecPointFormats, ['0100', '0101', '00', '020100']],
      [Type.maxFragmentLength, ['01', '04', '05', '00', '0102']],
      [Type.renegotiationInfo, ['00', '01', '0100', '']],
      [
        Type.serverName,
        ['0006000003782e79', '', '0000', '0006010003782e79', '000c000003782e79000003782e79', '0006000003782079'],
      ],
      [Type.extendedMasterSecret, ['', '00']],
      [Type.encryptThenMac, ['', '00']],
      [Type.sessionTicket, ['', '00', 'aabb']],
      [Type.alpn, ['0003026832', '', '0000', '000100', '00030268']],
      [Type.unknown, ['', '00']],
    ] as const;
    const cases = [server, rsaServer].flatMap((from, i) =>
      lists.flatMap(([type, data]) => [
        caseOf(`server ${i}, without extension ${type}`, {}, [edit(type, null)], from),
        ...data.map((text) => caseOf(`server ${i}, extension ${type} is ${text}`, {}, [edit(type, text)], from)),
      ]),
    );
    sameAnswers(t, profile, cases);
  });

  test(`${profile}: hellos of either version with one extension more, less or other end as with OpenSSL`, (t) => {
    const edits = (['client', 'server'] as const).flatMap((hello) =>
      Object.values(Type).flatMap((type) => [null, ...anyContents].map((data) => ({ hello, type, data }))),
    );
    const cases = [false, true].flatMap((tls13) =>
      edits.map((edit) => ({
        ...caseOf(`${edit.hello}, extension ${edit.type} is '${edit.data}', TLS 1.3: ${tls13}`, {}, [edit]),
        tls13,
      })),
    );
    sameAnswers(t, profile, cases);
  });

  test(`${profile}: hellos in which an extension comes twice end as with OpenSSL`, (t) => {
    const [, [, asksForAll]] = clients as [unknown, readonly [string, End]];
    const cases = [false, true].flatMap((tls13) =>
      (['client', 'server'] as const).flatMap((hello) =>
        Object.values(Type).flatMap((type) =>
          ['', '0000'].flatMap((data) => {
            const edit: HelloEdit = { hello, type, data, again: true };
            const of = (edits: HelloEdit[]): HandshakeCase => ({
              ...caseOf(`${hello}, ${edits.length} more of ${type}, '${data}', TLS 1.3: ${tls13}`, asksForAll, edits),
              tls13,
            });
            return [of([edit]), of([edit, edit])];
          }),
        ),
      ),
    );
    const answers = sameAnswers(t, profile, cases);
    if (answers === undefined) return;
    t.true(answers.some((one) => one.server.errors.includes('bad extension') && one.server.alerts.includes('2 47')));
  });

  test(`${profile}: names of authorities in a ClientHello are read one by one, as with OpenSSL`, (t) => {
    const lists = ['000200', '00020000', '0003000130', '000400023000', '00050003300000', '0006000430020500'];
    const cases = ['', '0000', ...lists, '0006000430023100', '00060004300231ff', '00040002300000'].flatMap((data) =>
      [false, true].map((tls13) => {
        const edit: HelloEdit = { hello: 'client', type: Type.certificateAuthorities, data };
        return { ...caseOf(`authorities '${data}', TLS 1.3: ${tls13}`, {}, [edit]), tls13 };
      }),
    );
    const answers = sameAnswers(t, profile, cases);
    if (answers === undefined) return;
    for (const reason of ['length mismatch', 'ASN1 lib', 'ca dn length mismatch', 'bad extension'])
      t.true(answers.some((one) => one.server.errors.includes(reason)));
  });

  test(`${profile}: codes of a maximum fragment length are taken or refused as by OpenSSL`, (t) => {
    const codes = [0, 1, 4, 5, 0, 6, 127, 128, 255, 3];
    const answers = sameAnswers(t, profile, [
      caseOf('of a context', { fragmentLengths: codes }, []),
      caseOf('of a connection', { fragmentLengths: [2], ownFragmentLengths: codes }, []),
      caseOf('of a connection, refused', { fragmentLengths: [2], ownFragmentLengths: [9] }, []),
      caseOf('of a connection, taken back', { fragmentLengths: [2], ownFragmentLengths: [0] }, []),
    ]);
    if (answers === undefined) return;
    t.deepEqual(answers[0]!.client.calls, [1, 1, 1, 0, 1, 0, 0, 0, 0, 1]);
    t.is(answers[0]!.client.errors.length, 5);
    t.deepEqual(
      answers.map((one) => one.client.fragmentLength),
      [3, 3, 2, 0],
    );
  });

  test(`${profile}: a ServerHello with a suite that nobody offered, or that OpenSSL does not know, ends as with OpenSSL`, (t) => {
    const suites = [
      0xc02b, 0xc02f, 0x00a6, 0x009c, 0x1301, 0x1302, 0x1303, 0x1304, 0x00ff, 0x5600, 0x0000, 0xc0b4, 0x5a5a,
    ];
    const cases = [false, true].flatMap((tls13) =>
      suites.map((suite) => ({ ...caseOf(`suite ${suite}, TLS 1.3: ${tls13}`, {}, []), suite, tls13 })),
    );
    const answers = sameAnswers(t, profile, cases);
    if (answers === undefined) return;
    for (const reason of ['unknown cipher returned', 'wrong cipher returned'])
      t.true(answers.some((one) => one.client.errors.includes(reason)));
  });

  test(`${profile}: a hello that would speak TLS 1.3 offers the signatures that OpenSSL offers`, (t) => {
    const cases = [{ ...caseOf('all', { servername: 'simtls.test' }, []), tls13: true }];
    const [theirs] = askLibssl(profile, cases) ?? [];
    if (theirs === undefined) return void t.pass('not installed');
    const [ours] = askModel(profile, cases);
    t.is(ours!.report.client[Type.signatureAlgorithms], theirs.report.client[Type.signatureAlgorithms]);
    t.true(theirs.report.client[Type.signatureAlgorithms]!.length > 0);
  });

  test(`${profile}: hellos and requests for certificates name what OpenSSL's name`, (t) => {
    const asking = { ...server, verify: 1, trusted: server.chain! };
    const cases = [caseOf('all', { servername: 'simtls.test' }, [], asking)];
    const [theirs] = sameAnswers(t, profile, cases) ?? [];
    const [ours] = askModel(profile, cases);
    if (theirs === undefined) return;
    t.deepEqual(named(ours!.report), named(theirs.report));
    t.true(theirs.report.client[Type.signatureAlgorithms]!.length > 0);
  });
}
