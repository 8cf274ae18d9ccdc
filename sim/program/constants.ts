/**
 * The symbolic constants of the C headers that the calls of a program can take, with their values in OpenSSL 3.5
 * (include/openssl/{ssl,ssl3,tls1,dtls1}.h). The lines agree on all but `SSL_OP_ALL`.
 */
import type { Profile } from '../stacks/index.js';

/** The ids of SSL_CIPHER_get_id(3), of the suites that the model speaks with an ECDSA certificate. */
const ciphers = {
  TLS1_3_CK_AES_128_GCM_SHA256: 0x03001301,
  TLS1_3_CK_AES_256_GCM_SHA384: 0x03001302,
  TLS1_3_CK_CHACHA20_POLY1305_SHA256: 0x03001303,
  TLS1_CK_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 0x0300c009,
  TLS1_CK_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 0x0300c00a,
  TLS1_CK_ECDHE_ECDSA_WITH_AES_128_SHA256: 0x0300c023,
  TLS1_CK_ECDHE_ECDSA_WITH_AES_256_SHA384: 0x0300c024,
  TLS1_CK_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 0x0300c02b,
  TLS1_CK_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 0x0300c02c,
  TLS1_CK_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: 0x0300cca9,
} as const;

/** Their names in tls1.h. */
export const cipherNames: readonly string[] = Object.keys(ciphers);
export const cipherIds: readonly number[] = Object.values(ciphers);

