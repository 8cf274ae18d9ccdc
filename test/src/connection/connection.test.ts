import test from 'ava';
import { writeRecord } from '../../../src/connection/records.js';
import {
  LibraryCrash,
  libssl,
  MemoryTransport,
  type ProfileName,
  profileNames,
  type SslSession,
  testCredentials,
} from '../../../src/index.js';
import { Bench, type ByProfile, type Ends, Mode, Op, old } from '../../_bench.js';
import type { Role } from '../../_flows.js';
import { Middle, message, type Pass, record, repacked } from '../../_middle.js';

const handshakeType = 22;
const alertType = 21;
const dataType = 23;
const roles: readonly Role[] = ['client', 'server'];

/** A record layer of 3.5 adds a word of its own. */
const layered = (profile: ProfileName, ...errors: string[]): string[] =>
  profile === '3.5' ? [...errors, 'record layer failure'] : errors;

/** A connection that has finished its handshake, to which anything may be sent. */
function open(profile: ProfileName, role: Role = 'client'): Middle {
  const middle = new Middle(new Bench(profile), 'full', role);
  while (middle.pass(1));
  return middle;
}

/** How many records there are in what was written. */
function recordsIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 5 + (bytes[at + 3]! << 8) + bytes[at + 4]!) count += 1;
  return count;
}

/** What SSL_read makes of what was given. */
function reading(middle: Middle): { result: number; error: string; errors: string[]; alerts: string[] } {
  const { result, error, errors } = middle.b.read(middle.victim);
  return { result, error, errors, alerts: middle.b.alerts(middle.victim) };
}

