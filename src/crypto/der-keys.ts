import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import { WireError } from '../wire/index.js';
import { concat, fromBigInt, plain, toBigInt } from './bytes.js';
import { bitString, contextTag, DerReader, DerTag, encode, integer, objectIdentifier, sequence } from './der.js';
import { CertificateError } from './error.js';
import { scalarP256 } from './key-share.js';
import { publicKeyKind, spkiPrefixP256 } from './keys.js';
import type { PrivateKey } from './provider.js';

const seedBytes = 32;

/**
 * A new key, from 32 bytes that `fill` provides: the same bytes give the same key. RSA keys cannot be made so: take
 * `testCredentials`, or `readPrivateKey`.
 */
export function makePrivateKey(kind: 'ec-p256' | 'ed25519', fill: (target: Uint8Array) => void): PrivateKey {
  const seed = new Uint8Array(seedBytes);
  fill(seed);
  return kind === 'ed25519' ? makeEd25519(seed) : makeP256(scalarP256(seed));
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
    throw new CertificateError('UNSUPPORTED_KEY', 'expected a key of P-256, Ed25519 or RSA with 2048 bits');
  }
  return { kind, pkcs8: pkcs8.slice(), publicKey };
}

/**
 * The private scalar in a P-256 key: RFC 5208 §5 around RFC 5915 §3.
 * @throws CertificateError when the bytes are no such key
 */
export function ecPrivateScalar(pkcs8: Uint8Array): bigint {
  try {
    const info = new DerReader(pkcs8).enter(DerTag.sequence);
    info.expect(DerTag.integer);
    info.expect(DerTag.sequence);
    const key = new DerReader(info.expect(DerTag.octetString).contents).enter(DerTag.sequence);
    key.expect(DerTag.integer);
    return toBigInt(key.expect(DerTag.octetString).contents);
  } catch (cause) {
    if (cause instanceof WireError) {
      throw new CertificateError('DECODE_ERROR', 'expected a private key of P-256 (PKCS#8, DER)', { cause });
    }
    throw cause;
  }
}

/** RFC 8410 §7. */
function makeEd25519(seed: Uint8Array): PrivateKey {
  return readPrivateKey(
    sequence(
      integer(0n),
      sequence(objectIdentifier('1.3.101.112')),
      encode(DerTag.octetString, encode(DerTag.octetString, seed)),
    ),
  );
}

/** RFC 5208 §5 around RFC 5915 §3. */
function makeP256(scalar: bigint): PrivateKey {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(fromBigInt(scalar, seedBytes));
  const point = plain(ecdh.getPublicKey());
  const pkcs8 = sequence(
    integer(0n),
    sequence(objectIdentifier('1.2.840.10045.2.1'), objectIdentifier('1.2.840.10045.3.1.7')),
    encode(
      DerTag.octetString,
      sequence(
        integer(1n),
        encode(DerTag.octetString, fromBigInt(scalar, seedBytes)),
        encode(contextTag(1), bitString(point)),
      ),
    ),
  );
  return { kind: 'ec-p256', pkcs8, publicKey: concat(spkiPrefixP256, point.subarray(1)) };
}
