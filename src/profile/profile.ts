/** The differences between OpenSSL's lines, one table, read by name where they matter. Patch levels 1.1.1v, 3.0.19, 3.5.8. */
export type ProfileName = '1.1.1' | '3.0' | '3.5';

export interface Profile {
  readonly name: ProfileName;
  /** The list of the cache is kept in order of insertion (1.1.1) or of expiry (3.x). */
  readonly cacheOrder: 'insertion' | 'expiry';
  /** Adding a session that is already cached links it anew, by its expiry. */
  readonly relinksOnReadd: boolean;
  /** SSL_SESS_CACHE_UPDATE_TIME has an effect. */
  readonly updatesTime: boolean;
  /** A flush looks at every hash entry, in hash order, or walks the list from its tail up to the first unexpired one. */
  readonly flushScan: 'hash' | 'tail';
  /** A cache call from inside a callback that runs under the context's lock fails to lock. */
  readonly lockRefusesReentry: boolean;
  /** The session of a ticket of TLS 1.3 that a callback ends the handshake over (SSL_TICKET_RETURN_ABORT) is given back, or never. */
  readonly freesAbortedTicket: boolean;
  /** Session times are seconds (signed) or nanoseconds (unsigned 64 bits). */
  readonly timeUnit: 'second' | 'nanosecond';
  /** SSL_SESSION_set_timeout refuses negative values. */
  readonly refusesNegativeTimeout: boolean;
  /** End of file without close_notify is a fatal error. */
  readonly eofIsFatal: boolean;
  /** SSL_set_session takes its reference before it looks for a bad session. */
  readonly setSessionTakesReferenceFirst: boolean;
  /**
   * `inline`: records are protected with the connection's own version, and not at all without a session, so that a
   * switch of method (SSL_set_session on an established connection) breaks them. `separate`: a layer of its own keeps what it
   * needs, tracks alerts by itself, and adds RECORD_LAYER_FAILURE to every failure with an alert.
   */
  readonly recordLayer: 'inline' | 'separate';
  /** Which context counts a handshake as accepted where the servername callback switches it: the new one, or the one before the callback. */
  readonly movesAcceptOf: 'switched' | 'before-callback';
  /** Which context counts a handshake as done where the callback for new sessions switches it. */
  readonly countsAcceptGoodOf: 'switched' | 'before-callback';
  /** When a client of TLS 1.3 begins to write with the handshake's keys: with its first message of them, or, where nothing may come before that, with the ServerHello. */
  readonly writesWithHandshakeKeys: 'from-first-message' | 'as-soon-as-possible';
  /** SSL_clear and SSL_set_session go back to the method the connection was made with, not to its current context's. */
  readonly keepsDefaultMethod: boolean;
  /** Which library tells that there is no memory for a session: libssl, or the allocator itself. */
  readonly mallocFailureLibrary: 'SSL' | 'other';
  /** Reasons with which a handshake ends where there is no memory: for a session, for that of a further ticket on the server, for the bytes of a ticket. */
  readonly noMemoryReasons: { readonly session: string; readonly ticketSession: string; readonly ticket: string };
  /** How the name constraints of authorities are read. */
  readonly constraintRules: { readonly bounds: 'absent' | 'zero'; readonly uriHosts: 'scanned' | 'parsed' };
  /** How a handshake ends where a share of the peer gives no secret. */
  readonly alertOfNoSecret: 'internal_error' | 'illegal_parameter';
  /** What a client says to a ServerHello of TLS 1.3 without a share, where a PSK alone will not do. */
  readonly missingShareAlert: 'missing_extension' | 'illegal_parameter';
  /** The points that a share of TLS 1.3 may be: RFC 8446 §4.2.8.2 has the uncompressed alone. */
  readonly pointsOfTls13: 'any' | 'uncompressed';
  /** A ticket of TLS 1.3 for which the callback has no keys: the message is left out, or sent without it, and a session kept as if with it. */
  readonly ticketWithoutKeys: 'left-out' | 'sent';
  /** The reason for a record of a block cipher that cannot be whole blocks with IV, MAC and padding. */
  readonly brokenBlocksReason: 'BLOCK_CIPHER_PAD_IS_WRONG' | 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC';
  /** What a ChangeCipherSpec of TLS 1.3 is answered with that is not the one byte 1. */
  readonly invalidCcsAlert: 'illegal_parameter' | 'unexpected_message';
  /** SSL_SESSION_set1_master_key: the longest key, in bytes. */
  readonly masterKeyBytesMax: number;
  /** No keys come from a master secret of no bytes; a server finds out when it resumes such a session. */
  readonly needsMasterSecret: boolean;
  /** The last field of a session's DER (SSL_SESSION_ASN1), by its context tag. */
  readonly sessionFieldLast: 18 | 19 | 20;
  /** An ASN.1 length in several bytes: one more byte has to follow them, although the element may be empty, or none. */
  readonly longLengths: 'followed' | 'any';
  /** An ASN.1 time needs room for its seconds and a zone: 13 bytes, and 15 with four digits of a year. */
  readonly refusesShortTimes: boolean;
  /** A certificate's name may have an ENUMERATED for a value: a type without a name of its own. */
  readonly namesHaveEnumerated: boolean;
  /** A not resumable session is never stored, and one that the get callback returns is ignored. */
  readonly respectsNotResumable: boolean;
  /** A server sends an empty id in ServerHello for a not resumable session, and empties the session's own. */
  readonly emptiesIdOfNotResumable: boolean;
  /** The library's own duplicates (for a new ticket) are resumable again at once. */
  readonly duplicateIsResumable: boolean;
  /** X25519MLKEM768 comes first, with a share beside that of X25519; a server asks for it before it takes another group. */
  readonly prefersMlKem: boolean;
  /** The finite-field groups that who would speak TLS 1.3 lists behind all others. */
  readonly finiteFields: readonly ('ffdhe2048' | 'ffdhe3072' | 'ffdhe4096' | 'ffdhe6144' | 'ffdhe8192')[];
  /** SSL_CTX_set1_groups_list: what a name that is none raises, and none at all, whether a group may stand there twice, and the grammar of 3.5. */
  readonly groupLists: {
    readonly unknownName: 'PASSED_INVALID_ARGUMENT' | undefined;
    readonly emptyName: 'UNSUPPORTED_CONFIG_VALUE' | undefined;
    readonly hasGrammar: boolean;
    readonly refuseDuplicates: boolean;
  };
  /** How a ClientHello without suites is refused, and whether one without null among its compression methods is by a name of its own. */
  readonly helloLists: {
    readonly noSuitesAlert: 'illegal_parameter' | 'decode_error';
    readonly wantsNullByName: boolean;
  };
  /** SSL_CTX_set_ciphersuites stops at a name that it does not know. */
  readonly stopsAtUnknownSuite: boolean;
  /** Early data that a server passes over counts with the tags of its records. */
  readonly countsTagsPassedOver: boolean;
  /** A session keeps the group of its key exchange also in TLS 1.3, so that another one makes a duplicate of it. */
  readonly sessionsKnowGroup: boolean;
  /** A client that was resumed and is asked for a certificate later reads which signatures will do; else it has none to give. */
  readonly resumedClientHasSchemes: boolean;
  /** How wide options are. */
  readonly optionBits: 32 | 64;
  /** A server of TLS 1.3 lets go of the session that it has before it looks at what a ClientHello offers. */
  readonly forgetsSessionOfServer: boolean;
  /** What a client is told whose binder does not fit. */
  readonly binderAlert: 'illegal_parameter' | 'decrypt_error';
  /** Why a client fails that was to write early data, and has no key that allows it; none is named but by 1.1.1. */
  readonly noEarlyKeyReason: string | undefined;
  /** A full handshake that follows a PSK of another hash ends with tickets. */
  readonly ticketsAfterHashDiffers: boolean;
  /** A server that chooses by supported_versions goes on with the method of a client, whose accept function refuses. */
  readonly chosenMethodOfServer: 'server' | 'client';
  /** SSL_OP_PREFER_NO_DHE_KEX exists. */
  readonly knowsPreferNoDheKex: boolean;
  /** A certificate whose key usage names no use: no certificate at all, or one for nothing. */
  readonly emptyKeyUsage: 'invalid' | 'for-nothing';
  /** X509_V_ERR_INVALID_CA. */
  readonly invalidCa: number;
  /** Which answers of a verify callback accept a chain that leads nowhere; `above-zero` also tells an error again that was accepted before. */
  readonly acceptedErrors: 'any' | 'above-zero';
  /** SSL_set1_host knows names alone (1.1.1), or addresses too, beside the name before (3.0) or in its place (3.5). */
  readonly setsHost: 'name' | 'name-beside-address' | 'name-or-address';
  /** How the numbers of an address are read: as sscanf reads them, or plain ones alone. */
  readonly addressNumbers: 'scanned' | 'plain';
  /** A resumption keeps the session's maximum fragment length, or has to ask for the same one again. */
  readonly resumedFragmentLength: 'kept' | 'checked';
  /** The alert for a resumption without the session's extended master secret. */
  readonly inconsistentExtmsAlert: 'illegal_parameter' | 'handshake_failure';
  /** A server accepts a client's renegotiation unless SSL_OP_NO_RENEGOTIATION, or only with SSL_OP_ALLOW_CLIENT_RENEGOTIATION. */
  readonly clientRenegotiation: 'allowed' | 'refused';
  /**
   * How a client says in a first ClientHello that it knows RFC 5746: by the signalling cipher suite, or by the empty
   * extension, as soon as TLS 1.0 is out of the question.
   */
  readonly signalsSecureRenegotiation: 'suite' | 'extension';
  /** SSL_OP_NO_EXTENDED_MASTER_SECRET and SSL_OP_IGNORE_UNEXPECTED_EOF exist. */
  readonly hasOptionsOf30: boolean;
  /** Options of a new SSL_CTX. */
  readonly defaultOptions: number;
  /** The lowest version that the default security level leaves enabled. */
  readonly versionMin: number;
  /** Bits of strength that the security level 1 asks of certificates (the node binaries have no higher one), and what SHA-1 counts for. */
  readonly certificateStrength: { readonly bitsMin: number; readonly sha1Bits: number };
  /** Signatures with SHA-1 are offered and taken: the default security level lets them pass. */
  readonly signsWithSha1: boolean;
  /** A server of TLS 1.3 names signatures with SHA-224, which TLS 1.2 alone has, where it asks for a certificate. */
  readonly requestsSchemesOf12: boolean;
  /** Who would speak TLS 1.3 offers signatures of ML-DSA and of the brainpool curves. */
  readonly offersLaterSchemes: boolean;
  /** A server with an ECDSA key asks whether the client's point formats have the uncompressed one. */
  readonly checksPointFormats: boolean;
  /** Of the curves that both sides take, P-521 comes before P-384. */
  readonly prefersP521: boolean;
  /** Extensions of raw public keys and compressed certificates are known. */
  readonly hasRawPublicKeys: boolean;
  /** The suites of RFC 9150 are known. */
  readonly hasIntegrityOnlySuites: boolean;
  /** Texts of the alerts that SSL 3.0 had begin with this. */
  readonly oldAlertText: 'sslv3 alert' | 'ssl/tls alert';
}

