import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { isForName } from '../../../src/crypto/host-name.js';
import {
  type CertificatePurpose,
  type CryptoProvider,
  type ExpectedHost,
  fastCrypto,
  makeCertificate,
  makePrivateKey,
  type PrivateKey,
  parseAddress,
  readCertificate,
  realCrypto,
  type SignatureName,
  testCredentials,
  verifyChain,
} from '../../../src/crypto/index.js';
import { profileNames } from '../../../src/index.js';
import { type CredentialName, credential, credentialNames } from '../../_credentials.js';
import { sameAnswers } from '../../_libssl/compare.js';
import type { HandshakeCase } from '../../_libssl/handshake-case.js';

const nowMs = Date.UTC(2024, 5, 1);
const dayMs = 86_400_000;

/** A certificate's place in a chain: its key, and what its options say. */
interface Maker {
  readonly key: PrivateKey;
  readonly subject: string;
  readonly der: Uint8Array;
}

interface Given {
  readonly subject: string;
  readonly issuer?: Maker;
  readonly key?: PrivateKey;
  readonly ca?: boolean;
  readonly pathLength?: number;
  readonly purposes?: readonly CertificatePurpose[];
  readonly names?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly scheme?: SignatureName;
}

let keys = 0;
function newKey(kind: 'ec-p256' | 'ed25519' = 'ec-p256'): PrivateKey {
  keys += 1;
  return makePrivateKey(kind, (target) => {
    target.fill(keys);
    target[0] = 1;
  });
}

function makerFor(provider: CryptoProvider): (given: Given) => Maker {
  let serial = 0n;
  return ({ subject, issuer, key = newKey(), from = -100, to = 100, names = [], ...rest }) => {
    serial += 1n;
    const der = makeCertificate({
      subject,
      names,
      key,
      serial,
      ...(issuer === undefined ? {} : { issuer: { subject: issuer.subject, key: issuer.key } }),
      notBeforeMs: nowMs + from * dayMs,
      notAfterMs: nowMs + to * dayMs,
      provider,
      ...rest,
    });
    return { key, subject, der };
  };
}

interface Case {
  readonly title: string;
  readonly error: number;
  readonly chain: readonly Maker[];
  readonly trusted: readonly Maker[];
  readonly purpose?: CertificatePurpose;
  readonly host?: string;
}

