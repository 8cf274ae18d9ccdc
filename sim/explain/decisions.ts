/** What each decision's reason code means, and where in OpenSSL it is made: docs/decisions.md in words for one code at a time. */
import type { DecisionCode } from 'simtls';

export interface DecisionText {
  readonly side: 'client' | 'server';
  readonly verdict: string;
  readonly means: string;
  /** The function that decides, and its file. */
  readonly where: string;
  /** What to do, or that there is nothing to do. */
  readonly helps: string;
  /** Where the OpenSSL lines differ; absent where all do the same. */
  readonly lines?: string;
}

const sessC = 'ssl/ssl_sess.c';
const clientC = 'ssl/statem/statem_clnt.c';
const serverC = 'ssl/statem/statem_srvr.c';
const clientHello = `tls_construct_client_hello, ${clientC}`;
const serverHello = `tls_process_server_hello, ${clientC}`;
const previous = `ssl_get_prev_session, ${sessC}`;
const lookup = `lookup_sess_in_cache, ${sessC}`;
const ctosPsk = 'tls_construct_ctos_psk, ssl/statem/extensions_clnt.c';
const stocPsk = 'tls_parse_ctos_psk, ssl/statem/extensions_srvr.c';
const decrypt = 'tls_decrypt_ticket, ssl/t1_lib.c';