const base = {
  sessionsKnowGroup: true,
  resumedClientHasSchemes: true,
  optionBits: 64,
  forgetsSessionOfServer: true,
  cacheOrder: 'expiry',
  updatesTime: true,
  flushScan: 'tail',
  lockRefusesReentry: true,
  freesAbortedTicket: false,
  refusesNegativeTimeout: true,
  eofIsFatal: true,
  masterKeyBytesMax: 512,
  needsMasterSecret: false,
  mallocFailureLibrary: 'SSL',
  noMemoryReasons: { session: 'MALLOC_FAILURE', ticketSession: 'MISSING_FATAL', ticket: 'MALLOC_FAILURE' },
  brokenBlocksReason: 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  invalidCcsAlert: 'illegal_parameter',
  alertOfNoSecret: 'illegal_parameter',
  ticketWithoutKeys: 'left-out',
  pointsOfTls13: 'uncompressed',
  respectsNotResumable: true,
  emptiesIdOfNotResumable: false,
  duplicateIsResumable: true,
  invalidCa: 79,
  acceptedErrors: 'above-zero',
  emptyKeyUsage: 'invalid',
  resumedFragmentLength: 'kept',
  inconsistentExtmsAlert: 'handshake_failure',
  clientRenegotiation: 'refused',
  certificateStrength: { bitsMin: 80, sha1Bits: 63 },
  hasRawPublicKeys: false,
  signsWithSha1: false,
  requestsSchemesOf12: true,
  offersLaterSchemes: false,
  hasOptionsOf30: true,
  defaultOptions: 0x12_0000, // NO_COMPRESSION | ENABLE_MIDDLEBOX_COMPAT
} as const;

