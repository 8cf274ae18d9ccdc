import test from 'ava';
import fc from 'fast-check';
import { profileNames, type SslSession } from '../../../src/index.js';
import { LinearHash } from '../../../src/session/lhash.js';
import { Bench, Mode, noInternal, old, tls12, tls13 } from '../../_bench.js';

const longMax = 2n ** 63n - 1n;

/** OpenSSL's linear hash as openssl-sessions.md tells it, with arrays for chains. */
class PlainHash {
  chains: { key: number; hash: number }[][] = Array.from({ length: 4096 }, () => []);
  pmax = 8;
  p = 0;
  nodes = 8;
  alloc = 16;
  items = 0;
  down = 256;

  chain(hash: number): { key: number; hash: number }[] {
    const index = hash % this.pmax;
    return this.chains[index < this.p ? hash % this.alloc : index]!;
  }

  insert(key: number, hash: number): void {
    if (Math.floor((this.items * 256) / this.nodes) >= 512) {
      const [from, half, whole] = [this.p, this.pmax, this.alloc];
      if (from + 1 >= half) {
        this.pmax = whole;
        this.alloc = whole * 2;
        this.p = 0;
      } else {
        this.p += 1;
      }
      this.nodes += 1;
      const stay: { key: number; hash: number }[] = [];
      for (const entry of this.chains[from]!) {
        if (entry.hash % whole === from) stay.push(entry);
        else this.chains[from + half]!.unshift(entry);
      }
      this.chains[from] = stay;
    }
    const chain = this.chain(hash);
    if (chain.some((entry) => entry.key === key)) return;
    chain.push({ key, hash });
    this.items += 1;
  }

  delete(key: number, hash: number): void {
    const chain = this.chain(hash);
    const at = chain.findIndex((entry) => entry.key === key);
    if (at < 0) return;
    chain.splice(at, 1);
    this.items -= 1;
    if (this.nodes <= 16 || this.down < Math.floor((this.items * 256) / this.nodes)) return;
    const last = this.p + this.pmax - 1;
    const moved = this.chains[last]!;
    this.chains[last] = [];
    if (this.p === 0) {
      this.alloc /= 2;
      this.pmax /= 2;
      this.p = this.pmax - 1;
    } else {
      this.p -= 1;
    }
    this.nodes -= 1;
    this.chains[this.p]!.push(...moved);
  }

  order(): number[] {
    const keys: number[] = [];
    for (let index = this.nodes - 1; index >= 0; index -= 1) for (const { key } of this.chains[index]!) keys.push(key);
    return keys;
  }
}

const spread = (key: number): number => Math.imul(key, 2_654_435_761) >>> 0;
interface Entry {
  readonly key: number;
  readonly version: number;
  readonly sessionId: Uint8Array;
}

/** Its id begins with the hash, and ends with the key. */
const entry = (key: number, hash = spread(key)): Entry => {
  const sessionId = new Uint8Array(8);
  new DataView(sessionId.buffer).setUint32(0, hash, true);
  new DataView(sessionId.buffer).setUint32(4, key, true);
  return { key, version: tls12, sessionId };
};
const walked = (hash: LinearHash<Entry>): number[] => {
  const keys: number[] = [];
  hash.walk((one) => keys.push(one.key));
  return keys;
};
const linearHash = (): LinearHash<Entry> => new LinearHash({ keysChanged: () => false });

test('the hash is walked in the order of the plain description, whatever was inserted and deleted', (t) => {
  const command = fc.record({ add: fc.boolean(), key: fc.integer({ min: 0, max: 90 }) });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 300 }), fc.boolean(), (commands, collide) => {
      const hashOf = collide ? (key: number): number => spread(key % 13) : spread;
      const hash = linearHash();
      const plain = new PlainHash();
      for (const { add, key } of commands) {
        if (add) {
          hash.insert(entry(key, hashOf(key)));
          plain.insert(key, hashOf(key));
        } else {
          hash.delete(entry(key, hashOf(key)));
          plain.delete(key, hashOf(key));
        }
      }
      t.is(hash.items, plain.items);
      t.is(walked(hash).join(), plain.order().join());
    }),
    { seed: 38, numRuns: 150 },
  );
});

