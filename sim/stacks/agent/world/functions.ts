/** What of libssl and libcrypto a process of a world needs besides the calls of programs, as library.ts has theirs. */
const pointer = 'void *';

export const worldFunctions: Readonly<Record<string, readonly [result: string, ...args: string[]]>> = {
  SSL_CTX_set_msg_callback: ['void', pointer, pointer],
  SSL_CTX_set_keylog_callback: ['void', pointer, pointer],
  SSL_CTX_use_certificate: ['int', pointer, pointer],
  setitimer: ['int', 'int', pointer, pointer],
  SSL_CTX_use_PrivateKey: ['int', pointer, pointer],
  SSL_CTX_set_cert_cb: ['void', pointer, pointer, pointer],
  SSL_CTX_get0_privatekey: [pointer, pointer],
  EVP_PKEY_id: ['int', pointer],
  EVP_PKEY_get_id: ['int', pointer],
  SSL_certs_clear: ['void', pointer],
  SSL_use_certificate_ASN1: ['int', pointer, pointer, 'int'],
  SSL_use_PrivateKey: ['int', pointer, pointer],
  SSL_CTX_get_cert_store: [pointer, pointer],
  SSL_set1_host: ['int', pointer, 'str'],
  SSL_get_peer_certificate: [pointer, pointer],
  SSL_get1_peer_certificate: [pointer, pointer],
  SSL_CIPHER_get_name: ['str', pointer],
  BIO_meth_set_destroy: ['int', pointer, pointer],
  BIO_set_init: ['void', pointer, 'int'],
  RAND_set_rand_method: ['int', pointer],
  X509_STORE_add_cert: ['int', pointer, pointer],
  X509_free: ['void', pointer],
  d2i_X509: [pointer, pointer, pointer, 'long'],
  d2i_AutoPrivateKey: [pointer, pointer, pointer, 'long'],
  EVP_PKEY_free: ['void', pointer],
  EVP_MD_size: ['int', pointer],
  EVP_MD_get_size: ['int', pointer],
  memcpy: [pointer, pointer, pointer, 'size_t'],
};

export type WorldCallback =
  | 'randBytes'
  | 'randStatus'
  | 'socketRead'
  | 'socketWrite'
  | 'socketControl'
  | 'socketDestroy'
  | 'message'
  | 'keyLog'
  | 'serverName'
  | 'ticketKey'
  | 'certificate'
  | 'pskUse'
  | 'allocates'
  | 'pskFind';

/** The callbacks that libssl makes in a process of a world. */
export const worldCallbacks: Readonly<Record<WorldCallback, readonly [result: string, ...args: string[]]>> = {
  randBytes: ['int', pointer, 'int'],
  randStatus: ['int'],
  socketRead: ['int', pointer, pointer, 'int'],
  socketWrite: ['int', pointer, pointer, 'int'],
  socketControl: ['long', pointer, 'int', 'long', pointer],
  socketDestroy: ['int', pointer],
  message: ['void', 'int', 'int', 'int', pointer, 'size_t', pointer, pointer],
  keyLog: ['void', pointer, 'str'],
  serverName: ['int', pointer, pointer, pointer],
  ticketKey: ['int', pointer, pointer, pointer, pointer, pointer, 'int'],
  certificate: ['int', pointer, pointer],
  allocates: ['int', 'int'],
  pskUse: ['int', pointer, pointer, pointer, pointer, pointer],
  pskFind: ['int', pointer, pointer, 'size_t', pointer],
};
