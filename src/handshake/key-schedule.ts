/**
 * The key schedule of TLS 1.3: RFC 8446 §7.1 to §7.5, one function for each arrow of its picture.
 *
 *     PSK ─▶ early secret ─▶ handshake secret ◀─ key exchange
 *              │ binder keys, early traffic       │ handshake traffic
 *              │                                  ▼
 *                                            master secret ─▶ application traffic, exporter, resumption
 */
import { aeadKeyBytes, type CryptoProvider, type HashName, hashBytes } from '../crypto/index.js';
import type { CipherSuiteOfTls13 } from './tls13-suites.js';

/** What secrets are derived with: of a connection its suite's hash, of a PSK the PSK's. */
export interface KeyDerivation {
  readonly crypto: CryptoProvider;
  readonly hash: HashName;
}

/** What each side protects its records with from one point on; both are as long as the hash. */
export interface TrafficSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** RFC 8446 §7.3. */
export interface TrafficKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

const ivBytes = 12;
const none: Uint8Array = new Uint8Array(0);
/** Never written to. */
const zeros: Readonly<Record<HashName, Uint8Array>> = {
  sha256: new Uint8Array(hashBytes.sha256),
  sha384: new Uint8Array(hashBytes.sha384),
};

/** @param psk - undefined for a full handshake: zeros stand for it then */
export function earlySecret(by: KeyDerivation, psk: Uint8Array | undefined): Uint8Array {
  return by.crypto.hkdfExtract(by.hash, zeros[by.hash], psk ?? zeros[by.hash]);
}

/** The key under which a binder of a ClientHello is made, with `finishedMac`. */
export function binderKey(by: KeyDerivation, early: Uint8Array, kind: 'external' | 'resumption'): Uint8Array {
  return derive(by, early, kind === 'external' ? 'ext binder' : 'res binder', emptyHash(by));
}

/** @param helloHash - of the ClientHello alone */
export function clientEarlyTrafficSecret(by: KeyDerivation, early: Uint8Array, helloHash: Uint8Array): Uint8Array {
  return derive(by, early, 'c e traffic', helloHash);
}

/** @param helloHash - of the ClientHello alone */
export function earlyExporterSecret(by: KeyDerivation, early: Uint8Array, helloHash: Uint8Array): Uint8Array {
  return derive(by, early, 'e exp master', helloHash);
}

/** @param shared - what the key exchange gave; undefined for a PSK alone (psk_ke) */
export function handshakeSecret(by: KeyDerivation, early: Uint8Array, shared: Uint8Array | undefined): Uint8Array {
  const salt = derive(by, early, 'derived', emptyHash(by));
  return by.crypto.hkdfExtract(by.hash, salt, shared ?? zeros[by.hash]);
}

/** @param hellosHash - of all up to the ServerHello */
export function handshakeTrafficSecrets(
  by: KeyDerivation,
  handshake: Uint8Array,
  hellosHash: Uint8Array,
): TrafficSecrets {
  return {
    client: derive(by, handshake, 'c hs traffic', hellosHash),
    server: derive(by, handshake, 's hs traffic', hellosHash),
  };
}

export function masterSecretOfTls13(by: KeyDerivation, handshake: Uint8Array): Uint8Array {
  const salt = derive(by, handshake, 'derived', emptyHash(by));
  return by.crypto.hkdfExtract(by.hash, salt, zeros[by.hash]);
}

/** @param serverFinishedHash - of all up to the server's Finished */
export function applicationTrafficSecrets(
  by: KeyDerivation,
  master: Uint8Array,
  serverFinishedHash: Uint8Array,
): TrafficSecrets {
  return {
    client: derive(by, master, 'c ap traffic', serverFinishedHash),
    server: derive(by, master, 's ap traffic', serverFinishedHash),
  };
}

/** @param serverFinishedHash - of all up to the server's Finished */
export function exporterSecret(by: KeyDerivation, master: Uint8Array, serverFinishedHash: Uint8Array): Uint8Array {
  return derive(by, master, 'exp master', serverFinishedHash);
}

/** @param clientFinishedHash - of all up to the client's Finished */
export function resumptionSecret(by: KeyDerivation, master: Uint8Array, clientFinishedHash: Uint8Array): Uint8Array {
  return derive(by, master, 'res master', clientFinishedHash);
}

/** RFC 8446 §4.6.1: the PSK that goes with a ticket. */
export function ticketPsk(by: KeyDerivation, resumption: Uint8Array, ticketNonce: Uint8Array): Uint8Array {
  return derive(by, resumption, 'resumption', ticketNonce);
}

/** RFC 8446 §7.2: a direction's secret after its KeyUpdate. */
export function nextTrafficSecret(by: KeyDerivation, secret: Uint8Array): Uint8Array {
  return derive(by, secret, 'traffic upd', none);
}

/** RFC 8446 §7.3: key and IV of one direction. */
export function trafficKeys(
  crypto: CryptoProvider,
  suite: Pick<CipherSuiteOfTls13, 'cipher' | 'hash'>,
  secret: Uint8Array,
): TrafficKeys {
  return {
    key: crypto.hkdfExpandLabel(suite.hash, secret, 'key', none, aeadKeyBytes[suite.cipher]),
    iv: crypto.hkdfExpandLabel(suite.hash, secret, 'iv', none, ivBytes),
  };
}

/**
 * RFC 8446 §4.4.4 and §4.2.11.2: the verify_data of a Finished, and a binder of a PSK.
 * @param secret - of a Finished the sender's handshake (after the handshake: application) traffic secret, of a binder its key
 */
export function finishedMac(by: KeyDerivation, secret: Uint8Array, transcriptHash: Uint8Array): Uint8Array {
  const key = derive(by, secret, 'finished', none);
  return by.crypto.hmac(by.hash, key, transcriptHash);
}

function derive({ crypto, hash }: KeyDerivation, secret: Uint8Array, label: string, context: Uint8Array): Uint8Array {
  return crypto.hkdfExpandLabel(hash, secret, label, context, hashBytes[hash]);
}

function emptyHash({ crypto, hash }: KeyDerivation): Uint8Array {
  return crypto.hash(hash, none);
}
