/** What is seen by looking into the objects of a process: each invariant broken on purpose, and what only looks like it. */
import test from 'ava';
import { ProcessAudit } from '../../sim/audit/index.js';
import type { Broken } from '../../sim/invariants/index.js';
import type { Recorder } from '../../sim/scenario/index.js';
import { recordPlan, scenario } from '../../sim/scenario/index.js';
import { runPlan, type Violation } from '../../sim/world/index.js';
import {
  type Counted,
  fastCrypto,
  type Libssl,
  libssl,
  type ProfileName,
  type SslCtx,
  type SslSession,
  type StackEvent,
} from '../../src/index.js';

interface Audited {
  readonly library: Libssl;
  readonly audit: ProcessAudit;
  readonly broken: Broken[];
}

/** A library whose objects are looked into, as those of a process of a world are. */
function audited(profile: ProfileName, allocates?: () => boolean): Audited {
  const broken: Broken[] = [];
  const audit = new ProcessAudit({
    nameOf: (object, kind) => `${kind} ${object}`,
    report: (one) => {
      if (one !== undefined) broken.push(one);
    },
    came: () => {},
  });
  const emit = (event: StackEvent): void => {
    if (event.kind === 'count' && event.type === 'session') audit.counted(event);
    else if (event.kind === 'freed') audit.freed(event);
    else if (event.kind === 'foreign-context') audit.secondContext(event);
  };
  const environment = {
    nowMs: () => 1_700_000_000_000,
    fillRandom: (_label: string, target: Uint8Array) => void target.fill(7),
    crypto: fastCrypto(),
    emit,
    made: (object: Counted) => audit.made(object),
    ...(allocates === undefined ? {} : { allocates: (site: string) => site !== 'cache-entry' || allocates() }),
  };
  return { library: libssl({ profile, environment }), audit, broken };
}

/** A context whose cache has a session that only it holds. */
function cached(library: Libssl, audit: ProcessAudit): { readonly ctx: SslCtx; readonly session: SslSession } {
  const ctx = library.SSL_CTX_new(library.TLS_method())!;
  const session = library.SSL_SESSION_new()!;
  library.SSL_SESSION_set1_id(session, Uint8Array.of(1));
  library.SSL_CTX_add_session(ctx, session);
  audit.called(ctx.id);
  return { ctx, session };
}

const names = (broken: readonly Broken[]): readonly string[] => broken.map((one) => one.invariant.name);

test('a published session that gets another ticket in a call is told, with the field', (t) => {
  const { library, audit, broken } = audited('3.0');
  const { ctx, session } = cached(library, audit);
  const ssl = library.SSL_new(ctx)!;
  library.SSL_set_session(ssl, session);
  audit.called(ssl.id);
  t.deepEqual(broken, []);
  session.ticket = Uint8Array.of(9); // what a client did before CVE-2015-1791 was repaired
  audit.called(ssl.id);
  t.deepEqual(names(broken), ['published-session-unchanged']);
  t.regex(broken[0]!.text, /session \d has got another ticket|another ticket$/);
  audit.called(ssl.id);
  t.is(broken.length, 1, 'once');
});

test('a session of the cache whose suite is changed is told at the end of the run at the latest', (t) => {
  const { library, audit, broken } = audited('3.5');
  const { session } = cached(library, audit);
  session.cipherSuite = 0x2f;
  audit.end();
  t.regex(broken[0]!.text, /another cipher suite/);
});

test('time, timeout and the mark of a published session may move, and the program may change what is its own', (t) => {
  const { library, audit, broken } = audited('3.0');
  const { ctx, session } = cached(library, audit);
  library.SSL_SESSION_set_time(session, 5);
  library.SSL_CTX_remove_session(ctx, session);
  library.SSL_SESSION_set1_id(session, Uint8Array.of(2));
  audit.changedByProgram(session.id);
  audit.called(ctx.id);
  audit.end();
  t.deepEqual(broken, []);
});

test('a session that only its connection has is nobody’s business', (t) => {
  const { library, audit, broken } = audited('3.0');
  const { ctx, session } = cached(library, audit);
  const ssl = library.SSL_new(ctx)!;
  library.SSL_set_session(ssl, session);
  library.SSL_SESSION_free(session);
  library.SSL_CTX_remove_session(ctx, session);
  audit.called(ssl.id);
  session.sessionId = new Uint8Array(0);
  audit.called(ssl.id);
  t.deepEqual(broken, []);
});

test('a session that is listed without a reference is told, and a failed insert that leaves nothing is not', (t) => {
  for (const [profile, expected] of [
    ['3.0', ['cache-lists-what-it-holds']],
    ['3.5', []],
  ] as const) {
    let memory = true;
    const { library, audit, broken } = audited(profile, () => memory);
    const { ctx } = cached(library, audit);
    const session = library.SSL_SESSION_new()!;
    library.SSL_SESSION_set1_id(session, Uint8Array.of(3));
    memory = false;
    library.SSL_CTX_add_session(ctx, session);
    audit.called(ctx.id);
    t.deepEqual(names(broken), expected, profile);
  }
});

test('adding a session and giving one’s own reference back, or removing it, parts nothing', (t) => {
  const { library, audit, broken } = audited('3.0');
  const { ctx, session } = cached(library, audit);
  library.SSL_SESSION_free(session);
  audit.called(ctx.id);
  library.SSL_CTX_remove_session(ctx, session);
  audit.called(ctx.id);
  t.deepEqual(broken, []);
});

