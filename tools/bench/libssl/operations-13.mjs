// What libssl asks of libcrypto for TLS 1.3 alone.
import { C, must, space } from './functions.mjs';
import { integer, octetString, parameters, utf8String } from './parameters.mjs';

const extractOnly = 1; // EVP_PKEY_HKDEF_MODE_EXTRACT_ONLY
const expandOnly = 2; //  EVP_PKEY_HKDEF_MODE_EXPAND_ONLY
const getTag = 0x10; //   EVP_CTRL_AEAD_GET_TAG
const setTag = 0x11; //   EVP_CTRL_AEAD_SET_TAG
const hashBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 5;
/** What the records of a full handshake hold on average. */
const recordBytes = 128;

export function operationsOfTls13() {
  return { ...derivations(), ...macs(), ...records() };
}

/** tls13_generate_secret, tls13_hkdf_expand. */
function derivations() {
  const secret = new Uint8Array(hashBytes).fill(1);
  const digest = ['digest', utf8String, Buffer.from('SHA2-256')];
  const prefix = ['prefix', octetString, Buffer.from('tls13 ')];
  const label = (text) => ['label', octetString, Buffer.from(text)];
  const extraction = [mode(extractOnly), digest, ['key', octetString, secret]];
  return {
    'HKDF: an early secret': derivation([...extraction, prefix, label('derived')]),
    'HKDF: a later secret': derivation([...extraction, ['salt', octetString, secret], prefix, label('derived')]),
    'HKDF: a label expanded': derivation([
      mode(expandOnly),
      digest,
      ['key', octetString, secret],
      prefix,
      label('c hs traffic'),
      ['data', octetString, secret],
    ]),
  };
}

function mode(number) {
  return ['mode', integer, new Uint8Array(Int32Array.of(number).buffer)];
}

function derivation(list) {
  const out = space(hashBytes);
  const params = parameters(list);
  return {
    calls: 5,
    run() {
      const kdf = C.EVP_KDF_fetch(null, 'TLS13-KDF', null);
      const ctx = C.EVP_KDF_CTX_new(kdf);
      C.EVP_KDF_free(kdf);
      must(C.EVP_KDF_derive(ctx, out, hashBytes, params), 'EVP_KDF_derive');
      C.EVP_KDF_CTX_free(ctx);
    },
  };
}

/** tls13_final_finish_mac; tls_psk_do_binder, whose HMAC is a signature. */
function macs() {
  const key = space(hashBytes);
  const data = space(hashBytes);
  const out = space(hashBytes);
  const length = new BigUint64Array(1);
  return {
    'HMAC: of a Finished': {
      calls: 1,
      run() {
        const made = C.EVP_Q_mac(
          null,
          'HMAC',
          null,
          'SHA2-256',
          null,
          key,
          hashBytes,
          data,
          hashBytes,
          out,
          64,
          length,
        );
        must(made, 'EVP_Q_mac');
      },
    },
    'HMAC: of a binder': {
      calls: 6,
      run() {
        const pkey = C.EVP_PKEY_new_raw_private_key_ex(null, 'HMAC', null, key, hashBytes);
        const ctx = C.EVP_MD_CTX_new();
        C.EVP_DigestSignInit_ex(ctx, null, 'SHA256', null, null, pkey, null);
        length[0] = BigInt(hashBytes);
        must(C.EVP_DigestSign(ctx, out, length, data, hashBytes), 'EVP_DigestSign');
        C.EVP_MD_CTX_free(ctx);
        C.EVP_PKEY_free(pkey);
      },
    },
  };
}

/** tls13_enc. */
function records() {
  const gcm = must(C.EVP_CIPHER_fetch(null, 'AES-128-GCM', null), 'EVP_CIPHER_fetch');
  const key = space(16);
  const nonce = space(nonceBytes);
  const header = space(headerBytes);
  const tag = space(tagBytes);
  const length = new BigUint64Array(1);
  const ctx = (seals) => {
    const made = C.EVP_CIPHER_CTX_new();
    C.EVP_CipherInit_ex(made, gcm, null, key, nonce, seals);
    return made;
  };
  const sealer = ctx(1);
  const opener = ctx(0);
  const sealed = space(recordBytes);
  const plain = space(recordBytes);
  const opened = space(recordBytes);
  const seal = () => {
    C.EVP_CipherInit_ex(sealer, null, null, null, nonce, 1);
    C.EVP_CipherUpdate(sealer, null, length, header, headerBytes);
    C.EVP_CipherUpdate(sealer, sealed, length, plain, recordBytes);
    must(C.EVP_CipherFinal_ex(sealer, sealed, length), 'EVP_CipherFinal_ex');
    C.EVP_CIPHER_CTX_ctrl(sealer, getTag, tagBytes, tag);
  };
  seal();
  return {
    'TLS 1.3: a record sealed': { calls: 5, run: seal },
    'TLS 1.3: a record opened': {
      calls: 5,
      run() {
        C.EVP_CipherInit_ex(opener, null, null, null, nonce, 0);
        C.EVP_CIPHER_CTX_ctrl(opener, setTag, tagBytes, tag);
        C.EVP_CipherUpdate(opener, null, length, header, headerBytes);
        C.EVP_CipherUpdate(opener, opened, length, sealed, recordBytes);
        must(C.EVP_CipherFinal_ex(opener, opened, length), 'EVP_CipherFinal_ex');
      },
    },
  };
}