for (const profile of profileNames) {
  test(`${profile}: a flight leaves in one write, unless the 4,096 bytes of OpenSSL's buffer do not hold it`, (t) => {
    const { chain, key } = testCredentials['ec-p256'];
    const written = (certificates: number): { writes: number[]; records: number } => {
      const L = libssl({ profile, seed: 'flights', crypto: 'fast' });
      const [cc, sc] = [L.SSL_CTX_new(L.TLS_client_method())!, L.SSL_CTX_new(L.TLS_server_method())!];
      L.SSL_CTX_set_max_proto_version(cc, 0x0303);
      L.SSL_CTX_use_credential(sc, { chain: Array.from({ length: certificates }, () => chain[0]!), key });
      const [c, s] = [L.SSL_new(cc)!, L.SSL_new(sc)!];
      const [near, far] = MemoryTransport.pair();
      L.SSL_set_transport(c, near);
      L.SSL_set_transport(s, far);
      L.SSL_set_connect_state(c);
      L.SSL_set_accept_state(s);
      L.SSL_do_handshake(c);
      L.SSL_do_handshake(s);
      const writes = near.take();
      return { writes: writes.map((bytes) => bytes.length), records: recordsIn(Buffer.concat(writes)) };
    };
    const short = written(1);
    t.deepEqual([short.writes.length, short.records], [1, 4]);
    const long = written(25);
    t.deepEqual([long.writes[0], long.writes.length, long.records], [4096, 3, 4]);
  });

  test(`${profile}: a record may announce 2^14 bytes and what protection adds, and no more`, (t) => {
    const header = (length: number): Uint8Array => Uint8Array.of(dataType, 3, 3, length >> 8, length & 0xff);
    const judged = (length: number): unknown[] => {
      const middle = open(profile);
      middle.give(header(length));
      const { result, error, errors, alerts } = reading(middle);
      return [result, error, errors, alerts];
    };
    t.deepEqual(judged(16_704), [-1, 'SSL_ERROR_WANT_READ', [], []]);
    const tooLong = 'encrypted length too long';
    t.deepEqual(judged(16_705), [-1, 'SSL_ERROR_SSL', layered(profile, tooLong), ['sent fatal 22']]);
    const word = profile === '3.5' ? tooLong : 'packet length too long';
    t.deepEqual(judged(16_708), [-1, 'SSL_ERROR_SSL', layered(profile, word), ['sent fatal 22']]);
    t.deepEqual(judged(65_535), [-1, 'SSL_ERROR_SSL', layered(profile, word), ['sent fatal 22']]);
  });

  test(`${profile}: a record's content may have 2^14 bytes, and no more`, (t) => {
    const middle = open(profile);
    middle.give(middle.sealed(dataType, new Uint8Array(2 ** 14).fill(7)));
    t.is(middle.b.read(middle.victim, 20_000).result, 2 ** 14);
    middle.give(middle.sealed(dataType, new Uint8Array(2 ** 14 + 1)));
    const { result, errors, alerts } = reading(middle);
    t.deepEqual([result, errors, alerts], [-1, layered(profile, 'data length too long'), ['sent fatal 22']]);
  });

  test(`${profile}: thirty-two empty records in a row are read over, the next one is too many`, (t) => {
    const middle = open(profile);
    const give = (content: number): void => middle.give(middle.sealed(dataType, new Uint8Array(content).fill(65)));
    for (let i = 0; i < 32; i += 1) {
      give(0);
      t.is(reading(middle).error, 'SSL_ERROR_WANT_READ');
    }
    give(1);
    t.is(reading(middle).result, 1);
    for (let i = 0; i < 32; i += 1) {
      give(0);
      t.is(reading(middle).error, 'SSL_ERROR_WANT_READ');
    }
    give(0);
    const { result, errors, alerts } = reading(middle);
    t.deepEqual([result, errors, alerts], [-1, layered(profile, 'record too small'), ['sent fatal 10']]);
  });

  test(`${profile}: records of another version end the connection, before and after the keys`, (t) => {
    const established = open(profile);
    established.give(record(dataType, new Uint8Array(40), 0x0302));
    const after = reading(established);
    t.deepEqual([after.result, after.errors], [-1, layered(profile, 'wrong version number')]);
    t.deepEqual(after.alerts, ['sent fatal 70']);
    const middle = new Middle(new Bench(profile), 'full', 'client');
    middle.pass(1);
    middle.give(record(handshakeType, message(11), 0x0302));
    t.is(middle.b.L.SSL_do_handshake(middle.victim), -1);
    t.deepEqual(middle.b.L.takeErrors(), layered(profile, 'wrong version number'));
    t.deepEqual(middle.b.alerts(middle.victim), ['sent fatal 70']);
  });

  test(`${profile}: what is no TLS at all is named and not answered`, (t) => {
    const only35 = { '1.1.1': 'wrong version number', '3.0': 'wrong version number', '3.5': 'http request' };
    const cases: readonly [string, ByProfile<string>][] = [
      ['GET / HTTP/1.1\r\n', old('http request', 'http request')],
      ['POST / HTTP/1.1\r\n', old('http request', 'http request')],
      ['PATCH / HTTP/1.1\r\n', only35],
      ['CONNECT a.example:443 HTTP/1.1\r\n', old('https proxy request', 'https proxy request')],
      ['EHLO a.example\r\n', old('wrong version number', 'wrong version number')],
    ];
    for (const [text, reasons] of cases) {
      const middle = new Middle(new Bench(profile), 'full', 'server');
      middle.give(Buffer.from(text));
      t.is(middle.b.L.SSL_do_handshake(middle.victim), -1, text);
      const errors = middle.b.L.takeErrors();
      t.is(errors[0], reasons[profile], text);
      t.deepEqual(middle.b.alerts(middle.victim), [], text);
    }
  });

  test(`S17 ${profile}: a corrupt record ends both sides, and both sessions with them`, (t) => {
    const { b, L, ends, c, s, log } = openWithSessions(profile);
    L.SSL_write(ends.c, Buffer.from('hello'));
    const bytes = Buffer.concat(ends.st.take());
    bytes[bytes.length - 1]! ^= 1;
    ends.st.put(bytes);
    const reason = 'decryption failed or bad record mac';
    t.deepEqual(b.read(ends.s), {
      result: -1,
      error: 'SSL_ERROR_SSL',
      errors: layered(profile, reason),
      bytes: new Uint8Array(0),
    });
    t.deepEqual(log, ['s:3']);
    const alert = profile === '3.5' ? 'ssl/tls alert bad record mac' : 'sslv3 alert bad record mac';
    const got = b.read(ends.c);
    t.deepEqual([got.result, got.error, got.errors], [0, 'SSL_ERROR_SSL', [alert]]);
    t.deepEqual(log, ['s:3', 'c:3']);
    t.is(L.SSL_get_shutdown(ends.c), 2);
    for (const ssl of [ends.c, ends.s]) {
      t.deepEqual(b.judge(ssl, L.SSL_shutdown(ssl)).errors, ['shutdown while in init']);
      t.deepEqual(b.judge(ssl, L.SSL_do_handshake(ssl)).errors, []);
    }
    const [again, answered] = [b.read(ends.s), b.read(ends.c)];
    t.deepEqual([again.result, again.error], [-1, 'SSL_ERROR_SYSCALL']);
    t.deepEqual(
      [answered.result, answered.error],
      [0, 'SSL_ERROR_ZERO_RETURN'],
      'the stored warning is 0, close_notify',
    );
    t.deepEqual([L.SSL_clear(ends.c), L.SSL_get_session(ends.c)], [1, c]);
    L.SSL_free(ends.c);
    L.SSL_free(ends.s);
    t.deepEqual([L.refs(c), L.refs(s), log.length], [1, 1, 2]);
  });

  test(`${profile}: a protected record that is too short for its own protection is refused`, (t) => {
    for (const length of [0, 1, 23]) {
      const middle = open(profile);
      middle.give(record(dataType, new Uint8Array(length)));
      const { result, error, alerts } = reading(middle);
      t.deepEqual([result, error, alerts], [-1, 'SSL_ERROR_SSL', ['sent fatal 80']], `${length}`);
    }
  });

  for (const role of roles) {
    test(`${profile}: a ${role} takes handshake messages in pieces of any size, and many in one record`, (t) => {
      const passes: readonly Pass[] = [{ pieces: 1 }, { pieces: 3 }, { pieces: 200 }, 'one record'];
      for (const how of passes) {
        const middle = new Middle(new Bench(profile), 'full with ticket', role);
        for (let round = 0; round < 8; round += 1) {
          const flight = repacked(middle.underway.splice(0), how);
          for (const one of flight) middle.give(one);
          middle.turn();
        }
        t.is(middle.b.L.SSL_state(middle.victim), 'ok', JSON.stringify(how));
        t.is(middle.b.L.SSL_state(middle.peer), 'ok', JSON.stringify(how));
      }
    });
  }

  test(`${profile}: a client passes over HelloRequest while it shakes hands, and a renegotiation starts with it after`, (t) => {
    const middle = new Middle(new Bench(profile), 'full', 'client');
    middle.pass(2);
    middle.give(record(handshakeType, message(0)));
    while (middle.pass(1));
    t.is(middle.b.L.SSL_state(middle.victim), 'ok');
    t.is(middle.b.L.SSL_CTX_sess_statistics(middle.cc).connectRenegotiate, 0);
    middle.give(middle.sealed(handshakeType, message(0)));
    t.is(middle.b.read(middle.victim).error, 'SSL_ERROR_WANT_READ');
    t.is(middle.b.L.SSL_CTX_sess_statistics(middle.cc).connectRenegotiate, 1);
  });

  test(`${profile}: four warnings in a row are read over, the fifth is too many, and data between starts anew`, (t) => {
    const middle = open(profile);
    const warn = (): ReturnType<typeof reading> => {
      middle.give(middle.sealed(alertType, Uint8Array.of(1, 90)));
      return reading(middle);
    };
    for (let i = 0; i < 4; i += 1) t.is(warn().error, 'SSL_ERROR_WANT_READ');
    middle.give(middle.sealed(dataType, Uint8Array.of(1)));
    t.is(reading(middle).result, 1);
    for (let i = 0; i < 4; i += 1) t.is(warn().error, 'SSL_ERROR_WANT_READ');
    const fifth = warn();
    t.deepEqual([fifth.result, fifth.errors], [-1, ['too many warn alerts']]);
    t.is(fifth.alerts.at(-1), 'sent fatal 10');
  });

  test(`${profile}: alerts of unknown level or wrong length are refused`, (t) => {
    const judged = (content: readonly number[]): unknown[] => {
      const middle = open(profile);
      middle.give(middle.sealed(alertType, Uint8Array.from(content)));
      const { result, errors, alerts } = reading(middle);
      return [result, errors, alerts.at(-1)];
    };
    t.deepEqual(judged([3, 0]), [-1, ['unknown alert type'], 'sent fatal 47']);
    t.deepEqual(judged([0, 0]), [-1, ['unknown alert type'], 'sent fatal 47']);
    t.deepEqual(judged([1]), [-1, ['invalid alert'], 'sent fatal 10']);
    t.deepEqual(judged([1, 0, 0]), [-1, ['invalid alert'], 'sent fatal 10']);
    t.deepEqual(judged([1, 100]), [-1, ['no renegotiation'], 'sent fatal 40']);
  });

  test(`${profile}: a fatal alert is not answered, sets RECEIVED, and breaks the connection`, (t) => {
    for (const description of [40, 80, 255]) {
      const middle = open(profile);
      middle.give(middle.sealed(alertType, Uint8Array.of(2, description)));
      const { result, error, errors, alerts } = reading(middle);
      t.deepEqual([result, error, errors.length], [0, 'SSL_ERROR_SSL', 1]);
      t.deepEqual(alerts, [`received fatal ${description}`]);
      t.is(middle.b.L.SSL_get_shutdown(middle.victim), 2);
      t.is(middle.b.L.SSL_state(middle.victim), 'error');
    }
  });

  test(`${profile}: a handshake and data pass through a transport of a few bytes, with WANT_WRITE in between`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const ends = b.pair(b.ctx(), b.serverCtx('ticket'));
    for (const transport of [ends.ct, ends.st]) transport.capacity = 7;
    const said = new Set<string>();
    let done = 0;
    for (let round = 0; round < 5_000 && done < 2; round += 1) {
      done = 0;
      for (const ssl of [ends.c, ends.s]) {
        const result = L.SSL_do_handshake(ssl);
        if (result === 1) done += 1;
        else said.add(L.SSL_get_error(ssl, result));
      }
    }
    t.is(done, 2);
    t.deepEqual([...said].sort(), ['SSL_ERROR_WANT_READ', 'SSL_ERROR_WANT_WRITE']);
    const data = Uint8Array.from({ length: 40_000 }, (_, i) => i * 7);
    const got: number[] = [];
    let written = -1;
    for (let round = 0; round < 50_000 && got.length < data.length; round += 1) {
      if (written < 0) {
        written = L.SSL_write(ends.c, data);
        if (written < 0) t.is(L.SSL_get_error(ends.c, written), 'SSL_ERROR_WANT_WRITE');
      }
      got.push(...b.read(ends.s).bytes);
    }
    t.is(written, data.length);
    t.deepEqual(Uint8Array.from(got), data);
  });

  test(`${profile}: a write that is tried again with less than before is an error`, (t) => {
    const b = new Bench(profile);
    const { c, ct } = b.connect(b.ctx(), b.serverCtx('id'));
    ct.capacity = 10;
    t.is(b.judge(c, b.L.SSL_write(c, new Uint8Array(100))).error, 'SSL_ERROR_WANT_WRITE');
    t.deepEqual(b.judge(c, b.L.SSL_write(c, new Uint8Array(50))).errors, ['bad length']);
  });

  test(`S35 ${profile}: SSL_shutdown into a full transport wants to write, with SENT already set`, (t) => {
    const { b, L, ends, c, log } = openWithSessions(profile);
    ends.ct.capacity = 0;
    const shut = (): unknown[] => [b.judge(ends.c, L.SSL_shutdown(ends.c)), L.SSL_get_shutdown(ends.c)];
    t.deepEqual(shut(), [{ result: -1, error: 'SSL_ERROR_WANT_WRITE', errors: [] }, 1]);
    t.deepEqual(shut(), [{ result: -1, error: 'SSL_ERROR_WANT_WRITE', errors: [] }, 1]);
    ends.ct.capacity = 1_000;
    t.is(L.SSL_shutdown(ends.c), 0);
    L.SSL_free(ends.c);
    t.deepEqual([b.res(c), log], [1, []]);
  });

  test(`S03 S33 ${profile}: the ends say 0 or 1 as the close_notify of the other is there or not`, (t) => {
    const calls = (order: string): number[] => {
      const b = new Bench(profile);
      const ends = b.connect(b.ctx(), b.serverCtx('id'));
      return [...order].map((end) => b.L.SSL_shutdown(end === 'c' ? ends.c : ends.s));
    };
    t.deepEqual(calls('ccssccs'), [0, -1, 0, 1, 1, 1, 1]);
    t.deepEqual(calls('sccs'), [0, 0, 1, 1]);
  });

  test(`S19 S34 ${profile}: SSL_shutdown of what is not connected is an error, quiet or not`, (t) => {
    const b = new Bench(profile);
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    const bare = b.L.SSL_new(cc)!;
    t.deepEqual(b.judge(bare, b.L.SSL_shutdown(bare)).errors, ['uninitialized']);
    t.deepEqual(b.judge(bare, b.L.SSL_do_handshake(bare)).errors, ['connection type not set']);
    t.deepEqual(b.judge(bare, b.L.SSL_write(bare, Uint8Array.of(1))).errors, ['uninitialized']);
    t.deepEqual(b.read(bare).errors, ['uninitialized']);
    const before = b.L.SSL_new(cc)!;
    b.L.SSL_CTX_set_quiet_shutdown(cc, 1);
    const { c } = b.pair(cc, sc);
    for (const ssl of [before, c]) b.L.SSL_set_connect_state(ssl);
    t.deepEqual(b.judge(before, b.L.SSL_shutdown(before)).errors, ['shutdown while in init']);
    t.deepEqual(b.judge(c, b.L.SSL_shutdown(c)).errors, ['shutdown while in init']);
    b.L.SSL_do_handshake(c);
    t.deepEqual(b.judge(c, b.L.SSL_shutdown(c)).errors, ['shutdown while in init']);
    t.is(b.L.SSL_get_shutdown(c), 0);
  });

  test(`S20 S21 S22 ${profile}: after close_notify one may read, not write, and data is no answer to SSL_shutdown`, (t) => {
    const { b, L, ends, c, log } = openWithSessions(profile);
    t.is(L.SSL_shutdown(ends.c), 0);
    t.deepEqual(b.judge(ends.c, L.SSL_write(ends.c, Uint8Array.of(1))).errors, ['protocol is shutdown']);
    t.is(L.SSL_write(ends.s, Buffer.from('hello')), 5);
    t.is(b.read(ends.c).result, 5);
    t.is(b.judge(ends.c, L.SSL_shutdown(ends.c)).error, 'SSL_ERROR_WANT_READ');
    const closed = b.read(ends.s);
    t.deepEqual([closed.result, closed.error], [0, 'SSL_ERROR_ZERO_RETURN']);
    t.is(L.SSL_write(ends.s, Buffer.from('more')), 4);
    const met = b.judge(ends.c, L.SSL_shutdown(ends.c));
    t.deepEqual([met.result, met.error, met.errors], [-1, 'SSL_ERROR_SSL', ['application data after close notify']]);
    L.SSL_free(ends.c);
    t.deepEqual([b.res(c), log], [1, []]);
  });

  test(`E47 E48 ${profile}: quiet shutdown tells nobody, and SSL_set_shutdown is believed`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const quiet = b.connect(b.ctx(), b.serverCtx('id'));
    L.SSL_set_quiet_shutdown(quiet.c, 1);
    t.deepEqual([L.SSL_shutdown(quiet.c), L.SSL_shutdown(quiet.c), L.SSL_get_shutdown(quiet.c)], [1, 1, 3]);
    t.is(b.read(quiet.s).error, 'SSL_ERROR_WANT_READ');
    const own = b.read(quiet.c);
    t.deepEqual([own.result, own.error], [0, 'SSL_ERROR_ZERO_RETURN']);
    t.deepEqual(b.judge(quiet.c, L.SSL_write(quiet.c, Uint8Array.of(1))).errors, ['protocol is shutdown']);
    const { c, s } = b.connect(b.ctx(), b.serverCtx('id'));
    L.SSL_set_shutdown(c, 3);
    t.is(L.SSL_shutdown(c), 1);
    L.SSL_set_shutdown(s, 2);
    t.deepEqual([L.SSL_shutdown(s), L.SSL_get_shutdown(s)], [1, 3]);
    L.SSL_set_shutdown(c, 0);
    t.deepEqual([L.SSL_shutdown(c), L.SSL_get_shutdown(c)], [0, 1]);
    L.SSL_set_shutdown(c, 12_345);
    t.is(L.SSL_get_shutdown(c), 12_345);
  });

  test(`N01 S14 ${profile}: end of file without close_notify`, (t) => {
    const { b, L, ends, c, log, n } = openWithSessions(profile);
    ends.st.cut();
    const first = b.read(ends.c);
    const second = b.read(ends.c);
    if (profile === '1.1.1') {
      t.deepEqual([first.result, first.error, first.errors], [0, 'SSL_ERROR_SYSCALL', []]);
      t.deepEqual([second.result, second.error], [0, 'SSL_ERROR_SYSCALL']);
      t.deepEqual([n(), log.length], [1, 0]);
      L.SSL_free(ends.c);
      t.deepEqual(log, ['c:3']);
    } else {
      t.deepEqual([first.result, first.error], [0, 'SSL_ERROR_SSL']);
      t.deepEqual(first.errors, ['unexpected eof while reading']);
      t.deepEqual([second.result, second.error, second.errors], [-1, 'SSL_ERROR_SYSCALL', []]);
      t.deepEqual([L.SSL_get_shutdown(ends.c), n()], [0, 0]);
      t.deepEqual(b.judge(ends.c, L.SSL_shutdown(ends.c)).errors, ['shutdown while in init']);
      L.SSL_free(ends.c);
      t.deepEqual(log, ['c:3']);
    }
    t.is(b.res(c), 0);
    const again = openWithSessions(profile);
    again.ends.st.cut();
    again.b.read(again.ends.c);
    t.is(again.L.SSL_shutdown(again.ends.c), old(0, -1)[profile]);
    again.L.SSL_free(again.ends.c);
    t.is(again.b.res(again.c), old(1, 0)[profile]);
  });

  test(`S15 N03 N04 ${profile}: SSL_OP_IGNORE_UNEXPECTED_EOF makes end of file a clean end, where there is one`, (t) => {
    const ignoring = (): ReturnType<typeof openWithSessions> => {
      const opened = openWithSessions(profile);
      opened.L.SSL_set_options(opened.ends.c, Op.ignoreUnexpectedEof);
      return opened;
    };
    const s15 = ignoring();
    s15.ends.st.cut();
    const got = s15.b.read(s15.ends.c);
    t.deepEqual([got.result, got.error], [0, old('SSL_ERROR_SYSCALL', 'SSL_ERROR_ZERO_RETURN')[profile]]);
    t.is(s15.L.SSL_get_shutdown(s15.ends.c), old(0, 2)[profile]);
    t.is(s15.L.SSL_shutdown(s15.ends.c), old(0, 1)[profile]);
    s15.L.SSL_free(s15.ends.c);
    t.is(s15.b.res(s15.c), 1);
    const n03 = ignoring();
    t.is(n03.L.SSL_shutdown(n03.ends.c), 0);
    n03.ends.st.cut();
    t.is(n03.L.SSL_shutdown(n03.ends.c), old(-1, 0)[profile]);
    t.is(n03.L.SSL_get_shutdown(n03.ends.c), old(1, 2)[profile]);
    n03.L.SSL_free(n03.ends.c);
    t.deepEqual(n03.log, old<string[]>([], ['c:3'])[profile]);
    const n04 = ignoring();
    n04.ends.st.cut();
    n04.b.read(n04.ends.c);
    n04.L.SSL_free(n04.ends.c);
    t.deepEqual([n04.log, n04.b.res(n04.c)], [['c:3'], 0]);
  });

  test(`K15 ${profile}: end of file after our own close_notify leaves the session alone`, (t) => {
    const { b, L, ends, c, log } = openWithSessions(profile);
    t.is(L.SSL_shutdown(ends.c), 0);
    ends.st.cut();
    const second = b.judge(ends.c, L.SSL_shutdown(ends.c));
    t.is(second.result, -1);
    t.is(second.error, old('SSL_ERROR_SYSCALL', 'SSL_ERROR_SSL')[profile]);
    t.deepEqual(second.errors, old<string[]>([], ['unexpected eof while reading'])[profile]);
    L.SSL_free(ends.c);
    t.deepEqual([log, b.res(c)], [[], 1]);
  });

  test(`N02 ${profile}: a read error that is no end of file harms nothing until the connection is freed`, (t) => {
    const { b, L, ends, c, log } = openWithSessions(profile);
    L.SSL_set_transport(ends.c, { read: () => 'broken', write: () => 'broken' });
    const got = b.read(ends.c);
    t.deepEqual([got.result, got.error, got.errors], [-1, 'SSL_ERROR_SYSCALL', []]);
    t.deepEqual([b.res(c), L.SSL_state(ends.c)], [1, 'ok']);
    L.SSL_free(ends.c);
    t.deepEqual(log, ['c:3']);
  });

  test(`F27 J13 J14 ${profile}: an end in the middle of a handshake, by end of file, close_notify or fatal alert`, (t) => {
    const offering = (): { b: Bench; ends: Ends; x: SslSession; log: string[] } => {
      const b = new Bench(profile);
      const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx('id')];
      const x = b.established(cc, sc);
      b.call(x, 'x');
      const log = b.removed(cc);
      const ends = b.pair(cc, sc, x);
      t.is(b.L.SSL_do_handshake(ends.c), -1);
      b.L.takeErrors();
      return { b, ends, x, log };
    };
    const cut = offering();
    cut.ends.st.cut();
    const afterCut = cut.b.judge(cut.ends.c, cut.b.L.SSL_do_handshake(cut.ends.c));
    t.deepEqual([afterCut.result, afterCut.error], [-1, old('SSL_ERROR_SYSCALL', 'SSL_ERROR_SSL')[profile]]);
    t.deepEqual([cut.log, cut.b.res(cut.x)], old<unknown[]>([[], 1], [['x:3'], 0])[profile]);
    const closed = offering();
    closed.ends.ct.put(record(alertType, Uint8Array.of(1, 0)));
    const afterClose = closed.b.judge(closed.ends.c, closed.b.L.SSL_do_handshake(closed.ends.c));
    t.deepEqual([afterClose.result, afterClose.error], [-1, 'SSL_ERROR_ZERO_RETURN']);
    t.deepEqual([closed.b.L.SSL_get_shutdown(closed.ends.c), closed.log, closed.b.res(closed.x)], [2, [], 1]);
    const refused = offering();
    refused.ends.ct.put(record(alertType, Uint8Array.of(2, 40)));
    const afterAlert = refused.b.judge(refused.ends.c, refused.b.L.SSL_do_handshake(refused.ends.c));
    t.deepEqual([afterAlert.result, afterAlert.error], [-1, 'SSL_ERROR_SSL']);
    t.deepEqual([refused.b.L.SSL_get_shutdown(refused.ends.c), refused.log, refused.b.res(refused.x)], [2, ['x:3'], 0]);
    t.deepEqual([refused.b.L.SSL_set_session(refused.ends.c, null), refused.log.length], [1, 1], 'K14');
    t.is(refused.b.L.refs(refused.x), 1);
  });

  const kept: Ending['after'] = { log: [], res: 1, n: 1 };
  const removed: Ending['after'] = { log: ['c:3'], res: 0, n: 0 };
  const endings: readonly Ending[] = [
    { row: 'S01', what: 'freed open', end: () => {}, after: removed },
    { row: 'S02', what: 'SSL_shutdown', end: ({ L, ends }) => L.SSL_shutdown(ends.c), after: kept },
    {
      row: 'E46',
      what: "the peer's close_notify alone",
      end: ({ b, L, ends }) => {
        L.SSL_shutdown(ends.s);
        b.read(ends.c);
      },
      after: removed,
    },
    { row: 'S05', what: 'SSL_set_shutdown(SENT)', end: ({ L, ends }) => L.SSL_set_shutdown(ends.c, 1), after: kept },
    {
      row: 'S05',
      what: 'SSL_set_shutdown(RECEIVED)',
      end: ({ L, ends }) => L.SSL_set_shutdown(ends.c, 2),
      after: removed,
    },
    {
      row: 'S06',
      what: 'quiet shutdown',
      end: ({ L, ends }) => {
        L.SSL_set_quiet_shutdown(ends.c, 1);
        L.SSL_shutdown(ends.c);
      },
      after: kept,
    },
    {
      row: 'S32',
      what: 'SSL_shutdown taken back',
      end: ({ L, ends }) => {
        L.SSL_shutdown(ends.c);
        L.SSL_set_shutdown(ends.c, 0);
      },
      after: removed,
    },
    { row: 'S07', what: 'SSL_clear', end: ({ L, ends }) => L.SSL_clear(ends.c), after: removed },
    {
      row: 'S08',
      what: 'SSL_shutdown and SSL_clear',
      end: ({ L, ends }) => {
        L.SSL_shutdown(ends.c);
        L.SSL_clear(ends.c);
      },
      after: kept,
    },
    { row: 'S27', what: 'SSL_set_connect_state', end: ({ L, ends }) => L.SSL_set_connect_state(ends.c), after: kept },
    {
      row: 'S09',
      what: 'SSL_set_session(NULL)',
      end: ({ L, ends }) => L.SSL_set_session(ends.c, null),
      after: removed,
    },
    {
      row: 'S10',
      what: 'SSL_set_session of its own session',
      end: ({ L, ends, c }) => {
        L.SSL_set_session(ends.c, c);
        L.SSL_set_shutdown(ends.c, 1);
      },
      after: profile === '3.5' ? { ...removed, log: ['c:4'] } : removed,
    },
    {
      row: 'S12',
      what: 'SSL_shutdown and SSL_set_session of another',
      end: ({ b, L, ends }) => {
        L.SSL_shutdown(ends.c);
        L.SSL_set_session(ends.c, b.session('x'));
      },
      after: kept,
    },
    {
      row: 'S11',
      what: 'SSL_set_session of another, and freed open',
      end: ({ b, L, ends }) => L.SSL_set_session(ends.c, b.session('x')),
      after: { ...removed, log: ['c:3', 'x:2'] },
    },
  ];
  for (const { row, what, end, after } of endings) {
    test(`${row} ${profile}: what ${what} does to the session`, (t) => {
      const opened = openWithSessions(profile);
      end(opened);
      opened.L.SSL_free(opened.ends.c);
      t.deepEqual({ log: opened.log, res: opened.b.res(opened.c), n: opened.n() }, after);
      t.is(opened.L.refs(opened.c), 1 + after.n);
    });
  }

  test(`S30 N06 J16 ${profile}: one unclean end spoils the session for all that share it`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx('id', { mode: Mode.both })];
    const x = b.established(cc, sc);
    b.call(x, 'x');
    const log = b.removed(cc);
    const first = b.connect(cc, sc, x);
    const second = b.connect(cc, sc, x);
    const waiting = b.pair(cc, sc, x);
    t.is(L.refs(x), 5);
    L.SSL_shutdown(first.c);
    L.SSL_free(first.c);
    t.deepEqual([L.refs(x), b.res(x)], [4, 1]);
    L.SSL_free(second.c);
    t.deepEqual([log, b.res(x), b.n(cc), L.refs(x)], [['x:4'], 0, 0, 2]);
    t.is(b.shake(waiting), 'ok');
    t.deepEqual([L.SSL_session_reused(waiting.c), L.refs(x)], [0, 1]);
  });

  test(`S23 S24 ${profile}: taking the session away in the middle of a handshake crashes, freeing the connection does not`, (t) => {
    const b = new Bench(profile);
    const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx('id')];
    const x = b.established(cc, sc);
    const log = b.removed(cc);
    const freed = b.pair(cc, sc, x);
    b.L.SSL_do_handshake(freed.c);
    b.L.SSL_free(freed.c);
    t.deepEqual([log, b.res(x), b.n(cc)], [[], 1, 1]);
    const taken = b.pair(cc, sc, x);
    b.L.SSL_do_handshake(taken.c);
    t.deepEqual([b.L.SSL_set_session(taken.c, null), b.L.refs(x), log], [1, 2, []]);
    b.L.SSL_do_handshake(taken.s);
    t.throws(() => b.L.SSL_do_handshake(taken.c), { instanceOf: LibraryCrash });
  });

  test(`S26 ${profile}: after a clean end both sides cleared shake hands again, and resume`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const ends = b.connect(b.ctx(), b.serverCtx('id'));
    for (const ssl of [ends.c, ends.s, ends.c]) L.SSL_shutdown(ssl);
    t.deepEqual([L.SSL_clear(ends.c), L.SSL_clear(ends.s)], [1, 1]);
    const [ct, st] = MemoryTransport.pair();
    L.SSL_set_transport(ends.c, ct);
    L.SSL_set_transport(ends.s, st);
    t.is(b.shake(ends), 'ok');
    t.deepEqual([L.SSL_session_reused(ends.c), L.SSL_session_reused(ends.s)], [1, 1]);
  });

  test(`S28 K10 ${profile}: a finished handshake stays finished, and is counted once`, (t) => {
    const b = new Bench(profile);
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    const ends = b.pair(cc, sc);
    b.L.SSL_do_handshake(ends.c);
    const counted = (): number[] => {
      const { connect, connectGood } = b.L.SSL_CTX_sess_statistics(cc);
      return [connect, connectGood];
    };
    t.deepEqual(counted(), [1, 0]);
    t.is(b.shake(ends), 'ok');
    t.deepEqual(counted(), [1, 1]);
    t.deepEqual([b.L.SSL_do_handshake(ends.c), b.L.SSL_do_handshake(ends.s)], [1, 1]);
    t.deepEqual(counted(), [1, 1]);
  });

  test(`H24 ${profile}: a server's renegotiation resumes the current session`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx(), b.serverCtx('ticket')];
    const ends = b.connect(cc, sc);
    t.is(L.SSL_renegotiate(ends.s), 1);
    t.is(L.SSL_do_handshake(ends.s), 1, 'HelloRequest is out');
    for (let round = 0; round < 4; round += 1) for (const ssl of [ends.c, ends.s]) b.read(ssl);
    const client = L.SSL_CTX_sess_statistics(cc);
    const server = L.SSL_CTX_sess_statistics(sc);
    t.deepEqual([client.connect, client.connectGood, client.connectRenegotiate, client.hits], [1, 2, 1, 1]);
    t.deepEqual([server.accept, server.acceptGood, server.acceptRenegotiate, server.hits], [1, 2, 3, 1]);
    t.is(L.SSL_write(ends.c, Buffer.from('after')), 5);
    t.is(Buffer.from(b.read(ends.s).bytes).toString(), 'after');
  });

  test(`${profile}: a client's renegotiation is refused with a warning, which the client takes for the end`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const ends = b.connect(b.ctx(), b.serverCtx('id'));
    if (profile === '1.1.1') L.SSL_set_options(ends.s, 0x4000_0000); // SSL_OP_NO_RENEGOTIATION
    t.is(L.SSL_renegotiate(ends.c), 1);
    t.is(L.SSL_do_handshake(ends.c), -1);
    b.read(ends.s);
    t.deepEqual(b.alerts(ends.s), ['sent warning 100']);
    const answer = b.judge(ends.c, L.SSL_do_handshake(ends.c));
    t.deepEqual([answer.result, answer.errors], [-1, ['no renegotiation']]);
  });
}

