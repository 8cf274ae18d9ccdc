import test from 'ava';
import { CertificateError, KnownCertificates } from '../../../src/crypto/index.js';
import { testCredentials } from '../../../src/index.js';

const chainOf = (kind: keyof typeof testCredentials): Uint8Array => testCredentials[kind].chain[0]!;

test('a certificate that comes again is not read again, and does not keep the bytes in which it came', (t) => {
  const known = new KnownCertificates();
  const came = chainOf('ec-p256').slice();
  const first = known.read(came);
  came.fill(0);
  t.deepEqual(first.der, chainOf('ec-p256'));
  t.is(known.read(chainOf('ec-p256')), first);
});

test('a certificate that differs in one byte is another', (t) => {
  const known = new KnownCertificates();
  const first = known.read(chainOf('ec-p256'));
  const other = chainOf('ec-p256').slice();
  other[other.length - 1]! ^= 1; // in the signature
  const read = known.read(other);
  t.not(read, first);
  t.deepEqual(read.der, other);
  t.is(known.read(chainOf('ec-p256')), first);
});

test('only the latest few are remembered', (t) => {
  const known = new KnownCertificates();
  const first = known.read(chainOf('ec-p256'));
  for (let byte = 1; byte <= 4; byte += 1) {
    const other = chainOf('ec-p256').slice();
    other[other.length - 1]! ^= byte;
    known.read(other);
  }
  const again = known.read(chainOf('ec-p256'));
  t.not(again, first);
  t.deepEqual(again, first);
});

test('what is no certificate is refused each time', (t) => {
  const known = new KnownCertificates();
  for (let i = 0; i < 2; i += 1) t.throws(() => known.read(Uint8Array.of(1, 2, 3)), { instanceOf: CertificateError });
});
