import type { Broken, Invariant } from './violation.js';

export const heldSessionStaysResumable: Invariant = {
  code: 'EVT',
  name: 'held-session-stays-resumable',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'program',
  reason:
    'whoever keeps a session means to resume it, and a connection that is freed without its close_notify spoils it for good',
  source:
    'SSL_set_shutdown(3), NOTES: a session that is still open when SSL_clear or SSL_free is called "is considered bad and removed"',
  where: 'SSL_free, ssl/ssl_lib.c: ssl_clear_bad_session, ssl/ssl_sess.c',
  helps:
    'SSL_shutdown once before SSL_free, or SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN|SSL_RECEIVED_SHUTDOWN) where nothing is to be sent',
};

export function spoilt(session: { readonly object: number; readonly name: string }, connection: string): Broken {
  return {
    invariant: heldSessionStaysResumable,
    object: session.object,
    text: `${session.name}, held by the program, can never be resumed any more: ${connection} was freed without SSL_shutdown`,
  };
}