test('the hash finds what was put in and not taken out, through growing and shrinking', (t) => {
  const hash = linearHash();
  const plain = new PlainHash();
  for (let key = 0; key < 500; key += 1) {
    t.is(hash.insert(entry(key)), undefined);
    plain.insert(key, spread(key));
  }
  t.is(walked(hash).join(), plain.order().join());
  const replaced = hash.insert(entry(7));
  plain.insert(7, spread(7)); // inserting looks at the load first, also where it then replaces
  t.is(replaced?.key, 7);
  t.is(hash.items, 500);
  for (let key = 0; key < 500; key += 3) {
    t.is(hash.delete(entry(key))?.key, key);
    t.is(hash.delete(entry(key)), undefined);
    plain.delete(key, spread(key));
  }
  for (let key = 0; key < 500; key += 1) t.is(hash.find(entry(key))?.key, key % 3 === 0 ? undefined : key);
  t.is(walked(hash).join(), plain.order().join());
});

test('during a flush the hash contracts only once it is nearly empty', (t) => {
  const hash = linearHash();
  const plain = new PlainHash();
  for (let key = 0; key < 120; key += 1) {
    hash.insert(entry(key));
    plain.insert(key, spread(key));
  }
  const expected = plain.order();
  const seen: number[] = [];
  hash.withoutContraction(() => {
    hash.walk((one) => {
      seen.push(one.key);
      hash.delete(one);
    });
  });
  t.is(seen.join(), expected.join());
  t.is(hash.items, 0);
});

