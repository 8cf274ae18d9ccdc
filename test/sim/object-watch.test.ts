/** What is said of objects that outlive their process, where a stack tells little of them. */
import test from 'ava';
import type { Broken } from '../../sim/invariants/index.js';
import { ObjectWatch } from '../../sim/world/watch.js';

test('a leak has the count that it has, and names holders and steps where they are known', (t) => {
  const told: (Broken | undefined)[] = [];
  const objects = { nameOf: (id: number, kind: string) => `${kind} #${id}`, snapshot: () => ({ refs: 2 }) };
  type Asked = ConstructorParameters<typeof ObjectWatch>;
  // No more of them is asked.
  const watch = new ObjectWatch(objects as unknown as Asked[0], { claimsOf: () => [] } as unknown as Asked[1], (one) =>
    told.push(one),
  );
  watch.happened({ kind: 'made', object: 3, type: 'session' }, '');
  watch.happened({ kind: 'made', object: 4, type: 'session' }, 'client-4');
  watch.happened({ kind: 'count', object: 4, type: 'session', count: 1, holder: 'program' }, 'client-4');
  watch.leaks({ atWork: false });
  t.deepEqual(
    told.map((one) => `${one?.invariant.owner}: ${one?.text}`),
    [
      'program: session #3 still has 2 reference(s) at exit',
      'program: session #4 still has 1 reference(s) at exit, held by program since client-4',
    ],
  );
});

test('what a cache still has when other tasks are at work is not lost, though the connection that made it is gone', (t) => {
  const told: (Broken | undefined)[] = [];
  const objects = { nameOf: (id: number, kind: string) => `${kind} #${id}`, snapshot: () => undefined };
  type Asked = ConstructorParameters<typeof ObjectWatch>;
  // No more of them is asked.
  const watch = new ObjectWatch(objects as unknown as Asked[0], { claimsOf: () => [] } as unknown as Asked[1], (one) =>
    told.push(one),
  );
  const counted = (object: number, count: number, holder: string): void =>
    watch.happened({ kind: 'count', object, type: 'session', count, holder }, 'close');
  watch.happened({ kind: 'made', object: 1, type: 'ctx' }, '');
  watch.happened({ kind: 'made', object: 2, type: 'ssl' }, '');
  for (const session of [3, 4]) {
    watch.happened({ kind: 'made', object: session, type: 'session' }, 'close');
    counted(session, 1, 'ssl#2');
    counted(session, 2, 'cache of ctx#1');
  }
  counted(3, 1, 'ssl#2');
  counted(4, 1, 'cache of ctx#1');
  watch.happened({ kind: 'freed', object: 2, type: 'ssl' }, 'free');
  watch.leaks({ atWork: true });
  t.deepEqual(
    told.map((one) => one?.text),
    ['session #4 still has 1 reference(s) at exit, held by ssl#2 since close'],
  );
});
