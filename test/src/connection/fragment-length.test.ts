import test from 'ava';
import { profileNames, type SslSession } from '../../../src/index.js';
import { Bench } from '../../_bench.js';

const lengths = [
  [1, 512],
  [2, 1024],
  [3, 2048],
  [4, 4096],
] as const;
const recordGrowth = 24; // AES-GCM: explicit nonce and tag

/** The lengths of the records in a stretch of bytes. */
function recordLengths(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length; at += 5 + (found.at(-1) ?? 0)) {
    found.push((bytes[at + 3]! << 8) | bytes[at + 4]!);
  }
  return found;
}

for (const profile of profileNames) {
  test(`${profile}: both sides cut what they send to the length that the client asked for, and keep it in the session`, (t) => {
    for (const [code, bytes] of lengths) {
      const b = new Bench(profile);
      const { L } = b;
      const [cc, sc] = [b.ctx(), b.serverCtx('id')];
      t.is(L.SSL_CTX_set_tlsext_max_fragment_length(cc, code), 1);
      const ends = b.pair(cc, sc);
      t.is(b.shake(ends), 'ok');
      for (const [from, to] of [
        [ends.c, ends.st],
        [ends.s, ends.ct],
      ] as const) {
        t.is(L.SSL_SESSION_get_max_fragment_length(L.SSL_get_session(from)!), code);
        to.take();
        t.is(L.SSL_write(from, new Uint8Array(2 * bytes + 1)), 2 * bytes + 1);
        t.deepEqual(recordLengths(Buffer.concat(to.take())), [
          bytes + recordGrowth,
          bytes + recordGrowth,
          1 + recordGrowth,
        ]);
      }
      const session = L.SSL_get_session(ends.c)!;
      const der = L.i2d_SSL_SESSION(session);
      t.true(Buffer.from(der).toString('hex').includes(`b10302010${code}`), 'field 17');
      t.is(L.SSL_SESSION_get_max_fragment_length(L.d2i_SSL_SESSION(der)!), code);
      t.is(L.SSL_SESSION_get_max_fragment_length(L.SSL_SESSION_dup(session)!), code);
    }
  });

  test(`${profile}: without the extension nothing is said of it, and records have up to 2^14 bytes`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const ends = b.pair(b.ctx(), b.serverCtx('id'));
    t.is(b.shake(ends), 'ok');
    const session = L.SSL_get_session(ends.c)!;
    t.is(L.SSL_SESSION_get_max_fragment_length(session), 0);
    t.is(L.SSL_SESSION_get_max_fragment_length(L.SSL_SESSION_new()!), 0);
    t.false(Buffer.from(L.i2d_SSL_SESSION(session)).toString('hex').includes('b103020'));
    ends.st.take();
    L.SSL_write(ends.c, new Uint8Array(20_000));
    t.deepEqual(recordLengths(Buffer.concat(ends.st.take())), [16_384 + recordGrowth, 3_616 + recordGrowth]);
  });

  test(`${profile}: the calls refuse what is no length`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const cc = b.ctx();
    const ssl = L.SSL_new(cc)!;
    for (const mode of [5, 255, 512]) {
      const accepted = mode === 512 ? 1 : 0; // a uint8_t
      t.is(L.SSL_CTX_set_tlsext_max_fragment_length(cc, mode), accepted, String(mode));
      t.is(L.SSL_set_tlsext_max_fragment_length(ssl, mode), accepted, String(mode));
      const reason = 'ssl3 ext invalid max fragment length';
      t.deepEqual(L.takeErrors(), accepted === 1 ? [] : [reason, reason]);
    }
  });

  test(`${profile}: a record with more than was agreed ends the connection`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx(), b.serverCtx('id')];
    L.SSL_CTX_set_tlsext_max_fragment_length(cc, 1);
    const ends = b.pair(cc, sc);
    t.is(b.shake(ends), 'ok');
    L.SSL_get_session(ends.c)!.maxFragmentLength = 0; // the client forgets what it asked for
    L.SSL_write(ends.c, new Uint8Array(513));
    const { result, errors } = b.read(ends.s);
    t.is(result, -1);
    t.is(errors[0], 'data length too long');
    t.deepEqual(b.alerts(ends.s), ['sent fatal 22']);
  });

  test(`${profile}: a resumption ${profile === '1.1.1' ? 'has to ask for the same length again' : 'keeps the length of its session'}`, (t) => {
    const resumed = (first: number, second: number): unknown[] => {
      const b = new Bench(profile);
      const { L } = b;
      const [cc, sc] = [b.ctx(), b.serverCtx('id')];
      L.SSL_CTX_set_tlsext_max_fragment_length(cc, first);
      const session: SslSession = b.established(cc, sc);
      L.SSL_CTX_set_tlsext_max_fragment_length(cc, second);
      const ends = b.pair(cc, sc);
      L.SSL_set_session(ends.c, session);
      const how = b.shake(ends);
      const server = L.SSL_get_session(ends.s);
      return [how, how === 'ok' ? L.SSL_SESSION_get_max_fragment_length(server!) : L.takeErrors()[0]];
    };
    const old = profile === '1.1.1';
    const invalid = 'ssl3 ext invalid max fragment length';
    t.deepEqual(resumed(2, 2), ['ok', 2]);
    t.deepEqual(resumed(0, 0), ['ok', 0]);
    t.deepEqual(resumed(0, 2), old ? ['server failed', invalid] : ['ok', 0]);
    t.deepEqual(resumed(2, 3), old ? ['server failed', invalid] : ['client failed', invalid]);
    t.deepEqual(resumed(2, 0), old ? ['server failed', 'bad extension'] : ['client failed', 'unsolicited extension']);
  });
}