export const decisions: Readonly<Record<DecisionCode, DecisionText>> = {
  'no-session-set': {
    side: 'client',
    verdict: 'none',
    means: 'the connection has no session to offer',
    where: clientHello,
    helps: 'call SSL_set_session with a session of an earlier connection, before the handshake',
  },
  'session-version-not-enabled': {
    side: 'client',
    verdict: 'refused',
    means: 'the protocol version of the session is outside what the connection allows',
    where: clientHello,
    helps: 'give the connection the version bounds of the one that the session came from',
  },
  'session-not-resumable': {
    side: 'client',
    verdict: 'refused',
    means:
      'the session is marked as bad (SSL_SESSION_is_resumable gives 0), has neither id nor ticket, or its id was taken away; a connection marks its session when it ends without a shutdown',
    where: `${clientHello}; SSL_SESSION_is_resumable, ${sessC}; marked by ssl_clear_bad_session, ${sessC}`,
    helps:
      'shut connections down (SSL_shutdown, or SSL_set_shutdown with SSL_SENT_SHUTDOWN) before they are freed, cleared or given another session',
  },
  'offered-ticket': {
    side: 'client',
    verdict: 'offered',
    means: "the session's ticket goes out, with an id made up for it",
    where: 'tls_construct_ctos_session_ticket, ssl/statem/extensions_clnt.c',
    helps: "nothing: the server's decision says what became of it",
  },
  'offered-id': {
    side: 'client',
    verdict: 'offered',
    means: "the session's id goes out",
    where: clientHello,
    helps: "nothing: the server's decision says what became of it",
  },
  'offered-psk': {
    side: 'client',
    verdict: 'offered',
    means: "the session's ticket goes out as a PSK of TLS 1.3, with a binder that proves its secret",
    where: ctosPsk,
    helps: "nothing: the server's decision says what became of it",
  },
  'ticket-missing': {
    side: 'client',
    verdict: 'refused',
    means:
      'the session is one of TLS 1.3, and no ticket came with it: it has an id alone, which nobody looks at in TLS 1.3',
    where: ctosPsk,
    helps: 'take the session after its ticket was read (SSL_CTX_sess_set_new_cb), not right after the handshake',
  },
  'ticket-too-old': {
    side: 'client',
    verdict: 'refused',
    means: "the ticket is older than the server's lifetime hint, or its age is more than 32 bits of milliseconds hold",
    where: ctosPsk,
    helps: 'connect again sooner, or have the server give its tickets a longer life (SSL_CTX_set_timeout)',
    lines: 'a session from the future is younger than 0 seconds in 3.5, and far too old before',
  },
  'retry-hash-differs': {
    side: 'client',
    verdict: 'refused',
    means: "the server's HelloRetryRequest chose a cipher suite whose hash is not the session's",
    where: ctosPsk,
    helps:
      'offer suites of one hash alone (SSL_CTX_set_ciphersuites), or a key share of a group that the server takes, so that it has nothing to ask again',
  },
  'resumed-by-psk': {
    side: 'server',
    verdict: 'accepted',
    means: 'a ticket of TLS 1.3 opened, its binder fits, and all checks of the session passed',
    where: previous,
    helps: 'nothing: the session was resumed',
  },
  'psk-hash-differs': {
    side: 'server',
    verdict: 'refused',
    means: "the cipher suite chosen for this connection has another hash than the session's",
    where: stocPsk,
    helps: 'let both sides prefer the same suites in every connection',
    lines: '1.1.1 and 3.0 send no new tickets then, 3.5 does',
  },
  'single-use-not-in-cache': {
    side: 'server',
    verdict: 'refused',
    means:
      'the tickets of this server allow early data, so that each opens once: the session that the callback gave is not in the cache of this SSL_CTX',
    where: stocPsk,
    helps: 'keep the sessions in the internal cache too, or set SSL_OP_NO_ANTI_REPLAY and keep replays out yourself',
  },
  'ticket-not-stateful': {
    side: 'server',
    verdict: 'refused',
    means:
      'the server keeps its sessions itself (SSL_OP_NO_TICKET, or early data with anti-replay), and what came is no id of 32 bytes',
    where: stocPsk,
    helps: 'have all servers of a fleet send tickets of one kind',
  },
  'no-resumption-on-renegotiation': {
    side: 'server',
    verdict: 'none',
    means: 'it is a renegotiation, and SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION is set',
    where: `tls_early_post_process_client_hello, ${serverC}`,
    helps: 'nothing, where it is meant; else SSL_CTX_clear_options(ctx, SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION)',
  },
  'ticket-too-short': {
    side: 'server',
    verdict: 'refused',
    means: 'the ticket is shorter than a key name, an IV and a MAC',
    where: decrypt,
    helps: 'look for who cuts tickets, or makes up its own',
  },
  'ticket-unknown-key': {
    side: 'server',
    verdict: 'refused',
    means:
      'the ticket was sealed under a key that this server does not have: another server, or this one before a restart',
    where: decrypt,
    helps: 'share the ticket keys among the servers and keep them over restarts (SSL_CTX_set_tlsext_ticket_keys)',
  },
  'ticket-bad-mac': {
    side: 'server',
    verdict: 'refused',
    means:
      "the ticket has a known key's name, but its MAC does not fit: damaged on the way, or the name was given to another key",
    where: decrypt,
    helps: 'never give an old name to a new key',
  },
  'ticket-bad-content': {
    side: 'server',
    verdict: 'refused',
    means: 'the ticket opens, and holds no session',
    where: decrypt,
    helps: 'look for another program that seals under the same keys',
  },
  'ticket-ignored': {
    side: 'server',
    verdict: 'refused',
    means:
      'the callback that sees tickets as they come (SSL_CTX_set_session_ticket_cb) answers that this one is not to be used',
    where: decrypt,
    helps:
      'look at what the callback reads from the ticket (SSL_SESSION_get0_ticket_appdata), and why it says SSL_TICKET_RETURN_IGNORE or …_IGNORE_RENEW',
  },
  'nothing-offered': {
    side: 'server',
    verdict: 'none',
    means: 'the client offers neither a ticket nor an id',
    where: previous,
    helps: "look at the client's decision",
  },
  'id-unknown': {
    side: 'server',
    verdict: 'refused',
    means:
      'the id is not in the internal cache, and there is no get callback: evicted, flushed, timed out, of another server, or of this one before a restart',
    where: lookup,
    helps: 'a larger cache (SSL_CTX_sess_set_cache_size), a shared one (SSL_CTX_sess_set_get_cb), or tickets',
  },
  'callback-had-none': {
    side: 'server',
    verdict: 'refused',
    means: 'the internal cache does not have the id, and the get callback returned NULL',
    where: lookup,
    helps: 'look at what the external cache holds under the id',
  },
  'callback-session-not-resumable': {
    side: 'server',
    verdict: 'refused',
    means: 'the get callback returned a session that is marked as bad',
    where: lookup,
    helps: 'drop sessions from the external cache in the remove callback',
    lines: '3.0 and 3.5; 1.1.1 takes the session, and the handshake breaks later',
  },
  'version-differs': {
    side: 'server',
    verdict: 'refused',
    means: 'the session is of another protocol version than was agreed on',
    where: previous,
    helps:
      'give both sides the version bounds that they had when the session was made, or drop sessions when those change',
  },
  'id-context-differs': {
    side: 'server',
    verdict: 'refused',
    means: "the session's id context is not the connection's: it belongs to another part of the application",
    where: previous,
    helps: 'set one session id context for all that may share sessions, different ones for all that may not',
  },
  'id-context-uninitialized': {
    side: 'server',
    verdict: 'refused, and the handshake fails',
    means:
      'the server asks for certificates and has no session id context: it cannot know whether the session is its own',
    where: previous,
    helps: 'call SSL_CTX_set_session_id_context wherever SSL_VERIFY_PEER is set',
  },
  expired: {
    side: 'server',
    verdict: 'refused',
    means: "the session is older than its timeout by the server's clock; found by its id, it leaves the cache",
    where: previous,
    helps: 'SSL_CTX_set_timeout on the server; look for clocks that step',
  },
  'extended-master-secret-missing': {
    side: 'server',
    verdict: 'refused, and the handshake fails',
    means: 'the session has an extended master secret, and the client did not offer it again (RFC 7627 §5.3)',
    where: previous,
    helps: 'look for clients that switch the extension off, or for who removes it on the way',
    lines: 'the alert is illegal_parameter in 1.1.1, handshake_failure in 3.0 and 3.5',
  },
  'extended-master-secret-added': {
    side: 'server',
    verdict: 'refused',
    means: 'the session has no extended master secret, and the client offers it now',
    where: previous,
    helps: 'nothing: the new session has one, and is resumed next time',
  },
  'cipher-not-offered': {
    side: 'server',
    verdict: 'refused, and the handshake fails',
    means: "the client does not offer the session's cipher suite any more",
    where: `tls_early_post_process_client_hello, ${serverC}`,
    helps: 'drop the sessions of a client whose cipher list changes',
  },
  'resumed-by-ticket': {
    side: 'server',
    verdict: 'accepted',
    means: 'the ticket is good',
    where: previous,
    helps: 'nothing: it is what was wanted',
  },
  'resumed-by-id': {
    side: 'server',
    verdict: 'accepted',
    means: 'the id is known',
    where: previous,
    helps: 'nothing: it is what was wanted',
  },
  'server-started-new': {
    side: 'client',
    verdict: 'refused',
    means:
      "the server answered with another id: a full handshake; the connection's reference to the session that was offered is given back",
    where: serverHello,
    helps: "look at the server's decision",
  },
  'client-context-differs': {
    side: 'client',
    verdict: 'refused, and the handshake fails',
    means: "the server resumes, but the session id context of the client's connection is not the session's",
    where: serverHello,
    helps: 'set the same session id context on all connections that share the session',
  },
  'server-resumed': {
    side: 'client',
    verdict: 'accepted',
    means: 'the server answered with the id that was offered',
    where: serverHello,
    helps: 'nothing: it is what was wanted',
  },
};

/** What a code means; undefined for one that is none. */
export function decisionOf(code: string): DecisionText | undefined {
  return Object.hasOwn(decisions, code) ? decisions[code as DecisionCode] : undefined; // the table has it
}
