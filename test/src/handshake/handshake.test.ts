import { createHash } from 'node:crypto';
import tls from 'node:tls';
import test from 'ava';
import {
  chooseScheme,
  chooseServerVersion,
  cipherSuite,
  cipherSuiteOfTls13,
  cipherSuites,
  cipherSuitesOfTls13,
  downgradeIn,
  downgradeSentinel,
  HandshakeFailure,
  schemeFitsKey,
  signatureName,
  suiteFitsKey,
  supportsVersion,
  Transcript,
  type VersionLimits,
  versionRange,
} from '../../../src/handshake/index.js';
import { libssl, type ProfileName, profileNames, realCrypto, testCredentials } from '../../../src/index.js';
import { profileOf } from '../../../src/profile/index.js';
import { credential } from '../../_credentials.js';
import { Joined, until } from '../../_duplex.js';

const [tls10, tls11, tls12, tls13] = [0x0301, 0x0302, 0x0303, 0x0304];
const Disable = { tls13: 0x2000_0000, tls12: 0x0800_0000, tls11: 0x1000_0000, tls10: 0x0400_0000 } as const;

function limits(name: ProfileName, of: Partial<Omit<VersionLimits, 'profile'>> = {}): VersionLimits {
  return { profile: profileOf(name), methodVersion: 'any', minVersion: 0, maxVersion: 0, flags: 0, ...of };
}

test('without bounds a connection speaks what its line leaves enabled', (t) => {
  t.deepEqual(versionRange(limits('1.1.1')), { min: tls10, max: tls13 });
  t.deepEqual(versionRange(limits('3.0')), { min: tls10, max: tls13 });
  t.deepEqual(versionRange(limits('3.5')), { min: tls12, max: tls13 });
  t.true(supportsVersion(limits('1.1.1'), tls11));
  t.true(supportsVersion(limits('3.0'), tls11));
  t.false(supportsVersion(limits('3.5'), tls11));
  t.false(supportsVersion(limits('3.0'), 0x0305));
});

test('bounds and options narrow the range, and a hole in it leaves the lower part', (t) => {
  const range = (of: Partial<Omit<VersionLimits, 'profile'>>): unknown => versionRange(limits('1.1.1', of));
  t.deepEqual(range({ maxVersion: tls12 }), { min: tls10, max: tls12 });
  t.deepEqual(range({ minVersion: tls12 }), { min: tls12, max: tls13 });
  t.deepEqual(range({ flags: Disable.tls13 }), { min: tls10, max: tls12 });
  t.deepEqual(range({ flags: Disable.tls12 }), { min: tls10, max: tls11 });
  t.deepEqual(range({ flags: Disable.tls11 }), { min: tls10, max: tls10 });
  t.deepEqual(range({ flags: Disable.tls12 | Disable.tls11 | Disable.tls10 }), { min: tls13, max: tls13 });
  t.is(range({ flags: Disable.tls13, minVersion: tls13 }), undefined);
  t.is(range({ minVersion: tls13, maxVersion: tls12 }), undefined);
  t.deepEqual(range({ methodVersion: tls12, maxVersion: tls11 }), { min: tls12, max: tls12 });
});

test('a server takes the best version that is offered and enabled', (t) => {
  const choose = (
    of: Partial<Omit<VersionLimits, 'profile'>>,
    supportedVersions: number[] | undefined,
    legacyVersion = tls12,
  ) => chooseServerVersion(limits('3.0', of), { legacyVersion, supportedVersions }, true);
  t.is(choose({}, [tls13, tls12]), tls13);
  t.is(choose({}, [tls12, tls13]), tls13);
  t.is(choose({ maxVersion: tls12 }, [tls13, tls12]), tls12);
  t.is(choose({}, [0x0a0a, tls12]), tls12);
  t.is(choose({}, [0x0a0a]), 'UNSUPPORTED_PROTOCOL');
  t.is(choose({}, [tls12], 0x0300), 'BAD_LEGACY_VERSION');
  t.is(choose({}, undefined), tls12);
  t.is(choose({}, undefined, 0x0399), tls12);
  t.is(choose({}, undefined, tls11), tls11);
  t.is(choose({ minVersion: tls12 }, undefined, tls11), 'UNSUPPORTED_PROTOCOL');
  t.is(choose({}, undefined, 0x0300), 'VERSION_TOO_LOW', 'SSL 3.0 is not built');
  t.is(choose({ flags: Disable.tls12 }, undefined), tls11);
  t.is(choose({ methodVersion: tls12 }, undefined, tls11), 'WRONG_SSL_VERSION');
  t.is(choose({ methodVersion: tls12 }, [tls13], tls12), tls12);
  const without = { legacyVersion: tls12, supportedVersions: [tls13, tls12] };
  t.is(chooseServerVersion(limits('3.0'), without, false), tls12, 'TLS 1.3 needs a certificate');
});

test('each suite fits one kind of key, and Ed25519 signs for those of ECDSA', (t) => {
  for (const suite of cipherSuites) {
    t.is(cipherSuite(suite.code), suite);
    t.is(suiteFitsKey(suite, 'rsa'), suite.name.includes('_RSA_'));
    t.is(suiteFitsKey(suite, 'ec-p256'), suite.name.includes('_ECDSA_'));
    t.is(suiteFitsKey(suite, 'ed25519'), suite.name.includes('_ECDSA_'));
    t.is(suite.hash, suite.name.endsWith('SHA384') ? 'sha384' : 'sha256');
  }
  t.is(cipherSuite(0x1301), undefined);
});

