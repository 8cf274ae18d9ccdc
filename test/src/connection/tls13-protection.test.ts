import test from 'ava';
import { Tls13Protection } from '../../../src/connection/tls13-protection.js';
import { type CryptoProvider, fastCrypto, hashBytes, realCrypto } from '../../../src/crypto/index.js';
import { type CipherSuiteOfTls13, cipherSuitesOfTls13 } from '../../../src/handshake/index.js';
import { readInnerPlaintext } from '../../../src/wire/index.js';

const frame = { contentType: 23, version: 0x0303 };
const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i + 1);

function pair(crypto: CryptoProvider, suite: CipherSuiteOfTls13): [Tls13Protection, Tls13Protection] {
  const secret = new Uint8Array(hashBytes[suite.hash]).fill(7);
  return [new Tls13Protection(crypto, suite, secret), new Tls13Protection(crypto, suite, secret)];
}

for (const crypto of [realCrypto(), fastCrypto()]) {
  for (const suite of cipherSuitesOfTls13) {
    test(`${crypto.name}, ${suite.name}: records open in their order alone, with type and padding inside`, (t) => {
      const [writer, reader] = pair(crypto, suite);
      for (let i = 0; i < 300; i++) {
        const sealed = writer.seal({ ...frame, contentType: 22, paddingBytes: i % 5 }, content(i % 40));
        t.is(sealed.length, (i % 40) + 1 + (i % 5) + 16);
        const opened = reader.open(frame, sealed);
        t.deepEqual(opened instanceof Uint8Array && readInnerPlaintext(opened), {
          content: content(i % 40),
          contentType: 22,
          paddingBytes: i % 5,
        });
      }
      const [first, second] = [writer.seal(frame, content(3)), writer.seal(frame, content(3))];
      t.notDeepEqual(first, second);
      t.is(reader.open(frame, second), 'bad');
    });
  }

  test(`${crypto.name}: a changed byte, a byte less and too few for a tag do not open`, (t) => {
    const suite = cipherSuitesOfTls13[0]!;
    const sealed = pair(crypto, suite)[0].seal(frame, content(9));
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.map((byte, i) => (i === at ? byte ^ 1 : byte));
      t.is(pair(crypto, suite)[1].open(frame, changed), 'bad');
    }
    t.is(pair(crypto, suite)[1].open(frame, sealed.subarray(1)), 'bad');
    t.is(pair(crypto, suite)[1].open(frame, sealed.subarray(0, 16)), 'no-nonce');
  });
}