for (const profile of profileNames) {
  test(`A10 ${profile}: freeing a context removes its sessions in the line's order, each with two references`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    for (const session of b.sessions('abcde')) b.L.SSL_CTX_add_session(ctx, session);
    b.L.SSL_CTX_free(ctx);
    t.deepEqual(log, old(['e:2', 'd:2', 'c:2', 'b:2', 'a:2'], ['a:2', 'b:2', 'c:2', 'd:2', 'e:2'])[profile]);
  });

  test(`C01 ${profile}: adding twice takes one reference, removing twice calls back twice`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    const a = b.session('a');
    t.deepEqual([b.L.SSL_CTX_add_session(ctx, a), b.L.refs(a), b.n(ctx)], [1, 2, 1]);
    t.deepEqual([b.L.SSL_CTX_add_session(ctx, a), b.L.refs(a), b.n(ctx)], [0, 2, 1]);
    t.deepEqual([b.L.SSL_CTX_remove_session(ctx, a), b.L.refs(a), b.n(ctx), b.res(a)], [1, 1, 0, 0]);
    t.is(b.L.SSL_CTX_remove_session(ctx, a), 0);
    t.deepEqual(log, ['a:2', 'a:1']);
  });

  test(`C02 ${profile}: a session of the same key displaces silently, and removing through the other marks the argument`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    const [one, two] = [b.session('a'), b.session('a')];
    b.call(one, 'one');
    b.call(two, 'two');
    t.is(b.L.SSL_CTX_add_session(ctx, one), 1);
    t.is(b.L.SSL_CTX_add_session(ctx, two), 1);
    t.deepEqual(log, []);
    t.deepEqual([b.n(ctx), b.L.refs(one), b.L.refs(two), b.res(one), b.res(two)], [1, 1, 2, 1, 1]);
    t.is(b.L.SSL_CTX_remove_session(ctx, one), 1);
    t.deepEqual([b.n(ctx), b.L.refs(two), b.res(one), b.res(two)], [0, 1, 0, 1]);
    t.is(b.L.SSL_CTX_remove_session(ctx, two), 0);
    t.is(b.res(two), 0);
    t.deepEqual(log, ['one:1', 'two:1']);
  });

  test(`C03 ${profile}: the version is part of the key`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    t.is(b.L.SSL_CTX_add_session(ctx, b.session('a', { version: tls12 })), 1);
    t.is(b.L.SSL_CTX_add_session(ctx, b.session('a', { version: tls13 })), 1);
    t.is(b.n(ctx), 2);
  });

  test(`C04 ${profile}: removing a stranger marks it and calls back; a session without an id can only be flushed`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    const [a, y, z] = [b.session('a'), b.session(''), b.session('')];
    b.call(y, 'y');
    b.call(z, 'z');
    t.deepEqual([b.L.SSL_CTX_remove_session(ctx, a), b.res(a)], [0, 0]);
    t.is(b.L.SSL_CTX_remove_session(ctx, null), 0);
    t.is(b.L.SSL_CTX_remove_session(ctx, z), 0);
    t.deepEqual([b.L.SSL_CTX_add_session(ctx, z), b.n(ctx)], [1, 1]);
    t.deepEqual([b.L.SSL_CTX_remove_session(ctx, z), b.n(ctx)], [0, 1]);
    t.deepEqual([b.L.SSL_CTX_add_session(ctx, y), b.n(ctx), b.L.refs(z), b.L.refs(y)], [1, 1, 1, 2]);
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.is(b.n(ctx), 0);
    t.deepEqual(log, ['a:1', 'y:2']);
  });

  for (const [row, size, ids, expected] of [
    ['C05', 1, 'abc', old({ n: '111', log: 'ab', full: 2 }, { n: '111', log: 'ab', full: 2 })],
    ['C06', 2, 'abcd', old({ n: '1222', log: 'ab', full: 2 }, { n: '1111', log: 'abc', full: 3 })],
    ['C07', 3, 'abcde', old({ n: '12333', log: 'ab', full: 2 }, { n: '12222', log: 'abc', full: 3 })],
    ['C08', 0, 'abcdef', old({ n: '123456', log: '', full: 0 }, { n: '123456', log: '', full: 0 })],
  ] as const) {
    test(`${row} ${profile}: a cache of size ${size} evicts as the line does`, (t) => {
      const b = new Bench(profile);
      const ctx = b.ctx({ size });
      const log = b.removed(ctx);
      const numbers: number[] = [];
      for (const session of b.sessions(ids)) {
        b.L.SSL_CTX_add_session(ctx, session);
        numbers.push(b.n(ctx));
      }
      const want = expected[profile];
      t.is(numbers.join(''), want.n);
      t.deepEqual(
        log,
        [...want.log].map((name) => `${name}:2`),
      );
      t.is(b.L.SSL_CTX_sess_statistics(ctx).cacheFull, want.full);
    });
  }

  test(`C09 ${profile}: a smaller size evicts nothing until the next session is added`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    for (const session of b.sessions('abcde')) b.L.SSL_CTX_add_session(ctx, session);
    b.L.SSL_CTX_sess_set_cache_size(ctx, 2);
    t.is(b.n(ctx), 5);
    t.deepEqual(log, []);
    b.L.SSL_CTX_add_session(ctx, b.session('f'));
    const want = old({ log: 'abcd', n: 2 }, { log: 'abcde', n: 1 })[profile];
    t.deepEqual(
      log,
      [...want.log].map((name) => `${name}:2`),
    );
    t.is(b.n(ctx), want.n);
    t.is(b.L.SSL_CTX_sess_statistics(ctx).cacheFull, want.log.length);
  });

  test(`C10 ${profile}: the victim is the oldest added, or the one that expires first`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx({ size: 3 });
    const log = b.removed(ctx);
    const seen: string[] = [];
    for (const [id, timeout] of [
      ['a', 1000],
      ['b', 10],
      ['d', 500],
      ['e', 304],
    ] as const) {
      b.L.SSL_CTX_add_session(ctx, b.session(id, { timeout }));
      seen.push(`${b.n(ctx)}${log.splice(0).join('')}`);
    }
    t.deepEqual(seen, old(['1', '2', '3', '3a:2'], ['1', '2', '2b:2', '2d:2'])[profile]);
  });

  test(`C11 ${profile}: adding a cached session again moves it only in 3.0`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const [a, bb, d] = b.sessions('abd') as [SslSession, SslSession, SslSession];
    for (const session of [a, bb, d]) b.L.SSL_CTX_add_session(ctx, session);
    t.is(b.L.SSL_CTX_add_session(ctx, a), 0);
    const log = b.removed(ctx);
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.deepEqual(
      log.map((entry) => entry[0]),
      { '1.1.1': ['d', 'b', 'a'], '3.0': ['b', 'd', 'a'], '3.5': ['a', 'b', 'd'] }[profile],
    );
  });

  test(`C12 ${profile}: SSL_SESS_CACHE_UPDATE_TIME sets the time of what is added, and 1.1.1 does not know it`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx({ mode: Mode.server | Mode.updateTime });
    const all = b.sessions('abd') as [SslSession, SslSession, SslSession];
    const times = (): number[] => all.map((one) => Number(b.L.SSL_SESSION_get_time(one)) - 1_700_000_000);
    for (const session of all) {
      b.L.SSL_CTX_add_session(ctx, session);
      b.nowMs += 5_000;
    }
    t.deepEqual(times(), old([0, 0, 0], [0, 5, 10])[profile]);
    b.L.SSL_CTX_add_session(ctx, all[0]);
    t.deepEqual(times(), old([0, 0, 0], [15, 5, 10])[profile]);
    const log = b.removed(ctx);
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.deepEqual(
      log.map((entry) => entry[0]),
      { '1.1.1': ['d', 'b', 'a'], '3.0': ['b', 'd', 'a'], '3.5': ['a', 'b', 'd'] }[profile],
    );
  });

  test(`C13 ${profile}: setting time or timeout of a cached session moves it in 3.x`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const [a, bb, d] = b.sessions('abd') as [SslSession, SslSession, SslSession];
    for (const session of [a, bb, d]) b.L.SSL_CTX_add_session(ctx, session);
    t.is(b.L.SSL_SESSION_set_time(a, b.nowSeconds + 50), b.nowSeconds + 50);
    t.is(b.L.SSL_SESSION_set_timeout(d, 1), 1);
    const log = b.removed(ctx);
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.deepEqual(
      log.map((entry) => entry[0]),
      ['d', 'b', 'a'],
    );
  });

  test(`C14 C17 ${profile}: at its expiry a session is kept, a second later it is flushed`, (t) => {
    for (const timeout of [100, 0]) {
      const b = new Bench(profile);
      const ctx = b.ctx();
      b.L.SSL_CTX_add_session(ctx, b.session('a', { timeout }));
      const flushedAt = (seconds: number): number => {
        b.L.SSL_CTX_flush_sessions(ctx, b.nowSeconds + seconds);
        return b.n(ctx);
      };
      t.deepEqual([flushedAt(timeout - 1), flushedAt(timeout), flushedAt(timeout + 1)], [1, 1, 0]);
    }
  });

  test(`C15 ${profile}: a negative time flushes nothing, or in 3.5 everything`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    b.L.SSL_CTX_add_session(ctx, b.session('a'));
    const numbers: number[] = [];
    for (const time of [-1, 1, longMax]) {
      b.L.SSL_CTX_flush_sessions(ctx, time);
      numbers.push(b.n(ctx));
    }
    t.deepEqual(numbers, { '1.1.1': [1, 1, 0], '3.0': [1, 1, 0], '3.5': [0, 0, 0] }[profile]);
  });

  test(`C16 ${profile}: a flush goes in hash order, or by expiry`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    for (const [id, timeout] of Object.entries({ d: 50, a: 10, c: 30, b: 20, e: 400 })) {
      b.L.SSL_CTX_add_session(ctx, b.session(id, { timeout }));
    }
    b.L.SSL_CTX_flush_sessions(ctx, b.nowSeconds + 100);
    t.deepEqual(log, old(['d:2', 'c:2', 'b:2', 'a:2'], ['a:2', 'b:2', 'c:2', 'd:2'])[profile]);
    t.is(b.n(ctx), 1);
  });

  test(`C18 ${profile}: the callback of SSL_CTX_remove_session may remove another session`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const [a, other] = b.sessions('ab') as [SslSession, SslSession];
    for (const session of [a, other]) b.L.SSL_CTX_add_session(ctx, session);
    const inner: number[] = [];
    const log = b.removed(ctx, (session) => {
      if (session === a) inner.push(b.L.SSL_CTX_remove_session(ctx, other));
    });
    t.is(b.L.SSL_CTX_remove_session(ctx, a), 1);
    t.deepEqual(inner, [1]);
    t.deepEqual(log, ['a:2', 'b:2']);
    t.is(b.n(ctx), 0);
  });

  test(`C19 ${profile}: removing from within a flush goes through in 1.1.1 and is refused in 3.x`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const [a, other] = b.sessions('ab') as [SslSession, SslSession];
    for (const session of [a, other]) b.L.SSL_CTX_add_session(ctx, session);
    const inner: number[] = [];
    const log = b.removed(ctx, () => {
      if (inner.length === 0) {
        inner.push(-1);
        inner[0] = b.L.SSL_CTX_remove_session(ctx, other);
      }
    });
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.deepEqual(inner, [0]);
    t.deepEqual(
      log.map((entry) => entry[0]),
      old(['b', 'b', 'a'], ['a', 'b'])[profile],
    );
    t.is(b.n(ctx), 0);
  });

  test(`C20b ${profile}: the callback of SSL_CTX_remove_session may add the session again`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const a = b.session('a');
    b.L.SSL_CTX_add_session(ctx, a);
    const inner: number[] = [];
    b.removed(ctx, () => {
      inner.push(b.L.SSL_CTX_add_session(ctx, a));
    });
    t.is(b.L.SSL_CTX_remove_session(ctx, a), 1);
    t.deepEqual(inner, [1]);
    t.deepEqual([b.n(ctx), b.L.refs(a), b.res(a)], [1, 2, 0]);
  });

  test(`C20c ${profile}: adding again from within a flush goes through in 1.1.1 and is refused in 3.x`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const a = b.session('a');
    b.L.SSL_CTX_add_session(ctx, a);
    const inner: number[] = [];
    b.removed(ctx, () => {
      inner.push(b.L.SSL_CTX_add_session(ctx, a));
      t.is(b.n(ctx), old(1, 0)[profile], 'the number can be asked for');
    });
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.deepEqual(inner, old([1], [0])[profile]);
    t.deepEqual([b.n(ctx), b.L.refs(a), b.res(a)], old([1, 2, 0], [0, 1, 0])[profile]);
  });

  test(`${profile}: what the callback of an eviction tries under the lock is refused in 3.x alone`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx({ size: 1 });
    const [a, other, late] = b.sessions('abc') as [SslSession, SslSession, SslSession];
    b.L.SSL_CTX_add_session(ctx, a);
    const inner: number[] = [];
    const log = b.removed(ctx, () => {
      if (inner.length === 0) {
        inner.push(-1);
        inner[0] = b.L.SSL_CTX_remove_session(ctx, late);
      }
    });
    b.L.SSL_CTX_add_session(ctx, other);
    t.deepEqual(inner, [0]);
    t.deepEqual(log, old(['a:2', 'c:1'], ['a:2'])[profile]);
    t.deepEqual([b.n(ctx), b.res(late)], old([1, 0], [1, 1])[profile]);
  });

  test(`C21 ${profile}: add and remove work whatever the mode, and the mark stays`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx({ mode: Mode.off });
    const a = b.session('a');
    t.is(b.L.SSL_CTX_add_session(ctx, a), 1);
    t.is(b.L.SSL_CTX_remove_session(ctx, a), 1);
    t.is(b.L.SSL_CTX_add_session(ctx, a), 1);
    t.is(b.res(a), 0);
    b.L.SSL_CTX_set_session_cache_mode(ctx, noInternal.lookup | noInternal.store);
    t.deepEqual([b.L.SSL_CTX_add_session(ctx, b.session('b')), b.n(ctx)], [1, 2]);
  });

  test(`C23 ${profile}: a cached session whose id is changed is not found any more, and leaves its number behind`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    const a = b.session('a');
    b.L.SSL_CTX_add_session(ctx, a);
    b.L.SSL_SESSION_set1_id(a, Buffer.from('other'));
    t.deepEqual([b.L.SSL_CTX_remove_session(ctx, a), b.n(ctx), b.L.refs(a)], [0, 1, 2]);
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.deepEqual([b.L.refs(a), b.n(ctx)], [1, 1]);
    t.deepEqual(log, ['a:2', 'a:2']);
  });

  test(`C26 ${profile}: displacing evicts too where the number counts before the new session`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx({ size: 3 });
    const log = b.removed(ctx);
    for (const id of 'ab') b.L.SSL_CTX_add_session(ctx, b.session(id));
    t.is(b.n(ctx), 2);
    const again = b.session('a');
    b.call(again, 'A');
    t.deepEqual([b.L.SSL_CTX_add_session(ctx, again), b.n(ctx), log.length], [1, 2, 0]);
    b.L.SSL_CTX_add_session(ctx, b.session('d'));
    t.deepEqual([b.n(ctx), b.L.SSL_CTX_sess_statistics(ctx).cacheFull], old([3, 0], [2, 1])[profile]);
    t.deepEqual(log, old<string[]>([], ['b:2'])[profile]);
  });

  test(`C27 ${profile}: negative times are taken, refused or wrapped as the line does`, (t) => {
    const b = new Bench(profile);
    const a = b.session('a');
    const want = {
      '1.1.1': [1, -1, -1, -1],
      '3.0': [0, 304, -1, -1],
      '3.5': [0, 304, -1, 18_446_744_072],
    }[profile];
    t.deepEqual(
      [
        b.L.SSL_SESSION_set_timeout(a, -1),
        b.L.SSL_SESSION_get_timeout(a),
        b.L.SSL_SESSION_set_time(a, -1),
        b.L.SSL_SESSION_get_time(a),
      ],
      want,
    );
    t.deepEqual(
      [
        b.L.SSL_SESSION_set_timeout(null, 1),
        b.L.SSL_SESSION_get_timeout(null),
        b.L.SSL_SESSION_set_time(null, 1),
        b.L.SSL_SESSION_get_time(null),
      ],
      [0, 0, 0, 0],
    );
  });

  test(`C28 ${profile}: a timeout past the end of time is removed, never comes, or saturates`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const a = b.session('a');
    b.L.SSL_SESSION_set_timeout(a, longMax);
    t.is(b.L.SSL_SESSION_get_timeout(a), { '1.1.1': longMax, '3.0': longMax, '3.5': 18_446_744_072 }[profile]);
    b.L.SSL_CTX_add_session(ctx, a);
    b.L.SSL_CTX_flush_sessions(ctx, longMax);
    t.is(b.n(ctx), old(0, 1)[profile]);
  });

  test(`J18 ${profile}: a longer timeout of a cached session keeps it through a flush`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const [a, other] = b.sessions('ab') as [SslSession, SslSession];
    for (const session of [a, other]) b.L.SSL_CTX_add_session(ctx, session);
    b.L.SSL_SESSION_set_timeout(a, 5_000);
    const log = b.removed(ctx);
    b.L.SSL_CTX_flush_sessions(ctx, b.nowSeconds + 1_000);
    t.deepEqual(log, ['b:2']);
    t.is(b.n(ctx), 1);
  });

  test(`J20 ${profile}: a list out of order ends a flush of 3.5 early`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx({ mode: Mode.server | Mode.updateTime });
    const [a, other] = [b.session('a', { timeout: 10 }), b.session('b', { timeout: 11 })];
    for (const session of [a, other]) b.L.SSL_CTX_add_session(ctx, session);
    const start = b.nowSeconds;
    b.nowMs += 8_000;
    b.L.SSL_CTX_add_session(ctx, a);
    const log = b.removed(ctx);
    b.L.SSL_CTX_flush_sessions(ctx, start + 13);
    t.deepEqual(
      log.map((entry) => entry[0]),
      { '1.1.1': ['b', 'a'], '3.0': ['b'], '3.5': [] }[profile],
    );
    t.is(b.n(ctx), { '1.1.1': 0, '3.0': 1, '3.5': 2 }[profile]);
  });

  test(`J21 ${profile}: a removed session may be given another time`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const a = b.session('a');
    b.L.SSL_CTX_add_session(ctx, a);
    b.L.SSL_CTX_remove_session(ctx, a);
    b.L.SSL_SESSION_set_time(a, b.nowSeconds + 7);
    t.deepEqual([b.n(ctx), b.L.refs(a)], [0, 1]);
  });

  test(`J22 ${profile}: among equal expiries the oldest goes first`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const log = b.removed(ctx);
    for (const [id, timeout] of Object.entries({ d: 20, a: 10, c: 20, b: 10 })) {
      b.L.SSL_CTX_add_session(ctx, b.session(id, { timeout }));
    }
    b.L.SSL_CTX_flush_sessions(ctx, 0);
    t.deepEqual(
      log.map((entry) => entry[0]),
      old(['d', 'c', 'b', 'a'], ['a', 'b', 'd', 'c'])[profile],
    );
  });

  test(`K04 ${profile}: removing a duplicate takes the original out and leaves it resumable`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const a = b.session('a');
    b.L.SSL_CTX_add_session(ctx, a);
    const copy = b.L.SSL_SESSION_dup(a)!;
    b.L.SSL_SESSION_set_time(copy, 7);
    t.is(b.L.SSL_SESSION_get_time(a), b.nowSeconds);
    t.deepEqual([b.L.SSL_CTX_remove_session(ctx, copy), b.n(ctx), b.L.refs(a)], [1, 0, 1]);
    t.deepEqual([b.res(a), b.res(copy)], [1, 0]);
  });

  test(`K07 ${profile}: a cached session whose version is changed is still found by itself`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const a = b.session('a');
    b.L.SSL_CTX_add_session(ctx, a);
    b.L.SSL_SESSION_set_protocol_version(a, tls13);
    t.deepEqual([b.L.SSL_CTX_remove_session(ctx, a), b.n(ctx)], [1, 0]);
  });

  test(`G06 ${profile}: a duplicate of a removed session is not resumable, and one that is added displaces`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const [a, other] = b.sessions('ab') as [SslSession, SslSession];
    b.L.SSL_CTX_add_session(ctx, a);
    b.L.SSL_CTX_remove_session(ctx, a);
    const dead = b.L.SSL_SESSION_dup(a)!;
    t.deepEqual([b.res(dead), b.L.refs(dead)], [0, 1]);
    b.L.SSL_CTX_add_session(ctx, other);
    const e = b.L.SSL_SESSION_dup(other)!;
    t.is(b.L.refs(e), 1);
    t.deepEqual([b.L.SSL_CTX_add_session(ctx, e), b.n(ctx), b.L.refs(other), b.L.refs(e)], [1, 1, 1, 2]);
  });

  test(`F15 ${profile}: whole seconds decide a flush of a session made between two`, (t) => {
    const b = new Bench(profile);
    b.nowMs += 900;
    const ctx = b.ctx();
    b.L.SSL_CTX_add_session(ctx, b.session('a', { timeout: 10 }));
    b.L.SSL_CTX_flush_sessions(ctx, b.nowSeconds + 10);
    t.is(b.n(ctx), 1);
    b.L.SSL_CTX_flush_sessions(ctx, b.nowSeconds + 11);
    t.is(b.n(ctx), 0);
  });

  test(`${profile}: a cache holds what a plain model holds, whatever is added, removed, flushed and aged`, (t) => {
    const operation = fc.record({
      what: fc.constantFrom('add', 'add', 'add', 'remove', 'flush', 'wait', 'timeout'),
      which: fc.integer({ min: 0, max: 11 }),
      seconds: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const b = new Bench(profile);
        const ctx = b.ctx();
        const all = b.sessions('abcdefghijkl');
        const held = new Set<SslSession>();
        for (const { what, which, seconds } of operations) {
          const session = all[which]!;
          if (what === 'add') {
            t.is(b.L.SSL_CTX_add_session(ctx, session), held.has(session) ? 0 : 1);
            held.add(session);
          } else if (what === 'remove') {
            t.is(b.L.SSL_CTX_remove_session(ctx, session), held.delete(session) ? 1 : 0);
          } else if (what === 'wait') {
            b.nowMs += seconds * 1000;
          } else if (what === 'timeout') {
            b.L.SSL_SESSION_set_timeout(session, seconds);
          } else {
            b.L.SSL_CTX_flush_sessions(ctx, b.nowSeconds);
            for (const one of held) {
              const expiry = Number(b.L.SSL_SESSION_get_time(one)) + Number(b.L.SSL_SESSION_get_timeout(one));
              if (b.nowSeconds > expiry) held.delete(one);
            }
          }
          t.is(b.n(ctx), held.size);
          for (const one of all) t.is(b.L.refs(one), held.has(one) ? 2 : 1);
        }
      }),
      { seed: 5, numRuns: 25 },
    );
  });

  test(`${profile}: the list is in the order of the plain walk, also where entries aged in their places`, (t) => {
    const size = 9;
    const operation = fc.record({
      what: fc.constantFrom('add', 'add', 'add', 'add', 'remove', 'wait', 'timeout', 'time', 'mode'),
      which: fc.integer({ min: 0, max: 11 }),
      other: fc.integer({ min: 0, max: 11 }),
      seconds: fc.integer({ min: -9, max: 9 }),
    });
    const seen = { between: 0, disordered: 0 };
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120, size: 'max' }), (operations) => {
        const b = new Bench(profile);
        const { L } = b;
        const ctx = b.ctx({ size });
        const all = b.sessions('abcdefghijkl');
        const expiryOf = (one: SslSession): number =>
          Number(L.SSL_SESSION_get_time(one)) + Number(L.SSL_SESSION_get_timeout(one));
        let list: SslSession[] = [];
        const link = (session: SslSession): void => {
          list = list.filter((one) => one !== session);
          const [head] = list;
          const tail = list.at(-1);
          if (profile === '1.1.1' || head === undefined || expiryOf(session) >= expiryOf(head)) list.unshift(session);
          else if (expiryOf(session) < expiryOf(tail!)) list.push(session);
          else {
            seen.between += 1;
            list.splice(1 + list.slice(1).findIndex((one) => expiryOf(session) >= expiryOf(one)), 0, session);
          }
        };
        for (const { what, which, other, seconds } of operations) {
          const session = all[which]!;
          const isListed = list.includes(session);
          if (what === 'add') {
            // under the lock of an eviction the other's place cannot change with its timeout
            L.SSL_CTX_sess_set_remove_cb(ctx, () => void L.SSL_SESSION_set_timeout(all[other]!, 300 + seconds));
            L.SSL_CTX_add_session(ctx, session);
            L.SSL_CTX_sess_set_remove_cb(ctx, null);
            if (!isListed && profile !== '1.1.1') list = list.slice(0, size - 2);
            if (!isListed || profile === '3.0') link(session);
            if (profile === '1.1.1') list = list.slice(0, size);
          } else if (what === 'remove') {
            L.SSL_CTX_remove_session(ctx, session);
            list = list.filter((one) => one !== session);
          } else if (what === 'wait') {
            b.nowMs += seconds * 1000;
          } else if (what === 'mode') {
            L.SSL_CTX_set_session_cache_mode(ctx, seconds < 0 ? Mode.server : Mode.server | Mode.updateTime);
          } else {
            if (what === 'timeout') L.SSL_SESSION_set_timeout(session, 300 + seconds);
            else L.SSL_SESSION_set_time(session, b.nowSeconds + seconds);
            if (isListed && profile !== '1.1.1') link(session);
          }
          if (list.some((one, i) => i > 0 && expiryOf(one) > expiryOf(list[i - 1]!))) seen.disordered += 1;
          const names = (some: Iterable<SslSession>): string => [...some].map((one) => b.nameOf(one)).join('');
          t.is(names(ctx.cache.listed()), names(list));
        }
      }),
      { seed: 11, numRuns: 150 },
    );
    if (profile !== '1.1.1') t.true(seen.between > 500 && seen.disordered > 500, JSON.stringify(seen));
  });

  test(`${profile}: a session added to a second context leaves the list of the first, which can still be flushed`, (t) => {
    const b = new Bench(profile);
    const [one, two] = [b.ctx(), b.ctx()];
    const [a, d, e] = b.sessions('ade') as [SslSession, SslSession, SslSession];
    b.L.SSL_CTX_add_session(one, a);
    b.L.SSL_CTX_add_session(one, d);
    b.L.SSL_CTX_add_session(two, d);
    b.L.SSL_CTX_add_session(one, e);
    t.deepEqual([[...one.cache.listed()], [...two.cache.listed()]], [[e, a], [d]]);
    b.L.SSL_CTX_free(two);
    b.L.SSL_CTX_flush_sessions(one, 0);
    t.is(b.n(one), profile === '1.1.1' ? 0 : 1);
    b.L.SSL_CTX_free(one);
  });

  test(`${profile}: ten thousand sessions of unequal expiry are listed in its order, and evicted from its end`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx({ size: 0 });
    const made: SslSession[] = [];
    for (let i = 0; i < 10_000; i += 1) {
      const session = b.L.SSL_SESSION_new()!;
      b.L.SSL_SESSION_set1_id(session, Uint8Array.of(i >> 8, i & 0xff, 1, 1));
      b.L.SSL_SESSION_set_timeout(session, 1 + (Math.imul(i, 7_919) % 10_007));
      made.push(session);
      b.L.SSL_CTX_add_session(ctx, session);
    }
    const latestFirst = made.toReversed();
    const timeout = (one: SslSession): number => Number(b.L.SSL_SESSION_get_timeout(one));
    if (profile !== '1.1.1') latestFirst.sort((x, y) => timeout(y) - timeout(x));
    t.true([...ctx.cache.listed()].every((one, i) => one === latestFirst[i]));
    b.L.SSL_CTX_sess_set_cache_size(ctx, 4_000);
    b.L.SSL_CTX_add_session(ctx, b.session('z', { timeout: 20_000 }));
    const kept = profile === '1.1.1' ? 3_999 : 3_998;
    t.true([...ctx.cache.listed()].slice(1).every((one, i) => one === latestFirst[i]));
    t.is([...ctx.cache.listed()].length, 1 + kept);
  });
}

