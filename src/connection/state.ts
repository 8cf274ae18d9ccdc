/**
 * Where a connection stands in its handshake: the names of OpenSSL's state machine (ssl/statem), whose states are RFC 5246's
 * messages written (W) or read (R) by client (C) or server (S).
 *
 *   client, full        BEFORE → CW_CLNT_HELLO → CR_SRVR_HELLO → CR_CERT → CR_KEY_EXCH → [CR_CERT_REQ] → CR_SRVR_DONE
 *                       → [CW_CERT] → CW_KEY_EXCH → [CW_CERT_VRFY] → CW_CHANGE → CW_FINISHED → [CR_SESSION_TICKET]
 *                       → CR_CHANGE → CR_FINISHED → OK
 *   client, resumed     … CR_SRVR_HELLO → [CR_SESSION_TICKET] → CR_CHANGE → CR_FINISHED → CW_CHANGE → CW_FINISHED → OK
 *   server, full        BEFORE → SR_CLNT_HELLO → SW_SRVR_HELLO → SW_CERT → SW_KEY_EXCH → [SW_CERT_REQ] → SW_SRVR_DONE
 *                       → [SR_CERT] → SR_KEY_EXCH → [SR_CERT_VRFY] → SR_CHANGE → SR_FINISHED → [SW_SESSION_TICKET]
 *                       → SW_CHANGE → SW_FINISHED → OK
 *   server, resumed     … SW_SRVR_HELLO → [SW_SESSION_TICKET] → SW_CHANGE → SW_FINISHED → SR_CHANGE → SR_FINISHED → OK
 *   TLS 1.3, client     BEFORE → CW_CLNT_HELLO → CR_SRVR_HELLO → [a retry: [CW_CHANGE] → CW_CLNT_HELLO → CR_SRVR_HELLO]
 *                       → CR_ENCRYPTED_EXTENSIONS → full: [CR_CERT_REQ] → CR_CERT → CR_CERT_VRFY → CR_FINISHED → [CW_CHANGE]
 *                       → [CW_CERT → [CW_CERT_VRFY]] → CW_FINISHED → OK;  OK → CR_SESSION_TICKET → OK
 *   TLS 1.3, server     BEFORE → SR_CLNT_HELLO → SW_SRVR_HELLO → [SW_CHANGE] → [a retry: EARLY_DATA → SR_CLNT_HELLO → SW_SRVR_HELLO]
 *                       → SW_ENCRYPTED_EXTENSIONS → full: [SW_CERT_REQ] → SW_CERT → SW_CERT_VRFY → SW_FINISHED → EARLY_DATA
 *                       → [SR_CERT → [SR_CERT_VRFY]] → SR_FINISHED → SW_SESSION_TICKET … → OK;  OK → SW_SESSION_TICKET … → OK
 *   with early data     client: … CW_CLNT_HELLO → [CW_CHANGE] → EARLY_DATA → CR_SRVR_HELLO … CR_FINISHED → PENDING_EARLY_DATA_END
 *                       → [CW_END_OF_EARLY_DATA] → [CW_CERT …;  server: … SW_FINISHED → EARLY_DATA → SR_END_OF_EARLY_DATA → [SR_CERT …
 *   TLS 1.3, both       OK → CW_KEY_UPDATE or SW_KEY_UPDATE → OK;  OK → CR_KEY_UPDATE or SR_KEY_UPDATE → OK
 *   renegotiation       server: OK → SW_HELLO_REQ → OK;  client: OK → CR_HELLO_REQ → CW_CLNT_HELLO or OK
 */
export type ClientHandState =
  | 'CW_CLNT_HELLO'
  | 'CR_SRVR_HELLO'
  | 'CR_CERT'
  | 'CR_KEY_EXCH'
  | 'CR_CERT_REQ'
  | 'CR_SRVR_DONE'
  | 'CW_CERT'
  | 'CW_KEY_EXCH'
  | 'CW_CERT_VRFY'
  | 'CW_CHANGE'
  | 'CW_FINISHED'
  | 'CR_SESSION_TICKET'
  | 'CR_CHANGE'
  | 'CR_FINISHED'
  | 'CR_HELLO_REQ'
  | 'CR_ENCRYPTED_EXTENSIONS'
  | 'CR_CERT_VRFY'
  | 'CR_KEY_UPDATE'
  | 'CW_KEY_UPDATE'
  | 'EARLY_DATA'
  | 'PENDING_EARLY_DATA_END'
  | 'CW_END_OF_EARLY_DATA';

export type ServerHandState =
  | 'SR_CLNT_HELLO'
  | 'SW_SRVR_HELLO'
  | 'SW_CERT'
  | 'SW_KEY_EXCH'
  | 'SW_CERT_REQ'
  | 'SW_SRVR_DONE'
  | 'SR_CERT'
  | 'SR_KEY_EXCH'
  | 'SR_CERT_VRFY'
  | 'SR_CHANGE'
  | 'SR_FINISHED'
  | 'SW_SESSION_TICKET'
  | 'SW_CHANGE'
  | 'SW_FINISHED'
  | 'SW_HELLO_REQ'
  | 'SW_ENCRYPTED_EXTENSIONS'
  | 'SW_CERT_VRFY'
  | 'EARLY_DATA'
  | 'SR_KEY_UPDATE'
  | 'SW_KEY_UPDATE'
  | 'SR_END_OF_EARLY_DATA';

export type HandState = 'BEFORE' | 'OK' | ClientHandState | ServerHandState;

/** MSG_FLOW_STATE: what the machine is at, or that it broke for good. */
export type MessageFlow = 'uninitialised' | 'reading' | 'writing' | 'finished' | 'error';

/** Where a flow goes on after it had to wait. */
export type ReadStep = 'header' | 'body' | 'post-process';
export type WriteStep = 'transition' | 'pre-work' | 'send' | 'post-work';

export const Shutdown = { sent: 1, received: 2 } as const;

/** The options that shape a connection, low 32 bits. */
export const Option = {
  noExtendedMasterSecret: 0x1,
  legacyServerConnect: 0x4,
  ignoreUnexpectedEof: 0x80,
  allowClientRenegotiation: 0x100,
  allowNoDheKex: 0x400,
  dontInsertEmptyFragments: 0x800,
  noTicket: 0x4000,
  noSessionResumptionOnRenegotiation: 0x1_0000,
  allowUnsafeLegacyRenegotiation: 0x4_0000,
  noEncryptThenMac: 0x8_0000,
  enableMiddleboxCompat: 0x10_0000,
  cipherServerPreference: 0x40_0000,
  noRenegotiation: 0x4000_0000,
} as const;

export const Verify = { peer: 1, failIfNoPeerCert: 2, clientOnce: 4, postHandshake: 8 } as const;

export const CacheMode = {
  client: 0x1,
  server: 0x2,
  noAutoClear: 0x80,
  noInternalLookup: 0x100,
  noInternalStore: 0x200,
} as const;
