import test from 'ava';
import fc from 'fast-check';
import { profileNames, type SslSession, UseAfterFree } from '../../../src/index.js';
import { contextTag, DerTag } from '../../../src/session/der.js';
import { openTicket, Session, sealTicket, sessionFromDer, sessionToDer } from '../../../src/session/index.js';
import { knownCipherSuites } from '../../../src/session/known-suites.js';
import { Bench, Mode, old, startSeconds, tls12, tls13 } from '../../_bench.js';
import { writeElement, writeInteger, writeOctets } from './_der.js';

const longMax = 2n ** 63n - 1n;
const suite = 0xc02b;

for (const profile of profileNames) {
  test(`A01 A02 ${profile}: a connection counts two on its context, and gives both back with its last reference`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const ctx = L.SSL_CTX_new(L.TLS_method())!;
    t.is(L.SSL_CTX_up_ref(ctx), 1);
    t.is(L.refs(ctx), 2);
    L.SSL_CTX_free(ctx);
    const s = L.SSL_new(ctx)!;
    t.is(L.refs(ctx), 3);
    const other = L.SSL_new(ctx)!;
    t.is(L.refs(ctx), 5);
    L.SSL_up_ref(s);
    t.deepEqual([L.refs(ctx), L.refs(s)], [5, 2]);
    L.SSL_free(s);
    t.deepEqual([L.refs(ctx), L.refs(s)], [5, 1]);
    L.SSL_free(s);
    t.deepEqual([L.refs(ctx), L.refs(s)], [3, 0]);
    L.SSL_free(other);
    t.is(L.refs(ctx), 1);
  });

  test(`A03 ${profile}: NULL makes nothing, and nothing is freed by it`, (t) => {
    const { L } = new Bench(profile);
    t.is(L.SSL_new(null), null);
    t.is(L.SSL_CTX_new(null), null);
    t.deepEqual(L.takeErrors(), ['null ssl ctx', 'null ssl method passed']);
    L.SSL_free(null);
    L.SSL_CTX_free(null);
    L.SSL_SESSION_free(null);
    t.deepEqual(L.takeErrors(), []);
  });

  test(`A05 ${profile}: a bare session has 304 seconds and nothing else`, (t) => {
    const { L } = new Bench(profile);
    const x = L.SSL_SESSION_new()!;
    t.deepEqual(
      [
        L.refs(x),
        L.SSL_SESSION_get_time(x),
        L.SSL_SESSION_get_timeout(x),
        L.SSL_SESSION_get_id(x).length,
        L.SSL_SESSION_is_resumable(x),
        L.SSL_SESSION_get_protocol_version(x),
        L.SSL_SESSION_has_ticket(x),
        L.SSL_SESSION_get_ticket_lifetime_hint(x),
        L.SSL_SESSION_get_max_early_data(x),
        L.SSL_SESSION_get0_hostname(x),
        L.SSL_SESSION_get0_id_context(x).length,
      ],
      [1, startSeconds, 304, 0, 0, 0, 0, 0, 0, null, 0],
    );
  });

  test(`A06 A07 ${profile}: SSL_set_session takes a reference of its own and gives the old one back`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const ctx = b.ctx();
    const s = L.SSL_new(ctx)!;
    t.deepEqual([L.SSL_get_session(s), L.SSL_get1_session(s)], [null, null]);
    const [x, y] = b.sessions('xy') as [SslSession, SslSession];
    t.deepEqual([L.SSL_set_session(s, x), L.refs(x)], [1, 2]);
    t.is(L.SSL_get1_session(s), x);
    t.is(L.refs(x), 3);
    L.SSL_SESSION_free(x);
    t.deepEqual([L.SSL_set_session(s, x), L.refs(x)], [1, 2]);
    t.deepEqual([L.SSL_set_session(s, y), L.refs(x), L.refs(y)], [1, 1, 2]);
    t.deepEqual([L.SSL_set_session(s, null), L.refs(y), L.SSL_get_session(s)], [1, 1, null]);
    L.SSL_set_session(s, y);
    L.SSL_free(s);
    t.deepEqual([L.refs(y), b.res(y), b.n(ctx)], [1, 1, 0]);
  });

  test(`A08 A09 ${profile}: a freed context lives on in its connections, and its death marks what it cached`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const ctx = b.ctx();
    const s = L.SSL_new(ctx)!;
    L.SSL_CTX_free(ctx);
    t.is(L.refs(ctx), 2);
    const other = L.SSL_new(L.SSL_get_SSL_CTX(s))!;
    t.is(L.refs(ctx), 4);
    L.SSL_free(other);
    const x = b.session('x');
    const log = b.removed(ctx);
    L.SSL_CTX_add_session(ctx, x);
    L.SSL_free(s);
    t.deepEqual(log, ['x:2']);
    t.deepEqual([L.refs(ctx), L.refs(x), b.res(x)], [0, 1, 0]);
    t.is(L.SSL_SESSION_set_timeout(x, 9), 1);
    t.is(L.SSL_SESSION_get_timeout(x), 9);
  });

  test(`A13 A16 A17 ${profile}: copies of a connection share its session and count on their contexts`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [ctx, second] = [b.ctx(), b.ctx()];
    const s = L.SSL_new(ctx)!;
    const x = b.session('x');
    L.SSL_set_session(s, x);
    const copy = L.SSL_dup(s);
    t.not(copy, s);
    t.deepEqual([L.refs(ctx), L.refs(x), L.SSL_get_session(copy)], [5, 3, x]);
    L.SSL_free(copy);
    t.deepEqual([L.refs(ctx), L.refs(x)], [3, 2]);
    const target = L.SSL_new(second)!;
    t.deepEqual([L.SSL_copy_session_id(target, s), L.refs(x), L.SSL_get_session(target)], [1, 3, x]);
    const bare = L.SSL_new(second)!;
    t.deepEqual([L.SSL_copy_session_id(target, bare), L.refs(x), L.SSL_get_session(target)], [1, 2, null]);
    L.SSL_free(target);
    L.SSL_free(bare);
    const moved = (to: typeof ctx | null): unknown[] => [L.SSL_set_SSL_CTX(s, to), L.refs(ctx), L.refs(second)];
    t.deepEqual(moved(second), [second, 2, 2]);
    t.deepEqual(moved(null), [ctx, 3, 1]);
    t.deepEqual(moved(second), [second, 2, 2]);
    t.deepEqual(moved(second), [second, 2, 2]);
    L.SSL_free(s);
    t.deepEqual([L.refs(ctx), L.refs(second), L.refs(x)], [1, 1, 1]);
  });

  test(`A18 A19 ${profile}: a context's defaults, and what its setters answer`, (t) => {
    const { L } = new Bench(profile);
    const ctx = L.SSL_CTX_new(L.TLS_client_method())!;
    t.deepEqual(
      [L.SSL_CTX_get_session_cache_mode(ctx), L.SSL_CTX_sess_get_cache_size(ctx), L.SSL_CTX_get_timeout(ctx)],
      [2, 20_480, 7_200],
    );
    t.true(Object.values(L.SSL_CTX_sess_statistics(ctx)).every((value) => value === 0));
    t.deepEqual(
      [
        L.SSL_CTX_set_session_cache_mode(ctx, Mode.both),
        L.SSL_CTX_set_session_cache_mode(ctx, 0xffff),
        L.SSL_CTX_get_session_cache_mode(ctx),
      ],
      [2, 3, 0xffff],
    );
    t.deepEqual(
      [
        L.SSL_CTX_sess_set_cache_size(ctx, 5),
        L.SSL_CTX_sess_set_cache_size(ctx, -1),
        L.SSL_CTX_sess_get_cache_size(ctx),
      ],
      [20_480, 0, 5],
    );
    const wrapped = profile === '3.5' ? 18_446_744_068 : -5;
    t.deepEqual([L.SSL_CTX_set_timeout(ctx, 10), L.SSL_CTX_set_timeout(ctx, -5)], [7_200, 10]);
    t.deepEqual([L.SSL_CTX_set_timeout(ctx, 0), L.SSL_CTX_get_timeout(ctx)], [wrapped, 0]);
  });

  test(`G01 G02 G04 ${profile}: ids, contexts and keys that are too long are refused`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const x = L.SSL_SESSION_new()!;
    const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1);
    t.is(L.SSL_SESSION_set1_id(x, bytes(32)), 1);
    t.is(b.res(x), 1);
    t.is(L.SSL_SESSION_set1_id(x, bytes(33)), 0);
    t.is(L.SSL_SESSION_get_id(x).length, 32);
    t.deepEqual(L.takeErrors(), ['ssl session id too long']);
    t.is(L.SSL_SESSION_set1_id(x, bytes(0)), 1);
    t.is(b.res(x), 0);
    t.deepEqual([L.SSL_SESSION_set1_id_context(x, bytes(32)), L.SSL_SESSION_set1_id_context(x, bytes(33))], [1, 0]);
    const ctx = b.ctx();
    const s = L.SSL_new(ctx)!;
    t.deepEqual([L.SSL_CTX_set_session_id_context(ctx, bytes(32)), L.SSL_set_session_id_context(s, bytes(32))], [1, 1]);
    t.deepEqual([L.SSL_CTX_set_session_id_context(ctx, bytes(33)), L.SSL_set_session_id_context(s, bytes(33))], [0, 0]);
    t.deepEqual(L.takeErrors(), Array(3).fill('ssl session id context too long'));
    t.deepEqual(
      [48, 256, 257, 512, 513, 0].map((length) => L.SSL_SESSION_set1_master_key(x, bytes(length))),
      old([1, 1, 0, 0, 0, 1], [1, 1, 1, 1, 0, 1])[profile],
    );
    t.deepEqual(L.takeErrors(), []);
  });

  test(`F14 ${profile}: seconds, or parts of them, decide whether a server still resumes`, (t) => {
    const resumed = (seconds: number): number => {
      const b = new Bench(profile);
      b.nowMs += 900;
      const [cc, sc] = [b.ctx(), b.serverCtx('id')];
      b.L.SSL_CTX_set_timeout(sc, 10);
      const x = b.established(cc, sc);
      b.nowMs += seconds * 1000;
      return b.L.SSL_session_reused(b.connect(cc, sc, x).c);
    };
    t.is(resumed(9.9), 1);
    t.is(resumed(10.05), { '1.1.1': 1, '3.0': 1, '3.5': 0 }[profile]);
    t.is(resumed(11.2), 0);
  });

  test(`R09 R10 ${profile}: at exactly its timeout a session is resumed, a second later it times out and is removed`, (t) => {
    const b = new Bench(profile);
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    const x = b.established(cc, sc);
    b.nowMs += 7_200_000;
    t.is(b.L.SSL_session_reused(b.connect(cc, sc, x).c), 1);
    b.nowMs += 1_000;
    t.is(b.n(sc), 1);
    const { c } = b.connect(cc, sc, x);
    t.is(b.L.SSL_session_reused(c), 0);
    t.is(b.L.SSL_CTX_sess_statistics(sc).timeouts, 1);
    t.is(b.n(sc), 1, 'the expired one is gone, the new one is there');
  });

  test(`R59 ${profile}: a context's timeout of 0 is the default, a negative one is dead or nearly for ever`, (t) => {
    const made = (timeout: number): [timeout: unknown, reused: number] => {
      const b = new Bench(profile);
      const [cc, sc] = [b.ctx(), b.serverCtx('id')];
      b.L.SSL_CTX_set_timeout(sc, timeout);
      const { c, s } = b.connect(cc, sc);
      const x = b.L.SSL_get1_session(c)!;
      return [b.L.SSL_SESSION_get_timeout(b.L.SSL_get_session(s)!), b.L.SSL_session_reused(b.connect(cc, sc, x).c)];
    };
    t.deepEqual(made(0), [7_200, 1]);
    t.deepEqual(made(30), [30, 1]);
    t.deepEqual(made(-5), profile === '3.5' ? [18_446_744_068, 1] : [-5, 0]);
  });

  test(`${profile}: what i2d writes, d2i reads back, but neither count, cache nor mark`, (t) => {
    const b = new Bench(profile);
    const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const opaque = (minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ minLength, maxLength });
    const name = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 });
    const fields = fc.record({
      version: fc.constantFrom(0x0300, 0x0301, tls12, tls13),
      cipherSuite: fc.constantFrom(...knownCipherSuites),
      sessionId: opaque(0, 32),
      sessionIdContext: opaque(0, 32),
      masterKey: opaque(0, 256),
      verifyResult: fc.integer({ min: 0, max: 100 }),
      ticketLifetimeHint: u32,
      ticketAgeAdd: u32,
      maxEarlyData: u32,
      extendedMasterSecret: fc.boolean(),
      hostname: fc.option(name, { nil: undefined }),
      ticket: fc.option(opaque(1, 300), { nil: undefined }),
      alpnSelected: fc.option(opaque(1, 20), { nil: undefined }),
    });
    const seconds = fc.integer({ min: 1, max: 4_000_000_000 });
    fc.assert(
      fc.property(fields, seconds, seconds, (values, time, timeout) => {
        const x = b.L.SSL_SESSION_new()!;
        Object.assign(x, values);
        b.L.SSL_SESSION_set_time(x, time);
        b.L.SSL_SESSION_set_timeout(x, timeout);
        x.notResumable = true;
        const back = b.L.d2i_SSL_SESSION(b.L.i2d_SSL_SESSION(x))!;
        for (const [key, value] of Object.entries(values)) t.deepEqual(Reflect.get(back, key), value, key);
        t.deepEqual([b.L.SSL_SESSION_get_time(back), b.L.SSL_SESSION_get_timeout(back)], [time, timeout]);
        t.deepEqual([b.L.refs(back), back.notResumable], [1, false]);
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  test(`E01 ${profile}: a removed session that went through DER is resumed`, (t) => {
    for (const by of ['id', 'ticket'] as const) {
      const b = new Bench(profile);
      const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx(by)];
      const x = b.established(cc, sc);
      b.L.SSL_CTX_remove_session(cc, x);
      t.is(b.res(x), 0);
      const back = b.L.d2i_SSL_SESSION(b.L.i2d_SSL_SESSION(x))!;
      t.is(b.res(back), 1);
      t.is(b.L.SSL_session_reused(b.connect(cc, sc, back).c), 1);
    }
  });

  test(`E04 E05 ${profile}: what follows an encoding is left, and times of 0 become now and 3 seconds`, (t) => {
    const b = new Bench(profile);
    const x = b.session('x');
    x.cipherSuite = suite;
    const der = b.L.i2d_SSL_SESSION(x);
    const { session, bytesRead } = sessionFromDer(x.library, Uint8Array.of(...der, 1, 2, 3, 4, 5), 'program');
    t.deepEqual([bytesRead, session.count], [der.length, 1]);
    b.L.SSL_SESSION_set_time(x, 0);
    b.L.SSL_SESSION_set_timeout(x, 0);
    const timeless = b.L.i2d_SSL_SESSION(x);
    b.nowMs += 7_000;
    const back = b.L.d2i_SSL_SESSION(timeless)!;
    t.deepEqual([b.L.SSL_SESSION_get_time(back), b.L.SSL_SESSION_get_timeout(back)], [startSeconds + 7, 3]);
  });

  test(`${profile}: DER cut anywhere is no session, and no damage throws`, (t) => {
    const b = new Bench(profile);
    const [cc, sc] = [b.ctx(), b.serverCtx('ticket')];
    const der = b.L.i2d_SSL_SESSION(b.established(cc, sc));
    for (let length = 0; length < der.length; length += 1) t.is(b.L.d2i_SSL_SESSION(der.subarray(0, length)), null);
    let decoded = 0;
    for (let bit = 0; bit < der.length * 8; bit += 5) {
      const damaged = der.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const got = b.L.d2i_SSL_SESSION(damaged);
      if (got !== null) decoded += 1;
      b.L.SSL_SESSION_free(got);
    }
    t.true(decoded > 0);
    const alive = b.events.filter((event) => event.kind === 'made' && event.type === 'session').length;
    const freed = b.events.filter((event) => event.kind === 'freed' && event.type === 'session').length;
    t.is(alive - freed, 1, 'what failed half way was freed');
  });

  test(`G05 K01 ${profile}: a structure, protocol, cipher or length that d2i does not know has its own error, or none`, (t) => {
    const b = new Bench(profile);
    const der = (parts: {
      structure?: bigint;
      version?: bigint;
      cipher?: number[];
      id?: number;
      key?: number;
    }): Uint8Array =>
      writeElement(
        DerTag.sequence,
        writeInteger(parts.structure ?? 1n),
        writeInteger(parts.version ?? 0x303n),
        writeOctets(Uint8Array.from(parts.cipher ?? [0xc0, 0x2b])),
        writeOctets(new Uint8Array(parts.id ?? 32)),
        writeOctets(new Uint8Array(parts.key ?? 48)),
      );
    const errorsOf = (bytes: Uint8Array): string[] => {
      t.is(b.L.d2i_SSL_SESSION(bytes), null);
      return b.L.takeErrors();
    };
    const good = b.L.d2i_SSL_SESSION(der({}))!;
    t.is(b.res(good), 1);
    t.deepEqual(errorsOf(der({ structure: 2n })), ['unknown ssl version']);
    t.deepEqual(errorsOf(der({ version: 0x0903n })), ['unsupported ssl version']);
    t.deepEqual(errorsOf(der({ cipher: [0xc0] })), ['cipher code wrong length']);
    t.deepEqual(errorsOf(der({ cipher: [0xab, 0xcd] })), []);
    t.deepEqual(errorsOf(der({ id: 33 })), []);
    t.deepEqual(errorsOf(der({ key: profile === '1.1.1' ? 257 : 513 })), []);
    t.deepEqual(errorsOf(writeElement(DerTag.sequence, writeInteger(1n))), []);
    t.deepEqual(errorsOf(Buffer.from('this is no session')), []);
    const context = (length: number): Uint8Array => {
      const fixed = der({});
      return writeElement(
        DerTag.sequence,
        fixed.subarray(2),
        writeElement(contextTag(4), writeOctets(new Uint8Array(length))),
      );
    };
    t.deepEqual(errorsOf(context(33)), []);
    t.is(b.L.SSL_SESSION_get0_id_context(b.L.d2i_SSL_SESSION(context(32))!).length, 32);
    t.is(b.L.i2d_SSL_SESSION(null).length, 0);
    t.is(b.L.i2d_SSL_SESSION(b.L.SSL_SESSION_new()!).length, 0);
    t.deepEqual(b.L.takeErrors(), []);
  });

  test(`${profile}: a ticket opens with the keys that sealed it, and each damage has its reason`, (t) => {
    for (const crypto of ['fast', 'real'] as const) {
      const b = new Bench(profile, { crypto });
      const ctx = b.ctx();
      const keys = b.L.SSL_CTX_get_tlsext_ticket_keys(ctx);
      const x = b.session('x');
      x.cipherSuite = suite;
      x.masterKey = new Uint8Array(48).fill(9);
      const ticket = sealTicket(keys, x, 'test/iv');
      t.deepEqual(ticket.subarray(0, 16), keys.name);
      const opened = openTicket(keys, x.library, ticket, 'test');
      if (!(opened instanceof Session)) throw new Error(`not opened: ${opened}`);
      t.deepEqual([opened.masterKey, opened.count], [x.masterKey, 1]);
      const other = b.L.SSL_CTX_get_tlsext_ticket_keys(b.ctx());
      t.is(openTicket(other, x.library, ticket, 'test'), 'unknown-key');
      t.is(openTicket({ ...other, name: keys.name }, x.library, ticket, 'test'), 'bad-mac');
      for (const length of [0, 15, 16, 31, 32, 64]) {
        t.is(openTicket(keys, x.library, ticket.subarray(0, length), 'test'), 'too-short', `${length} bytes`);
      }
      t.is(openTicket(keys, x.library, ticket.subarray(0, ticket.length - 1), 'test'), 'bad-mac');
      for (let at = 16; at < ticket.length; at += 7) {
        const damaged = ticket.slice();
        damaged[at]! ^= 0x40;
        t.is(openTicket(keys, x.library, damaged, 'test'), 'bad-mac');
      }
      const sealed = (plaintext: Uint8Array): Uint8Array => {
        const { crypto: provider } = x.library.environment;
        const iv = new Uint8Array(16);
        const body = Buffer.concat([keys.name, iv, provider.cbcEncrypt(keys.aesKey, iv, plaintext)]);
        return Buffer.concat([body, provider.hmac('sha256', keys.hmacKey, body)]);
      };
      const der = sessionToDer(x)!;
      t.true(openTicket(keys, x.library, sealed(der), 'test') instanceof Session);
      t.is(openTicket(keys, x.library, sealed(Buffer.from('no session at all')), 'test'), 'bad-content');
      t.is(openTicket(keys, x.library, sealed(Uint8Array.of(...der, 0)), 'test'), 'bad-content');
    }
  });

  test(`${profile}: who gives back what it does not hold is told with count and claims`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const x = b.session('x');
    b.L.SSL_CTX_add_session(ctx, x);
    b.L.setStep(7);
    b.L.SSL_SESSION_free(x);
    t.deepEqual(b.L.claims(x), [{ holder: `cache of ${ctx.label}`, step: 0 }]);
    t.false(b.events.some((event) => event.kind === 'claims'));
    b.L.setStep(8);
    b.L.SSL_SESSION_free(x);
    t.deepEqual(
      b.events.filter((event) => event.kind === 'claims'),
      [{ kind: 'claims', object: x.id, type: 'session', count: 0, claims: 1, holder: 'program' }],
    );
    const failure = t.throws(() => b.L.SSL_SESSION_get_id(x), { instanceOf: UseAfterFree })!;
    t.deepEqual(failure.death, { holder: 'program', step: 8 });
    t.regex(failure.message, /session#\d+: expected a live object, got one freed at step 8 by program/);
  });

  test(`${profile}: every claim is somebody's, through handshakes, callbacks and closing`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx('id')];
    const kept: SslSession[] = [];
    L.SSL_CTX_sess_set_new_cb(cc, (_ssl, session) => kept.push(session));
    const { c, s } = b.connect(cc, sc);
    const x = kept[0]!;
    t.is(L.refs(x), 3);
    t.deepEqual(
      L.claims(x).map((claim) => claim.holder),
      [c.label, `cache of ${cc.label}`, 'program'],
    );
    t.deepEqual(
      L.claims(cc).map((claim) => claim.holder),
      ['program', c.label, c.label],
    );
    L.SSL_free(c);
    L.SSL_free(s);
    L.SSL_SESSION_free(x);
    L.SSL_CTX_free(cc);
    L.SSL_CTX_free(sc);
    t.false(b.events.some((event) => event.kind === 'claims'));
    const count = (kind: string): number => b.events.filter((event) => event.kind === kind).length;
    t.is(count('made'), count('freed'));
  });

  test(`${profile}: a session of another context is told with both`, (t) => {
    const b = new Bench(profile);
    const [cc, sc, second] = [b.ctx({ mode: Mode.both }), b.serverCtx('id'), b.ctx()];
    const x = b.established(cc, sc);
    const { c } = b.connect(second, sc, x);
    t.is(b.L.SSL_session_reused(c), 1);
    t.deepEqual(
      b.events.filter((event) => event.kind === 'foreign-context'),
      [{ kind: 'foreign-context', session: x.id, owner: cc.id, used: second.id, ssl: c.id }],
    );
  });
}

