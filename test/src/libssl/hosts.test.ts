/** SSL_set1_host and SSL_set_hostflags, compared with each line of real OpenSSL in real handshakes. */
import test from 'ava';
import { makeCertificate, makePrivateKey, profileNames, realCrypto } from '../../../src/index.js';
import { sameAnswers } from '../../_libssl/compare.js';
import type { HandshakeCase } from '../../_libssl/handshake-case.js';

const nowSeconds = 1_700_000_000;
const key = makePrivateKey('ec-p256', (target) => target.fill(7));
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const made = new Map<string, string>();

/** A certificate that is trusted itself, for these names with commas between. */
function certificate(names: string): string {
  const known = made.get(names);
  if (known !== undefined) return known;
  const der = makeCertificate({
    subject: 'common.example.org',
    names: names === '' ? [] : names.split(','),
    key,
    serial: 1n,
    notBeforeMs: (nowSeconds - 1000) * 1000,
    notAfterMs: (nowSeconds + 1000) * 1000,
    provider: realCrypto(),
  });
  made.set(names, base64(der));
  return base64(der);
}

interface Question {
  readonly pattern: string;
  readonly host: string | null;
  readonly flags?: number;
  readonly verify?: number;
  readonly before?: readonly (string | null)[];
}

function caseOf({ pattern, host, flags, verify = 1, before = [] }: Question): HandshakeCase {
  const der = certificate(pattern);
  return {
    title: `${pattern} for ${[...before, host].join(', then ')}, flags ${flags}, verify ${verify}`,
    nowSeconds,
    server: { chain: [der], key: base64(key.pkcs8) },
    client: {
      trusted: [der],
      verify,
      hosts: [...before, host],
      ...(flags === undefined ? {} : { hostFlags: flags }),
    },
  };
}

const patterns = [
  'a.example.org',
  'A.EXAMPLE.ORG',
  '*.example.org',
  '*.org',
  '*',
  'b*.example.org',
  '*b.example.org',
  'a*b.example.org',
  'b-*.example.org',
  '*-b.example.org',
  '-*.example.org',
  '**.example.org',
  'a.*.example.org',
  '*.*.example.org',
  '*.-example.org',
  '*.example.org.',
  '*.exa_mple.org',
  'xn--*.example.org',
  'x*.example.org',
  '*.xn--bcher-kva.example.org',
  '*..org',
  'a.example.org.',
  'a_b.example.org',
  '127.0.0.1',
  '',
];
const hosts = [
  'a.example.org',
  'A.Example.Org',
  'b.example.org',
  'bb.example.org',
  'ab.example.org',
  'acb.example.org',
  'b-c.example.org',
  'c-b.example.org',
  '-a.example.org',
  'a.b.example.org',
  'a_b.example.org',
  '*.example.org',
  'example.org',
  '.example.org',
  '.org',
  '.',
  'a.example.org.',
  'xn--bcher-kva.example.org',
  'bücher.example.org',
  'a.xn--bcher-kva.example.org',
  'a.exa_mple.org',
  'common.example.org',
  'b.-example.org',
  'example',
  '',
];
const flags = [0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x21, 0x8000];
const addresses = [
  '127.0.0.1',
  '127.0.0.01',
  ' 127.0.0.1',
  '127.0.0.1 ',
  '127.0.0.1x',
  '127.0.0.1.',
  '127.0.0.256',
  '127.0.1',
  '+127.0.0.1',
  '127.0.0.2',
  '::ffff:127.0.0.1',
  '::1',
  '::',
  '1::2::3',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7::',
  '12345::',
  '[::1]',
];

const questions: readonly Question[] = [
  ...patterns.flatMap((pattern) => hosts.map((host) => ({ pattern, host }))),
  ...flags.flatMap((flag) =>
    ['*.example.org', 'b*.example.org', 'a.b.example.org', 'a.example.org', ''].flatMap((pattern) =>
      ['a.example.org', 'b.example.org', 'a.b.example.org', '.example.org', 'common.example.org'].map((host) => ({
        pattern,
        host,
        flags: flag,
      })),
    ),
  ),
  ...['127.0.0.1', 'a.example.org'].flatMap((pattern) => addresses.map((host) => ({ pattern, host }))),
  ...[null, '', 'a.example.org', '127.0.0.1'].flatMap((host) =>
    ['b.example.org', '127.0.0.2', null].map((first) => ({
      pattern: 'a.example.org,127.0.0.1',
      host,
      before: [first],
    })),
  ),
  { pattern: 'a.example.org', host: 'b.example.org', verify: 0 },
];

for (const profile of profileNames) {
  test(`${profile}: a host is matched as OpenSSL matches it, with the same number and alert`, (t) => {
    const answers = sameAnswers(t, profile, questions.map(caseOf));
    if (answers === undefined) return;
    const numbers = new Set(answers.map((one) => one.client.verifyResult));
    t.true(
      [0, 62].every((number) => numbers.has(number)),
      'some match, and some do not',
    );
  });
}
