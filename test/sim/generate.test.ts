import test from 'ava';
import { calls, generateProgram, type ProgramFile, parseProgram } from '../../sim/program/index.js';

const seeds = Array.from({ length: 400 }, (_, seed) => seed);
const made = (seed: number, tls13 = false): ProgramFile => generateProgram({ seed, profile: '3.0', tls13 });

test('the same seed gives the same program, another seed another', (t) => {
  for (const seed of seeds.slice(0, 50)) t.deepEqual(made(seed), made(seed));
  t.is(new Set(seeds.map((seed) => JSON.stringify(made(seed).steps))).size, seeds.length);
});

test('every generated program parses, with and without TLS 1.3', (t) => {
  for (const seed of seeds) {
    t.notThrows(() => parseProgram(made(seed)), `seed ${seed}`);
    t.notThrows(() => parseProgram(made(seed, true)), `seed ${seed}`);
  }
});

test('every call of the format is drawn', (t) => {
  const drawn = new Set(seeds.flatMap((seed) => made(seed).steps.map((step) => step.call)));
  t.deepEqual(
    [...calls.keys()].filter((call) => !drawn.has(call)),
    [],
  );
});

test('programs are 5 steps long and longer, and half of them shake hands', (t) => {
  const all = seeds.map((seed) => made(seed).steps);
  t.true(all.every((steps) => steps.length >= 5 && steps.length <= 100));
  const shaking = all.filter((steps) =>
    steps.some(({ call }) => call === 'sim_handshake' || call === 'SSL_do_handshake'),
  );
  t.true(shaking.length > 0.4 * all.length && shaking.length < 0.75 * all.length, `${shaking.length} of ${all.length}`);
});

test('without TLS 1.3 every context is capped before anything else is done with it', (t) => {
  for (const seed of seeds) {
    const { steps } = made(seed);
    for (const [index, step] of steps.entries()) {
      if (step.call !== 'SSL_CTX_new') continue;
      t.deepEqual(steps[index + 1], {
        call: 'SSL_CTX_set_max_proto_version',
        args: [`$${step.let ?? ''}`, 'TLS1_2_VERSION'],
      });
    }
    t.false(
      steps.some(({ call, args }) => call === 'SSL_CTX_set_max_proto_version' && args?.[1] !== 'TLS1_2_VERSION'),
      `seed ${seed}`,
    );
  }
});

test('each kind of program uses other calls: no call is in all of them but SSL_CTX_new and its cap', (t) => {
  const used = seeds.map((seed) => new Set(made(seed).steps.map((step) => step.call)));
  const common = [...calls.keys()].filter((call) => used.every((those) => those.has(call)));
  t.deepEqual(common, ['SSL_CTX_new', 'SSL_CTX_set_max_proto_version']);
});
