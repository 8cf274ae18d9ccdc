/** Keys from elsewhere, on the model and on each line of real OpenSSL. */
import test from 'ava';
import { type Libssl, profileNames, type Ssl, type SslSession, testCredentials } from '../../../src/index.js';
import { Bench, type Ends, tls13 } from '../../_bench.js';
import { aes128, answersOfCase, keyCases, identity as keyName } from '../../_libssl/key-cases.js';
import { playOnLibssl } from '../../_libssl/play.js';

const identity = bytes(keyName);

for (const profile of profileNames) {
  for (const [title, one] of Object.entries(keyCases)) {
    test(`${profile}: ${title}`, (t) => {
      const { setup, asked } = one;
      const b = new Bench(profile);
      const { L } = b;
      const [cc, sc] = [b.ctx({ version: tls13 }), b.ctx({ version: tls13 })];
      if (setup.withoutCertificate !== true) L.SSL_CTX_use_credential(sc, testCredentials['ec-p256']);
      for (const ctx of [cc, sc]) L.SSL_CTX_set_ciphersuites(ctx, setup.suites ?? 'TLS_AES_128_GCM_SHA256');
      if (setup.retries === true) L.SSL_CTX_set1_groups_list(sc, 'P-521');
      const calls: string[] = [];
      const made: SslSession[] = [];
      const key = (byte: number): SslSession => {
        made.push(keyOf(L, { byte, suite: setup.keySuite ?? aes128, version: setup.version ?? tls13 }));
        return made.at(-1)!;
      };
      L.SSL_CTX_set_psk_use_session_callback(cc, () => {
        calls.push('use');
        if (setup.use === 'fail') return 'fail';
        return setup.use === 'none' ? undefined : { identity, session: key(1) };
      });
      L.SSL_CTX_set_psk_find_session_callback(sc, (_ssl, name) => {
        calls.push('find');
        t.deepEqual(name, identity);
        if (setup.find === 'fail') return 'fail';
        return setup.find === 'none' ? undefined : key(setup.serverKey ?? 1);
      });
      const ends = b.pair(cc, sc);
      t.deepEqual(play(L, ends), answersOfCase(one, profile));
      t.is(calls.join(' '), asked);
      L.SSL_free(ends.c);
      L.SSL_free(ends.s);
      t.deepEqual(
        made.map((session) => L.refs(session)),
        made.map(() => 0),
        'each key is given back',
      );
    });
  }

  test(`${profile}: real OpenSSL answers each case of a key so`, (t) => {
    const keys = Object.values(keyCases);
    const played = playOnLibssl(t, profile, { keys });
    if (played === undefined) return;
    t.deepEqual(
      played.keys,
      keys.map((one) => ({ answers: answersOfCase(one, profile), asked: one.asked })),
    );
  });

  test(`${profile}: a ticket goes before the key, and is what the server takes`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx({ version: tls13 }), b.serverCtx('ticket', { version: tls13 })];
    for (const ctx of [cc, sc]) L.SSL_CTX_set_ciphersuites(ctx, 'TLS_AES_128_GCM_SHA256');
    const names: number[] = [];
    const options = { byte: 1, suite: aes128, version: tls13 };
    L.SSL_CTX_set_psk_use_session_callback(cc, () => ({ identity, session: keyOf(L, options) }));
    L.SSL_CTX_set_psk_find_session_callback(sc, (_ssl, name) => {
      names.push(name.length);
      return name.length === identity.length ? keyOf(L, options) : undefined;
    });
    const session = b.established(cc, sc);
    const { c, s } = b.connect(cc, sc, session);
    t.deepEqual([L.SSL_session_reused(c), L.SSL_session_reused(s)], [1, 1]);
    t.is(names.length, 2);
    t.is(names[0], identity.length);
    t.true(names[1]! > 100, 'the ticket, which the callback does not know');
  });

  test(`${profile}: a key that allows early data is enough for it`, (t) => {
    const b = new Bench(profile);
    const { L } = b;
    const [cc, sc] = [b.ctx({ version: tls13 }), b.serverCtx('ticket', { version: tls13 })];
    for (const ctx of [cc, sc]) L.SSL_CTX_set_ciphersuites(ctx, 'TLS_AES_128_GCM_SHA256');
    L.SSL_CTX_set_max_early_data(sc, 100);
    let early = 50;
    const key = (): SslSession => {
      const session = keyOf(L, { byte: 1, suite: aes128, version: tls13 });
      L.SSL_SESSION_set_max_early_data(session, early);
      return session;
    };
    L.SSL_CTX_set_psk_use_session_callback(cc, () => ({ identity, session: key() }));
    L.SSL_CTX_set_psk_find_session_callback(sc, () => key());
    const { c, s } = b.pair(cc, sc);
    t.is(L.SSL_write_early_data(c, bytes('now')), 1);
    t.deepEqual(L.SSL_read_early_data(s, 10), [1, bytes('now')]);
    t.is(L.SSL_do_handshake(c), 1);
    t.is(L.SSL_read_early_data(s, 10)[0], 2);
    t.is(L.SSL_do_handshake(s), 1);
    t.deepEqual([L.SSL_get_early_data_status(c), L.SSL_get_early_data_status(s)], [2, 2]);
    early = 0;
    const without = b.pair(cc, sc);
    L.takeErrors();
    t.is(L.SSL_write_early_data(without.c, bytes('now')), 0);
    t.deepEqual(L.takeErrors(), profile === '1.1.1' ? ['cipher or hash unavailable'] : []);
  });
}

function keyOf(
  L: Libssl,
  { byte, suite, version }: { readonly byte: number; readonly suite: number; readonly version: number },
): SslSession {
  const session = L.SSL_SESSION_new()!;
  L.SSL_SESSION_set1_master_key(session, new Uint8Array(32).fill(byte));
  L.SSL_SESSION_set_cipher(session, suite);
  L.SSL_SESSION_set_protocol_version(session, version);
  return session;
}

function play(L: Libssl, { c, s }: Ends): string[] {
  const said = (ssl: Ssl, result: number, data: Uint8Array = new Uint8Array(0)): string => {
    const error = L.SSL_get_error(ssl, result).replace('SSL_ERROR_', '');
    const words = result > 0 ? [Buffer.from(data).toString()] : [error, ...L.takeErrors()];
    return [result, ...words].join(' ').trim();
  };
  const answers = [c, s, c, s].map((ssl) => said(ssl, L.SSL_do_handshake(ssl)));
  answers.push(said(c, ...L.SSL_read(c, 100)));
  answers.push(said(s, L.SSL_write(s, bytes('hi'))));
  answers.push(said(c, ...L.SSL_read(c, 100)));
  const reused = [c, s].map((ssl) => L.SSL_session_reused(ssl)).join(' ');
  const finished = [c, s].map((ssl) => L.SSL_is_init_finished(ssl)).join(' ');
  return [...answers, `reused ${reused}, finished ${finished}`];
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}
