/** The model and real libssl, given the same damaged records and messages: calls, errors and alerts have to be the same. */
import test from 'ava';
import { profileNames } from '../../../src/index.js';
import type { LiveCase } from '../../_libssl/live.js';
import { answersLive, compareLive, type LiveAnswers } from '../../_libssl/live-compare.js';

/** HandshakeType */
const [newSessionTicket, encryptedExtensions, certificateRequest] = [4, 8, 13];
const signatures = '000d000400020403';
const extensionTypes = [
  ...[0, 1, 5, 10, 11, 12, 13, 14, 16, 18, 19, 20, 21, 22, 23, 27, 35, 41, 42, 43, 44, 45, 47, 49, 50, 51],
  ...[0x3374, 0x5a5a, 0xfde8, 0xff01],
];
const hex = (value: number): string => value.toString(16).padStart(4, '0');
const extensionLists = [
  ...[
    '',
    signatures,
    `${signatures}${signatures}`,
    signatures.slice(0, -2),
    '000d0000',
    '000d00020000',
    '000d0003000104',
  ],
  ...['000d00050003040304', '000d000500020403 00', '002f00050003000130', '000d0000002f00050003000130'],
  ...[`${signatures}002f00050003000130`, `${signatures}002f000400023000`, `${signatures}002f000500020000 00`],
  ...[`${signatures}003200020000`, `${signatures}0032000400020403`, `${signatures}5a5a00005a5a0000`],
  ...extensionTypes.flatMap((type) => [`${signatures}${hex(type)}0000`, `${signatures}${hex(type)}000100`]),
].map((list) => list.replaceAll(' ', ''));

/** Damage that has found the model to do otherwise, by what it is about. */
const onceDiffering: Readonly<Record<string, LiveCase>> = {
  'close_notify behind user_canceled': { flow: '1.3 resumed and retried', role: 'client', passed: 6, number: 227 },
  'close_notify behind another warning': { flow: '1.3 resumed and retried', role: 'client', passed: 1, number: 26_576 },
  'a certificate that cannot be read': { flow: 'full', role: 'client', passed: 1, number: 0 },
  'a broken ChangeCipherSpec': { flow: '1.3 full', role: 'client', passed: 2, number: 2 },
  'a version of a protected record': { flow: '1.3 full', role: 'server', passed: 1, number: 0 },
  'a type of a protected record': { flow: '1.3 late certificate', role: 'client', passed: 11, number: 2 },
  'a share of another group': { flow: '1.3 retried', role: 'client', passed: 0, number: 2 },
  'names of authorities': { flow: 'client certificate', role: 'client', passed: 3, number: 103 },
  'a signature scheme before its signature': { flow: 'client certificate', role: 'client', passed: 2, number: 104 },
  'extensions that are none': { flow: 'full', role: 'server', passed: 0, number: 2004 },
  'a list that breaks behind a certificate': { flow: '1.3 full', role: 'client', passed: 1, number: 2005 },
  'an alert amid a handshake message': { flow: '1.3 key updates', role: 'server', passed: 3, number: 2008 },
  'a session resumed without a share': { flow: '1.3 early data', role: 'client', passed: 0, number: 5006 },
  'identities behind the one that is taken': { flow: '1.3 early data', role: 'server', passed: 0, number: 5008 },
  'extensions of a request for a certificate': {
    flow: '1.3 late certificate',
    role: 'client',
    passed: 8,
    number: 5000,
  },
  'a record of SSL 3.0': { flow: 'empty certificate', role: 'server', passed: 2, number: 20_005 },
};

for (const profile of profileNames) {
  test(`${profile}: messages of a server of TLS 1.3 with any extensions end as with libssl`, async (t) => {
    const bodies = extensionLists.flatMap((list) =>
      ['', '00'].map((behind) => `00${hex(list.length / 2)}${list}${behind}`),
    );
    const replaced = (message: number, body: string, passed: number): LiveCase => ({
      flow: message === certificateRequest ? '1.3 client certificate' : '1.3 full',
      role: 'client',
      passed,
      number: 0,
      other: { message, body },
    });
    const fewer = extensionTypes.map((type) => `${hex(type)}0000`);
    const cases = [
      ...bodies.map((body) => replaced(certificateRequest, body, 2)),
      ...fewer.map((list) => replaced(encryptedExtensions, `${hex(list.length / 2)}${list}`, 2)),
      ...fewer.map((list) =>
        replaced(newSessionTicket, `00001c20000000010101000400000001${hex(list.length / 2)}${list}`, 6),
      ),
    ];
    const answers = await answersLive(profile, cases);
    if (answers === undefined) {
      t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
      t.pass();
      return;
    }
    t.deepEqual(
      answers.filter(({ model, libssl }) => String(model) !== String(libssl)),
      [],
    );
    for (const reason of ['missing sigalgs extension', 'bad extension', 'ASN1 lib', 'length mismatch', 'bad signature'])
      t.true(
        answers.some(({ libssl }) => String(libssl).includes(reason)),
        reason,
      );
  });

  test(`${profile}: what damaged records do in every state is what they do in libssl`, async (t) => {
    t.timeout(120_000);
    const first = profileNames.indexOf(profile); // into each state, on each line another one
    const found: LiveAnswers[] = [];
    const report = await compareLive(profile, { first, count: 1 }, (difference) => found.push(difference));
    if (report === undefined) {
      t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
      t.pass();
      return;
    }
    t.deepEqual(found, []);
    t.is(report.otherwise, 0, 'records of both have the same lengths');
    t.true(report.cases > 200, String(report.cases));
  });

  test(`${profile}: damage that was answered otherwise once is answered as in libssl`, async (t) => {
    const answers = await answersLive(profile, Object.values(onceDiffering));
    if (answers === undefined) {
      t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
      t.pass();
      return;
    }
    for (const [i, what] of Object.keys(onceDiffering).entries()) {
      t.deepEqual(answers[i]?.model, answers[i]?.libssl, what);
      t.true((answers[i]?.libssl.length ?? 0) > 0, what);
    }
  });
}
