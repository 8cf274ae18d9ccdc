import test from 'ava';
import { cipherSuites, profileNames, type Ssl, testCredentials } from '../../../src/index.js';
import { Bench, type Ends } from '../../_bench.js';

const rsaSuites = cipherSuites.filter((suite) => suite.keyExchange === 'rsa');

function pair(b: Bench, code: number): Ends {
  const [cc, sc] = [b.ctx(), b.serverCtx('id')];
  b.L.SSL_CTX_use_credential(sc, testCredentials['rsa-2048']);
  b.L.SSL_CTX_set_cipher_suites(cc, [code]);
  return b.pair(cc, sc);
}

/** Moves what one side wrote to the other, changed on its way. */
function pass(from: Ssl, to: Ends['ct'], change: (bytes: Buffer) => Buffer, b: Bench): void {
  b.L.SSL_do_handshake(from);
  const bytes = change(Buffer.concat(to.take()));
  to.put(bytes);
}

for (const profile of profileNames) {
  test(`${profile}: both sides agree by RSA with every suite, without a ServerKeyExchange, and resume`, (t) => {
    for (const crypto of ['fast', 'real'] as const) {
      for (const suite of rsaSuites) {
        const b = new Bench(profile, { crypto });
        const ends = pair(b, suite.code);
        t.is(b.shake(ends), 'ok', suite.name);
        t.is(b.L.SSL_get_cipher_name(ends.c), suite.opensslName);
        t.deepEqual(ends.c.session?.masterKey, ends.s.session?.masterKey);
        const messages = b.events.flatMap((event) =>
          event.kind === 'message' && event.ssl === ends.c.id && event.direction === 'received'
            ? [event.handshakeType]
            : [],
        );
        t.deepEqual(messages, [2, 11, 14, 20]);
        const again = b.pair(ends.c.context, ends.s.context);
        b.L.SSL_set_session(again.c, ends.c.session!);
        t.is(b.shake(again), 'ok');
        t.is(b.L.SSL_session_reused(again.c), 1);
      }
    }
  });

  test(`${profile}: a premaster secret that does not fit is not told, and fails at Finished like any other`, (t) => {
    const broken = (change: (bytes: Buffer) => Buffer, version = 0x0303): unknown[] => {
      const b = new Bench(profile, { crypto: 'real' });
      const ends = pair(b, 0x009c);
      b.L.SSL_do_handshake(ends.c);
      ends.c.clientVersion = version; // what the client will write into the secret
      b.L.SSL_do_handshake(ends.s);
      pass(ends.c, ends.st, change, b);
      const result = b.L.SSL_do_handshake(ends.s);
      return [result, b.L.takeErrors()[0], b.alerts(ends.s)];
    };
    const silent = [-1, 'decryption failed or bad record mac', ['sent fatal 20']];
    const encryptedAt = 5 + 4 + 2;
    const flipped = (at: number) => (bytes: Buffer) =>
      Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    t.deepEqual(broken(flipped(encryptedAt + 100)), silent);
    t.deepEqual(
      broken((bytes) => bytes, 0x0302),
      silent,
    );
    const told = [-1, 'decryption failed', ['sent fatal 51']];
    t.deepEqual(
      broken((bytes) => Buffer.from(bytes.fill(255, encryptedAt, encryptedAt + 256))),
      told,
    );
    const length = [-1, 'length mismatch', ['sent fatal 50']];
    t.deepEqual(broken(flipped(encryptedAt - 1)), length);
  });

  test(`${profile}: a client without a group in common gets RSA from a server that has the key for it, and nothing from another`, (t) => {
    const b = new Bench(profile);
    const seen: number[] = [];
    for (const [kind, expected] of [
      ['rsa-2048', 'AES256-GCM-SHA384'],
      ['ec-p256', null],
    ] as const) {
      const [cc, sc] = [b.ctx(), b.serverCtx('id')];
      b.L.SSL_CTX_use_credential(sc, testCredentials[kind]);
      b.L.SSL_CTX_set_not_resumable_session_callback(sc, (_, forwardSecure) => {
        seen.push(forwardSecure);
        return 0;
      });
      const ends = b.pair(cc, sc);
      b.L.SSL_do_handshake(ends.c);
      const hello = Buffer.concat(ends.st.take());
      const groups = hello.indexOf(Buffer.from('000a000c000a001d0017', 'hex'));
      t.true(groups > 0);
      hello.fill(0xaa, groups + 6, groups + 16); // groups that nobody has
      ends.st.put(hello);
      b.L.SSL_do_handshake(ends.s);
      t.is(b.L.SSL_get_cipher_name(ends.s), expected);
    }
    t.deepEqual(seen, [0], 'it is not forward secure');
  });
}