test('a record of a type that nobody has is refused, sealed or not', (t) => {
  for (const role of roles) {
    const middle = open('3.0', role);
    writeRecord(middle.peer, 99, Uint8Array.of(1));
    middle.turn();
    for (const one of middle.underway.splice(0)) middle.give(one);
    const { result, errors, alerts } = reading(middle);
    t.deepEqual([result, errors, alerts], [-1, ['unexpected record'], ['sent fatal 10']]);
  }
});

interface Opened {
  readonly b: Bench;
  readonly L: Bench['L'];
  readonly ends: Ends;
  /** The two sessions, each with three references: connection, cache, program. */
  readonly c: SslSession;
  readonly s: SslSession;
  /** Calls of the remove callbacks of both contexts. */
  readonly log: string[];
  /** Sessions in the client's cache. */
  n(): number;
}

interface Ending {
  readonly row: string;
  readonly what: string;
  end(opened: Opened): unknown;
  readonly after: { readonly log: string[]; readonly res: number; readonly n: number };
}

/** Two ends that resume by id and cache on both sides, as the rows of "Endings" have it. */
function openWithSessions(profile: ProfileName): Opened {
  const b = new Bench(profile);
  const { L } = b;
  const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx('id', { mode: Mode.both })];
  const ends = b.connect(cc, sc);
  const [c, s] = [L.SSL_get1_session(ends.c)!, L.SSL_get1_session(ends.s)!];
  b.call(c, 'c');
  b.call(s, 's');
  const log: string[] = [];
  for (const ctx of [cc, sc]) {
    L.SSL_CTX_sess_set_remove_cb(ctx, (_ctx, session) => {
      log.push(`${b.nameOf(session)}:${L.refs(session)}`);
    });
  }
  return { b, L, ends, c, s, log, n: () => b.n(cc) };
}