/** Chains that are good, and bad in each way there is, with the number of OpenSSL 3.x. */
function cases(provider: CryptoProvider): Case[] {
  const make = makerFor(provider);
  const root = make({ subject: 'root', ca: true });
  const edRoot = make({ subject: 'ed root', ca: true, key: newKey('ed25519') });
  const rsaRoot = make({ subject: 'rsa root', ca: true, key: testCredentials['rsa-2048'].key });
  const middle = make({ subject: 'middle', issuer: root, ca: true });
  const inner = make({ subject: 'inner', issuer: middle, ca: true });
  const leaf = make({ subject: 'leaf', issuer: middle, names: ['leaf.example', '*.wild.example', '10.1.2.3'] });
  const deep = make({ subject: 'deep', issuer: inner });
  const own = make({ subject: 'own' });
  const mimic = make({ subject: 'own' });
  const expired = make({ subject: 'expired', issuer: root, to: -1 });
  const lastSecond = make({ subject: 'last second', issuer: root, to: 0 });
  const firstSecond = make({ subject: 'first second', issuer: root, from: 0 });
  const early = make({ subject: 'early', issuer: root, from: 1 });
  const oldMiddle = make({ subject: 'old middle', issuer: root, ca: true, to: -1 });
  const renewed = make({ subject: 'old middle', issuer: root, ca: true, key: oldMiddle.key });
  const underOld = make({ subject: 'under old', issuer: oldMiddle });
  const oldRoot = make({ subject: 'old root', ca: true, to: -1 });
  const underOldRoot = make({ subject: 'under old root', issuer: oldRoot });
  const noAuthority = make({ subject: 'no authority', issuer: root });
  const underNone = make({ subject: 'under none', issuer: noAuthority });
  const shortRoot = make({ subject: 'short root', ca: true, pathLength: 0 });
  const under = make({ subject: 'under', issuer: shortRoot, ca: true });
  const tooDeep = make({ subject: 'too deep', issuer: under });
  const justDeep = make({ subject: 'just deep', issuer: shortRoot });
  const forClients = make({ subject: 'for clients', issuer: root, purposes: ['client'] });
  const forged = make({ subject: 'forged', issuer: { ...root, key: newKey() } });
  const underEd = make({ subject: 'under ed', issuer: edRoot });
  const underRsa = make({ subject: 'under rsa', issuer: rsaRoot });
  const otherKind = make({ subject: 'other kind', issuer: { ...root, key: newKey('ed25519') } });
  return [
    { title: 'a leaf under a root', error: 0, chain: [firstSecond], trusted: [root] },
    { title: 'an authority between', error: 0, chain: [leaf, middle], trusted: [root] },
    { title: 'two between, in the wrong order', error: 0, chain: [deep, middle, inner], trusted: [root] },
    { title: 'the root in the chain as well', error: 0, chain: [leaf, middle, root], trusted: [root] },
    { title: 'the one between from the store', error: 0, chain: [leaf], trusted: [middle, root] },
    { title: 'strangers among the chain and the store', error: 0, chain: [leaf, own, middle], trusted: [mimic, root] },
    { title: 'a trusted certificate signed by itself', error: 0, chain: [own], trusted: [own] },
    { title: 'a root with an Ed25519 key', error: 0, chain: [underEd], trusted: [edRoot] },
    { title: 'a root with an RSA key', error: 0, chain: [underRsa], trusted: [rsaRoot] },
    {
      title: 'a renewed one between beside the expired',
      error: 0,
      chain: [underOld, oldMiddle, renewed],
      trusted: [root],
    },
    { title: 'a root that allows no authority below', error: 0, chain: [justDeep], trusted: [shortRoot] },
    { title: 'signed by itself, not trusted', error: 18, chain: [own], trusted: [root] },
    { title: 'signed by itself, another of that name trusted', error: 18, chain: [mimic], trusted: [own] },
    { title: 'an untrusted root at the end', error: 19, chain: [leaf, middle, root], trusted: [own] },
    { title: 'the one between is missing', error: 20, chain: [leaf], trusted: [root] },
    { title: 'no root', error: 20, chain: [leaf, middle], trusted: [] },
    { title: 'a store that ends without a root', error: 2, chain: [leaf], trusted: [middle] },
    { title: 'a leaf in the store itself, not signed by itself', error: 20, chain: [leaf], trusted: [leaf] },
    { title: 'an expired leaf', error: 10, chain: [expired], trusted: [root] },
    { title: 'a leaf in its last second', error: 10, chain: [lastSecond], trusted: [root] },
    { title: 'an expired one between', error: 10, chain: [underOld, oldMiddle], trusted: [root] },
    { title: 'an expired root', error: 10, chain: [underOldRoot], trusted: [oldRoot] },
    { title: 'a leaf that is not valid yet', error: 9, chain: [early], trusted: [root] },
    { title: 'one between that is no authority', error: 79, chain: [underNone, noAuthority], trusted: [root] },
    { title: 'more authorities than the root allows', error: 25, chain: [tooDeep, under], trusted: [shortRoot] },
    { title: 'a leaf for clients alone', error: 26, chain: [forClients], trusted: [root] },
    { title: 'the same from a client', error: 0, chain: [forClients], trusted: [root], purpose: 'client' },
    { title: 'a signature by another key', error: 7, chain: [forged], trusted: [root] },
    { title: 'a signature by another kind of key', error: 20, chain: [otherKind], trusted: [root] },
    { title: 'the right name', error: 0, chain: [leaf, middle], trusted: [root], host: 'leaf.example' },
    { title: 'a name under the wildcard', error: 0, chain: [leaf, middle], trusted: [root], host: 'A.wild.example' },
    {
      title: 'two labels under the wildcard',
      error: 62,
      chain: [leaf, middle],
      trusted: [root],
      host: 'a.b.wild.example',
    },
    { title: 'nothing under the wildcard', error: 62, chain: [leaf, middle], trusted: [root], host: 'wild.example' },
    { title: 'another name', error: 62, chain: [leaf, middle], trusted: [root], host: 'other.example' },
    { title: 'the common name beside names', error: 62, chain: [leaf, middle], trusted: [root], host: 'leaf' },
    {
      title: 'the common name where there are no names',
      error: 0,
      chain: [deep, middle, inner],
      trusted: [root],
      host: 'deep',
    },
    { title: 'the right address', error: 0, chain: [leaf, middle], trusted: [root], host: '10.1.2.3' },
    { title: 'another address', error: 64, chain: [leaf, middle], trusted: [root], host: '10.1.2.4' },
    { title: 'another name of an expired leaf', error: 62, chain: [expired], trusted: [root], host: 'other.example' },
  ];
}

