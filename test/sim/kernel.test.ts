/** Order, time and randomness: what every run rests on, and the traps of the libraries beneath. */
import { createClock } from '@sinonjs/fake-timers';
import test from 'ava';
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { canonicalSeed, Kernel, KernelError, pendingEventsMax, type RandomStream } from '../../sim/kernel/index.js';

const year = 365 * 24 * 3600 * 1_000_000;

function code(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return error instanceof KernelError ? error.code : `untyped: ${String(error)}`;
  }
  return undefined;
}

test('events run by time, those of one instant in the order in which they were scheduled, cancelled ones never', (t) => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), delay: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('run' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const kernel = new Kernel({ seed: 'heap' });
      const handles: ReturnType<Kernel['schedule']>[] = [];
      let expected: { at: number; id: number }[] = [];
      const ran: number[] = [];
      const takeExpected = (): number | undefined => {
        const next = [...expected].sort((x, y) => x.at - y.at || x.id - y.id)[0];
        expected = expected.filter((each) => each !== next);
        return next?.id;
      };
      const runOne = (): boolean => {
        const want = takeExpected();
        const before = ran.length;
        const any = kernel.step();
        return any === (want !== undefined) && (want === undefined ? ran.length === before : ran.at(-1) === want);
      };
      for (const each of steps) {
        if (each.do === 'add') {
          const id = handles.length;
          expected.push({ at: kernel.nowUs + each.delay, id });
          handles.push(kernel.schedule(each.delay, id, () => ran.push(id)));
        } else if (each.do === 'cancel' && handles.length > 0) {
          const id = each.which % handles.length;
          const waits = expected.some((event) => event.id === id);
          if (kernel.cancel(handles[id]!) !== waits) return false;
          expected = expected.filter((event) => event.id !== id);
        } else if (each.do === 'run' && !runOne()) return false;
        if (kernel.pending !== expected.length) return false;
      }
      while (expected.length > 0) if (!runOne()) return false;
      return kernel.pending === 0 && !kernel.step();
    }),
    { numRuns: 300, seed: 1 },
  );
  t.pass();
});

test('many cancelled events do not fill the queue, and those that stay keep their order', (t) => {
  const kernel = new Kernel({ seed: 'cancel' });
  const ran: number[] = [];
  for (let i = 0; i < 1000; i++) kernel.schedule(1_000_000 + (i % 7), 'stays', () => ran.push(i));
  for (let i = 0; i < 2 * pendingEventsMax; i++) kernel.cancel(kernel.schedule(i % 1000, 'goes', () => t.fail()));
  t.is(kernel.pending, 1000);
  kernel.run({ eventsMax: 2000 });
  t.deepEqual(
    ran,
    Array.from({ length: 1000 }, (_, i) => i).sort((x, y) => (x % 7) - (y % 7) || x - y),
  );
});

test('a handle is good once: neither a second cancel nor one after the event does anything to a later event', (t) => {
  const kernel = new Kernel({ seed: 'handles' });
  let ran = 0;
  const first = kernel.schedule(1, 'first', () => ran++);
  kernel.step();
  kernel.schedule(1, 'second', () => ran++);
  t.false(kernel.cancel(first));
  kernel.step();
  t.is(ran, 2);
});

test('a run stops when nothing is left, at its time, or after so many events, and says which', (t) => {
  const kernel = new Kernel({ seed: 'bounds' });
  const again = (): void => {
    kernel.schedule(10, 'again', again);
  };
  again();
  t.is(kernel.run({ untilUs: 25, eventsMax: 100 }), 'until');
  t.is(kernel.nowUs, 25);
  t.is(kernel.run({ eventsMax: 100 }), 'limit');
  t.is(kernel.nowUs, 1020);
  const empty = new Kernel({ seed: 'bounds' });
  t.is(empty.run({ untilUs: 3 * year, eventsMax: 0 }), 'idle');
  t.is(empty.nowUs, 3 * year);
});

