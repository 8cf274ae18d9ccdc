/** Errors of libssl that have to do with sessions: what they mean. */

export interface ReasonText {
  readonly means: string;
  readonly where: string;
  readonly helps: string;
}

const sessC = 'ssl/ssl_sess.c';

/** By OpenSSL's name without `SSL_R_`. */
export const reasons: Readonly<Record<string, ReasonText>> = {
  SESSION_ID_CONTEXT_UNINITIALIZED: {
    means:
      'a server that asks for certificates was offered a session, and has no session id context to tell whose it is',
    where: `ssl_get_prev_session, ${sessC}`,
    helps: 'call SSL_CTX_set_session_id_context on the server',
  },
  ATTEMPT_TO_REUSE_SESSION_IN_DIFFERENT_CONTEXT: {
    means:
      'the server resumes the session, but the session id context of the connection is not the one it was made under',
    where: 'tls_process_server_hello, ssl/statem/statem_clnt.c',
    helps: 'set the same session id context on all connections that share the session',
  },
  INCONSISTENT_EXTMS: {
    means: 'session and handshake do not agree on the extended master secret (RFC 7627)',
    where: `ssl_get_prev_session, ${sessC}; tls_process_server_hello, ssl/statem/statem_clnt.c`,
    helps: 'look for a peer that switched the extension off in between',
  },
  REQUIRED_CIPHER_MISSING: {
    means: "the client offers the session, and no longer the session's cipher suite",
    where: 'tls_early_post_process_client_hello, ssl/statem/statem_srvr.c',
    helps: 'drop the sessions of a client whose cipher list changes',
  },
  OLD_SESSION_CIPHER_NOT_RETURNED: {
    means: 'the server resumes the session under another cipher suite',
    where: 'set_client_ciphersuite, ssl/statem/statem_clnt.c',
    helps: 'the server is at fault: a resumed session keeps its suite',
  },
  SSL_SESSION_ID_CONTEXT_TOO_LONG: {
    means: 'a session id context has at most 32 bytes',
    where: 'SSL_CTX_set_session_id_context, ssl/ssl_lib.c',
    helps: 'hash a longer name',
  },
  SSL_SESSION_ID_TOO_LONG: {
    means: 'a session id has at most 32 bytes',
    where: `SSL_SESSION_set1_id, ${sessC}`,
    helps: 'hash a longer id',
  },
  SSL_SESSION_VERSION_MISMATCH: {
    means: 'the version in ServerHello is not the one of the session that is being resumed',
    where: 'tls_process_server_hello, ssl/statem/statem_clnt.c',
    helps: 'the server is at fault: a resumed session keeps its version',
  },
  UNEXPECTED_EOF_WHILE_READING: {
    means: 'the stream ended without a close_notify: a peer that does not shut down, or somebody who cut the stream',
    where:
      'ssl3_read_n, ssl/record/rec_layer_s3.c (3.5: ossl_tls_handle_rlayer_return, in the same file; 1.1.1 has no such error: SSL_ERROR_SYSCALL)',
    helps: 'have the peer call SSL_shutdown; SSL_OP_IGNORE_UNEXPECTED_EOF where the protocol has an end of its own',
  },
  UNINITIALIZED: {
    means: 'the connection is neither client nor server yet',
    where: 'SSL_do_handshake, SSL_read, SSL_write and SSL_shutdown, ssl/ssl_lib.c',
    helps: 'call SSL_set_connect_state or SSL_set_accept_state',
  },
};

/** The name in the table for a reason as OpenSSL prints or names it: spaces or underscores, with or without `SSL_R_`. */
export function reasonName(text: string): string {
  return text
    .trim()
    .toUpperCase()
    .replaceAll(' ', '_')
    .replace(/^SSL_R_/u, '');
}
