import test from 'ava';
import fc from 'fast-check';
import type { SslSession } from '../../../src/index.js';
import { SessionList } from '../../../src/session/session-list.js';
import { Bench } from '../../_bench.js';

const later = (a: SslSession, b: SslSession): boolean =>
  a.expiry.never === b.expiry.never ? a.expiry.at > b.expiry.at : a.expiry.never;

for (const profile of ['3.0', '3.5'] as const) {
  test(`${profile}: the list is a plain one, and finds what a walk finds, in order or not, through growing and shrinking`, (t) => {
    const operation = fc.record({
      what: fc.constantFrom('insert', 'insert', 'insert', 'delete', 'change'),
      at: fc.nat(),
      timeout: fc.oneof(
        fc.integer({ min: 1, max: 400 }),
        // 3.5: so late that a number does not tell microseconds apart; 3.0: past the end of time
        fc.constantFrom(2n ** 33n, 2n ** 63n - 1n, 2n ** 63n - 2n),
      ),
    });
    const seen = { found: 0, none: 0, most: 0 };
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 300, maxLength: 900, size: 'max' }),
        fc.boolean(),
        (operations, drains) => {
          const b = new Bench(profile);
          const list = new SessionList();
          const plain: SslSession[] = [];
          const session = (timeout: number | bigint): SslSession => {
            b.nowMs += 0.001;
            const made = b.L.SSL_SESSION_new()!;
            b.L.SSL_SESSION_set_timeout(made, timeout);
            return made;
          };
          const drop = (at: number): void => list.delete(plain.splice(at, 1)[0]!);
          for (const { what, at, timeout } of operations) {
            const where = at % (plain.length + 1);
            const one = plain[where];
            if (what === 'insert' || one === undefined) {
              const made = session(timeout);
              list.insert(made, one);
              plain.splice(where, 0, made);
            } else if (what === 'delete') {
              drop(where);
            } else {
              b.L.SSL_SESSION_set_timeout(one, timeout);
              list.changed(one);
            }
            const asked = session(timeout).expiry;
            const found = plain.find((each) => !later(each, { expiry: asked } as SslSession));
            t.is(list.firstNoLaterThan(asked), found);
            seen[found === undefined ? 'none' : 'found'] += 1;
            seen.most = Math.max(seen.most, plain.length);
          }
          t.true([...list].every((one, i) => one === plain[i]));
          while (drains && plain.length > 0) drop(plain.length % 3 === 0 ? 0 : plain.length >> 1);
          t.deepEqual([[...list].length, list.first, list.last], [plain.length, plain[0], plain.at(-1)]);
        },
      ),
      { seed: 3, numRuns: 40 },
    );
    t.true(seen.found > 500 && seen.none > 50 && seen.most > 200, JSON.stringify(seen));
  });
}
