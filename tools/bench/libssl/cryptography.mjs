// What the cryptography of one connection costs in libcrypto: each operation that libssl asks of it, timed in a loop of its own, times
// how often a connection makes it. So much is taken off libssl's time where its protocol alone is compared.
import { elapsedUs } from './functions.mjs';
import { decoding, operations } from './operations.mjs';
import { operationsOfTls13 } from './operations-13.mjs';

const loops = 400;
const rounds = 5;

const recordsOfTls12 = {
  'AES-128-GCM: a key': 4,
  'AES-128-GCM: a record sealed': 4,
  'AES-128-GCM: a record opened': 4,
};
const exchange = { 'X25519: a key': 2, 'X25519: a shared secret': 2 };
const authentication = { 'ECDSA P-256: a signature': 1, 'ECDSA P-256: a verification': 1 };
/** Both Finished and the secrets above those of TLS 1.3, each by both ends. */
const secretsOfTls13 = { 'HKDF: an early secret': 2, 'HKDF: a later secret': 4, 'HMAC: of a Finished': 4 };
/** By both ends: the key's, and the hash of the ClientHello that it covers. */
const binder = { 'HMAC: of a binder': 2, 'SHA-256 of what passed': 4 };

/**
 * How often a connection, both ends together, makes each operation: as often as a debugger met libssl's calls in connections of these
 * kinds (EVP_KDF_derive, EVP_CipherFinal_ex, ssl_handshake_hash and so on).
 */
const counts = {
  full12: {
    ...exchange,
    ...authentication,
    // The extended master secret, its key block, both Finished; each is computed by both ends.
    'TLS 1.2 PRF: 48 bytes': 2,
    'TLS 1.2 PRF: 40 bytes': 2,
    'TLS 1.2 PRF: 12 bytes': 4,
    'SHA-256 of what passed': 2,
    'SHA-256: a copy finished': 6,
    ...recordsOfTls12,
    'ticket: AES-256-CBC and HMAC': 1,
    'random: 32 bytes': 3,
  },
  resumed12: {
    'TLS 1.2 PRF: 40 bytes': 2,
    'TLS 1.2 PRF: 12 bytes': 4,
    'SHA-256 of what passed': 2,
    'SHA-256: a copy finished': 4,
    ...recordsOfTls12,
    'ticket: AES-256-CBC and HMAC': 1,
    'random: 32 bytes': 2,
  },
  full13: {
    ...exchange,
    ...authentication,
    ...secretsOfTls13,
    'HKDF: a label expanded': 36,
    'SHA-256 of what passed': 2,
    'SHA-256: a copy finished': 14,
    'AES-128-GCM: a key': 8,
    'TLS 1.3: a record sealed': 9,
    'TLS 1.3: a record opened': 9,
    'ticket: AES-256-CBC and HMAC': 2,
    'random: 32 bytes': 9,
  },
  resumed13: { ...exchange, ...resumptionOfTls13() },
  psk13: { 'X25519: a key': 1, ...resumptionOfTls13() }, // the client's: it cannot know
  early13: {
    ...exchange,
    ...secretsOfTls13,
    ...binder,
    'HKDF: a label expanded': 46,
    'SHA-256 of what passed': 6, // also for the secret of the early data
    'SHA-256: a copy finished': 12,
    'AES-128-GCM: a key': 10,
    'TLS 1.3: a record sealed': 8,
    'TLS 1.3: a record opened': 8,
    'random: 32 bytes': 5, // and no ticket is sealed: it names a session of the server's cache
  },
};

function resumptionOfTls13() {
  return {
    ...secretsOfTls13,
    ...binder,
    'HKDF: a label expanded': 38,
    'SHA-256: a copy finished': 12,
    'AES-128-GCM: a key': 8,
    'TLS 1.3: a record sealed': 6,
    'TLS 1.3: a record opened': 6,
    'ticket: AES-256-CBC and HMAC': 2, // one opened, one sealed
    'random: 32 bytes': 6,
  };
}

/** Libcrypto's, but no cryptography: left in libssl's time, and told. */
const leftIn = 'a certificate and its key decoded';

/**
 * @param wireBytes how many bytes a full connection puts on the wire
 * @param ffiUs what a call through FFI costs beyond its work: it is none of libcrypto's
 * @returns by kind the microseconds in all, and each operation's with how often it is made; and what is left in
 */
export function cryptographyUs({ certificate, key, wireBytes, ffiUs }) {
  const timed = { ...operations({ key, wireBytes }), ...operationsOfTls13(), [leftIn]: decoding(certificate) };
  const us = Object.fromEntries(
    Object.entries(timed).map(([name, { calls, run }]) => [name, Math.max(0, least(run) - calls * ffiUs)]),
  );
  const kinds = Object.entries(counts).map(([kind, count]) => {
    const parts = Object.entries(count).map(([operation, times]) => ({ operation, times, us: us[operation] }));
    return [kind, { us: parts.reduce((sum, part) => sum + part.times * part.us, 0), parts }];
  });
  return { byKind: Object.fromEntries(kinds), leftIn: { operation: leftIn, us: us[leftIn] } };
}

function least(run) {
  run();
  return Math.min(...Array.from({ length: rounds }, () => elapsedUs(run, loops)));
}
