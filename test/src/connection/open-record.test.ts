import test from 'ava';
import { AeadProtection } from '../../../src/connection/aead-protection.js';
import { keysAfterUpdate, type OpeningKeys, recordOpener } from '../../../src/connection/open-record.js';
import { Tls13Protection } from '../../../src/connection/tls13-protection.js';
import { realCrypto } from '../../../src/crypto/index.js';
import { cipherSuite, cipherSuiteOfTls13, keyBlock, nextTrafficSecret } from '../../../src/handshake/index.js';

const crypto = realCrypto();
const frame = { contentType: 23, version: 0x0303 };
const content = Uint8Array.of(1, 2, 3);
const secret = new Uint8Array(32).fill(7);
const of13: OpeningKeys = { version: 'TLS 1.3', suite: 0x1301, secret };
const of12: OpeningKeys = {
  version: 'TLS 1.2',
  suite: 0xc02b,
  master: new Uint8Array(48).fill(1),
  randoms: { client: new Uint8Array(32).fill(2), server: new Uint8Array(32).fill(3) },
  sender: 'server',
  encryptThenMac: false,
};

test('records of one direction are opened one after the other, each at its place', (t) => {
  const sealer = new Tls13Protection(crypto, cipherSuiteOfTls13(0x1301)!, secret);
  const [first, second] = [sealer.seal(frame, content), sealer.seal(frame, content)];
  const open = recordOpener(crypto, of13)!;
  t.deepEqual(open(23, first), { plaintext: Uint8Array.of(1, 2, 3, 23), contentBytes: 4 });
  t.deepEqual(open(23, second)?.plaintext, Uint8Array.of(1, 2, 3, 23));
  t.is(recordOpener(crypto, of13)!(23, second), undefined);
});

test('each side of TLS 1.2 has keys of its own', (t) => {
  const suite = cipherSuite(0xc02b)!;
  if (suite.records.form !== 'aead' || of12.version !== 'TLS 1.2') return t.fail();
  const keys = keyBlock(crypto, suite, of12.master, of12.randoms).server;
  const sealed = new AeadProtection(crypto, suite.records, keys, { version: 0x0303 }).seal(frame, content);
  t.deepEqual(recordOpener(crypto, of12)!(23, sealed), { plaintext: content, contentBytes: 3 });
  t.is(recordOpener(crypto, { ...of12, sender: 'client' })!(23, sealed), undefined);
  t.is(recordOpener(crypto, of12)!(22, sealed), undefined, 'the type is covered');
});

test('there is no opener for a suite that is not spoken, or a secret that is none of its hash', (t) => {
  t.is(recordOpener(crypto, { ...of12, suite: 0x009e }), undefined);
  t.is(recordOpener(crypto, { ...of13, suite: 0x1304 }), undefined);
  t.is(recordOpener(crypto, { ...of13, secret: new Uint8Array(48) }), undefined);
});

test('keys of TLS 1.3 alone have keys behind an update', (t) => {
  const next = nextTrafficSecret({ crypto, hash: 'sha256' }, secret);
  t.deepEqual(keysAfterUpdate(crypto, of13), { ...of13, secret: next });
  t.is(keysAfterUpdate(crypto, of12), undefined);
});
