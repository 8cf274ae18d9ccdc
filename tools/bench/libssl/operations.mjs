// What libssl asks of libcrypto, each operation made as libssl makes it: what runs it once, and how many calls through FFI that takes.
import { C, memory, must, space } from './functions.mjs';
import { octetString, parameters, utf8String } from './parameters.mjs';

const tls1Aad = 0x16; //      EVP_CTRL_AEAD_TLS1_AAD
const setIvFixed = 0x12; //   EVP_CTRL_GCM_SET_IV_FIXED
const aadBytes = 13;
const tagBytes = 16;
const explicitNonceBytes = 8;
const finishedBytes = 16;
const randomBytes = 32;
/** A session, as a ticket holds it sealed. */
const ticketBytes = 160;
/** client_random, server_random and the ServerECDHParams of X25519. */
const signedBytes = 2 * randomBytes + 4 + 32;
const signatureBytesMax = 128;

/** @param wireBytes how many bytes a full connection puts on the wire: so much its transcript hashes, at the most */
export function operations({ key, wireBytes }) {
  return { ...agreement(), ...signatures(key), ...derivations(), ...hashes(wireBytes), ...records(), ...tickets() };
}

/** tls_process_server_certificate: a certificate and its key decoded. */
export function decoding(certificate) {
  const der = memory(certificate);
  const place = new BigUint64Array(1);
  return {
    calls: 4,
    run() {
      place[0] = der;
      const x509 = C.d2i_X509(null, place, certificate.length);
      C.EVP_PKEY_free(must(C.X509_get_pubkey(x509), 'X509_get_pubkey'));
      C.X509_free(x509);
    },
  };
}

/** ssl_generate_pkey_group, ssl_derive. */
function agreement() {
  const place = new BigUint64Array(1);
  const make = () => {
    const ctx = C.EVP_PKEY_CTX_new_from_name(null, 'X25519', null);
    C.EVP_PKEY_keygen_init(ctx);
    place[0] = 0n;
    must(C.EVP_PKEY_keygen(ctx, place), 'EVP_PKEY_keygen');
    C.EVP_PKEY_CTX_free(ctx);
    return place[0];
  };
  const own = make();
  const peer = make();
  const secret = space(32);
  const length = new BigUint64Array([32n]);
  return {
    'X25519: a key': {
      calls: 5,
      run: () => C.EVP_PKEY_free(make()),
    },
    'X25519: a shared secret': {
      calls: 5,
      run() {
        const ctx = C.EVP_PKEY_CTX_new_from_pkey(null, own, null);
        C.EVP_PKEY_derive_init(ctx);
        C.EVP_PKEY_derive_set_peer(ctx, peer);
        must(C.EVP_PKEY_derive(ctx, secret, length), 'EVP_PKEY_derive');
        C.EVP_PKEY_CTX_free(ctx);
      },
    },
  };
}

/** tls_construct_server_key_exchange, tls_process_key_exchange. */
function signatures(pkcs8) {
  const place = new BigUint64Array([memory(pkcs8)]);
  const key = must(C.d2i_AutoPrivateKey(null, place, pkcs8.length), 'd2i_AutoPrivateKey');
  const signed = space(signedBytes);
  const length = new BigUint64Array(1);
  const sign = (signature) => {
    const ctx = C.EVP_MD_CTX_new();
    C.EVP_DigestSignInit_ex(ctx, null, 'SHA256', null, null, key, null);
    length[0] = BigInt(signatureBytesMax);
    must(C.EVP_DigestSign(ctx, signature, length, signed, signedBytes), 'EVP_DigestSign');
    C.EVP_MD_CTX_free(ctx);
    return Number(length[0]);
  };
  const kept = space(signatureBytesMax);
  const keptBytes = sign(kept);
  const signature = space(signatureBytesMax);
  return {
    'ECDSA P-256: a signature': { calls: 4, run: () => sign(signature) },
    'ECDSA P-256: a verification': {
      calls: 4,
      run() {
        const ctx = C.EVP_MD_CTX_new();
        C.EVP_DigestVerifyInit_ex(ctx, null, 'SHA256', null, null, key, null);
        must(C.EVP_DigestVerify(ctx, kept, keptBytes, signed, signedBytes), 'EVP_DigestVerify');
        C.EVP_MD_CTX_free(ctx);
      },
    },
  };
}

