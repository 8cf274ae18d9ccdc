/** Every difference between the profiles, in words, with what shows it: a row each. docs/profiles.md is written from it. */
import { type Profile, type ProfileName, profileNames, profileOf } from './profile.js';

/** What shows a difference on model and real OpenSSL. */
export type Shown =
  /** A program of the corpus: the field of that step's line is not the same on the lines that differ. */
  | { readonly program: string; readonly step: number; readonly field: string }
  /** A test of this file, by its title without the profile, where API programs cannot say it. */
  | { readonly test: string; readonly title: string };

export interface ProfileDifference {
  /** Its name in the table of the profiles; none where a function came, and nothing else changed. */
  readonly key: keyof Profile | undefined;
  readonly what: string;
  readonly answers: Readonly<Record<ProfileName, string>>;
  /** The lines that are otherwise than the line before. */
  readonly since: readonly ProfileName[];
  readonly shown: Shown;
}

interface Row {
  readonly what: string;
  /** For 1.1.1 and from 3.0 on; up to 3.0 and from 3.5 on; or for each line. */
  readonly answers:
    | readonly [string, '3.0', string]
    | readonly [string, '3.5', string]
    | readonly [string, string, string];
  readonly shown: Shown;
}

const shares = 'test/src/libssl/shares.test.ts';
const hellos = 'test/src/libssl/hellos.test.ts';
const helloBytes = 'test/sim/hello-bytes.test.ts';
const damage = 'test/src/connection/beside-libssl.test.ts';
const chains = 'test/src/crypto/verify-chain.test.ts';

const program = (name: string, step: number, field: string): Shown => ({ program: name, step, field });
const test = (file: string, title: string): Shown => ({ test: file, title });

