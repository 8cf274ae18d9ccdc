/** Credentials with every kind of key: the fixed test credentials, and others that are made as they are asked for. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  type Credential,
  makeCertificate,
  makePrivateKey,
  type PrivateKey,
  readPrivateKey,
  realCrypto,
  testCredentials,
} from '../src/crypto/index.js';

export const credentialNames = [
  'ec-p256',
  'ec-p384',
  'ec-p521',
  'ed25519',
  'ed448',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
] as const;
/** RSA: with the bits of its modulus. */
export type CredentialName = (typeof credentialNames)[number] | `rsa-${number}`;

const made = new Map<CredentialName, Credential>();

/** The same for the same name, within a process. Its certificate says what those of `testCredentials` say. */
export function credential(name: CredentialName): Credential {
  const known = name in testCredentials ? testCredentials[name as keyof typeof testCredentials] : made.get(name);
  if (known !== undefined) return known;
  const key = keyNamed(name);
  const certificate = makeCertificate({
    subject: 'simtls test',
    names: ['simtls.test', '*.simtls.test', 'localhost', '127.0.0.1'],
    key,
    serial: 9n,
    notBeforeMs: Date.UTC(2020, 0, 1),
    notAfterMs: Date.UTC(2120, 0, 1),
    provider: realCrypto(),
  });
  const fresh = { chain: [certificate], key };
  made.set(name, fresh);
  return fresh;
}

/** A credential as Node and OpenSSL take it. */
export function pem(name: CredentialName): { key: string; cert: string } {
  const { chain, key } = credential(name);
  const base64 = Buffer.from(chain[0]!).toString('base64');
  const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

function keyNamed(name: CredentialName): PrivateKey {
  if (!name.startsWith('rsa-')) return makePrivateKey(name as 'ec-p384', (target) => target.fill(name.length));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: Number(name.slice(4)) });
  return readPrivateKey(new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })));
}