/** tls1_PRF. */
function derivations() {
  const out = space(48);
  const derive = (length) => {
    const params = parameters([
      ['digest', utf8String, Buffer.from('SHA2-256')],
      ['secret', octetString, new Uint8Array(48)],
      ['seed', octetString, Buffer.from('extended master secret')],
      ['seed', octetString, new Uint8Array(32)],
    ]);
    return {
      calls: 5,
      run() {
        const kdf = C.EVP_KDF_fetch(null, 'TLS1-PRF', null);
        const ctx = C.EVP_KDF_CTX_new(kdf);
        C.EVP_KDF_free(kdf);
        must(C.EVP_KDF_derive(ctx, out, length, params), 'EVP_KDF_derive');
        C.EVP_KDF_CTX_free(ctx);
      },
    };
  };
  return {
    'TLS 1.2 PRF: 48 bytes': derive(48),
    'TLS 1.2 PRF: 40 bytes': derive(40),
    'TLS 1.2 PRF: 12 bytes': derive(12),
  };
}

/** ssl3_digest_cached_records with what is hashed after it, and ssl_handshake_hash. */
function hashes(wireBytes) {
  const messages = space(wireBytes);
  const digest = space(32);
  const running = C.EVP_MD_CTX_new();
  C.EVP_DigestInit_ex(running, C.EVP_sha256(), null);
  return {
    'SHA-256 of what passed': {
      calls: 5,
      run() {
        const ctx = C.EVP_MD_CTX_new();
        C.EVP_DigestInit_ex(ctx, C.EVP_sha256(), null);
        C.EVP_DigestUpdate(ctx, messages, wireBytes);
        C.EVP_MD_CTX_free(ctx);
      },
    },
    'SHA-256: a copy finished': {
      calls: 4,
      run() {
        const ctx = C.EVP_MD_CTX_new();
        C.EVP_MD_CTX_copy_ex(ctx, running);
        must(C.EVP_DigestFinal_ex(ctx, digest, null), 'EVP_DigestFinal_ex');
        C.EVP_MD_CTX_free(ctx);
      },
    },
  };
}

/** tls1_change_cipher_state, tls1_enc: of a Finished. */
function records() {
  const gcm = must(C.EVP_CIPHER_fetch(null, 'AES-128-GCM', null), 'EVP_CIPHER_fetch');
  const key = space(16);
  const fixedIv = space(4);
  const aad = new Uint8Array(aadBytes);
  const ctx = (seals) => {
    const made = C.EVP_CIPHER_CTX_new();
    C.EVP_CipherInit_ex(made, gcm, null, key, null, seals);
    C.EVP_CIPHER_CTX_ctrl(made, setIvFixed, 4, fixedIv);
    return made;
  };
  const sealer = ctx(1);
  const opener = ctx(0);
  const recordBytes = explicitNonceBytes + finishedBytes + tagBytes;
  // In place, with the length that stands in the header: with the nonce before it is sealed, and with the tag when it comes.
  const pass = (cipher, record, headerLength) => {
    aad.set([22, 3, 3, 0, headerLength], 8);
    C.EVP_CIPHER_CTX_ctrl(cipher, tls1Aad, aadBytes, aad);
    must(C.EVP_Cipher(cipher, record, record, recordBytes), 'EVP_Cipher');
  };
  const seal = (record) => pass(sealer, record, explicitNonceBytes + finishedBytes);
  const sealed = new Uint8Array(recordBytes);
  seal(sealed);
  const record = new Uint8Array(recordBytes);
  return {
    'AES-128-GCM: a key': { calls: 4, run: () => C.EVP_CIPHER_CTX_free(ctx(1)) },
    'AES-128-GCM: a record sealed': { calls: 2, run: () => seal(record) },
    'AES-128-GCM: a record opened': {
      calls: 2,
      run() {
        record.set(sealed);
        pass(opener, record, recordBytes);
      },
    },
  };
}

/** construct_stateless_ticket, tls_decrypt_ticket: of one length either way. */
function tickets() {
  const cbc = must(C.EVP_CIPHER_fetch(null, 'AES-256-CBC', null), 'EVP_CIPHER_fetch');
  const key = space(32);
  const iv = space(16);
  const session = space(ticketBytes);
  const sealed = space(ticketBytes + 32);
  const length = new BigUint64Array(1);
  const mac = space(32);
  const random = space(randomBytes);
  return {
    'ticket: AES-256-CBC and HMAC': {
      calls: 7,
      run() {
        const ctx = C.EVP_CIPHER_CTX_new();
        C.EVP_CipherInit_ex(ctx, cbc, null, key, iv, 1);
        C.EVP_CipherUpdate(ctx, sealed, length, session, ticketBytes);
        must(C.EVP_CipherFinal_ex(ctx, sealed, length), 'EVP_CipherFinal_ex');
        C.EVP_CIPHER_CTX_free(ctx);
        C.HMAC(C.EVP_sha256(), key, 32, sealed, ticketBytes, mac, null);
      },
    },
    'random: 32 bytes': { calls: 1, run: () => C.RAND_bytes(random, randomBytes) },
  };
}