const profiles: Readonly<Record<ProfileName, Profile>> = {
  '1.1.1': {
    name: '1.1.1',
    cacheOrder: 'insertion',
    relinksOnReadd: false,
    updatesTime: false,
    flushScan: 'hash',
    lockRefusesReentry: false,
    freesAbortedTicket: false,
    timeUnit: 'second',
    refusesNegativeTimeout: false,
    eofIsFatal: false,
    setSessionTakesReferenceFirst: false,
    recordLayer: 'inline',
    countsAcceptGoodOf: 'switched',
    writesWithHandshakeKeys: 'from-first-message',
    movesAcceptOf: 'switched',
    keepsDefaultMethod: false,
    masterKeyBytesMax: 256,
    needsMasterSecret: true,
    sessionFieldLast: 18,
    longLengths: 'followed',
    refusesShortTimes: false,
    namesHaveEnumerated: true,
    mallocFailureLibrary: 'SSL',
    noMemoryReasons: { session: 'MALLOC_FAILURE', ticketSession: 'MISSING_FATAL', ticket: 'MALLOC_FAILURE' },
    brokenBlocksReason: 'BLOCK_CIPHER_PAD_IS_WRONG',
    invalidCcsAlert: 'illegal_parameter',
    constraintRules: { bounds: 'absent', uriHosts: 'scanned' },
    alertOfNoSecret: 'internal_error',
    ticketWithoutKeys: 'sent',
    pointsOfTls13: 'any',
    missingShareAlert: 'missing_extension',
    respectsNotResumable: false,
    emptiesIdOfNotResumable: true,
    duplicateIsResumable: false,
    prefersMlKem: false,
    finiteFields: [],
    helloLists: { noSuitesAlert: 'illegal_parameter', wantsNullByName: false },
    stopsAtUnknownSuite: true,
    countsTagsPassedOver: true,
    groupLists: { unknownName: undefined, emptyName: undefined, hasGrammar: false, refuseDuplicates: true },
    sessionsKnowGroup: false,
    resumedClientHasSchemes: false,
    optionBits: 32,
    forgetsSessionOfServer: false,
    chosenMethodOfServer: 'client',
    ticketsAfterHashDiffers: false,
    knowsPreferNoDheKex: false,
    binderAlert: 'illegal_parameter',
    noEarlyKeyReason: 'CIPHER_OR_HASH_UNAVAILABLE',
    invalidCa: 24,
    acceptedErrors: 'any',
    emptyKeyUsage: 'for-nothing',
    setsHost: 'name',
    addressNumbers: 'scanned',
    resumedFragmentLength: 'checked',
    inconsistentExtmsAlert: 'illegal_parameter',
    clientRenegotiation: 'allowed',
    signalsSecureRenegotiation: 'suite',
    hasOptionsOf30: false,
    defaultOptions: 0x12_0004, // and LEGACY_SERVER_CONNECT
    versionMin: 0x0301, // security level 1; SSL 3.0 is not built
    certificateStrength: { bitsMin: 80, sha1Bits: 80 },
    hasRawPublicKeys: false,
    signsWithSha1: true,
    requestsSchemesOf12: true,
    offersLaterSchemes: false,
    prefersP521: true,
    checksPointFormats: true,
    hasIntegrityOnlySuites: false,
    oldAlertText: 'sslv3 alert',
  },
  '3.0': {
    ...base,
    name: '3.0',
    setsHost: 'name-beside-address',
    addressNumbers: 'scanned',
    chosenMethodOfServer: 'client',
    prefersMlKem: false,
    finiteFields: ['ffdhe2048', 'ffdhe3072', 'ffdhe4096', 'ffdhe6144', 'ffdhe8192'],
    helloLists: { noSuitesAlert: 'illegal_parameter', wantsNullByName: false },
    stopsAtUnknownSuite: false,
    countsTagsPassedOver: false,
    groupLists: {
      unknownName: 'PASSED_INVALID_ARGUMENT',
      emptyName: undefined,
      hasGrammar: false,
      refuseDuplicates: true,
    },
    ticketsAfterHashDiffers: false,
    knowsPreferNoDheKex: false,
    constraintRules: { bounds: 'zero', uriHosts: 'scanned' },
    missingShareAlert: 'missing_extension',
    binderAlert: 'illegal_parameter',
    noEarlyKeyReason: undefined,
    relinksOnReadd: true,
    timeUnit: 'second',
    setSessionTakesReferenceFirst: false,
    recordLayer: 'inline',
    countsAcceptGoodOf: 'switched',
    writesWithHandshakeKeys: 'from-first-message',
    movesAcceptOf: 'switched',
    signalsSecureRenegotiation: 'suite',
    keepsDefaultMethod: false,
    sessionFieldLast: 19, // kex_group
    prefersP521: true,
    longLengths: 'followed',
    refusesShortTimes: false,
    namesHaveEnumerated: false,
    checksPointFormats: true,
    hasIntegrityOnlySuites: false,
    versionMin: 0x0301, // enabled, although no signature is left that security level 1 lets TLS 1.0 use
    oldAlertText: 'sslv3 alert',
  },
  '3.5': {
    ...base,
    missingShareAlert: 'illegal_parameter',
    constraintRules: { bounds: 'zero', uriHosts: 'parsed' },
    name: '3.5',
    freesAbortedTicket: true,
    setsHost: 'name-or-address',
    addressNumbers: 'plain',
    chosenMethodOfServer: 'server',
    prefersMlKem: true,
    finiteFields: ['ffdhe2048', 'ffdhe3072'],
    helloLists: { noSuitesAlert: 'decode_error', wantsNullByName: true },
    stopsAtUnknownSuite: false,
    countsTagsPassedOver: false,
    groupLists: {
      unknownName: undefined,
      emptyName: 'UNSUPPORTED_CONFIG_VALUE',
      hasGrammar: true,
      refuseDuplicates: false,
    },
    ticketsAfterHashDiffers: true,
    knowsPreferNoDheKex: true,
    binderAlert: 'decrypt_error',
    noEarlyKeyReason: undefined,
    relinksOnReadd: false,
    timeUnit: 'nanosecond',
    mallocFailureLibrary: 'other',
    noMemoryReasons: { session: 'SSL_LIB', ticketSession: 'SSL_LIB', ticket: 'CRYPTO_LIB' },
    setSessionTakesReferenceFirst: true,
    recordLayer: 'separate',
    countsAcceptGoodOf: 'before-callback',
    writesWithHandshakeKeys: 'as-soon-as-possible',
    movesAcceptOf: 'before-callback',
    invalidCcsAlert: 'unexpected_message',
    requestsSchemesOf12: false,
    offersLaterSchemes: true,
    signalsSecureRenegotiation: 'extension',
    keepsDefaultMethod: true,
    sessionFieldLast: 20, // peer_rpk
    prefersP521: false,
    longLengths: 'any',
    refusesShortTimes: true,
    namesHaveEnumerated: false,
    checksPointFormats: false,
    hasRawPublicKeys: true,
    hasIntegrityOnlySuites: true,
    versionMin: 0x0303, // what the security level leaves
    oldAlertText: 'ssl/tls alert',
  },
};

export const profileNames: readonly ProfileName[] = ['1.1.1', '3.0', '3.5'];

/** @throws RangeError for a name that is none of {@link profileNames} */
export function profileOf(name: ProfileName): Profile {
  const profile = profiles[name];
  if (profile === undefined)
    throw new RangeError(`profile: expected one of ${profileNames.join(', ')}, got ${String(name)}`);
  return profile;
}
