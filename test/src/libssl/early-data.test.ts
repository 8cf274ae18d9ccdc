/** SSL_write_early_data and SSL_read_early_data: what is accepted, rejected and refused. Rows E07 to E12 of the facts on sessions. */
import test from 'ava';
import { type Libssl, profileNames, type Ssl, type SslCtx, type SslSession } from '../../../src/index.js';
import { Bench, type Ends, tls12, tls13 } from '../../_bench.js';

const NoAntiReplay = 0x0100_0000;
const noMiddleboxCompat = 0x0010_0000; // the bit of SSL_OP_ENABLE_MIDDLEBOX_COMPAT
const Status = { notSent: 0, rejected: 1, accepted: 2 } as const;
const misuse = ['called a function you should not call'];
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const text = (data: Uint8Array): string => Buffer.from(data).toString();

interface Prepared {
  readonly b: Bench;
  readonly L: Libssl;
  readonly cc: SslCtx;
  readonly sc: SslCtx;
  /** A session that allows early data. */
  readonly x: SslSession;
}

function prepared(profile: (typeof profileNames)[number], options: { readonly max?: number } = {}): Prepared {
  const b = new Bench(profile);
  const { L } = b;
  const cc = b.ctx({ version: tls13 });
  const sc = b.serverCtx('ticket', { version: tls13 });
  L.SSL_CTX_set_max_early_data(sc, options.max ?? 1000);
  const x = b.established(cc, sc);
  return { b, L, cc, sc, x };
}

/** A connection of both, not begun. */
function joined({ b, cc, sc, x }: Prepared): Ends {
  return b.pair(cc, sc, x);
}

/** All that a server reads as early data, and the last result. */
function readAll(L: Libssl, s: Ssl): { readonly got: string; readonly last: number } {
  let got = '';
  for (;;) {
    const [result, data] = L.SSL_read_early_data(s, 100);
    if (result !== 1) return { got, last: result };
    got += text(data);
  }
}

/** What each side reads of a word from the other, at the end. */
function talked(L: Libssl, { c, s }: Pick<Ends, 'c' | 's'>): string[] {
  L.SSL_write(c, bytes('to server'));
  L.SSL_write(s, bytes('to client'));
  return [text(L.SSL_read(s, 100)[1]), text(L.SSL_read(c, 100)[1])];
}

function finish(L: Libssl, { c, s }: Pick<Ends, 'c' | 's'>): void {
  for (let turn = 0; turn < 4; turn += 1) {
    L.SSL_do_handshake(c);
    L.SSL_do_handshake(s);
  }
}