test('what is done aside is counted apart, with all that comes of it, and nothing else is', (t) => {
  const kernel = new Kernel({ seed: 1 });
  const counts = (): readonly number[] => [kernel.pending, kernel.pendingAside];
  kernel.schedule(5, 'own', () => kernel.schedule(5, 'of the own', () => {}));
  kernel.aside(() => {
    kernel.schedule(3, 'aside', () => kernel.schedule(9, 'of that aside', () => {}));
    kernel.cancel(kernel.schedule(4, 'cancelled', () => {}));
  });
  t.deepEqual(counts(), [2, 1]);
  kernel.step();
  t.deepEqual(counts(), [2, 1]);
  kernel.step();
  t.deepEqual(counts(), [2, 1]);
  kernel.step();
  t.deepEqual(counts(), [1, 1]);
  kernel.step();
  t.deepEqual(counts(), [0, 0]);
});

test('what an event throws comes out, and the next event runs all the same', (t) => {
  const kernel = new Kernel({ seed: 'throws' });
  kernel.schedule(1, 'bad', () => {
    throw new RangeError('bad');
  });
  let ran = false;
  kernel.schedule(2, 'good', () => {
    ran = true;
  });
  t.throws(() => kernel.run({ eventsMax: 10 }), { instanceOf: RangeError });
  t.is(kernel.currentLabel, 'bad');
  kernel.run({ eventsMax: 10 });
  t.true(ran);
});

test('delays that are no whole microseconds, times past the end and too many events are refused by name', (t) => {
  const kernel = new Kernel({ seed: 'limits' });
  for (const delay of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.is(
      code(() => kernel.schedule(delay, 'x', () => {})),
      'DELAY_INVALID',
    );
  }
  t.is(
    code(() => kernel.schedule(2 ** 52 + 1, 'x', () => {})),
    'TIME_PAST_END',
  );
  t.is(
    code(() => kernel.run({ untilUs: Number.NaN, eventsMax: 1 })),
    'TIME_PAST_END',
  );
  t.is(
    code(() => {
      for (let i = 0; i <= pendingEventsMax; i++) kernel.schedule(1, 'x', () => {});
    }),
    'PENDING_EVENTS_MAX',
  );
});

test('no seed, no run; a number and its digits are one seed', (t) => {
  for (const seed of [undefined, null, '', -1, 1.5, Number.NaN, 2 ** 53, 'x'.repeat(257)]) {
    t.is(
      code(() => new Kernel({ seed: seed as never })),
      'SEED_INVALID',
      String(seed),
    );
  }
  t.is(canonicalSeed(7), canonicalSeed('7'));
  const draw = (seed: string | number): number => new Kernel({ seed }).stream('x').int(2 ** 32);
  t.is(draw(7), draw('7'));
});

function draws(stream: RandomStream, count: number, choices: number): number[] {
  return Array.from({ length: count }, () => stream.int(choices));
}

test('a draw on one stream moves no other, and making streams in another order changes nothing', (t) => {
  const one = new Kernel({ seed: 's' });
  const other = new Kernel({ seed: 's' });
  const before = draws(one.stream('a'), 5, 1000);
  other.stream('b').int(1000);
  other.fillRandom('a', new Uint8Array(3));
  t.deepEqual(draws(other.stream('a'), 5, 1000), before);
  t.notDeepEqual(draws(one.stream('b'), 5, 1000), before);
  t.is(one.stream('a'), one.stream('a'), 'a stream goes on where it was');
});

