// The functions of the OpenSSL inside this node binary that are measured, through FFI, and what one such call costs.
import koffi from 'koffi';

const pointer = 'void *';
const signatures = {
  OpenSSL_version: ['str', 'int'],
  ERR_get_error: ['ulong'],
  ERR_reason_error_string: ['str', 'ulong'],
  TLS_method: [pointer],
  SSL_CTX_new: [pointer, pointer],
  SSL_CTX_free: ['void', pointer],
  SSL_CTX_ctrl: ['long', pointer, 'int', 'long', pointer],
  SSL_CTX_set_options: ['uint64_t', pointer, 'uint64_t'],
  SSL_CTX_set_cipher_list: ['int', pointer, 'str'],
  SSL_CTX_set_ciphersuites: ['int', pointer, 'str'],
  SSL_CTX_set_max_early_data: ['int', pointer, 'uint32_t'],
  SSL_CTX_set_verify: ['void', pointer, 'int', pointer],
  SSL_CTX_get_timeout: ['long', pointer],
  SSL_CTX_use_certificate_ASN1: ['int', pointer, 'int', pointer],
  SSL_CTX_use_PrivateKey_ASN1: ['int', 'int', pointer, pointer, 'long'],
  SSL_CTX_add_session: ['int', pointer, pointer],
  SSL_CTX_sessions: [pointer, pointer],
  SSL_SESSION_new: [pointer],
  SSL_SESSION_free: ['void', pointer],
  SSL_SESSION_set1_id: ['int', pointer, pointer, 'uint'],
  SSL_SESSION_set_protocol_version: ['int', pointer, 'int'],
  SSL_SESSION_set_timeout: ['long', pointer, 'long'],
  SSL_new: [pointer, pointer],
  SSL_free: ['void', pointer],
  SSL_set_bio: ['void', pointer, pointer, pointer],
  SSL_set_connect_state: ['void', pointer],
  SSL_set_accept_state: ['void', pointer],
  SSL_set_session: ['int', pointer, pointer],
  SSL_get1_session: [pointer, pointer],
  SSL_session_reused: ['int', pointer],
  SSL_do_handshake: ['int', pointer],
  SSL_write_early_data: ['int', pointer, pointer, 'size_t', pointer],
  SSL_read_early_data: ['int', pointer, pointer, 'size_t', pointer],
  SSL_get_early_data_status: ['int', pointer],
  SSL_get_current_cipher: [pointer, pointer],
  SSL_CIPHER_get_name: ['str', pointer],
  SSL_shutdown: ['int', pointer],
  SSL_read: ['int', pointer, pointer, 'int'],
  BIO_s_mem: [pointer],
  BIO_new: [pointer, pointer],
  BIO_up_ref: ['int', pointer],
  BIO_number_written: ['uint64_t', pointer],
  OPENSSL_LH_retrieve: [pointer, pointer, pointer],
  RAND_bytes: ['int', pointer, 'int'],
  EVP_sha256: [pointer],
  EVP_MD_CTX_new: [pointer],
  EVP_MD_CTX_free: ['void', pointer],
  EVP_MD_CTX_copy_ex: ['int', pointer, pointer],
  EVP_DigestInit_ex: ['int', pointer, pointer, pointer],
  EVP_DigestUpdate: ['int', pointer, pointer, 'size_t'],
  EVP_DigestFinal_ex: ['int', pointer, pointer, pointer],
  EVP_PKEY_free: ['void', pointer],
  EVP_PKEY_CTX_new_from_name: [pointer, pointer, 'str', pointer],
  EVP_PKEY_CTX_new_from_pkey: [pointer, pointer, pointer, pointer],
  EVP_PKEY_CTX_free: ['void', pointer],
  EVP_PKEY_keygen_init: ['int', pointer],
  EVP_PKEY_keygen: ['int', pointer, pointer],
  EVP_PKEY_derive_init: ['int', pointer],
  EVP_PKEY_derive_set_peer: ['int', pointer, pointer],
  EVP_PKEY_derive: ['int', pointer, pointer, pointer],
  d2i_X509: [pointer, pointer, pointer, 'long'],
  X509_free: ['void', pointer],
  X509_get_pubkey: [pointer, pointer],
  d2i_AutoPrivateKey: [pointer, pointer, pointer, 'long'],
  EVP_DigestSignInit_ex: ['int', pointer, pointer, 'str', pointer, pointer, pointer, pointer],
  EVP_DigestSign: ['int', pointer, pointer, pointer, pointer, 'size_t'],
  EVP_DigestVerifyInit_ex: ['int', pointer, pointer, 'str', pointer, pointer, pointer, pointer],
  EVP_DigestVerify: ['int', pointer, pointer, 'size_t', pointer, 'size_t'],
  EVP_KDF_fetch: [pointer, pointer, 'str', pointer],
  EVP_KDF_free: ['void', pointer],
  EVP_KDF_CTX_new: [pointer, pointer],
  EVP_KDF_CTX_free: ['void', pointer],
  EVP_KDF_derive: ['int', pointer, pointer, 'size_t', pointer],
  EVP_CIPHER_fetch: [pointer, pointer, 'str', pointer],
  EVP_CIPHER_CTX_new: [pointer],
  EVP_CIPHER_CTX_free: ['void', pointer],
  EVP_CIPHER_CTX_ctrl: ['int', pointer, 'int', 'int', pointer],
  EVP_CipherInit_ex: ['int', pointer, pointer, pointer, pointer, pointer, 'int'],
  EVP_CipherUpdate: ['int', pointer, pointer, pointer, pointer, 'int'],
  EVP_CipherFinal_ex: ['int', pointer, pointer, pointer],
  EVP_Cipher: ['int', pointer, pointer, pointer, 'uint'],
  EVP_PKEY_new_raw_private_key_ex: [pointer, pointer, 'str', 'str', pointer, 'size_t'],
  EVP_Q_mac: [
    pointer,
    pointer,
    'str',
    'str',
    'str',
    pointer,
    pointer,
    'size_t',
    pointer,
    'size_t',
    pointer,
    'size_t',
    pointer,
  ],
  HMAC: [pointer, pointer, pointer, 'int', pointer, 'size_t', pointer, pointer],
};

const self = koffi.load(null);

/** Each by its C name. A pointer is a bigint, or null. */
export const C = Object.fromEntries(
  Object.entries(signatures).map(([name, [result, ...args]]) => [name, self.func(name, result, args)]),
);

/** C memory for as long as the process lives. */
export function memory(bytes) {
  const address = koffi.alloc('uint8_t', Math.max(1, bytes.length));
  if (bytes.length > 0) koffi.encode(address, 'uint8_t', bytes, bytes.length);
  return address;
}

export function space(length) {
  return memory(new Uint8Array(length));
}

/** Fails loudly: what is measured must have worked. */
export function must(value, what) {
  if (value === null || Number(value) <= 0) throw failure(what);
  return value;
}

export function failure(what) {
  return new Error(`${what}: ${C.ERR_reason_error_string(C.ERR_get_error()) ?? 'failed'}`);
}

/** Microseconds that one call takes beyond C's own work: of a function that reads one field. */
export function callUs() {
  const ctx = C.SSL_CTX_new(C.TLS_method());
  const calls = 200_000;
  const best = Math.min(...Array.from({ length: 5 }, () => elapsedUs(() => C.SSL_CTX_get_timeout(ctx), calls)));
  C.SSL_CTX_free(ctx);
  return best;
}

/** Microseconds of processor time that each of so many runs takes. */
export function elapsedUs(work, times) {
  const begun = process.cpuUsage();
  for (let i = 0; i < times; i++) work(i);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / times;
}