for (const profile of profileNames) {
  test(`${profile}: early data is read before the handshake is over, and answered at once`, (t) => {
    const all = prepared(profile);
    const { b, L, sc, x } = all;
    t.is(L.SSL_SESSION_get_max_early_data(x), 1000);
    const kept = b.n(sc);
    const ends = joined(all);
    const { c, s } = ends;
    t.is(L.SSL_write_early_data(c, bytes('early ')), 1);
    t.is(L.SSL_write_early_data(c, bytes('bird')), 1);
    t.is(L.SSL_is_init_finished(c), 0);
    t.deepEqual(readAll(L, s), { got: 'early bird', last: 0 });
    t.is(L.SSL_get_error(s, 0), 'SSL_ERROR_WANT_READ');
    t.is(b.n(sc), kept - 1, 'a ticket that allows early data opens once');
    t.is(L.SSL_do_handshake(c), 1);
    t.deepEqual(readAll(L, s), { got: '', last: 2 });
    t.is(L.SSL_write_early_data(s, bytes('half a round trip')), 1);
    finish(L, ends);
    t.is(text(L.SSL_read(c, 100)[1]), 'half a round trip');
    t.deepEqual([L.SSL_get_early_data_status(c), L.SSL_get_early_data_status(s)], [Status.accepted, Status.accepted]);
    t.is(L.SSL_session_reused(s), 1);
    t.deepEqual(talked(L, { c, s }), ['to server', 'to client']);
    t.deepEqual(L.takeErrors(), []);
  });

  test(`${profile}: the same ticket again is a full handshake, and its early data is passed over`, (t) => {
    const all = prepared(profile);
    const { L } = all;
    for (const expected of [Status.accepted, Status.rejected]) {
      const ends = joined(all);
      t.is(L.SSL_write_early_data(ends.c, bytes('twice')), 1);
      const { got } = readAll(L, ends.s);
      finish(L, ends);
      readAll(L, ends.s);
      finish(L, ends);
      t.is(got, expected === Status.accepted ? 'twice' : '');
      t.is(L.SSL_get_early_data_status(ends.c), expected);
      t.is(L.SSL_get_early_data_status(ends.s), expected);
      t.is(L.SSL_session_reused(ends.c), expected === Status.accepted ? 1 : 0);
      t.deepEqual(talked(L, ends), ['to server', 'to client']);
      L.takeErrors();
    }
  });

  test(`${profile}: without anti-replay tickets hold their sessions, and are accepted as often as they come`, (t) => {
    const all = prepared(profile);
    const { L, b, cc, sc } = all;
    L.SSL_CTX_set_options(sc, NoAntiReplay);
    const x = b.established(cc, sc);
    for (let turn = 0; turn < 2; turn += 1) {
      const ends = joined({ ...all, x });
      L.SSL_write_early_data(ends.c, bytes('again'));
      t.is(readAll(L, ends.s).got, 'again');
      finish(L, ends);
      t.is(L.SSL_get_early_data_status(ends.c), Status.accepted);
    }
  });

  test(`${profile}: a server that only accepts resumes, and rejects the early data`, (t) => {
    const all = prepared(profile);
    const { L } = all;
    const ends = joined(all);
    t.is(L.SSL_write_early_data(ends.c, bytes('in vain')), 1);
    finish(L, ends);
    t.is(L.SSL_get_early_data_status(ends.c), Status.rejected);
    t.is(L.SSL_get_early_data_status(ends.s), Status.rejected);
    t.is(L.SSL_session_reused(ends.c), 1);
    t.deepEqual(talked(L, ends), ['to server', 'to client']);
  });

  test(`${profile}: what may not be called says so`, (t) => {
    const { L, b, cc, sc, x } = prepared(profile);
    const bare = b.pair(cc, sc);
    t.is(L.SSL_write_early_data(bare.c, bytes('x')), 0);
    t.deepEqual(L.takeErrors(), misuse);
    t.deepEqual(L.SSL_read_early_data(bare.c, 10), [0, new Uint8Array(0)]);
    t.deepEqual(L.takeErrors(), misuse);
    t.is(L.SSL_write_early_data(bare.s, bytes('x')), 0);
    t.deepEqual(L.takeErrors(), misuse);
    const none = b.pair(cc, sc);
    const without = L.SSL_SESSION_dup(x)!;
    L.SSL_SESSION_set_max_early_data(without, 0);
    L.SSL_set_session(none.c, without);
    t.is(L.SSL_write_early_data(none.c, bytes('x')), 0);
    t.deepEqual(L.takeErrors(), misuse);
    finish(L, none);
    t.is(L.SSL_write_early_data(none.c, bytes('x')), 0);
    t.deepEqual(L.takeErrors(), misuse);
    t.is(L.SSL_read_early_data(none.s, 10)[0], 0);
    t.deepEqual(L.takeErrors(), misuse);
  });

  test(`${profile}: name and protocol have to be those of the session`, (t) => {
    const all = prepared(profile);
    const { L } = all;
    const named = L.SSL_SESSION_dup(all.x)!;
    L.SSL_SESSION_set1_hostname(named, 'foo');
    const { c } = joined({ ...all, x: named });
    t.is(L.SSL_write_early_data(c, bytes('x')), 0);
    t.deepEqual(L.takeErrors(), ['inconsistent early data sni']);
    t.deepEqual([L.refs(named), L.SSL_SESSION_is_resumable(named)], [2, 0]);
    const spoken = L.SSL_SESSION_dup(all.x)!;
    spoken.alpnSelected = bytes('h2');
    const other = joined({ ...all, x: spoken });
    t.is(L.SSL_write_early_data(other.c, bytes('x')), 0);
    t.deepEqual(L.takeErrors(), ['inconsistent early data alpn']);
  });

  test(`${profile}: no more than the session allows is written, and no more than the server takes is read`, (t) => {
    const all = prepared(profile, { max: 10 });
    const { L, sc } = all;
    const wide = joined(all);
    t.is(L.SSL_write_early_data(wide.c, bytes('01234567890')), 0);
    t.deepEqual(L.takeErrors(), ['too much early data']);
    L.SSL_CTX_set_recv_max_early_data(sc, 4);
    const narrow = joined({ ...all, x: all.b.established(all.cc, sc) });
    t.is(L.SSL_write_early_data(narrow.c, bytes('0123456789')), 1);
    t.is(L.SSL_read_early_data(narrow.s, 100)[0], 0);
    t.is(L.takeErrors()[0], 'too much early data');
  });

  test(`${profile}: clocks that differ by more than ten seconds reject early data, and resume`, (t) => {
    for (const [seconds, status] of [
      [8, Status.accepted], // a client calls itself a second younger than it is
      [9, Status.rejected],
      [-2, Status.accepted],
      [-3, Status.rejected],
    ] as const) {
      const all = prepared(profile);
      const { L, b } = all;
      const ends = joined(all);
      b.nowMs += 60_000;
      t.is(L.SSL_write_early_data(ends.c, bytes('when')), 1);
      b.nowMs += seconds * 1000;
      readAll(L, ends.s);
      finish(L, ends);
      t.is(L.SSL_get_early_data_status(ends.c), status, `${seconds} s`);
      t.is(L.SSL_session_reused(ends.c), 1);
    }
  });

  test(`${profile}: a HelloRetryRequest rejects early data, which is passed over, and the session is resumed`, (t) => {
    const all = prepared(profile);
    const { L, b, sc } = all;
    L.SSL_CTX_set_options(sc, NoAntiReplay);
    const x = b.established(all.cc, sc);
    L.SSL_CTX_set1_groups_list(sc, 'P-384');
    for (const clear of [0, noMiddleboxCompat]) {
      L.SSL_CTX_clear_options(all.cc, clear);
      const ends = joined({ ...all, x });
      t.is(L.SSL_write_early_data(ends.c, bytes('too early')), 1);
      t.deepEqual(readAll(L, ends.s), { got: '', last: 2 });
      finish(L, ends);
      t.is(L.SSL_get_early_data_status(ends.c), Status.rejected);
      t.is(L.SSL_session_reused(ends.c), 1);
      t.deepEqual(talked(L, ends), ['to server', 'to client']);
    }
  });

  test(`${profile}: a server of TLS 1.2 does not take what began with early data`, (t) => {
    const all = prepared(profile);
    const { L, b } = all;
    const old = b.serverCtx('ticket', { version: tls12 });
    const ends = joined({ ...all, sc: old });
    t.is(L.SSL_write_early_data(ends.c, bytes('x')), 1);
    finish(L, ends);
    t.is(L.SSL_is_init_finished(ends.c), 0);
    t.true(L.takeErrors().length > 0);
  });

  test(`${profile}: the application may refuse the early data of a connection`, (t) => {
    const all = prepared(profile);
    const { L, sc } = all;
    const asked: Ssl[] = [];
    L.SSL_CTX_set_allow_early_data_cb(sc, (ssl) => {
      asked.push(ssl);
      return 0;
    });
    const ends = joined(all);
    L.SSL_write_early_data(ends.c, bytes('please'));
    t.deepEqual(readAll(L, ends.s), { got: '', last: 2 });
    finish(L, ends);
    t.deepEqual(asked, [ends.s]);
    t.is(L.SSL_get_early_data_status(ends.c), Status.rejected);
  });
}
