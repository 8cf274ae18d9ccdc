/** Whole programs in the agent: what each comes to, and that of a batch no program spoils another. */
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { digestOf } from '../../sim/program/digest.js';
import { libsslSource, modelSource, parseProgram, runProgram, SideBySide } from '../../sim/program/index.js';
import { openModel, type ProgramBatch } from '../../sim/stacks/index.js';
import { connected, pair, runningProfile, step } from './_programs.js';

const libssl = libsslSource({ anyPatch: true }, () => {});
test.after.always(() => libssl.close());

const folder = new URL('../../../scenarios/corpus/programs/', import.meta.url);
const stepsIn = (name: string): readonly unknown[] =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')).steps as unknown[];

function batchOf(programs: readonly (readonly unknown[])[], observed: ProgramBatch['observed'] = 'all'): ProgramBatch {
  const table = programs.flat();
  return {
    profile: runningProfile,
    table,
    programs: programs.map((steps) => steps.map((one) => table.indexOf(one))),
    observed,
  };
}

const resumed: readonly unknown[] = [
  ...connected,
  step(null, 'SSL_CTX_set_session_cache_mode', '$cc', 'SSL_SESS_CACHE_BOTH'),
  step('d', 'SSL_new', '$cc'),
  step('e', 'SSL_new', '$sc'),
  step(null, 'SSL_set_session', '$d', '$x'),
  step(null, 'sim_pair', '$d', '$e'),
  step(null, 'sim_handshake', '$d', '$e'),
];
/** libssl 3.x dies of it (docs/manual-and-openssl.md). */
const crashing = stepsIn('found-no-cipher.json');

test('a program comes to the same in a batch as step by step', (t) => {
  const names = readdirSync(folder).filter((name) => /^(?:2\.2|6\.2)-0\d\.json$/.test(name));
  t.true(names.length > 10);
  const programs = names.map(stepsIn);
  const runner = libssl.programs(runningProfile);
  runner.begin(batchOf(programs));
  const outcomes = runner.finish();
  for (const [index, steps] of programs.entries()) {
    const stack = libssl.open(runningProfile);
    const program = parseProgram({ format: 'simtls-program/1', profile: runningProfile, steps });
    // The digest is of no value that differs from run to run.
    t.deepEqual(outcomes[index], { digest: digestOf([...runProgram(program, stack)]) }, names[index]);
    stack.end();
  }
  runner.close();
});

test('a program that ends the process is told with its step, and all others of the batch are run', (t) => {
  const runner = libssl.programs(runningProfile);
  const alone = batchOf([resumed, connected]);
  runner.begin(alone);
  const [first, second] = runner.finish();
  runner.begin(batchOf([resumed, crashing, crashing, connected]));
  t.deepEqual(runner.finish(), [first, { crash: 'SIGSEGV', step: 14 }, { crash: 'SIGSEGV', step: 14 }, second]);
  t.is(runner.lines(0), undefined, 'they went with the process');
  t.is(runner.lines(3)?.length, connected.length);
  runner.close();
});

test('stacks that agree, to a crash and to a misuse too, part nowhere', (t) => {
  const both = new SideBySide({ model: modelSource(), libssl });
  const misused = [...pair(), step(null, 'SSL_free', '$c'), step(null, 'SSL_free', '$c')];
  for (const observed of ['all', 'last'] as const) {
    const { parted, ended } = both.compare(batchOf([resumed, crashing, misused, connected], observed));
    t.deepEqual(parted, []);
    t.deepEqual(ended, [false, true, true, false]);
  }
  both.close();
});

test('a difference is told with its program, its step and its field, whatever stands before it in the batch', (t) => {
  // The model of another line: SSL_new_session_ticket came with 3.0.
  const old = { open: () => openModel({ profile: '1.1.1' as const }), close: () => {} };
  const both = new SideBySide({ model: old, libssl });
  const parting = [...connected, step(null, 'SSL_new_session_ticket', '$s')];
  for (const observed of ['all', 'last'] as const) {
    const { parted, ended } = both.compare(batchOf([connected, parting, connected], observed));
    const [found, ...others] = parted;
    t.deepEqual(ended, [false, true, false]);
    t.deepEqual(others, []);
    t.is(found?.index, 1);
    t.is(found?.difference?.step, connected.length);
    t.is(found?.difference?.field, 'ret');
    t.false(found?.varies);
  }
  both.close();
});