test('two worlds that run in turns give what each gives alone', (t) => {
  const make = (seed: string): { kernel: Kernel; log: string[] } => {
    const log: string[] = [];
    const kernel = new Kernel({ seed, onDraw: (label, choices, value) => log.push(`${label} ${choices} ${value}`) });
    const live = (): void => {
      const bytes = new Uint8Array(5);
      kernel.fillRandom('key', bytes);
      log.push(`${kernel.nowUs} ${bytes.join()}`);
      kernel.schedule(kernel.stream('wait').range(1, 50), 'live', live);
    };
    live();
    live();
    return { kernel, log };
  };
  const alone = make('x');
  for (let i = 0; i < 200; i++) alone.kernel.step();
  const together = make('x');
  const noise = make('y');
  for (let i = 0; i < 200; i++) {
    together.kernel.step();
    noise.kernel.step();
  }
  t.deepEqual(together.log, alone.log);
  t.notDeepEqual(noise.log, alone.log);
  t.true(alone.log.length > 400);
});

test('the observer sees every draw in order, so that the draw at which two runs part can be named', (t) => {
  const seen: (string | number)[][] = [];
  const kernel = new Kernel({ seed: 'o', onDraw: (...draw) => seen.push(draw) });
  const value = kernel.stream('a').int(10);
  kernel.stream('a').int(1);
  kernel.stream('b').chance({ oneIn: 0 });
  kernel.stream('b').pick(['only']);
  kernel.fillRandom('k', new Uint8Array(4));
  t.deepEqual(
    seen.map(([label, choices]) => [label, choices]),
    [
      ['a', 10],
      ['k', 0],
    ],
  );
  t.is(seen[0]![2], value);
});

test('neighbouring seeds and labels give even and independent first draws', (t) => {
  // χ² over 64 bins has mean 63 and standard deviation 11; 120 lies five deviations out. Seeds are fixed: no chance here.
  const chiSquare = (values: number[]): number => {
    const bins = new Array<number>(64).fill(0);
    for (const value of values) bins[value]!++;
    const expected = values.length / 64;
    return bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  };
  const count = 6400;
  const bySeed = Array.from({ length: count }, (_, seed) => new Kernel({ seed }).stream('x').int(64));
  const one = new Kernel({ seed: 1 });
  const byLabel = Array.from({ length: count }, (_, i) => one.stream(`label/${i}`).int(64));
  const byByte = Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(3);
    one.fillRandom(`key/${i}`, bytes);
    return bytes[2]! & 63;
  });
  const long = new Uint8Array(count);
  one.fillRandom('long', long);
  for (const values of [bySeed, byLabel, byByte, [...long].map((byte) => byte >> 2)]) {
    const chi = chiSquare(values);
    t.true(chi > 25 && chi < 120, `χ² ${chi}`);
  }
});

test("seedrandom's weak variants would fail that, and are not what streams are made of", (t) => {
  const shift = (seed: string): number => seedrandom.xorshift7(seed)();
  t.is(new Set(Array.from({ length: 100 }, (_, i) => shift(`s${i}`))).size, 1, 'xorshift7 takes no notice of its seed');
  const firsts = new Set(
    Array.from({ length: 1000 }, (_, i) => new Kernel({ seed: `s${i}` }).stream('x').int(2 ** 53 - 1)),
  );
  t.is(firsts.size, 1000);
  t.is(seedrandom('ab')(), seedrandom('abab')(), 'ARC4 repeats its seed');
  t.not(new Kernel({ seed: 'ab' }).stream('x').int(2 ** 32), new Kernel({ seed: 'abab' }).stream('x').int(2 ** 32));
});

test('draws stay in their range, weights are kept to, and impossible choices are refused by name', (t) => {
  const stream = new Kernel({ seed: 'ranges' }).stream('x');
  for (let i = 0; i < 1000; i++) {
    const value = stream.range(-3, 3);
    t.true(Number.isInteger(value) && value >= -3 && value <= 3);
  }
  t.true(stream.int(2 ** 53 - 1) < 2 ** 53 - 1);
  const counts = { rare: 0, often: 0, never: 0 };
  for (let i = 0; i < 4000; i++) {
    counts[
      stream.weighted([
        { weight: 1, value: 'rare' as const },
        { weight: 0, value: 'never' as const },
        { weight: 3, value: 'often' as const },
      ])
    ]++;
  }
  t.is(counts.never, 0);
  t.true(counts.rare > 850 && counts.rare < 1150, `${counts.rare} of 4000`);
  t.deepEqual([...stream.shuffled([1, 2, 3, 4, 5])].sort(), [1, 2, 3, 4, 5]);
  for (const act of [
    () => stream.int(0),
    () => stream.int(1.5),
    () => stream.pick([]),
    () => stream.weighted([]),
    () => stream.range(2, 1),
  ]) {
    t.is(code(act), 'CHOICES_INVALID');
  }
});

