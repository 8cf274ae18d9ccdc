import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import { WireError } from '../wire/index.js';
import { concat, fromBigInt, plain, toBigInt } from './bytes.js';
import { type Curve, curveOf } from './curves.js';
import { bitString, contextTag, DerReader, DerTag, encode, integer, objectIdentifier, sequence } from './der.js';
import { CertificateError, CryptoError } from './error.js';
import { scalarFrom } from './key-share.js';
import { publicKeyKind, spkiPrefix } from './keys.js';
import type { KeyKind, PrivateKey } from './provider.js';

/** RFC 8410 §7: bytes of a private key, and its algorithm. */
const edwards = {
  ed25519: { bytes: 32, objectIdentifier: '1.3.101.112' },
  ed448: { bytes: 57, objectIdentifier: '1.3.101.113' },
} as const;

/**
 * A new key, from random bytes that `fill` provides: the same bytes give the same key. RSA keys cannot be made so: take
 * `testCredentials`, or `readPrivateKey`.
 */
export function makePrivateKey(kind: Exclude<KeyKind, 'rsa'>, fill: (target: Uint8Array) => void): PrivateKey {
  if (kind === 'ed25519' || kind === 'ed448') {
    const seed = new Uint8Array(edwards[kind].bytes);
    fill(seed);
    return makeEdwards(edwards[kind].objectIdentifier, seed);
  }
  const curve = curveOf(kind);
  if (curve === undefined) throw new CryptoError(`no key of the kind ${String(kind)} can be made`);
  const seed = new Uint8Array(curve.bytes);
  fill(seed);
  return makeEc(kind, curve, scalarFrom(curve, seed));
}

/**
 * A key from DER, PKCS#8.
 * @throws CertificateError when it is none, or of a kind that is not supported
 */
export function readPrivateKey(pkcs8: Uint8Array): PrivateKey {
  let publicKey: Uint8Array;
  try {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }));
  } catch (cause) {
    throw new CertificateError('DECODE_ERROR', 'expected a private key (PKCS#8, DER)', { cause });
  }
  const kind = publicKeyKind(publicKey);
  if (kind === undefined) {
    throw new CertificateError('UNSUPPORTED_KEY', 'expected a key of P-256, P-384, P-521, RSA, Ed25519 or Ed448');
  }
  return { kind, pkcs8: pkcs8.slice(), publicKey };
}

/**
 * The private scalar in a key of a curve: RFC 5208 §5 around RFC 5915 §3.
 * @throws CertificateError when the bytes are no such key
 */
export function ecPrivateScalar(pkcs8: Uint8Array): bigint {
  try {
    const info = new DerReader(pkcs8).enter(DerTag.sequence);
    info.expect(DerTag.integer);
    info.expect(DerTag.sequence);
    const key = info.enter(DerTag.octetString).enter(DerTag.sequence);
    key.expect(DerTag.integer);
    return toBigInt(key.expect(DerTag.octetString).contents);
  } catch (cause) {
    if (cause instanceof WireError) {
      throw new CertificateError('DECODE_ERROR', 'expected a private key of a curve (PKCS#8, DER)', { cause });
    }
    throw cause;
  }
}

/** RFC 8410 §7. */
function makeEdwards(algorithm: string, seed: Uint8Array): PrivateKey {
  return readPrivateKey(
    sequence(
      integer(0n),
      sequence(objectIdentifier(algorithm)),
      encode(DerTag.octetString, encode(DerTag.octetString, seed)),
    ),
  );
}

/** RFC 5208 §5 around RFC 5915 §3. */
function makeEc(kind: KeyKind, curve: Curve, scalar: bigint): PrivateKey {
  const ecdh = createECDH(curve.nodeName);
  ecdh.setPrivateKey(fromBigInt(scalar, curve.bytes));
  const point = plain(ecdh.getPublicKey());
  const pkcs8 = sequence(
    integer(0n),
    sequence(objectIdentifier('1.2.840.10045.2.1'), objectIdentifier(curve.objectIdentifier)),
    encode(
      DerTag.octetString,
      sequence(
        integer(1n),
        encode(DerTag.octetString, fromBigInt(scalar, curve.bytes)),
        encode(contextTag(1), bitString(point)),
      ),
    ),
  );
  return { kind, pkcs8, publicKey: concat(spkiPrefix(kind), point.subarray(1)) };
}
