// Where the model is broken on purpose: the text that stands once in a built file, what takes its place, and what that breaks.
// `short`: taken with --short. `survives`: why no program can tell.
const cache = 'src/session/cache.js';
const session = 'src/session/session.js';
const time = 'src/session/time.js';
const context = 'src/session/context.js';
const connection = 'src/connection/connection.js';
const lifecycle = 'src/connection/lifecycle.js';
const resumption = 'src/connection/resumption.js';
const sessions = 'src/connection/sessions.js';
const io = 'src/connection/calls.js';
const tickets13 = 'src/connection/tickets-13.js';
const sslCalls = 'src/libssl/connection-calls.js';
const sessionCalls = 'src/libssl/session-calls.js';
const contextCalls = 'src/libssl/context-calls.js';

export const mutants = [
  {
    file: cache,
    old: 'if (this.#context.cacheSize <= 0n)',
    new: 'if (this.#context.cacheSize < 0n)',
    breaks: 'a cache of size 0 has no bound',
  },
  {
    file: cache,
    old: '? this.#context.cacheSize : this',
    new: '? this.#context.cacheSize - 1n : this',
    breaks: '1.1.1 evicts above the size',
  },
  {
    file: cache,
    old: ': this.#context.cacheSize - 1n);',
    new: ': this.#context.cacheSize);',
    breaks: '3.x makes room before it adds',
    short: true,
  },
  { file: cache, old: 'this.#context.statistics.cacheFull += 1;', new: '', breaks: 'an eviction is counted' },
  {
    file: cache,
    old: 'replaced.release(this.holder);',
    new: '',
    breaks: 'a session whose place another takes loses the reference of the cache',
  },
  {
    file: cache,
    old: 'if (!isNew)',
    new: 'if (false)',
    breaks: 'a session that was there already gets no second reference',
  },
  {
    file: cache,
    old: 'session.setTimeToNow();',
    new: ';',
    breaks: 'SSL_SESS_CACHE_UPDATE_TIME renews the time of a session',
  },
  {
    file: cache,
    old: 'if (seconds !== 0n && !isExpired(session.expiry, now)) {\n                this.passed += 1;\n                break;',
    new: 'if (!isExpired(session.expiry, now)) {\n                this.passed += 1;\n                break;',
    breaks: 'a flush at 0 takes all (3.x)',
  },
  {
    file: cache,
    old: 'session.notResumable = true;\n        this.#tellRemoved(session);',
    new: 'this.#tellRemoved(session);',
    breaks: 'a flushed session is not resumable',
  },
  {
    file: cache,
    old: "session.notResumable = true;\n        if (options.lock === 'take')",
    new: "if (options.lock === 'take')",
    breaks: 'a removed session is not resumable',
    short: true,
  },
  {
    file: cache,
    old: 'session === null || session.sessionId.length === 0',
    new: 'session === null',
    breaks: 'a session without an id is not removed',
  },
  {
    file: cache,
    old: 'if (!releasesFirst)\n            found?.release(this.holder);',
    new: '',
    breaks: 'a removed session loses the reference of the cache',
  },
  {
    file: cache,
    old: 'return found === undefined ? 0 : 1;',
    new: 'return 1;',
    breaks: 'what was not there is not removed',
  },
  {
    file: cache,
    old: ': this.#list.first;',
    new: ': undefined;',
    breaks: '1.1.1 puts a session at the head of the list and evicts from its tail',
  },
  {
    file: cache,
    old: 'compareExpiry(session.expiry, first.expiry) >= 0',
    new: 'compareExpiry(session.expiry, first.expiry) < 0',
    breaks: 'what expires last stands at the head of the list (3.x)',
  },
  {
    file: time,
    old: 'now > expiry.at',
    new: 'now >= expiry.at',
    breaks: 'at exactly its expiry a session is still valid',
  },
  {
    file: time,
    old: 'session.timeout < BigInt.asIntN(64, now - session.time)',
    new: 'session.timeout <= BigInt.asIntN(64, now - session.time)',
    breaks: 'at exactly its timeout a session is still valid (1.1.1)',
  },
  {
    file: session,
    old: '(this.sessionId.length > 0 || this.ticketBytes > 0)',
    new: 'this.sessionId.length > 0',
    breaks: 'a session with a ticket alone is resumable',
  },
  { file: session, old: '= 304n', new: '= 300n', breaks: 'SSL_SESSION_new gives 304 s' },
  {
    file: session,
    old: 'copy.notResumable = this.notResumable;',
    new: '',
    breaks: 'a duplicate of a session that is not resumable is none either',
  },
  {
    file: session,
    old: 'copy.#timeout = this.#timeout;',
    new: '',
    breaks: 'a duplicate has the timeout of the original',
  },
  {
    file: context,
    old: 'if (this.sessionTimeout !== 0n)',
    new: 'if (true)',
    breaks: 'a timeout of 0 stands for the default',
  },
  {
    file: connection,
    old: '(this.shutdown & Shutdown.sent) !== 0',
    new: '(this.shutdown & Shutdown.received) !== 0',
    breaks: 'our own close_notify is what keeps a session good',
    short: true,
  },
  {
    file: connection,
    old: 'if (this.inInit || this.inBefore)',
    new: 'if (this.inBefore)',
    breaks: 'a session is not bad while a handshake is on',
  },
  {
    file: connection,
    old: 'died() {\n        this.clearBadSession();',
    new: 'died() {',
    breaks: 'SSL_free of an open connection removes its session',
  },
  {
    file: connection,
    old: 'this.sessionContext.release(this.label);',
    new: '',
    breaks: 'a connection that dies gives back its context',
  },
  {
    file: connection,
    old: 'old?.release(this.label);',
    new: '',
    breaks: 'the session that is replaced loses a reference',
  },
  {
    file: sslCalls,
    old: 'ssl.use().session?.upRef(program) ?? null',
    new: 'ssl.use().session ?? null',
    breaks: 'SSL_get1_session takes a reference',
  },
  { file: sslCalls, old: 'copy.shutdown = ssl.shutdown;', new: '', breaks: 'SSL_dup copies the shutdown flags' },
  {
    file: sslCalls,
    old: 'if (sameBytes(ssl.sessionIdContext, old.sessionIdContext))',
    new: 'if (true)',
    breaks: 'SSL_set_SSL_CTX keeps an id context of the connection’s own',
  },
  { file: lifecycle, old: 'connection.hit = false;', new: '', breaks: 'SSL_clear forgets that it was resumed' },
  {
    file: lifecycle,
    old: 'if (connection.clearBadSession())',
    new: 'if (connection.clearBadSession() && false)',
    breaks: 'SSL_clear lets a bad session go',
  },
  {
    file: resumption,
    old: 'found.upRef(connection.label);',
    new: '',
    breaks: 'a session that is found in the cache gets a reference of the connection',
    short: true,
  },
  { file: resumption, old: 'sessionContext.statistics.misses += 1;', new: '', breaks: 'a miss is counted' },
  {
    file: resumption,
    old: "if (source === 'id')",
    new: 'if (false)',
    breaks: 'an expired session leaves the cache when it is looked up',
  },
  {
    file: resumption,
    old: '(sessionContext.cacheMode & CacheMode.noInternalStore) === 0',
    new: 'false',
    breaks: 'what the get callback gives enters the cache',
  },
  {
    file: resumption,
    old: '(sessionContext.cacheMode & CacheMode.noInternalLookup) === 0',
    new: 'true',
    breaks: 'SSL_SESS_CACHE_NO_INTERNAL_LOOKUP',
  },
  {
    file: sessions,
    old: '(mode & CacheMode.noInternalStore) === 0 && isStored(connection)',
    new: 'isStored(connection)',
    breaks: 'SSL_SESS_CACHE_NO_INTERNAL_STORE',
  },
  {
    file: sessions,
    old: '(!connection.hit || isTls13)',
    new: '(connection.hit || isTls13)',
    breaks: 'a resumed session of TLS 1.2 is not stored again',
    short: true,
  },
  {
    file: sessions,
    old: 'if (callback(connection, session) === 0)',
    new: 'if (callback(connection, session) !== 0)',
    breaks: 'the new-session callback keeps the reference where it returns 1',
  },
  {
    file: sessions,
    old: 'return isStateful || connection.sessionContext.callbacks.removeSession !== undefined;',
    new: 'return isStateful;',
    breaks: 'a server of TLS 1.3 with a remove callback stores sessions of stateless tickets too',
  },
  {
    file: tickets13,
    old: 'if (tls13.sentTickets !== 0 || connection.hit)',
    new: 'if (connection.hit)',
    breaks: 'the second ticket of TLS 1.3 is a session of its own',
  },
  {
    file: io,
    old: "if (connection.inInit)\n        return fail(connection, 'SHUTDOWN_WHILE_IN_INIT');",
    new: '',
    breaks: 'SSL_shutdown in a handshake is refused',
  },
  { file: io, old: 'connection.shutdown |= Shutdown.sent;', new: '', breaks: 'SSL_shutdown sets SSL_SENT_SHUTDOWN' },
  {
    file: io,
    old: "connection.want === 'reading' && connection.readRetry",
    new: "connection.want === 'reading'",
    breaks: 'SSL_ERROR_WANT_READ needs a transport from which more may come',
  },
  {
    file: sessionCalls,
    old: 'if (id.length > sessionIdBytesMax)',
    new: 'if (id.length >= sessionIdBytesMax)',
    breaks: 'an id of 32 bytes is taken',
  },
  {
    file: sessionCalls,
    old: "session.library.profile.cacheOrder !== 'expiry' || session.listedIn === undefined",
    new: 'true',
    breaks: 'a cached session that gets another time moves to its new place (3.x)',
  },
  {
    file: contextCalls,
    old: 'if (wanted < 0n)',
    new: 'if (wanted <= 0n)',
    breaks: 'a cache size of 0 is taken',
  },
];