function hostOf(text: string | undefined): ExpectedHost {
  const address = text === undefined ? undefined : parseAddress(text, 'plain');
  return { name: address === undefined ? text : undefined, address, flags: 0 };
}

function verified(provider: CryptoProvider, { chain, trusted, purpose = 'server', host }: Case): number {
  const [first, ...others] = chain.map((one) => readCertificate(one.der));
  return verifyChain({
    provider,
    chain: [first!, ...others],
    trusted: trusted.map((one) => readCertificate(one.der)),
    purpose,
    host: hostOf(host),
    nowMs,
    invalidCa: 79,
    acceptedErrors: 'above-zero',
    constraintRules: { bounds: 'zero', uriHosts: 'scanned' },
    strength: { bitsMin: 80, sha1Bits: 63 },
  }).error;
}

for (const provider of [realCrypto(), fastCrypto()]) {
  test(`${provider.name}: each chain gives the number that OpenSSL has for it`, (t) => {
    for (const one of cases(provider)) t.is(verified(provider, one), one.error, one.title);
  });
}

/** The first error that `openssl verify` tells; it goes on after most. Undefined where there is no OpenSSL 3. */
function byOpenssl(folder: string, { chain, trusted, purpose = 'server', host }: Case): number {
  const files = { leaf: chain.slice(0, 1), untrusted: chain.slice(1), trusted };
  for (const [name, makers] of Object.entries(files)) {
    const blocks = makers.map(
      ({ der }) => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`,
    );
    writeFileSync(path.join(folder, name), blocks.join(''));
  }
  const at = (name: string): string => path.join(folder, name);
  const hostFlag = hostOf(host).address === undefined ? '-verify_hostname' : '-verify_ip';
  const run = spawnSync('openssl', [
    'verify',
    ...['-no-CApath', '-no-CAstore', '-purpose', purpose === 'server' ? 'sslserver' : 'sslclient'],
    ...['-attime', String(nowMs / 1000), ...(host === undefined ? [] : [hostFlag, host])],
    ...(trusted.length > 0 ? ['-CAfile', at('trusted')] : ['-no-CAfile']),
    ...(chain.length > 1 ? ['-untrusted', at('untrusted')] : []),
    at('leaf'),
  ]);
  const found = /^error (\d+) at/m.exec(`${run.stdout}${run.stderr}`)?.[1];
  if (found === undefined && !/: OK$/m.test(String(run.stdout))) throw new Error(String(run.stderr));
  return Number(found ?? 0);
}

const opensslVersion = String(spawnSync('openssl', ['version']).stdout ?? '');
test('openssl verify has the same number for each chain', (t) => {
  if (!opensslVersion.startsWith('OpenSSL 3')) {
    t.log('there is no OpenSSL 3 to compare with');
    t.pass();
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'simtls-verify-'));
  try {
    for (const one of cases(realCrypto())) t.is(byOpenssl(folder, one), one.error, one.title);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a chain is followed up to a hundred certificates, and not in circles', (t) => {
  const provider = fastCrypto();
  const make = makerFor(provider);
  const line = [make({ subject: 'authority 0', ca: true })];
  for (let i = 1; i <= 103; i += 1) line.push(make({ subject: `authority ${i}`, issuer: line.at(-1)!, ca: true }));
  const error = (length: number): number =>
    verified(provider, {
      title: '',
      error: 0,
      chain: line.slice(1, length + 1).toReversed(),
      trusted: line.slice(0, 1),
    });
  t.is(error(101), 0);
  t.is(error(102), 22);
  const [a, b] = [newKey(), newKey()];
  const first = make({ subject: 'a', key: a, issuer: { subject: 'b', key: b, der: new Uint8Array() }, ca: true });
  const second = make({ subject: 'b', key: b, issuer: first, ca: true });
  t.is(verified(provider, { title: '', error: 0, chain: [first, second], trusted: [] }), 20);
  t.is(verified(provider, { title: '', error: 0, chain: [first], trusted: [first, second] }), 22);
});

test('wildcards stand in the left-most label alone, and match within one label', (t) => {
  const provider = fastCrypto();
  const matches = (pattern: string, name: string): boolean => {
    const der = makerFor(provider)({ subject: 'any', names: [pattern] }).der;
    return isForName(readCertificate(der), name, 0);
  };
  for (const [pattern, name, expected] of [
    ['a.example', 'A.EXAMPLE', true],
    ['*.a.example', 'b.a.example', true],
    ['*.a.example', '.a.example', true],
    ['*.a.example', 'a.example', false],
    ['*.example', 'a.example', false],
    ['a.*.example.org', 'a.b.example.org', false],
    ['*.*.example.org', 'a.b.example.org', false],
    ['b*.a.example', 'bc.a.example', true],
    ['b*.a.example', 'b.a.example', true],
    ['*c.a.example', 'bc.a.example', true],
    ['b*c.a.example', 'bbc.a.example', false],
    ['xn--*.a.example', 'xn--b.a.example', false],
    ['x*.a.example', 'xn--b.a.example', false],
    ['*.a.example', 'xn--b.a.example', true],
    ['*.a.example', '*.a.example', true],
    ['*.a.example', 'b_c.a.example', false],
    ['*.-a.example.org', 'b.-a.example.org', false],
    ['www.a.example', '.a.example', true],
    ['www.a.example', '.b.example', false],
  ] as const) {
    t.is(matches(pattern, name), expected, `${pattern} for ${name}`);
  }
});

test('addresses are read as they are written, in both versions, as a2i_IPADDRESS of each line reads them', (t) => {
  const zeros = '0'.repeat(32);
  const mapped = '00000000000000000000ffff7f000001';
  /** What 1.1.1 and 3.0 make of it, and 3.5 where that is something else. */
  const expected: readonly (readonly [string, string | undefined, string?])[] = [
    ['127.0.0.1', '7f000001', '7f000001'],
    ['127.0.0.01', '7f000001'],
    ['127.0.0.0001', '7f000001'],
    ['127.0.0.00', '7f000000'],
    ['0.0.0.0', '00000000', '00000000'],
    [' 127. \t0.0.1 x', '7f000001'],
    ['127 .0.0.1', undefined],
    ['127.0.0.1x', undefined],
    ['127.0.0.1.', undefined],
    ['127.0.0.256', undefined],
    ['127.0.0.-1', undefined],
    ['127.0.0.-0', '7f000000'],
    ['127.0.1', undefined],
    ['+127.0.0.1', '7f000001'],
    ['4294967297.0.0.1', '01000001'],
    ['99999999999999999999.0.0.1', undefined],
    ['a.example', undefined],
    ['', undefined],
    ['::', zeros, zeros],
    [':', zeros, zeros],
    ['2001:db8::1', '20010db8000000000000000000000001', '20010db8000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000', '00010002000300040005000600070000'],
    ['1:2:3:4:5:6:1.2.3.4', '00010002000300040005000601020304', '00010002000300040005000601020304'],
    ['::ffff:127.0.0.1', mapped, mapped],
    ['::ffff:127.0.0.01', mapped],
    ['1::2::3', undefined],
    ['1:2:3:4::5:6:7:8', undefined],
    ['1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1:2:3:4:5:6:7:1.2.3.4', undefined],
    ['12345::', undefined],
    ['1.2.3.4::', undefined],
    ['::1.2.3.4:5', undefined],
    [':1', undefined],
    ['1:', undefined],
    [':::', undefined],
    ['::1:', undefined],
    ['::1 ', undefined],
    ['[::1]', undefined],
    ['g::', undefined],
  ];
  const hex = (address: Uint8Array | undefined): string | undefined => address && Buffer.from(address).toString('hex');
  for (const [text, scanned, plain] of expected) {
    t.is(hex(parseAddress(text, 'scanned')), scanned, text);
    t.is(hex(parseAddress(text, 'plain')), plain, text);
  }
});

test('a certificate says what its extensions say, and one of each kind of key is read back whole', (t) => {
  for (const name of credentialNames) {
    const { key } = credential(name);
    const options = { subject: 'all of it', names: ['a.example', '10.0.0.1'], key, serial: 1n };
    const times = { notBeforeMs: nowMs, notAfterMs: nowMs + dayMs };
    const der = makeCertificate({
      ...options,
      ...times,
      ca: true,
      pathLength: 300,
      purposes: ['client'],
      provider: realCrypto(),
    });
    const info = readCertificate(der);
    t.like(info, {
      names: ['a.example', '10.0.0.1'],
      dnsNames: ['a.example'],
      commonNames: ['all of it'],
      ca: true,
      pathLength: 300,
      keyUsage: 0x86,
      version: 3,
      unknownCritical: false,
    });
    t.deepEqual(info.purposes, ['client']);
    t.deepEqual(info.addresses, [Uint8Array.of(10, 0, 0, 1)]);
    t.deepEqual(info.der, der);
  }
});

for (const profile of profileNames) {
  test(`${profile}: real OpenSSL finds the same in handshakes, and tells the same alert, of servers and of clients`, (t) => {
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    const all = [...cases(realCrypto()), ...strengthCases()];
    const asked = all.flatMap((one) => [undefined, 1].map((answer) => ({ ...one, answer })));
    const handshakes = asked.map(({ answer, ...one }): HandshakeCase => {
      const shown = {
        chain: one.chain.map(({ der }) => base64(der)),
        key: base64(one.chain[0]!.key.pkcs8),
        weak: true,
      };
      // every error accepted: it goes on to what comes behind
      const told = answer === undefined ? {} : { answer };
      const hosts = one.host === undefined ? {} : { hosts: [one.host] };
      const judge = { trusted: one.trusted.map(({ der }) => base64(der)), verify: 1, ...hosts, ...told };
      const own = credential('ec-p256');
      const server = { chain: own.chain.map(base64), key: base64(own.key.pkcs8) };
      const nowSeconds = nowMs / 1000;
      return one.purpose === 'client'
        ? { title: one.title, nowSeconds, client: shown, server: { ...server, ...judge } }
        : { title: one.title, nowSeconds, client: judge, server: shown };
    });
    const answers = sameAnswers(t, profile, handshakes);
    if (answers === undefined) return;
    const found = new Set(answers.map(({ client, server }) => client.verifyResult || server.verifyResult));
    t.true([0, 7, 9, 10, 18, 19, 20, 62].every((number) => found.has(number)));
  });
}

/** Chains of other keys, hashes and sizes. */
function strengthCases(): Case[] {
  const make = makerFor(realCrypto());
  const under = (name: CredentialName, title: string, options: Partial<Given> = {}): Case => {
    const root = make({ subject: `root ${name} ${title}`, ca: true, key: credential(name).key });
    return { title, error: 0, chain: [make({ subject: 'leaf', issuer: root, ...options })], trusted: [root] };
  };
  return [
    ...credentialNames.map((name) => under(name, `under ${name}`)),
    ...credentialNames.map((name) => under('ec-p384', `a leaf with ${name}`, { key: credential(name).key })),
    under('rsa-1024', 'under 1,024 bits'),
    under('rsa-512', 'under 512 bits'),
    under('ec-p256', 'a leaf of 1,024 bits', { key: credential('rsa-1024').key }),
    ...(['ecdsa_sha1', 'ecdsa_sha224', 'ecdsa_secp521r1_sha512'] as const).map((scheme) =>
      under('ec-p256', `signed by ${scheme}`, { scheme }),
    ),
    ...(['rsa_pkcs1_sha1', 'rsa_pkcs1_sha384', 'rsa_pkcs1_sha512'] as const).map((scheme) =>
      under('rsa-2048', `signed by ${scheme}`, { scheme }),
    ),
  ];
}