/** In the order of the page: sessions and their cache, connections, handshakes, certificates, the words. */
const rows: Readonly<Record<Exclude<keyof Profile, 'name'>, Row>> = {
  // sessions and their cache
  cacheOrder: {
    what: 'whom a full cache evicts, and when: 3.x makes room before the new session is in, so that a cache of size N ≥ 2 holds N − 1',
    answers: ['the session added first; N fit', '3.0', 'the session that expires first; N − 1 fit'],
    shown: program('C07', 19, 'handles.ctx.number'),
  },
  relinksOnReadd: {
    what: 'SSL_CTX_add_session of a session that is in this cache already moves it in the list',
    answers: ['no', 'to where its expiry belongs', 'no'],
    shown: program('J20', 16, 'events.remove'),
  },
  updatesTime: {
    what: 'SSL_SESS_CACHE_UPDATE_TIME',
    answers: ['is ignored', '3.0', 'SSL_CTX_add_session sets the time of the session to now'],
    shown: program('C12', 19, 'ret'),
  },
  flushScan: {
    what: 'SSL_CTX_flush_sessions and the end of a context go through the sessions',
    answers: [
      'all of them, in the order of the hash table',
      '3.0',
      'from the one that expires first to the first that has not',
    ],
    shown: program('A10', 22, 'events.remove'),
  },
  lockRefusesReentry: {
    what: 'a remove callback that runs under the lock of its context (flush, eviction) changes the cache',
    answers: ['the change is made', '3.0', 'the call gives 0 and does nothing'],
    shown: program('C19', 8, 'nested.0.steps.0.events'),
  },
  movesAcceptOf: {
    what: 'a handshake whose servername callback switches the context counts as accepted',
    answers: ['by the new context', '3.5', 'by the context before the callback'],
    shown: program('found-accept-of-a-virtual-host', 10, 'handles.host.stats.accept'),
  },
  helloLists: {
    what: 'a ClientHello whose compression methods have no null, or that has no suites',
    answers: [
      'no compression specified, decode_error; illegal_parameter',
      '3.5',
      'required compression algorithm missing, illegal_parameter; decode_error',
    ],
    shown: program('found-hello-without-null', 7, 'errors'),
  },
  stopsAtUnknownSuite: {
    what: 'SSL_CTX_set_ciphersuites: a name that is none beside one that is',
    answers: ['fails', '3.0', 'is passed over'],
    shown: program('found-names-of-suites', 1, 'ret'),
  },
  countsTagsPassedOver: {
    what: 'TLS 1.3: early data that a server passes over are counted',
    answers: ['with the tags of their records', '3.0', 'without the tags of their records'],
    shown: program('found-early-data-passed-over', 16, 'ret'),
  },
  freesAbortedTicket: {
    what: 'TLS 1.3: the session of a ticket that the decrypting callback ends the handshake over (SSL_TICKET_RETURN_ABORT)',
    answers: ['is never given back', '3.5', 'is given back'],
    shown: program('E34', 17, 'events.freed'),
  },
  timeUnit: {
    what: 'times of sessions, and what a negative timeout of a context comes to',
    answers: ['signed seconds: expired at once', '3.5', 'unsigned nanoseconds: some 585 years'],
    shown: program('A19', 9, 'ret'),
  },
  refusesNegativeTimeout: {
    what: 'SSL_SESSION_set_timeout of a negative number',
    answers: ['gives 1 and stores it', '3.0', 'gives 0'],
    shown: program('C27', 1, 'ret'),
  },
  respectsNotResumable: {
    what: 'the get callback returns a session that is not resumable',
    answers: ['it is used, and the handshake breaks', '3.0', 'it is ignored'],
    shown: program('R50', 23, 'ret'),
  },
  emptiesIdOfNotResumable: {
    what: 'a server resumes a session by id that was marked not resumable and put back into its cache',
    answers: ['it says an empty id, and the client fails', '3.0', 'it resumes'],
    shown: program('R47', 21, 'ret'),
  },
  duplicateIsResumable: {
    what: 'the copy of a session that libssl makes for the next ticket has the session\'s mark "not resumable"',
    answers: ['yes', '3.0', 'no'],
    shown: program('found-copy-of-a-marked-session', 19, 'ret'),
  },
  sessionsKnowGroup: {
    what: 'TLS 1.3: resumed with another group of the key exchange, the session that loses its place in the cache',
    answers: [
      'is the one offered, marked not resumable',
      '3.0',
      'is replaced by a copy; the one offered stays resumable',
    ],
    shown: program('L03', 18, 'events.remove'),
  },
  masterKeyBytesMax: {
    what: 'the longest key that SSL_SESSION_set1_master_key takes',
    answers: ['256 bytes', '3.0', '512 bytes'],
    shown: program('G02', 3, 'ret'),
  },
  needsMasterSecret: {
    what: 'a session with a master secret of no bytes is resumed',
    answers: ['no keys come from it: internal error', '3.0', 'like any other'],
    shown: program('found-empty-master-secret', 14, 'errors'),
  },
  mallocFailureLibrary: {
    what: 'which library tells that SSL_SESSION_dup could not copy a field',
    answers: ['libssl: malloc failure', '3.5', 'libcrypto, and libssl nothing'],
    shown: program('found-empty-fields-not-copied', 1, 'errors'),
  },
  sessionFieldLast: {
    what: 'the fields of an encoded session go as far as',
    answers: ['the ticket’s application data', 'the group of the key exchange', 'a raw public key of the peer'],
    shown: program('found-raw-public-key-in-a-session', 4, 'handles.ctx.number'),
  },
  longLengths: {
    what: 'an ASN.1 length in several bytes, of nothing, at the very end',
    answers: ['is refused', '3.5', 'is read'],
    shown: program('found-length-of-several-bytes', 0, 'ret'),
  },
  refusesShortTimes: {
    what: 'a certificate in an encoded session with a time that is too short for its seconds and zone',
    answers: ['is read', '3.5', 'is refused'],
    shown: program('found-certificates-in-sessions', 14, 'ret'),
  },
  namesHaveEnumerated: {
    what: 'a certificate in an encoded session with an ENUMERATED in a name',
    answers: ['is read', '3.0', 'is refused'],
    shown: program('found-odd-elements-in-certificates', 0, 'ret'),
  },
  // connections
  setSessionTakesReferenceFirst: {
    what: 'SSL_set_session of the session that an open connection has: the count that its remove callback sees',
    answers: ['one less', '3.5', 'with the new reference: it was taken first'],
    shown: program('found-count-in-a-remove-callback', 10, 'nested.0.steps.0.handles.x.refs'),
  },
  keepsDefaultMethod: {
    what: 'SSL_clear and SSL_set_session go back to the method',
    answers: [
      'of the current context, which SSL_set_SSL_CTX may have changed',
      '3.5',
      'that the connection was made with',
    ],
    shown: program('found-method-after-other-context', 10, 'errors'),
  },
  forgetsSessionOfServer: {
    what: 'TLS 1.3: a session that was set on the connection of a server',
    answers: ['is taken for a resumed one, and the handshake breaks', '3.0', 'is dropped when the ClientHello is read'],
    shown: program('F10', 10, 'ret'),
  },
  eofIsFatal: {
    what: 'end of file without close_notify',
    answers: [
      'SSL_ERROR_SYSCALL with an empty queue; the session stays',
      '3.0',
      'a fatal error; the session is removed',
    ],
    shown: program('S14', 17, 'errors'),
  },
  recordLayer: {
    what: 'the record layer, and a connection on which SSL_set_session was called while it was open',
    answers: [
      'is part of the connection: what is written or read next breaks',
      '3.5',
      'is on its own: it goes on; failures add RECORD_LAYER_FAILURE',
    ],
    shown: program('S17', 18, 'errors'),
  },
  countsAcceptGoodOf: {
    what: 'the callback for new sessions gives the server another context: accept_good is counted for',
    answers: ['the new one', '3.5', 'the one before'],
    shown: program('found-counted-by-the-context-of-now', 10, 'handles.sc.stats.accept_good'),
  },
  writesWithHandshakeKeys: {
    what: 'a client without middlebox compatibility fails before it has sent anything under its handshake keys: its alert is',
    answers: ['in the clear', '3.5', 'encrypted'],
    shown: program('found-alert-before-the-keys', 9, 'errors'),
  },
  brokenBlocksReason: {
    what: 'the reason for a record of a block cipher that is no whole blocks',
    answers: ['block cipher pad is wrong', '3.0', 'decryption failed or bad record mac'],
    shown: test(
      'test/src/connection/block-protection.test.ts',
      'a record that its block cipher cannot open is named as this line names it',
    ),
  },
  invalidCcsAlert: {
    what: 'the alert for a ChangeCipherSpec of TLS 1.3 that is not the one byte 1',
    answers: ['illegal_parameter', '3.5', 'unexpected_message'],
    shown: test(damage, 'what damaged records do in every state is what they do in libssl'),
  },
  optionBits: {
    what: 'options have',
    answers: ['32 bits', '3.0', '64 bits'],
    shown: program('found-options-beyond-32-bits', 1, 'ret'),
  },
  defaultOptions: {
    what: 'options that a new context has beside SSL_OP_NO_COMPRESSION and SSL_OP_ENABLE_MIDDLEBOX_COMPAT',
    answers: ['SSL_OP_LEGACY_SERVER_CONNECT', '3.0', 'none'],
    shown: program('13-02', 4, 'ret'),
  },
  hasOptionsOf30: {
    what: 'SSL_OP_NO_EXTENDED_MASTER_SECRET and SSL_OP_IGNORE_UNEXPECTED_EOF',
    answers: ['are no options', '3.0', 'are options'],
    shown: program('R36', 19, 'ret'),
  },
  clientRenegotiation: {
    what: "a client's renegotiation",
    answers: ['is allowed', '3.0', 'is refused with a warning, unless SSL_OP_ALLOW_CLIENT_RENEGOTIATION'],
    shown: program('found-client-renegotiates', 12, 'errors'),
  },
  // handshakes
  ticketWithoutKeys: {
    what: 'TLS 1.3: the ticket key callback has no keys (0)',
    answers: ['the message is sent without a ticket, and the server keeps a session', '3.0', 'no message, no session'],
    shown: test(
      'test/src/libssl/no-ticket-keys.test.ts',
      'a callback that has no keys for tickets ends as with OpenSSL',
    ),
  },
  ticketsAfterHashDiffers: {
    what: 'TLS 1.3: new tickets after a PSK that was passed over for the hash of its suite',
    answers: ['none', '3.5', 'as after any full handshake'],
    shown: program('R33', 17, 'handles.cc.number'),
  },
  resumedClientHasSchemes: {
    what: 'TLS 1.3: a client that was resumed is asked for a certificate later',
    answers: ['has none to show', '3.0', 'shows it'],
    shown: test(
      'test/_libssl/conversations.ts',
      'late authentication: tickets of before are without the certificate, those of after have it',
    ),
  },
  inconsistentExtmsAlert: {
    what: 'the alert for a resumption without the extended master secret of the session',
    answers: ['illegal_parameter', '3.0', 'handshake_failure'],
    shown: program('found-alert-without-extms', 13, 'errors'),
  },
  resumedFragmentLength: {
    what: 'TLS 1.2: a session with a maximum fragment length, and a client that does not ask for it again',
    answers: ['is refused by the server', '3.0', 'is resumed by the server, fragments and all'],
    shown: program('found-fragment-length-alert', 14, 'ret'),
  },
  knowsPreferNoDheKex: {
    what: 'SSL_OP_PREFER_NO_DHE_KEX: a server resumes by the PSK alone where it may',
    answers: ['is no option', '3.5', 'is one'],
    shown: program('found-psk-alone-preferred', 18, 'ret'),
  },
  prefersMlKem: {
    what: 'X25519MLKEM768',
    answers: ['is not there', '3.5', 'comes first: the ClientHello is some 1,200 bytes longer'],
    shown: program('found-buffer-of-fragments', 8, 'ret'),
  },
  finiteFields: {
    what: 'who would speak TLS 1.3 lists groups of finite fields',
    answers: ['no', 'five, from 2,048 to 8,192 bits', 'two, of 2,048 and 3,072 bits'],
    shown: test(helloBytes, 'a first ClientHello has the bytes that OpenSSL gives it'),
  },
  groupLists: {
    what: 'SSL_CTX_set1_groups_list: names of groups; a name that is none behind one that is, and a group that stands there twice',
    answers: [
      'of curves, as they are written; the first fails and gives no reason, the second fails',
      'of TLS too (`secp256r1`); the first fails with "passed invalid argument", the second fails',
      'in letters of either case; the first fails and gives no reason unless `?` stands before it, the second is taken',
    ],
    shown: program('reach-lists-refused', 2, 'errors'),
  },
  signalsSecureRenegotiation: {
    what: 'a first ClientHello says that it knows RFC 5746',
    answers: ['by the signalling suite', '3.5', 'by the empty extension'],
    shown: program('found-renegotiation-signal', 10, 'ret'),
  },
  chosenMethodOfServer: {
    what: 'a server that chose a version by supported_versions, and is asked to shake hands again after SSL_set_accept_state',
    answers: ['has the method of a client, and fails', '3.5', 'has that of a server'],
    shown: program('13-05', 9, 'ret'),
  },
  versionMin: {
    what: 'the lowest version that the default security level leaves',
    answers: ['TLS 1.0', '3.5', 'TLS 1.2'],
    shown: program('found-old-versions', 4, 'errors'),
  },
  hasIntegrityOnlySuites: {
    what: 'the suites of RFC 9150, which do not encrypt',
    answers: ['are unknown', '3.5', 'are known'],
    shown: program('found-encoded-sessions', 8, 'ret'),
  },
  hasRawPublicKeys: {
    what: 'extensions of raw public keys and compressed certificates',
    answers: ['are unknown', '3.5', 'are known'],
    shown: test(hellos, 'a ServerHello with one extension more, less or other ends as with OpenSSL'),
  },
  alertOfNoSecret: {
    what: 'the alert for a share of the peer from which no secret comes',
    answers: ['internal_error', '3.0', 'illegal_parameter'],
    shown: test(shares, 'shares of TLS 1.3 that are none end as with OpenSSL'),
  },
  pointsOfTls13: {
    what: 'TLS 1.3: a share that is a compressed point',
    answers: ['is taken', '3.0', 'is refused'],
    shown: test(shares, 'shares of TLS 1.3 that are none end as with OpenSSL'),
  },
  missingShareAlert: {
    what: 'the alert for a ServerHello of TLS 1.3 without a share, where a PSK alone will not do',
    answers: ['missing_extension', '3.5', 'illegal_parameter'],
    shown: test(hellos, 'hellos of either version with one extension more, less or other end as with OpenSSL'),
  },
  binderAlert: {
    what: 'the alert for a binder that does not fit',
    answers: ['illegal_parameter', '3.5', 'decrypt_error'],
    shown: test('test/_libssl/key-cases.ts', 'keys that differ under one name'),
  },
  noEarlyKeyReason: {
    what: 'a client that is to write early data without a key that allows it fails with the reason',
    answers: ['cipher or hash unavailable', '3.0', 'none'],
    shown: test('test/src/libssl/external-psk.test.ts', 'a key that allows early data is enough for it'),
  },
  noMemoryReasons: {
    what: 'the reason where there is no memory for a session, or for the bytes of a ticket',
    answers: ['malloc failure', '3.5', 'reason(524308), CRYPTO lib'],
    shown: test('test/sim/memory-faults.test.ts', 'no memory for a session ends the handshake with internal_error and'),
  },
  signsWithSha1: {
    what: 'signatures with SHA-1',
    answers: ['are offered and taken', '3.0', 'are not'],
    shown: test(hellos, "hellos and requests for certificates name what OpenSSL's name"),
  },
  requestsSchemesOf12: {
    what: 'TLS 1.3: a request for a certificate names signatures with SHA-224, which TLS 1.2 alone has',
    answers: ['yes', '3.5', 'no'],
    shown: test(damage, 'what damaged records do in every state is what they do in libssl'),
  },
  offersLaterSchemes: {
    what: 'TLS 1.3: signatures of ML-DSA and of the brainpool curves',
    answers: ['are not offered', '3.5', 'are offered'],
    shown: test(hellos, 'a hello that would speak TLS 1.3 offers the signatures that OpenSSL offers'),
  },
  prefersP521: {
    what: 'of the larger curves comes first',
    answers: ['P-521', '3.5', 'P-384'],
    shown: test(hellos, "hellos and requests for certificates name what OpenSSL's name"),
  },
  checksPointFormats: {
    what: 'TLS 1.2: a server with an ECDSA key and a client whose point formats lack the uncompressed one',
    answers: ['share no cipher', '3.5', 'go on'],
    shown: test(hellos, 'a ClientHello with one extension more, less or other ends as with OpenSSL'),
  },
  // certificates
  certificateStrength: {
    what: 'what SHA-1 counts for at security level 1, which asks 80 bits of certificates',
    answers: ['80 bits: enough', '3.0', '63 bits: too weak'],
    shown: test(
      chains,
      'real OpenSSL finds the same in handshakes, and tells the same alert, of servers and of clients',
    ),
  },
  emptyKeyUsage: {
    what: 'a certificate whose key usage names no use',
    answers: ['is for nothing: unsupported certificate purpose', '3.0', 'is none: no issuer is found for it'],
    shown: test(
      'test/src/crypto/certificate-forms.test.ts',
      'a server whose certificate is not for signatures shares no ECDSA suite of TLS 1.2, as with OpenSSL',
    ),
  },
  invalidCa: {
    what: 'the number of "invalid CA certificate"',
    answers: ['24', '3.0', '79'],
    shown: test(
      chains,
      'real OpenSSL finds the same in handshakes, and tells the same alert, of servers and of clients',
    ),
  },
  acceptedErrors: {
    what: 'a verify callback that answers below 0 to a chain that leads nowhere',
    answers: ['accepts it', '3.0', 'refuses it'],
    shown: program('reach-verify-below-zero', 9, 'ret'),
  },
  constraintRules: {
    what: 'name constraints of authorities: a minimum of 0 that is written out; the host of a URI',
    answers: ['refused; scanned', 'taken; scanned', 'taken; parsed'],
    shown: test(
      'test/src/crypto/name-constraints.test.ts',
      'names are within the constraints of authorities as with OpenSSL, with the same number and alert',
    ),
  },
  setsHost: {
    what: 'SSL_set1_host of an address',
    answers: ['is a name', 'is an address, beside the name before', 'is an address, in place of the name before'],
    shown: test(
      'test/src/libssl/hosts.test.ts',
      'a host is matched as OpenSSL matches it, with the same number and alert',
    ),
  },
  addressNumbers: {
    what: 'the numbers of an address are read',
    answers: ['as sscanf reads them (spaces, signs)', '3.5', 'as digits alone'],
    shown: test(
      'test/src/libssl/hosts.test.ts',
      'a host is matched as OpenSSL matches it, with the same number and alert',
    ),
  },
  // words
  oldAlertText: {
    what: 'the text of an alert that SSL 3.0 had begins with',
    answers: ['sslv3 alert', '3.5', 'ssl/tls alert'],
    shown: program('J14', 26, 'errors'),
  },
};

