import test from 'ava';
import { AeadProtection } from '../../../src/connection/aead-protection.js';
import { type CryptoProvider, fastCrypto, realCrypto } from '../../../src/crypto/index.js';
import { type AeadRecords, cipherSuites } from '../../../src/handshake/index.js';
import { profileNames } from '../../../src/index.js';
import { credential } from '../../_credentials.js';
import { askLibssl, askModel } from '../../_libssl/ask.js';
import type { HandshakeCase } from '../../_libssl/handshake-case.js';

const forms = cipherSuites.flatMap(({ name, records }) => (records.form === 'aead' ? [{ name, records }] : []));
const frame = { contentType: 23, version: 0x0303 };
const nonceBytes = 8;

function protection(crypto: CryptoProvider, records: AeadRecords, firstNonce: string): AeadProtection {
  const isGcm = records.cipher !== 'chacha20-poly1305';
  const keys = {
    macKey: new Uint8Array(0),
    key: new Uint8Array(records.cipher === 'aes-128-gcm' ? 16 : 32).fill(2),
    fixedIv: new Uint8Array(isGcm ? 4 : 12).fill(3),
  };
  const fillNonce = (target: Uint8Array): void => target.set(Buffer.from(firstNonce, 'hex'));
  return new AeadProtection(crypto, records, keys, { version: frame.version, fillNonce });
}

for (const crypto of [realCrypto(), fastCrypto()]) {
  for (const { name, records } of forms) {
    const isGcm = records.cipher !== 'chacha20-poly1305';

    test(`${crypto.name}, ${name}: records open in their order alone, wherever the explicit nonce starts`, (t) => {
      const writer = protection(crypto, records, 'fffffffffffffffe');
      const reader = protection(crypto, records, '0000000000000000');
      const sealed = [0, 1, 2, 3].map((length) => writer.seal(frame, new Uint8Array(length)));
      const nonces = sealed.map((one) => Buffer.from(one.subarray(0, nonceBytes)).toString('hex'));
      if (isGcm) t.deepEqual(nonces, ['fffffffffffffffe', 'ffffffffffffffff', '0000000000000000', '0000000000000001']);
      else
        t.deepEqual(
          sealed.map((one) => one.length),
          [16, 17, 18, 19],
        );
      const last = isGcm ? sealed.at(-1)!.subarray(0, nonceBytes) : new Uint8Array(0);
      t.deepEqual(Buffer.from(writer.lastIv()), Buffer.from(last), 'what 1.1.1 and 3.0 leave in front of plain text');
      for (const [length, one] of sealed.entries()) t.deepEqual(reader.open(frame, one), new Uint8Array(length));
      t.is(protection(crypto, records, '0000000000000000').open(frame, sealed[1]!), 'bad');
    });
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const { chain, key } = credential('ec-p256');
const server = { chain: chain.map(base64), key: base64(key.pkcs8) };

for (const profile of profileNames) {
  test(`${profile}: the explicit nonce of GCM starts at random on each side, and counts up, as with OpenSSL`, (t) => {
    const cases: HandshakeCase[] = ['one', 'another'].map((title) => ({
      title,
      nowSeconds: 1_700_000_000,
      client: {},
      server,
      closes: true,
    }));
    const answers = [askModel(profile, cases), askLibssl(profile, cases)];
    if (answers[1] === undefined) t.log(`OpenSSL of the line ${profile} is not there (npm run openssl)`);
    for (const given of answers) {
      if (given === undefined) continue;
      const firsts = given.flatMap(({ report }) =>
        Object.values(report.protectedFragments).map((fragments) => {
          const [finished, closeNotify, ...others] = fragments.map((one) =>
            BigInt(`0x${one.slice(0, 2 * nonceBytes)}`),
          );
          t.is(closeNotify, BigInt.asUintN(64, finished! + 1n));
          t.deepEqual(others, []);
          return finished;
        }),
      );
      t.is(new Set(firsts).size, 4, 'two connections of two sides');
    }
  });
}