test('every cache is held to its size, whoever set it; a size that is lowered evicts nothing by itself', (t) => {
  const { library, audit, broken } = audited('3.0');
  const { ctx } = cached(library, audit);
  const add = (id: number): void => {
    const session = library.SSL_SESSION_new()!;
    library.SSL_SESSION_set1_id(session, Uint8Array.of(id));
    library.SSL_CTX_add_session(ctx, session);
    library.SSL_SESSION_free(session);
    audit.called(ctx.id);
  };
  add(2);
  library.SSL_CTX_sess_set_cache_size(ctx, 1);
  audit.called(ctx.id);
  t.deepEqual(broken, []);
  ctx.cacheSize = 0n; // an eviction that does nothing
  const session = library.SSL_SESSION_new()!;
  library.SSL_SESSION_set1_id(session, Uint8Array.of(4));
  library.SSL_CTX_add_session(ctx, session);
  ctx.cacheSize = 1n;
  audit.called(ctx.id);
  t.deepEqual(names(broken), ['cache-within-bound']);
  t.is(broken[0]?.owner, 'simtls');
});

test('where the oldest of a cache has lost its id the growth is libssl’s own', (t) => {
  const { library, audit, broken } = audited('1.1.1');
  const { ctx, session } = cached(library, audit);
  session.sessionId = new Uint8Array(0);
  library.SSL_CTX_sess_set_cache_size(ctx, 1);
  const another = library.SSL_SESSION_new()!;
  library.SSL_SESSION_set1_id(another, Uint8Array.of(7));
  library.SSL_CTX_add_session(ctx, another);
  audit.called(ctx.id);
  t.deepEqual(names(broken), ['cache-within-bound']);
  t.is(broken[0]?.owner, 'libssl');
});

function violations(record: (w: Recorder) => void, tls: '1.2' | '1.3' = '1.2'): readonly Violation[] {
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls, record });
  return runPlan(recordPlan(one, { seed: '1', profile: '3.0' })).violations;
}

test('a session that the program holds is spoilt by SSL_free without SSL_shutdown, and by nothing else', (t) => {
  const freed = (how: { readonly holds: boolean; readonly shuts: boolean }): readonly string[] =>
    violations((w) => {
      const server = w.server();
      const client = w.client();
      const connection = client.context().connection();
      connection.open(server);
      if (how.holds) connection.session();
      if (how.shuts) connection.close();
      else connection.disconnect();
      connection.free();
      client.exit();
    }).map((one) => `${one.invariant} ${one.owner} ${one.step}`);
  t.deepEqual(freed({ holds: true, shuts: false }), ['held-session-stays-resumable program client-8']);
  t.deepEqual(freed({ holds: true, shuts: true }), []);
  t.deepEqual(freed({ holds: false, shuts: false }), [], 'documented, and nobody misses it');
});

test('a server that stores what its tickets carry is told; one with a remove callback, or without tickets, is not', (t) => {
  const { library, audit, broken } = audited('3.0');
  const ctx = library.SSL_CTX_new(library.TLS_server_method())!;
  const ssl = library.SSL_new(ctx)!;
  const store = (id: number): void => {
    const session = library.SSL_SESSION_new()!;
    session.version = 0x0304;
    session.sessionId = Uint8Array.of(id);
    audit.freed({ kind: 'freed', object: session.id, type: 'session' });
    audit.made(session);
    audit.counted({ kind: 'count', object: session.id, type: 'session', count: 1, holder: ssl.label });
    library.SSL_CTX_add_session(ctx, session);
    audit.called(ssl.id);
  };
  store(1);
  t.deepEqual(names(broken), ['stored-sessions-can-be-found']);
  ssl.options |= 0x4000n; // SSL_OP_NO_TICKET
  store(2);
  ssl.options = 0n;
  library.SSL_CTX_sess_set_remove_cb(ctx, () => {});
  store(3);
  t.is(broken.length, 1);
});

test('a session that a cache holds and does not find is told; one that was removed is not', (t) => {
  const { library, audit, broken } = audited('3.0');
  const { ctx, session } = cached(library, audit);
  session.version = 0x0303;
  const ssl = library.SSL_new(ctx)!;
  ssl.version = 0x0303;
  ssl.handshake.clientHello = { legacySessionId: Uint8Array.of(1) } as NonNullable<typeof ssl.handshake.clientHello>; // all that is read
  audit.missed(ssl.id);
  t.deepEqual(names(broken), ['cache-finds-what-it-holds']);
  library.SSL_CTX_sess_set_cache_size(ctx, 1);
  ctx.cacheMode |= 0x100; // SSL_SESS_CACHE_NO_INTERNAL_LOOKUP
  audit.missed(ssl.id);
  ctx.cacheMode &= ~0x100;
  session.version = 0;
  library.SSL_CTX_remove_session(ctx, session);
  audit.missed(ssl.id);
  t.is(broken.length, 1);
});

test('a count that its claims do not make up is told, unless the ledger has told who gave back what he did not hold', (t) => {
  const { library, audit, broken } = audited('3.0');
  const { session } = cached(library, audit);
  audit.end();
  t.deepEqual(broken, []);
  session.upRef('its user');
  session.release('somebody else'); // the count is one less, and both claims stay
  audit.end();
  t.deepEqual(names(broken), ['ledger-keeps-balance']);
  const [holder, count, claims] = ['somebody else', session.count, session.claims.length];
  audit.parted({ kind: 'claims', object: session.id, type: 'session', count, claims, holder });
  audit.end();
  t.is(broken.length, 1);
});