test('since 3.0 a DER session ends with the group of its key exchange, also with none, and 1.1.1 knows no such field', (t) => {
  for (const profile of profileNames) {
    const b = new Bench(profile);
    const [cc, sc] = [b.ctx({ mode: Mode.both }), b.serverCtx('id')];
    const der = b.L.i2d_SSL_SESSION(b.established(cc, sc));
    const end = Buffer.from(der.subarray(-5)).toString('hex');
    t.is(end === 'b30302011d', profile !== '1.1.1', `${profile} ends with ${end}`); // [19] INTEGER x25519
    const bare = b.L.SSL_SESSION_new()!;
    bare.cipherSuite = suite;
    t.is(Buffer.from(b.L.i2d_SSL_SESSION(bare)).toString('hex').endsWith('b303020100'), profile !== '1.1.1');
    const newer = new Bench('3.5').L;
    const known = b.L.d2i_SSL_SESSION(newer.i2d_SSL_SESSION(newer.d2i_SSL_SESSION(der)));
    t.is(known === null, profile === '1.1.1');
  }
});

test('times are 64 bits wide, and modulo that', (t) => {
  const { L } = new Bench('1.1.1');
  const x = L.SSL_SESSION_new()!;
  t.is(L.SSL_SESSION_set_time(x, longMax), longMax);
  t.is(L.SSL_SESSION_get_time(x), longMax);
  t.is(L.SSL_SESSION_set_time(x, longMax + 1n), -longMax - 1n);
});
