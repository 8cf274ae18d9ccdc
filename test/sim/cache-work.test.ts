/** Work that a call does: what walks through caches pass is bounded by what they take out. */
import test from 'ava';
import { ProcessAudit } from '../../sim/audit/index.js';
import { type Broken, judgeWork } from '../../sim/invariants/index.js';
import { type Counted, fastCrypto, libssl, type ProfileName, type SslCtx } from '../../src/index.js';

interface Looked {
  readonly broken: readonly Broken[];
  readonly number: number;
}

/**
 * Flushes a cache of ten sessions, of which one has expired.
 * @param flushScan - `hash`: by the walk of 1.1.1, in place of the profile's own
 */
function flushed(profile: ProfileName, flushScan?: 'hash'): Looked {
  const broken: Broken[] = [];
  const audit = new ProcessAudit({
    nameOf: (object, kind) => `${kind} ${object}`,
    report: (one) => {
      if (one !== undefined) broken.push(one);
    },
    came: () => {},
  });
  const environment = {
    nowMs: () => 1_700_000_000_000,
    fillRandom: (_label: string, target: Uint8Array) => void target.fill(7),
    crypto: fastCrypto(),
    made: (object: Counted) => audit.made(object),
  };
  const library = libssl({ profile, environment });
  const ctx = library.SSL_CTX_new(library.TLS_method());
  if (ctx === null) throw new Error('no context');
  for (let n = 1; n <= 10; n += 1) {
    const session = library.SSL_SESSION_new();
    if (session === null) throw new Error('no session');
    library.SSL_SESSION_set1_id(session, Uint8Array.of(n));
    library.SSL_SESSION_set_timeout(session, n === 5 ? 1 : 300);
    library.SSL_CTX_add_session(ctx, session);
    library.SSL_SESSION_free(session);
    audit.called(ctx.id);
  }
  if (flushScan !== undefined) walksThrough(ctx, flushScan);
  library.SSL_CTX_flush_sessions(ctx, 1_700_000_100);
  audit.called(ctx.id);
  return { broken, number: library.SSL_CTX_sess_number(ctx) };
}

function walksThrough({ library }: SslCtx, flushScan: 'hash'): void {
  Object.assign(library, { profile: { ...library.profile, flushScan } });
}

for (const profile of ['1.1.1', '3.0', '3.5'] as const) {
  test(`${profile}: a flush passes no more sessions than its line of OpenSSL does`, (t) => {
    t.deepEqual(flushed(profile), { broken: [], number: 9 });
  });
}

for (const profile of ['3.0', '3.5'] as const) {
  test(`${profile}: a flush that walks through the whole table, to the same end, is found out by its work`, (t) => {
    const { broken, number } = flushed(profile, 'hash');
    t.is(number, 9, 'nothing else is wrong');
    t.deepEqual(
      broken.map(({ invariant, text }) => `${invariant.name}: ${text}`),
      [
        'work-within-what-it-touches: 1 walk(s) through caches looked at 9 sessions that they left there, where 1 are enough',
      ],
    );
  });
}

test('a walk may pass what ends it, and no more', (t) => {
  t.is(judgeWork({ walks: 2, passed: 2, passedMax: 2 }), undefined);
  t.is(judgeWork({ walks: 2, passed: 3, passedMax: 2 })?.invariant.owner, 'libssl');
});
