import type { Broken, Invariant, Owner } from './violation.js';

export const resumptionMeetsPolicy: Invariant = {
  code: 'AUTH',
  name: 'resumption-meets-policy',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'program',
  reason: 'nobody is asked again who resumes: what a full handshake would have refused by now comes in',
  source:
    'SSL_CTX_set_session_id_context(3), and CVE-2025-23419 (nginx), CVE-2025-23048 (httpd): sessions of lax hosts were let into strict ones',
  where:
    'ssl_get_prev_session, ssl/ssl_sess.c: verify mode, trusted certificates and the expected host are not looked at again',
  helps:
    'give each policy an id context of its own, and a new one (or new ticket keys) when it changes; a client: file sessions by all that it verifies with',
};

/** What a full handshake would say now, of the peer that was authenticated when the session was made. */
export interface Refusal {
  readonly connection: number;
  readonly side: 'client' | 'server';
  /** In words. */
  readonly why: string;
  readonly owner?: Owner;
}

export function slippedIn({ connection, side, why, owner }: Refusal): Broken {
  return {
    invariant: resumptionMeetsPolicy,
    ...(owner === undefined ? {} : { owner }),
    text: `connection ${connection} is resumed, and the ${side} would refuse its peer by now: ${why}`,
  };
}