const values: Readonly<Record<string, number | bigint>> = {
  // versions
  DTLS1_2_VERSION: 0xfefd,
  DTLS1_VERSION: 0xfeff,
  SSL3_VERSION: 0x300,
  TLS1_1_VERSION: 0x302,
  TLS1_2_VERSION: 0x303,
  TLS1_3_VERSION: 0x304,
  TLS1_VERSION: 0x301,
  TLS_ANY_VERSION: 0x10000,
  TLS_MAX_VERSION: 0x304,
  // session cache
  SSL_SESSION_CACHE_MAX_SIZE_DEFAULT: 0x5000,
  SSL_SESS_CACHE_BOTH: 3,
  SSL_SESS_CACHE_CLIENT: 1,
  SSL_SESS_CACHE_NO_AUTO_CLEAR: 0x80,
  SSL_SESS_CACHE_NO_INTERNAL: 0x300,
  SSL_SESS_CACHE_NO_INTERNAL_LOOKUP: 0x100,
  SSL_SESS_CACHE_NO_INTERNAL_STORE: 0x200,
  SSL_SESS_CACHE_OFF: 0,
  SSL_SESS_CACHE_SERVER: 2,
  SSL_SESS_CACHE_UPDATE_TIME: 0x400,
  // shutdown, key update, verification
  SSL_KEY_UPDATE_NONE: -1,
  SSL_KEY_UPDATE_NOT_REQUESTED: 0,
  SSL_KEY_UPDATE_REQUESTED: 1,
  SSL_RECEIVED_SHUTDOWN: 2,
  SSL_SENT_SHUTDOWN: 1,
  SSL_VERIFY_CLIENT_ONCE: 4,
  SSL_VERIFY_FAIL_IF_NO_PEER_CERT: 2,
  SSL_VERIFY_NONE: 0,
  SSL_VERIFY_PEER: 1,
  SSL_VERIFY_POST_HANDSHAKE: 8,
  ...ciphers,
  // lengths
  SSL3_RT_MAX_PLAIN_LENGTH: 16384,
  SSL_MAX_MASTER_KEY_LENGTH: 48,
  SSL_MAX_SID_CTX_LENGTH: 32,
  SSL_MAX_SSL_SESSION_ID_LENGTH: 32,
  TLSEXT_MAXLEN_host_name: 255,
  TLSEXT_NAMETYPE_host_name: 0,
  // answers of callbacks
  SSL_TICKET_RETURN_ABORT: 0,
  SSL_TICKET_RETURN_IGNORE: 1,
  SSL_TICKET_RETURN_IGNORE_RENEW: 2,
  SSL_TICKET_RETURN_USE: 3,
  SSL_TICKET_RETURN_USE_RENEW: 4,
  SSL_TLSEXT_ERR_ALERT_FATAL: 2,
  SSL_TLSEXT_ERR_ALERT_WARNING: 1,
  SSL_TLSEXT_ERR_NOACK: 3,
  SSL_TLSEXT_ERR_OK: 0,
  // options
  SSL_OP_ALLOW_CLIENT_RENEGOTIATION: 0x100,
  SSL_OP_ALLOW_NO_DHE_KEX: 0x400,
  SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION: 0x40000,
  SSL_OP_CIPHER_SERVER_PREFERENCE: 0x400000,
  SSL_OP_CISCO_ANYCONNECT: 0x8000,
  SSL_OP_CLEANSE_PLAINTEXT: 2,
  SSL_OP_COOKIE_EXCHANGE: 0x2000,
  SSL_OP_CRYPTOPRO_TLSEXT_BUG: 0x80000000,
  SSL_OP_DISABLE_TLSEXT_CA_NAMES: 0x200,
  SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS: 0x800,
  SSL_OP_ENABLE_KTLS: 8,
  SSL_OP_ENABLE_KTLS_TX_ZEROCOPY_SENDFILE: 0x400000000,
  SSL_OP_ENABLE_MIDDLEBOX_COMPAT: 0x100000,
  SSL_OP_EPHEMERAL_RSA: 0,
  SSL_OP_IGNORE_UNEXPECTED_EOF: 0x80,
  SSL_OP_LEGACY_SERVER_CONNECT: 4,
  SSL_OP_MICROSOFT_BIG_SSLV3_BUFFER: 0,
  SSL_OP_MICROSOFT_SESS_ID_BUG: 0,
  SSL_OP_MSIE_SSLV2_RSA_PADDING: 0,
  SSL_OP_NETSCAPE_CA_DN_BUG: 0,
  SSL_OP_NETSCAPE_CHALLENGE_BUG: 0,
  SSL_OP_NETSCAPE_DEMO_CIPHER_CHANGE_BUG: 0,
  SSL_OP_NETSCAPE_REUSE_CIPHER_CHANGE_BUG: 0,
  SSL_OP_NO_ANTI_REPLAY: 0x1000000,
  SSL_OP_NO_COMPRESSION: 0x20000,
  SSL_OP_NO_DTLS_MASK: 0xc000000,
  SSL_OP_NO_DTLSv1: 0x4000000,
  SSL_OP_NO_DTLSv1_2: 0x8000000,
  SSL_OP_NO_ENCRYPT_THEN_MAC: 0x80000,
  SSL_OP_NO_EXTENDED_MASTER_SECRET: 1,
  SSL_OP_NO_QUERY_MTU: 0x1000,
  SSL_OP_NO_RENEGOTIATION: 0x40000000,
  SSL_OP_NO_RX_CERTIFICATE_COMPRESSION: 0x200000000,
  SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION: 0x10000,
  SSL_OP_NO_SSL_MASK: 0x3e000000,
  SSL_OP_NO_SSLv2: 0,
  SSL_OP_NO_SSLv3: 0x2000000,
  SSL_OP_NO_TICKET: 0x4000,
  SSL_OP_NO_TLSv1: 0x4000000,
  SSL_OP_NO_TLSv1_1: 0x10000000,
  SSL_OP_NO_TLSv1_2: 0x8000000,
  SSL_OP_NO_TLSv1_3: 0x20000000,
  SSL_OP_NO_TX_CERTIFICATE_COMPRESSION: 0x100000000,
  SSL_OP_PKCS1_CHECK_1: 0,
  SSL_OP_PKCS1_CHECK_2: 0,
  SSL_OP_PREFER_NO_DHE_KEX: 0x800000000,
  SSL_OP_PRIORITIZE_CHACHA: 0x200000,
  SSL_OP_SAFARI_ECDHE_ECDSA_BUG: 0x40,
  SSL_OP_SINGLE_DH_USE: 0,
  SSL_OP_SINGLE_ECDH_USE: 0,
  SSL_OP_SSLEAY_080_CLIENT_DH_BUG: 0,
  SSL_OP_SSLREF2_REUSE_CERT_TYPE_BUG: 0,
  SSL_OP_TLSEXT_PADDING: 0x10,
  SSL_OP_TLS_BLOCK_PADDING_BUG: 0,
  SSL_OP_TLS_D5_BUG: 0,
  SSL_OP_TLS_ROLLBACK_BUG: 0x800000,
  SSL_OP_ALL: 0x80000850,
  // limits of C
  INT_MAX: 2 ** 31 - 1,
  INT_MIN: -(2 ** 31),
  UINT_MAX: 2 ** 32 - 1,
  LONG_MAX: 2n ** 63n - 1n,
  LONG_MIN: -(2n ** 63n),
};

/** Where the headers of a line give another value than those of 3.5 do. */
const differing: Readonly<Partial<Record<Profile, Readonly<Record<string, number>>>>> = {
  '1.1.1': { SSL_OP_ALL: 0x80000854 },
};

/** Every name that `constantValue` knows, in the order of the table. */
export const constantNames: readonly string[] = Object.keys(values);

/**
 * The value of a constant, or of several joined with `|`, in the headers of `profile`; where those lack it, that of 3.5.
 * @returns undefined where a name is unknown to every line
 */
export function constantValue(expression: string, profile: Profile): number | bigint | undefined {
  let sum = 0n;
  for (const name of expression.split('|')) {
    const own = differing[profile];
    const value =
      own !== undefined && Object.hasOwn(own, name)
        ? own[name]
        : Object.hasOwn(values, name)
          ? values[name]
          : undefined;
    if (value === undefined) return undefined;
    sum |= BigInt(value);
  }
  return plainNumber(sum);
}

/** The same integer as a double where one holds it exactly. */
export function plainNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
