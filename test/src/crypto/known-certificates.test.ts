import test from 'ava';
import { CertificateError, KnownCertificates, readCertificate } from '../../../src/crypto/index.js';
import { testCredentials } from '../../../src/index.js';

const chainOf = (kind: keyof typeof testCredentials): Uint8Array => testCredentials[kind].chain[0]!;

/** One that differs from the stack's own, in its signature: those are known from the start. */
function stranger(byte: number): Uint8Array {
  const der = chainOf('ec-p256').slice();
  der[der.length - 1]! ^= byte;
  return der;
}

test('a certificate that comes again is not read again, and does not keep the bytes in which it came', (t) => {
  const known = new KnownCertificates();
  const came = stranger(1);
  const first = known.read(came);
  came.fill(0);
  t.deepEqual(first.der, stranger(1));
  t.is(known.read(stranger(1)), first);
});

test('a certificate that differs in one byte is another', (t) => {
  const known = new KnownCertificates();
  const first = known.read(chainOf('ec-p256'));
  const read = known.read(stranger(1));
  t.not(read, first);
  t.deepEqual(read.der, stranger(1));
  t.is(known.read(chainOf('ec-p256')), first);
});

test('the certificates of the test credentials are read once for all', (t) => {
  for (const kind of ['ec-p256', 'rsa-2048', 'ed25519'] as const) {
    const read = new KnownCertificates().read(chainOf(kind));
    t.is(new KnownCertificates().read(chainOf(kind).slice()), read);
    t.deepEqual(read, readCertificate(chainOf(kind)));
  }
});

test('only the latest few are remembered', (t) => {
  const known = new KnownCertificates();
  const first = known.read(stranger(128));
  for (let byte = 1; byte <= 4; byte += 1) known.read(stranger(byte));
  const again = known.read(stranger(128));
  t.not(again, first);
  t.deepEqual(again, first);
});

test('what is no certificate is refused each time', (t) => {
  const known = new KnownCertificates();
  for (let i = 0; i < 2; i += 1) t.throws(() => known.read(Uint8Array.of(1, 2, 3)), { instanceOf: CertificateError });
});
