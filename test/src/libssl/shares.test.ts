/** Key shares that are none, in every place where one is sent, compared with each line of real OpenSSL. */
import test from 'ava';
import { profileNames } from '../../../src/index.js';
import { credential } from '../../_credentials.js';
import { sameAnswers } from '../../_libssl/compare.js';
import type { End, HandshakeCase } from '../../_libssl/handshake-case.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const { chain, key } = credential('ec-p256');
const server: End = { chain: chain.map(base64), key: base64(key.pkcs8) };
const [serverKeyExchange, clientKeyExchange, keyShare] = [12, 16, 51];

interface Group {
  readonly name: string;
  readonly code: string;
  readonly bytes: number;
}
const mlKem = { name: 'X25519MLKEM768', code: '11ec' } as const;
const groups: readonly Group[] = [
  { name: 'P-256', code: '0017', bytes: 65 },
  { name: 'P-384', code: '0018', bytes: 97 },
  { name: 'P-521', code: '0019', bytes: 133 },
  { name: 'X25519', code: '001d', bytes: 32 },
  { name: 'X448', code: '001e', bytes: 56 },
];
const u8 = (value: number): string => value.toString(16).padStart(2, '0');
const u16 = (value: number): string => value.toString(16).padStart(4, '0');

/** The base point in each form, and with the wrong sign: SEC 1 §2.3.3. */
const baseX = '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296';
const baseY = '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';
const pointsOfP256 = [`03${baseX}`, `02${baseX}`, `04${baseX}${baseY}`, `07${baseX}${baseY}`, `06${baseX}${baseY}`];

/** In hexadecimal: of no length, too short, too long, and of the right length, but no point or one of small order. */
function sharesOf({ name, bytes }: Group): string[] {
  const forms = ['00', '01', '02', '04', '06', 'ff'];
  return [
    ...(name === 'P-256' ? pointsOfP256 : []),
    '',
    '00',
    '04',
    ...forms.flatMap((form) => [bytes - 1, bytes, bytes + 1].map((length) => form + u8(0).repeat(length - 1))),
  ];
}

for (const profile of profileNames) {
  test(`${profile}: shares of TLS 1.2 that are none end as with OpenSSL`, (t) => {
    const cases = groups.flatMap((group) =>
      sharesOf(group).flatMap((share): HandshakeCase[] => {
        const of = (title: string): Omit<HandshakeCase, 'messageEdits'> => ({
          title: `${group.name}, ${title}, ${share.slice(0, 4)} of ${share.length / 2} bytes`,
          nowSeconds: 1_700_000_000,
          client: { groups: group.name === 'P-256' ? group.name : `${group.name}:P-256` },
          server,
        });
        const insert = u8(share.length / 2) + share;
        return [
          {
            ...of('server'),
            messageEdits: [{ from: 'server', message: serverKeyExchange, at: 3, remove: 1 + group.bytes, insert }],
          },
          {
            ...of('client'),
            messageEdits: [{ from: 'client', message: clientKeyExchange, at: 0, remove: 1 + group.bytes, insert }],
          },
        ];
      }),
    );
    const answers = sameAnswers(t, profile, cases);
    if (answers === undefined) return;
    const reason = profile === '1.1.1' ? 'EC lib' : 'bad key share';
    t.true(answers.some((one) => one.server.errors.includes(reason)));
  });

  test(`${profile}: shares of TLS 1.3 that are none end as with OpenSSL`, (t) => {
    const cases = groups.flatMap((group) =>
      sharesOf(group).flatMap((share): HandshakeCase[] => {
        const of = (title: string): Omit<HandshakeCase, 'edits'> => ({
          title: `${group.name}, ${title}, ${share.slice(0, 4)} of ${share.length / 2} bytes`,
          nowSeconds: 1_700_000_000,
          client: { groups: group.name },
          server,
          tls13: true,
        });
        const entry = group.code + u16(share.length / 2) + share;
        return [
          { ...of('server'), edits: [{ hello: 'server', type: keyShare, data: entry }] },
          { ...of('client'), edits: [{ hello: 'client', type: keyShare, data: u16(entry.length / 2) + entry }] },
        ];
      }),
    );
    const answers = sameAnswers(t, profile, cases);
    if (answers === undefined) return;
    t.true(answers.some((one) => one.server.errors.includes('bad ecpoint')));
  });
}

test('3.5: shares of X25519MLKEM768 that are none end as with OpenSSL', (t) => {
  const cases = (['client', 'server'] as const).flatMap((hello) => {
    const bytes = hello === 'client' ? 1216 : 1120;
    const byte = (value: string, length: number): string => value.repeat(length);
    const shares = {
      zero: byte('00', bytes),
      ff: byte('ff', bytes),
      'zero with a point': byte('00', bytes - 32) + byte('09', 32),
      'ff without a point': byte('ff', bytes - 32) + byte('00', 32),
      short: byte('00', bytes - 1),
      long: byte('00', bytes + 1),
      'of one byte': '00',
      empty: '',
    };
    return Object.entries(shares).map(([what, share]): HandshakeCase => {
      const entry = mlKem.code + u16(share.length / 2) + share;
      const data = hello === 'client' ? u16(entry.length / 2) + entry : entry;
      return {
        title: `${hello}, ${what}`,
        nowSeconds: 1_700_000_000,
        client: { groups: mlKem.name },
        server,
        tls13: true,
        edits: [{ hello, type: keyShare, data }],
      };
    });
  });
  sameAnswers(t, '3.5', cases);
});