test('TLS 1.3 has suites of its own, in the order of OpenSSL', (t) => {
  t.deepEqual(
    cipherSuitesOfTls13.map((one) => one.name),
    ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
  );
  for (const suite of cipherSuitesOfTls13) {
    t.is(cipherSuiteOfTls13(suite.code), suite);
    t.is(suite.hash, suite.name.endsWith('SHA384') ? 'sha384' : 'sha256');
  }
  t.is(cipherSuiteOfTls13(0xc02f), undefined);
});

test('a server says in its random that it could speak a later version', (t) => {
  const random = new Uint8Array(32).fill(9);
  t.is(downgradeIn(random), undefined);
  for (const [version, found] of [
    [tls12, 'tls12'],
    [tls11, 'older'],
    [tls10, 'older'],
  ] as const) {
    random.set(downgradeSentinel(version), 24);
    t.is(downgradeIn(random), found);
  }
  t.is(Buffer.from(random.subarray(24)).toString('latin1'), 'DOWNGRD\0');
});

test('a transcript answers for a message that is not in it yet, and a copy goes its own way', (t) => {
  const by = { crypto: realCrypto(), hash: 'sha256' } as const;
  const sha256 = (...parts: Uint8Array[]): Uint8Array =>
    new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());
  const [a, b, c] = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5, 6)] as const;
  const transcript = new Transcript();
  t.deepEqual(transcript.digestWith(a, by), sha256(a), 'before its hash is known');
  t.throws(() => transcript.replaceWithMessageHash(by.crypto, by.hash), { instanceOf: HandshakeFailure });
  transcript.add(a);
  transcript.start(by.crypto, by.hash);
  t.deepEqual(transcript.digestWith(b, by), sha256(a, b));
  const copy = transcript.copy();
  copy.add(b);
  transcript.replaceWithMessageHash(by.crypto, by.hash);
  transcript.add(c);
  t.deepEqual(copy.digest(), sha256(a, b));
  t.deepEqual(transcript.digest(), sha256(Uint8Array.of(254, 0, 0, 32), sha256(a), c));
  t.deepEqual(transcript.digestWith(b, by), sha256(Uint8Array.of(254, 0, 0, 32), sha256(a), c, b));
});

test('a key signs with the first of the schemes that it can', (t) => {
  t.is(chooseScheme([0x0401, 0x0804], credential('rsa-2048').key), 0x0401);
  t.is(chooseScheme([0x0807, 0x0403], credential('ec-p256').key), 0x0403);
  t.is(chooseScheme([0x0202, 0x0201], credential('ec-p256').key), undefined);
  t.is(chooseScheme([0x0403], credential('ec-p384').key), 0x0403, 'whatever the curve, in TLS 1.2');
  t.is(chooseScheme([0x0806, 0x0805], credential('rsa-1024').key), 0x0805, 'a modulus has to have room');
  t.true(schemeFitsKey(0x0807, { kind: 'ed25519' }));
  t.false(schemeFitsKey(0x0403, { kind: 'ed25519' }));
  t.is(signatureName(0x0202), undefined);
});

test('a transcript hashes what came before its hash was known, and goes on', (t) => {
  const transcript = new Transcript();
  const sha256 = (...parts: Uint8Array[]): Uint8Array =>
    new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());
  const [a, b, c] = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5, 6)] as const;
  transcript.add(a);
  t.is(transcript.digest(), undefined);
  transcript.start(realCrypto(), 'sha256');
  transcript.add(b);
  t.deepEqual(transcript.digest(), sha256(a, b));
  transcript.add(c);
  t.deepEqual(transcript.digest(), sha256(a, b, c));
  t.deepEqual(transcript.bytes(), Uint8Array.of(1, 2, 3, 4, 5, 6));
  t.deepEqual(transcript.bytesBeforeLast(), Uint8Array.of(1, 2, 3));
});

for (const profile of profileNames) {
  test(`${profile}: the master secret is the one that Node logs, extended or not`, async (t) => {
    const noExtendedMasterSecret = 0x1;
    for (const options of profile === '1.1.1' ? [0] : [0, noExtendedMasterSecret]) {
      const L = libssl({ profile, seed: 'keylog', nowMs: Date.now });
      const ctx = L.SSL_CTX_new(L.TLS_server_method())!;
      L.SSL_CTX_set_max_proto_version(ctx, tls12);
      L.SSL_CTX_set_options(ctx, options);
      L.SSL_CTX_use_credential(ctx, testCredentials['ec-p256']);
      const ssl = L.SSL_new(ctx)!;
      L.SSL_set_accept_state(ssl);
      const ours = new Joined(L, ssl);
      const lines: string[] = [];
      const theirs = tls.connect({ socket: ours.duplex, maxVersion: 'TLSv1.2', rejectUnauthorized: false });
      theirs.on('keylog', (line: Buffer) => lines.push(line.toString()));
      await until(() => ours.handshakeDone && lines.length > 0, 'a key log');
      const session = L.SSL_get_session(ssl)!;
      t.is(session.extendedMasterSecret, options === 0);
      const logged = /^CLIENT_RANDOM [0-9a-f]{64} ([0-9a-f]{96})/i.exec(lines[0]!)?.[1];
      t.is(Buffer.from(session.masterKey).toString('hex'), logged!.toLowerCase());
    }
  });
}
