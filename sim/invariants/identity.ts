import type { Broken, Invariant } from './violation.js';

export const endsAgreeOnIdentity: Invariant = {
  code: 'AUTH',
  name: 'ends-agree-on-identity',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'a connection is with whoever has shown its certificate there, or in the handshake that it goes back to',
  source: 'RFC 5246 §7.4.2, RFC 8446 §4.4.2; RFC 5246 §F.1.4: a resumed session has the certificates of the one before',
  where: 'tls_process_server_certificate, tls_process_client_certificate; ssl_get_prev_session, ssl/ssl_sess.c',
  helps: 'only a repaired OpenSSL helps: report it with the shrunk plan',
};

/** Whom one end takes the other for. */
export interface TakenFor {
  readonly connection: number;
  readonly side: 'client' | 'server';
  readonly resumed: boolean;
  /** DER; undefined: nobody. */
  readonly taken: Uint8Array | undefined;
  /** What the other has shown, each DER. */
  readonly shown: readonly Uint8Array[];
}

export function judgeIdentity({ connection, side, resumed, taken, shown }: TakenFor): Broken | undefined {
  if (taken === undefined || shown.some((one) => Buffer.compare(one, taken) === 0)) return undefined;
  const where = resumed ? 'in the handshake that it resumes' : 'in it';
  return {
    invariant: endsAgreeOnIdentity,
    text: `connection ${connection}: the ${side} takes its peer for the holder of a certificate that nobody has shown ${where}`,
  };
}
