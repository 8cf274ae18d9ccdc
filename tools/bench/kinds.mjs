// The handshakes that are measured. All stacks agree on X25519, a certificate for P-256 and AES-128-GCM.

export const tls12 = 0x0303;
export const tls13 = 0x0304;

/** By version, as OpenSSL and the model name them. */
export const suites = { [tls12]: 'ECDHE-ECDSA-AES128-GCM-SHA256', [tls13]: 'TLS_AES_128_GCM_SHA256' };

/**
 * `by`: what a connection resumes; the ticket of the first connection of all, or that of the one before, since libssl lets each ticket
 * that allows early data be used once. `exchange`: `psk` where both ends allow psk_ke and have no group in common, so that they take it.
 * `goals`: how many times as many as another the model is to make.
 */
export const kinds = [
  {
    kind: 'full12',
    name: 'TLS 1.2 full',
    version: tls12,
    goals: { fast: { libssl: 5 }, real: { node: 1 } },
  },
  {
    kind: 'resumed12',
    name: 'TLS 1.2 resumed',
    version: tls12,
    by: 'first',
    goals: { fast: { libssl: 1 }, real: { node: 2 } },
  },
  {
    kind: 'full13',
    name: 'TLS 1.3 full',
    version: tls13,
    goals: { fast: { libssl: 8 }, real: { node: 1 } },
  },
  {
    kind: 'resumed13',
    name: 'TLS 1.3 resumed',
    version: tls13,
    by: 'first',
    goals: { fast: { libssl: 5 }, real: { node: 1 } },
  },
  {
    kind: 'psk13',
    name: 'TLS 1.3 PSK only',
    version: tls13,
    by: 'first',
    exchange: 'psk',
    goals: { real: { node: 1 } },
  },
  {
    kind: 'early13',
    name: 'TLS 1.3 early data',
    version: tls13,
    by: 'before',
    earlyBytes: 100,
    goals: {},
  },
];

/** SSL_OP_ALLOW_NO_DHE_KEX (ssl.h). */
export const allowNoDheKex = 0x400;
/** Of the second and later connections where the PSK alone is the key exchange. */
export const pskGroups = { client: 'X25519', server: 'P-256' };

/** SSL_READ_EARLY_DATA_SUCCESS and _FINISH, SSL_EARLY_DATA_ACCEPTED (ssl.h). */
export const readEarlyData = { success: 1, finish: 2 };
export const earlyDataAccepted = 2;
