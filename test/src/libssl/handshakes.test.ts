import test from 'ava';
import {
  profileNames,
  type SslCtx,
  type SslSession,
  type TicketKeyAnswer,
  type TicketKeys,
} from '../../../src/index.js';
import { Bench, type ByProfile, Mode, old } from '../../_bench.js';

/** What programs cannot say: callbacks beyond the cache's, suites, names, trust. The rest of the rows is in the corpus. */

const [verifyPeer, failIfNoPeerCert] = [1, 2];

function keysOf(b: Bench, ctx: SslCtx): TicketKeys {
  return b.L.SSL_CTX_get_tlsext_ticket_keys(ctx);
}

for (const profile of profileNames) {
  test(`E14 E15 E16 E17 M07 ${profile}: what the ticket key callback answers decides, and a renewed ticket is not stored`, (t) => {
    const second = (answer: (keys: TicketKeys) => TicketKeyAnswer) => {
      const b = new Bench(profile);
      const { L } = b;
      const [cc, sc] = [b.ctx({ mode: Mode.client }), b.serverCtx('ticket')];
      const x = b.established(cc, sc);
      b.call(x, 'x');
      const removed = b.removed(cc);
      const told: SslSession[] = [];
      L.SSL_CTX_sess_set_new_cb(cc, (_ssl, session) => {
        told.push(session);
        return 0;
      });
      const keys = keysOf(b, sc);
      L.SSL_CTX_set_tlsext_ticket_key_cb(sc, (_ssl, name) =>
        name === undefined ? { keys, renew: false } : answer(keys),
      );
      const ends = b.pair(cc, sc, x);
      const outcome = b.shake(ends);
      return { b, L, cc, sc, x, ends, outcome, removed, told, reused: L.SSL_session_reused(ends.c), n: b.n(cc) };
    };
    const use = second((keys) => ({ keys, renew: false }));
    t.deepEqual([use.outcome, use.reused, use.n, use.removed, use.b.res(use.x)], ['ok', 1, 1, [], 1]);

    const renew = second((keys) => ({ keys, renew: true }));
    t.deepEqual([renew.outcome, renew.reused, renew.n, renew.b.res(renew.x)], ['ok', 1, 0, 0]);
    t.deepEqual([renew.removed, renew.told], [['x:3'], []]);
    const fresh = renew.L.SSL_get1_session(renew.ends.c)!;
    t.not(fresh, renew.x);
    t.deepEqual(
      [
        renew.b.res(fresh),
        renew.L.SSL_SESSION_get_ticket_lifetime_hint(fresh),
        renew.L.SSL_SESSION_get_id(fresh).length,
      ],
      [1, 0, 32],
    );
    for (const ssl of [renew.ends.c, renew.ends.s, renew.ends.c]) renew.L.SSL_shutdown(ssl);
    t.is(renew.L.SSL_session_reused(renew.b.connect(renew.cc, renew.sc, fresh).c), 1);

    const none = second(() => 'none');
    t.deepEqual([none.outcome, none.reused, none.n, none.b.res(none.x)], ['ok', 0, 2, 1]);

    const fail = second(() => 'fail');
    t.deepEqual([fail.outcome, fail.b.alerts(fail.ends.s)], ['server failed', ['sent fatal 80']]);
  });

  test(`E22 ${profile}: a callback without keys for a new ticket sends an empty one, and the client keeps nothing`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx({ mode: Mode.client }), b.serverCtx('ticket')];
    L.SSL_CTX_set_tlsext_ticket_key_cb(sc, () => 'none');
    const { c } = b.connect(cc, sc);
    const session = L.SSL_get_session(c)!;
    t.deepEqual([L.SSL_SESSION_get_id(session).length, L.SSL_SESSION_has_ticket(session), b.n(cc)], [0, 0, 0]);
    L.SSL_CTX_set_tlsext_ticket_key_cb(sc, () => 'fail');
    t.is(b.shake(b.pair(cc, sc)), 'server failed');
  });

  test(`R31 R32 ${profile}: when resuming, the client's suites matter and the server's do not`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx('id')];
    const x = b.established(cc, sc);
    t.is(x.cipherSuite, 0xc02c);
    L.SSL_CTX_set_cipher_suites(sc, [0xc02b]);
    const resumed = b.connect(cc, sc, x);
    t.deepEqual(
      [L.SSL_session_reused(resumed.c), L.SSL_get_cipher_name(resumed.c)],
      [1, 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    );
    for (const ssl of [resumed.c, resumed.s]) L.SSL_shutdown(ssl);
    L.SSL_CTX_set_cipher_suites(cc, [0xc02b]);
    const ends = b.pair(cc, sc, x);
    t.is(b.shake(ends), 'server failed');
    t.deepEqual(L.takeErrors(), ['required cipher missing']);
    t.is(b.n(sc), 0);
    const told = b.judge(ends.c, L.SSL_do_handshake(ends.c));
    t.deepEqual(told.errors, [profile === '3.5' ? 'ssl/tls alert illegal parameter' : 'sslv3 alert illegal parameter']);
    t.is(b.n(cc), 0);
  });

  test(`R42 ${profile}: another name does not keep a session from being resumed, and it keeps its first name`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    const asked: (string | undefined)[] = [];
    L.SSL_CTX_set_tlsext_servername_callback(sc, (_ssl, name) => {
      asked.push(name);
      return 'ok';
    });
    const named = (
      name: string,
      session?: SslSession,
    ): [reused: number, server: string | null, session: SslSession] => {
      const ends = b.pair(cc, sc, session);
      L.SSL_set_tlsext_host_name(ends.c, name);
      if (b.shake(ends) !== 'ok') throw new Error(L.takeErrors().join());
      const got = L.SSL_get1_session(ends.c)!;
      const result = [L.SSL_session_reused(ends.c), L.SSL_get_servername(ends.s), got] as [
        number,
        string | null,
        SslSession,
      ];
      for (const ssl of [ends.c, ends.s, ends.c]) L.SSL_shutdown(ssl);
      return result;
    };
    const [first, , x] = named('a.test');
    t.is(first, 0);
    t.is(L.SSL_SESSION_get0_hostname(x), 'a.test');
    const [second, server] = named('b.test', x);
    t.deepEqual([second, server], [1, 'a.test']);
    t.is(L.SSL_SESSION_get0_hostname(x), 'a.test');
    t.is(asked[0], 'a.test');
  });

  test(`${profile}: the servername callback may refuse, or switch to another context's certificate`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    L.SSL_CTX_set_tlsext_servername_callback(sc, () => 'alert-fatal');
    const refused = b.pair(cc, sc);
    L.SSL_set_tlsext_host_name(refused.c, 'nobody.test');
    t.is(b.shake(refused), 'server failed');
    t.deepEqual(b.alerts(refused.s), ['sent fatal 112']);
    const other = b.serverCtx('id');
    L.SSL_CTX_set_tlsext_servername_callback(sc, (ssl) => {
      L.SSL_set_SSL_CTX(ssl, other);
      return 'ok';
    });
    const ends = b.pair(cc, sc);
    L.SSL_set_tlsext_host_name(ends.c, 'other.test');
    t.is(b.shake(ends), 'ok');
    t.deepEqual([b.n(sc), b.n(other)], [1, 0], 'caching stays with the context it was made with');
    const [made, current] = [L.SSL_CTX_sess_statistics(sc), L.SSL_CTX_sess_statistics(other)];
    // the refused one counts, and 3.5 counts this one with it: found-accept-of-a-virtual-host asks real OpenSSL
    const counts = profile === '3.5' ? [2, 0, 0, 1] : [1, 0, 1, 1];
    t.deepEqual([made.accept, made.acceptGood, current.accept, current.acceptGood], counts);
  });

  test(`${profile}: a connection keeps the verify mode of the context that it was made with, until SSL_set_verify`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc, strict] = [b.ctx(), b.serverCtx('id'), b.serverCtx('id')];
    L.SSL_CTX_set_verify(strict, verifyPeer | failIfNoPeerCert);
    t.deepEqual([L.SSL_CTX_get_verify_mode(sc), L.SSL_CTX_get_verify_mode(strict)], [0, 3]);
    for (const taken of [false, true]) {
      L.SSL_CTX_set_tlsext_servername_callback(sc, (ssl) => {
        L.SSL_set_SSL_CTX(ssl, strict);
        if (taken) L.SSL_set_verify(ssl, L.SSL_CTX_get_verify_mode(strict));
        return 'ok';
      });
      const ends = b.pair(cc, sc);
      L.SSL_set_tlsext_host_name(ends.c, 'strict.test');
      t.is(b.shake(ends), taken ? 'server failed' : 'ok');
    }
  });

  test(`R66 R67 ${profile}: a session that the server declares not resumable leaves no ticket, and what the line does of its id`, (t) => {
    for (const by of ['ticket', 'id'] as const) {
      const b = new Bench(profile);
      const { L } = b;
      const [cc, sc] = [b.ctx({ mode: Mode.client }), b.serverCtx(by)];
      const secure: number[] = [];
      L.SSL_CTX_set_not_resumable_session_callback(sc, (_ssl, forwardSecure) => {
        secure.push(forwardSecure);
        return 1;
      });
      const { c, s } = b.connect(cc, sc);
      t.deepEqual(secure, [1]);
      t.is(b.res(L.SSL_get_session(s)!), 0);
      const x = L.SSL_get1_session(c)!;
      t.is(L.SSL_SESSION_has_ticket(x), 0);
      const idBytes: ByProfile<number> = by === 'ticket' ? old(0, 0) : old(0, 32);
      t.is(L.SSL_SESSION_get_id(x).length, idBytes[profile], by);
      t.is(b.n(cc), idBytes[profile] === 0 ? 0 : 1);
      for (const ssl of [c, s, c]) L.SSL_shutdown(ssl);
      t.is(L.SSL_session_reused(b.connect(cc, sc, x).c), 0);
    }
  });

  test(`L01 F24 ${profile}: inside the new callback the handshake is not over, the session is stored, and may be removed`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx({ mode: Mode.client }), b.serverCtx('id')];
    const seen: number[][] = [];
    L.SSL_CTX_sess_set_new_cb(cc, (ssl, session) => {
      seen.push([L.SSL_in_init(ssl), L.SSL_is_init_finished(ssl), b.n(cc), L.refs(session)]);
      seen.push([L.SSL_CTX_remove_session(cc, session), L.refs(session)]);
      return 0;
    });
    const { c } = b.connect(cc, sc);
    t.deepEqual(seen, [
      [1, 0, 1, 3],
      [1, 2],
    ]);
    const session = L.SSL_get_session(c)!;
    t.deepEqual([b.n(cc), L.refs(session), b.res(session)], [0, 1, 0]);
  });

  test(`F30 ${profile}: a resumption verifies nothing anew`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    const x = b.established(cc, sc);
    L.SSL_CTX_set_verify(cc, 1);
    const { c } = b.connect(cc, sc, x);
    t.deepEqual([L.SSL_session_reused(c), L.SSL_get_verify_result(c)], [1, 18]);
    const strict = b.pair(cc, sc);
    t.is(b.shake(strict), 'client failed');
    t.deepEqual(L.takeErrors(), ['certificate verify failed']);
    t.deepEqual(b.alerts(strict.c), ['sent fatal 48']);
  });

  test(`R57 R58 ${profile}: the 256th handshake of a context flushes, unless it is told not to`, (t) => {
    for (const noAutoClear of [0, 0x80]) {
      const b = new Bench(profile);
      const { L } = b;
      const [cc, sc] = [b.ctx({ mode: Mode.off }), b.serverCtx('id', { mode: Mode.server | noAutoClear })];
      L.SSL_CTX_set_timeout(sc, 10);
      for (let i = 0; i < 5; i += 1) L.SSL_SESSION_free(b.established(cc, sc));
      b.nowMs += 100_000;
      for (let i = 5; i < 255; i += 1) L.SSL_SESSION_free(b.established(cc, sc));
      t.is(b.n(sc), 255);
      b.connect(cc, sc);
      t.is(b.n(sc), noAutoClear === 0 ? 251 : 256);
    }
  });

  test(`${profile}: without TLS 1.2 in common the server says protocol_version`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    L.SSL_CTX_set_max_proto_version(sc, 0x0304);
    L.SSL_CTX_set_min_proto_version(sc, 0x0304);
    const ends = b.pair(cc, sc);
    t.is(b.shake(ends), 'server failed');
    t.deepEqual(L.takeErrors(), ['unsupported protocol']);
    t.deepEqual(b.alerts(ends.s), ['sent fatal 70']);
    t.deepEqual(b.judge(ends.c, L.SSL_do_handshake(ends.c)).errors, ['tlsv1 alert protocol version']);
  });

  test(`${profile}: a server without a certificate shares no suite with anybody`, (t) => {
    const b = new Bench(profile);
    const ends = b.pair(b.ctx(), b.ctx());
    t.is(b.shake(ends), 'server failed');
    t.deepEqual(b.L.takeErrors(), ['no shared cipher']);
    t.deepEqual(b.alerts(ends.s), ['sent fatal 40']);
  });
}

test('the same seed makes the same bytes, another seed others, and what both providers make has one length', (t) => {
  const wire = (seed: string, crypto: 'fast' | 'real'): string[] => {
    const b = new Bench('3.5', { seed, crypto });
    const ends = b.pair(b.ctx(), b.serverCtx('ticket'));
    const flights: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (const [ssl, from, to] of [
        [ends.c, ends.st, ends.st],
        [ends.s, ends.ct, ends.ct],
      ] as const) {
        b.L.SSL_do_handshake(ssl);
        const bytes = Buffer.concat(from.take());
        flights.push(bytes.toString('hex'));
        to.put(bytes);
      }
    }
    t.is(b.L.SSL_state(ends.s), 'ok');
    return flights;
  };
  const lengths = (flights: string[]): number[] => flights.map((flight) => flight.length);
  for (const crypto of ['fast', 'real'] as const) {
    t.deepEqual(wire('one', crypto), wire('one', crypto));
    t.notDeepEqual(wire('one', crypto), wire('two', crypto));
  }
  t.deepEqual(lengths(wire('one', 'fast')), lengths(wire('one', 'real')));
});
