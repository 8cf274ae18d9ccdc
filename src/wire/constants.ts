/** The code points of RFC 5246 and RFC 8446, and of the extensions that the stack knows. Unknown ones stay numbers. */

/** RFC 5246 §6.2.1. */
export const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const;

/** RFC 5246 §7.4, RFC 5077 §3.3, RFC 6066 §8, RFC 8446 §4. */
export const HandshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
  keyUpdate: 24,
  messageHash: 254,
} as const;

/** RFC 8446 §4.2, and RFC 8422, 7366, 7627, 5077, 5746. */
export const ExtensionType = {
  serverName: 0,
  maxFragmentLength: 1,
  statusRequest: 5,
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  heartbeat: 15,
  alpn: 16,
  signedCertificateTimestamp: 18,
  padding: 21,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  pskKeyExchangeModes: 45,
  certificateAuthorities: 47,
  oidFilters: 48,
  postHandshakeAuth: 49,
  signatureAlgorithmsCert: 50,
  keyShare: 51,
  nextProtocolNegotiation: 13172,
  renegotiationInfo: 0xff01,
} as const;

/** RFC 8446 §4.2.1, RFC 5246 Appendix E. */
export const ProtocolVersion = {
  ssl3: 0x0300,
  tls10: 0x0301,
  tls11: 0x0302,
  tls12: 0x0303,
  tls13: 0x0304,
} as const;

/** RFC 8446 §4.2.7, and draft-ietf-tls-ecdhe-mlkem §4. */
export const NamedGroup = {
  secp256r1: 23,
  secp384r1: 24,
  secp521r1: 25,
  x25519: 29,
  x448: 30,
  ffdhe2048: 256,
  ffdhe3072: 257,
  ffdhe4096: 258,
  ffdhe6144: 259,
  ffdhe8192: 260,
  x25519MlKem768: 0x11ec,
} as const;

/** RFC 8446 §4.2.3; in TLS 1.2 the pair `SignatureAndHashAlgorithm` of RFC 5246 §7.4.1.4.1 as one number. */
export const SignatureScheme = {
  rsaPkcs1Sha1: 0x0201,
  dsaSha1: 0x0202,
  ecdsaSha1: 0x0203,
  rsaPkcs1Sha224: 0x0301,
  dsaSha224: 0x0302,
  ecdsaSha224: 0x0303,
  rsaPkcs1Sha256: 0x0401,
  dsaSha256: 0x0402,
  ecdsaSecp256r1Sha256: 0x0403,
  rsaPkcs1Sha384: 0x0501,
  dsaSha384: 0x0502,
  ecdsaSecp384r1Sha384: 0x0503,
  rsaPkcs1Sha512: 0x0601,
  dsaSha512: 0x0602,
  ecdsaSecp521r1Sha512: 0x0603,
  rsaPssRsaeSha256: 0x0804,
  rsaPssRsaeSha384: 0x0805,
  rsaPssRsaeSha512: 0x0806,
  ed25519: 0x0807,
  ed448: 0x0808,
  rsaPssPssSha256: 0x0809,
  rsaPssPssSha384: 0x080a,
  rsaPssPssSha512: 0x080b,
  ecdsaBrainpoolP256r1Tls13Sha256: 0x081a,
  ecdsaBrainpoolP384r1Tls13Sha384: 0x081b,
  ecdsaBrainpoolP512r1Tls13Sha512: 0x081c,
  mlDsa44: 0x0904,
  mlDsa65: 0x0905,
  mlDsa87: 0x0906,
} as const;

/** RFC 8422 §5.1.1: how keys of named groups are sent. */
export const EcPointFormat = {
  uncompressed: 0,
  ansiX962CompressedPrime: 1,
  ansiX962CompressedChar2: 2,
} as const;

/** RFC 5246 §7.4.4 and RFC 8422 §5.5: what a server asks of the client's certificate. */
export const ClientCertificateType = { rsaSign: 1, dssSign: 2, ecdsaSign: 64 } as const;

/** RFC 8446 §4.2.9. */
export const PskKeyExchangeMode = { pskKe: 0, pskDheKe: 1 } as const;

/** RFC 8446 §4.6.3. */
export const KeyUpdateRequest = { updateNotRequested: 0, updateRequested: 1 } as const;

/** RFC 5246 §6.2.1: what stands before every record's fragment. */
export const recordHeaderBytes = 5;
/** RFC 5246 §6.2.1: the largest TLSPlaintext.length. */
export const recordPlaintextBytesMax: number = 2 ** 14;
/** RFC 8446 §5.2: the largest TLSCiphertext.length in TLS 1.3. */
export const recordCiphertextBytesMaxOfTls13: number = 2 ** 14 + 256;
/** RFC 5246 §7.4: type and length of a handshake message. */
export const handshakeHeaderBytes = 4;
/** Our limit for the body of one handshake message; RFC 5246 would allow 2^24-1 bytes. */
export const handshakeMessageBytesMax = 0x20000;
/** RFC 5246 §7.4.1.2. */
export const randomBytes = 32;
/** RFC 5246 §7.4.1.2: `opaque SessionID<0..32>`. */
export const sessionIdBytesMax = 32;
/** RFC 5246 §7.4.9: the default verify_data_length, which all cipher suites of this stack use. */
export const verifyDataBytes = 12;
