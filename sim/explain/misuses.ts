/** The kinds of misuse that end an API program: what each means, and what to do. */
import type { MisuseKind } from '../program/index.js';

export interface MisuseText {
  readonly means: string;
  /** Where OpenSSL comes to grief: function and file; or that no part of OpenSSL is in it. */
  readonly where: string;
  readonly helps: string;
}

export const misuses: Readonly<Record<MisuseKind, MisuseText>> = {
  unbound: {
    means: 'the name was never bound',
    where: "no part of OpenSSL: names are the program's own",
    helps: 'bind it with "let" in an earlier step',
  },
  'wrong-kind': {
    means: 'the name stands for another kind of object, or for bytes',
    where: "no part of OpenSSL: names are the program's own",
    helps: 'look at what the step that binds the name returns',
  },
  'use-after-free': {
    means: 'the object is gone: its last reference was given back',
    where: 'SSL_SESSION_free, ssl/ssl_sess.c, SSL_free and SSL_CTX_free, ssl/ssl_lib.c, free; no later call can know',
    helps: 'keep a reference of your own for as long as the object is used (SSL_get1_session, …_up_ref)',
  },
  'not-owned': {
    means:
      'a reference is given back that the program does not hold: it is somebody else’s, who goes on using the object',
    where:
      'SSL_SESSION_free, ssl/ssl_sess.c, SSL_free and SSL_CTX_free, ssl/ssl_lib.c: each gives one reference back and asks nobody',
    helps:
      'free once for each …_new, SSL_dup, SSL_SESSION_dup, d2i_SSL_SESSION, SSL_get1_session and …_up_ref, and for each session that a new callback kept; never after SSL_get_session',
  },
  'in-cache': {
    means:
      'the id of a session changes while a cache holds it, or a session enters a second cache: libssl’s tables break',
    where:
      'SSL_SESSION_set1_id and SSL_CTX_add_session, ssl/ssl_sess.c: the table finds a session by its id alone, and a session has the links of one list',
    helps: 'set the id before SSL_CTX_add_session; give each SSL_CTX a session of its own (SSL_SESSION_dup)',
  },
  'in-handshake': {
    means: 'the session of a handshake under way enters a cache: its id may still change',
    where:
      'SSL_CTX_add_session, ssl/ssl_sess.c; the id may change in tls_process_new_session_ticket, ssl/statem/statem_clnt.c',
    helps: 'call SSL_CTX_add_session when the handshake is done',
  },
  'same-handle': {
    means: 'both connections of one call are the same object',
    where: 'no part of OpenSSL: no function of it takes two connections to join',
    helps: 'make two connections, and join those',
  },
  'session-changed': {
    means:
      'the connection was given another session in the middle of its life, and goes on: libssl would use what it no longer has',
    where: 'SSL_set_session, ssl/ssl_sess.c: it does not look at the state of the connection',
    helps: 'call SSL_set_session before the handshake, or SSL_clear before the next one',
  },
  'in-call': {
    means:
      'the body of a callback takes from under the call that is at work what that goes on using: it does I/O on the same connection, resets it, gives it another session or transport, changes its certificate behind the choice of one, or gives back the last reference to it',
    where:
      'state_machine, ssl/statem/statem.c, and ssl_update_cache, ssl/ssl_sess.c: both go on after the callback with what they had before',
    helps: 'note in the callback what has to be done, and do it when the call has returned',
  },
  dying: {
    means: 'the body of a callback uses an object whose last reference is gone, while it is being taken apart',
    where: 'SSL_CTX_free, ssl/ssl_lib.c: it flushes the cache, and so calls the remove callback, with a count of 0',
    helps: 'take no reference in the remove callback of an SSL_CTX that is being freed; look at the session alone',
  },
  'would-deadlock': {
    means:
      'a body has changed the cache of an SSL_CTX inside a remove callback that ran under its lock; 1.1.1 lets that happen, gives the lock back once too often, and here waits for it without end',
    where:
      'SSL_CTX_flush_sessions and SSL_CTX_add_session, ssl/ssl_sess.c: they run the remove callback with the lock held; CRYPTO_THREAD_write_lock, crypto/threads_pthread.c: 1.1.1 does not look at what it answers',
    helps:
      'note in the remove callback what has to go, and remove it when the call has returned; 3.x refuses the inner call',
  },
};