for (const profile of profileNames) {
  test(`${profile}: a cached session whose id or version is another since is found by what it is now, where its hash still is`, (t) => {
    const b = new Bench(profile);
    const ctx = b.ctx();
    const idOf = (last: number): Uint8Array => Uint8Array.of(1, 2, 3, 4, last);
    const [one, two] = [b.session('a'), b.session('b')];
    b.L.SSL_SESSION_set1_id(one, idOf(1));
    b.L.SSL_SESSION_set1_id(two, idOf(2));
    b.L.SSL_CTX_add_session(ctx, one);
    b.L.SSL_CTX_add_session(ctx, two);
    const found = (last: number, version = tls12): SslSession | undefined =>
      ctx.cache.find({ version, sessionId: idOf(last) });
    t.deepEqual([found(1), found(2), found(3)], [one, two, undefined]);
    b.L.SSL_SESSION_set1_id(one, idOf(3));
    t.deepEqual([found(1), found(2), found(3)], [undefined, two, one]);
    b.L.SSL_SESSION_set_protocol_version(two, tls13);
    t.deepEqual([found(2), found(2, tls13)], [undefined, two]);
    b.L.SSL_SESSION_set1_id(one, Uint8Array.of(9, 2, 3, 4, 3));
    t.is(ctx.cache.find({ version: tls12, sessionId: one.sessionId }), undefined);
  });
}