test('bytes of one label go on from fill to fill, and a fork is a stream of its own', (t) => {
  const kernel = new Kernel({ seed: 'bytes' });
  const [first, second] = [new Uint8Array(32), new Uint8Array(32)];
  kernel.fillRandom('key', first);
  kernel.fillRandom('key', second);
  t.notDeepEqual(first, second);
  const again = new Uint8Array(32);
  new Kernel({ seed: 'bytes' }).stream('key').bytes(again);
  t.deepEqual(again, first);
  t.is(kernel.stream('a').fork('b'), kernel.stream('a/b'));
});

test('code under test gets Date and timers of the world, and the fake-timers clock beneath stays empty', (t) => {
  const kernel = new Kernel({ seed: 'code', epochMs: 1000 });
  const clock = kernel.codeClock(() => kernel.epochMs + Math.floor(kernel.nowUs / 1000));
  const log: string[] = [];
  const note = (what: string) => (): number =>
    log.push(`${what} ${new clock.Date().getTime()} ${clock.performance.now()}`);
  clock.setTimeout(note('late'), 30);
  clock.setTimeout((text: string) => log.push(text), 10, 'argument');
  clock.clearTimeout(clock.setTimeout(() => t.fail(), 5));
  clock.setImmediate(note('now'));
  let left = 2;
  const interval = clock.setInterval(() => {
    if (--left === 0) clock.clearInterval(interval);
    note('every')();
  }, 12);
  t.is(clock.timersBeneath, 0);
  t.is(kernel.pending, 4);
  kernel.run({ eventsMax: 100 });
  t.deepEqual(log, ['now 1000 0', 'argument', 'every 1012 12', 'every 1024 24', 'late 1030 30']);
  t.is(clock.Date.now(), 1030);
});

test('timers take odd delays as Node does', (t) => {
  const kernel = new Kernel({ seed: 'delays' });
  const clock = kernel.codeClock(() => 0);
  const ran: number[] = [];
  for (const delay of [0, -5, 1.9, Number.NaN, 2 ** 31]) {
    clock.setTimeout(() => ran.push(kernel.nowUs), delay);
  }
  kernel.run({ eventsMax: 10 });
  t.deepEqual(ran, [1000, 1000, 1000, 1000, 1000]);
});

test('ten thousand timers of code under test are none of the fake-timers clock, whose every tick would scan them', (t) => {
  const kernel = new Kernel({ seed: 'tick' });
  const clock = kernel.codeClock(() => 0);
  for (let i = 0; i < 10_000; i++) clock.setTimeout(() => {}, 1e9 + i);
  t.is(clock.timersBeneath, 0);
  const bare = createClock(0);
  bare.setTimeout(() => {}, 5);
  t.is(bare.countTimers(), 1, 'the clock itself would have counted them');
});

test('a hundred years pass at once', (t) => {
  const kernel = new Kernel({ seed: 'years' });
  const clock = kernel.codeClock(() => kernel.epochMs + Math.floor(kernel.nowUs / 1000));
  let yearsPassed = 0;
  const pass = (): void => {
    if (++yearsPassed < 100) kernel.schedule(year, 'new year', pass);
  };
  kernel.schedule(year, 'new year', pass);
  t.is(kernel.run({ eventsMax: 100 }), 'idle');
  t.is(yearsPassed, 100);
  t.is(clock.Date.now() - kernel.epochMs, (100 * year) / 1000);
});