const withoutKey: readonly ProfileDifference[] = [
  {
    key: undefined,
    what: 'SSL_new_session_ticket',
    answers: { '1.1.1': 'is not there', '3.0': 'is there', '3.5': 'is there' },
    since: ['3.0'],
    shown: program('H19', 13, 'errors'),
  },
];

function spread([first, second, third]: Row['answers']): Readonly<Record<ProfileName, string>> {
  if (second === '3.0') return { '1.1.1': first, '3.0': third, '3.5': third };
  if (second === '3.5') return { '1.1.1': first, '3.0': first, '3.5': third };
  return { '1.1.1': first, '3.0': second, '3.5': third };
}

function isOtherThanBefore(key: keyof Profile, name: ProfileName): boolean {
  const before = profileNames[profileNames.indexOf(name) - 1];
  return before !== undefined && JSON.stringify(profileOf(before)[key]) !== JSON.stringify(profileOf(name)[key]);
}

/** In the order of the page. */
export const differences: readonly ProfileDifference[] = [
  ...Object.entries(rows).map(([name, { what, answers, shown }]): ProfileDifference => {
    const key = name as keyof Profile; // `rows` has these keys
    return {
      key,
      what,
      answers: spread(answers),
      since: profileNames.filter((one) => isOtherThanBefore(key, one)),
      shown,
    };
  }),
  ...withoutKey,
];
