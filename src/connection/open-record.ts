/** Records that somebody has seen on the way, opened with the secrets of a key log: no connection is needed for it. */
import { type CryptoProvider, cipherBlockBytes, hashBytes, macBytes } from '../crypto/index.js';
import { cipherSuite, cipherSuiteOfTls13, keyBlock, nextTrafficSecret, type Randoms } from '../handshake/index.js';
import { ProtocolVersion } from '../wire/index.js';
import { AeadProtection } from './aead-protection.js';
import { BlockProtection } from './block-protection.js';
import { Tls13Protection } from './tls13-protection.js';

export type OpeningKeys =
  | {
      readonly version: 'TLS 1.2';
      /** Code of the suite. */
      readonly suite: number;
      readonly master: Uint8Array;
      readonly randoms: Randoms;
      /** Whose records they are. */
      readonly sender: 'client' | 'server';
      readonly encryptThenMac: boolean;
    }
  | {
      readonly version: 'TLS 1.3';
      readonly suite: number;
      /** The traffic secret of the direction. */
      readonly secret: Uint8Array;
    };

/** What was encrypted. */
export interface OpenedRecord {
  /** Content and what stands behind it: type and zeros (TLS 1.3), MAC and padding (a block cipher), or nothing. */
  readonly plaintext: Uint8Array;
  /** How many bytes of it are the content. Of TLS 1.3 all of them: the type is looked for from behind. */
  readonly contentBytes: number;
}

/** Opens the records of one direction one after the other, from the first under its keys; undefined for one that does not open. */
export type RecordOpener = (contentType: number, fragment: Uint8Array) => OpenedRecord | undefined;

/** @returns undefined for a suite that is not spoken here, or a secret of another length than its hash's */
export function recordOpener(crypto: CryptoProvider, keys: OpeningKeys): RecordOpener | undefined {
  return keys.version === 'TLS 1.3' ? openerOf13(crypto, keys) : openerOf12(crypto, keys);
}

/** RFC 8446 §7.2: the keys of a direction behind its KeyUpdate; undefined for keys that are not updated. */
export function keysAfterUpdate(crypto: CryptoProvider, keys: OpeningKeys): OpeningKeys | undefined {
  if (keys.version !== 'TLS 1.3') return undefined;
  const hash = cipherSuiteOfTls13(keys.suite)?.hash;
  return hash && { ...keys, secret: nextTrafficSecret({ crypto, hash }, keys.secret) };
}

function openerOf13(
  crypto: CryptoProvider,
  keys: Extract<OpeningKeys, { version: 'TLS 1.3' }>,
): RecordOpener | undefined {
  const suite = cipherSuiteOfTls13(keys.suite);
  if (suite === undefined || hashBytes[suite.hash] !== keys.secret.length) return undefined;
  const protection = new Tls13Protection(crypto, suite, keys.secret);
  return (contentType, fragment) => {
    const opened = protection.open({ contentType, version: ProtocolVersion.tls12 }, fragment);
    return typeof opened === 'string' ? undefined : { plaintext: opened.slice(), contentBytes: opened.length };
  };
}

function openerOf12(
  crypto: CryptoProvider,
  { suite: code, master, randoms, sender, encryptThenMac }: Extract<OpeningKeys, { version: 'TLS 1.2' }>,
): RecordOpener | undefined {
  const suite = cipherSuite(code);
  if (suite === undefined) return undefined;
  const version = ProtocolVersion.tls12;
  const keys = keyBlock(crypto, suite, master, randoms)[sender];
  const { records } = suite;
  if (records.form === 'aead') {
    const protection = new AeadProtection(crypto, records, keys, { version });
    return (contentType, fragment) => {
      const opened = protection.open({ contentType, version }, fragment);
      return typeof opened === 'string' ? undefined : { plaintext: opened.slice(), contentBytes: opened.length };
    };
  }
  const fillIv = (): void => {}; // nothing is sealed
  const protection = new BlockProtection(crypto, records, keys, { version, encryptThenMac, fillIv });
  const cipher = crypto.blockCipher(records.cipher, keys.key);
  const macBehind = encryptThenMac ? macBytes[records.mac] : 0;
  return (contentType, fragment) => {
    const opened = protection.open({ contentType, version }, fragment);
    if (typeof opened === 'string') return undefined;
    const blocks = fragment.subarray(cipherBlockBytes, fragment.length - macBehind);
    const plaintext = cipher.decrypt(fragment.subarray(0, cipherBlockBytes), blocks).slice();
    return { plaintext, contentBytes: opened.length };
  };
}
