/** Comparing the stacks: what counts as a difference, and what programs get as answers from the command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import {
  answersVary,
  Comparison,
  type Difference,
  diffProgram,
  type HandleState,
  type Line,
  type Observation,
  parseProgram,
  settled,
  writeDifference,
} from '../../sim/program/index.js';
import { openModel } from '../../sim/stacks/index.js';
import { newFolder } from '../_folder.js';
import { command, connected, openRunning, pair, program, runningProfile, step } from './_programs.js';

const pool = openRunning();
test.after.always(() => pool.close());

function diff(steps: readonly unknown[]): Difference | null {
  const libssl = pool.open();
  try {
    return diffProgram(parseProgram(program(steps)), { model: openModel({ profile: runningProfile }), libssl });
  } finally {
    libssl.end();
  }
}

const session: HandleState = { kind: 'session', refs: 1, resumable: 1, ticket: 0 };

function observation(rest: Partial<Observation>): Observation {
  return { step: 3, call: 'SSL_version', ret: 1, errors: [], events: [], handles: new Map(), ...rest };
}

function compare(model: Partial<Observation>, libssl: Partial<Observation>): Difference | undefined {
  return new Comparison().next(observation(model), observation(libssl));
}

test('model and OpenSSL agree on a connection, its session, its renewal and its end', (t) => {
  t.is(
    diff([
      ...connected,
      step(null, 'SSL_CTX_set_session_cache_mode', '$cc', 'SSL_SESS_CACHE_BOTH'),
      step('id', 'SSL_SESSION_get_id', '$x'),
      step('der', 'i2d_SSL_SESSION', '$x'),
      step('y', 'd2i_SSL_SESSION', '$der'),
      step(null, 'SSL_SESSION_get_time', '$y'),
      step(null, 'sim_exchange', '$c', '$s'),
      step(null, 'sim_cut', '$c'),
      step(null, 'sim_close', '$c', '$s'),
    ]),
    null,
  );
});

test('stacks that stop at the same misuse agree', (t) => {
  t.is(diff([...pair(), step(null, 'SSL_free', '$c'), step(null, 'SSL_free', '$c')]), null);
});

test('each field of a step is compared, and the first that differs is named', (t) => {
  t.like(compare({ ret: 1 }, { ret: 2, errors: ['x'] }), { step: 3, field: 'ret', model: 1, libssl: 2 });
  t.like(compare({ errors: ['a', 'b'] }, { errors: ['b', 'a'] }), { field: 'errors' });
  t.like(compare({ events: [{ freed: 'a' }] }, {}), { field: 'events' });
  t.like(compare({ handles: new Map([['x', session]]) }, {}), { field: 'handles.x', libssl: null });
  t.like(compare({ handles: new Map([['x', session]]) }, { handles: new Map([['x', { ...session, refs: 2 }]]) }), {
    field: 'handles.x.refs',
    model: 1,
    libssl: 2,
  });
});

test('the order of events in a step, the ids of sessions and two seconds are no difference', (t) => {
  const freed = { freed: 'a' };
  const removed = { remove: 'a', ctx: 'cc' };
  t.is(compare({ events: [freed, removed] }, { events: [removed, freed] }), undefined);
  t.is(compare({ events: [{ get: 'aa', ctx: 'c' }] }, { events: [{ get: 'bb', ctx: 'c' }] }), undefined);
  t.like(compare({ events: [{ get: 'aa', ctx: 'c' }] }, { events: [{ get: 'bbbb', ctx: 'c' }] }), { field: 'events' });
  t.is(compare({ call: 'SSL_SESSION_get_id', ret: 'aa' }, { call: 'SSL_SESSION_get_id', ret: 'bb' }), undefined);
  t.like(compare({ call: 'SSL_SESSION_get_id', ret: 'aa' }, { call: 'SSL_SESSION_get_id', ret: '' }), { field: 'ret' });
  t.is(compare({ call: 'i2d_SSL_SESSION', ret: 'aa' }, { call: 'i2d_SSL_SESSION', ret: 'bbbb' }), undefined);
  t.like(compare({ call: 'i2d_SSL_SESSION', ret: 'aa' }, { call: 'i2d_SSL_SESSION', ret: '' }), { field: 'ret' });
  t.is(compare({ ret: { now: 5 } }, { ret: { now: 3 } }), undefined);
  t.like(compare({ ret: { now: 5 } }, { ret: { now: 2 } }), { field: 'ret' });
});

test('sessions first met in one step may be numbered in another order, from then on', (t) => {
  const comparison = new Comparison();
  const ticket: HandleState = { ...session, ticket: 1 };
  const met = (first: HandleState, second: HandleState): Observation =>
    observation({
      handles: new Map([
        ['#1', first],
        ['#2', second],
      ]),
    });
  t.is(comparison.next(met(session, ticket), met(ticket, session)), undefined);
  t.is(comparison.next(met(session, ticket), met(ticket, session)), undefined);
  t.like(comparison.next(met(session, ticket), met(session, ticket)), { field: 'handles.#1.ticket' });
});

test('one stack stopping where the other goes on is a difference', (t) => {
  const crash: Line = { step: 3, call: 'SSL_version', crash: 'SIGSEGV' };
  t.like(new Comparison().next(observation({}), crash), { field: 'crash', model: 'goes on', libssl: 'SIGSEGV' });
  t.like(new Comparison().next(observation({}), undefined), { field: 'end', libssl: 'nothing' });
});

test('integers past 2^53 are written with all their digits in a difference', (t) => {
  t.is(
    writeDifference({ step: 0, field: 'ret', model: 2n ** 63n - 1n, libssl: 1 }),
    '{"diff":{"step":0,"field":"ret","model":9223372036854775807,"libssl":1}}',
  );
});

const fine = [step('x', 'SSL_SESSION_new'), step(null, 'SSL_SESSION_free', '$x')];
const misused = [...fine, step(null, 'SSL_SESSION_free', '$x')];
const tls11 = [...pair({ version: 'TLS1_1_VERSION' }), step(null, 'sim_handshake', '$c', '$s')];

test('of standard input every program is answered by its lines and its number, whatever comes of it', async (t) => {
  const programs = [program(fine), program(misused), { format: 'other' }, program(tls11), program(fine)];
  const input = `${programs.map((one) => JSON.stringify(one)).join('\n')}\nnope`;
  const { code, out } = await command({ action: 'run', file: '-' }, input);
  t.is(code, 0);
  const kinds = out.map((line) =>
    Object.keys(JSON.parse(line) as object).find((key) => ['ret', 'misuse', 'refused', 'end'].includes(key)),
  );
  t.deepEqual(kinds.slice(0, 9), ['ret', 'ret', 'end', 'ret', 'ret', 'misuse', 'end', 'refused', 'end']);
  t.deepEqual(kinds.slice(-6), ['end', 'ret', 'ret', 'end', 'refused', 'end']);
  t.deepEqual(
    out.filter((line) => line.startsWith('{"end"')),
    ['{"end":0}', '{"end":1}', '{"end":2}', '{"end":3}', '{"end":4}', '{"end":5}'],
  );
  t.true(out.some((line) => line.startsWith('{"refused":"needs TLS version 0x302: ')));
});

test('of standard input diff says null, the difference, or why there is neither', async (t) => {
  const input = [program(fine), program(misused), program(tls11)].map((one) => JSON.stringify(one)).join('\n');
  const { code, out } = await command({ action: 'diff', file: '-', anyPatch: true }, input);
  t.is(code, 0);
  t.deepEqual(out.slice(0, 4), ['{"diff":null}', '{"end":0}', '{"diff":null}', '{"end":1}']);
  t.regex(out[4] ?? '', /^\{"refused":"needs TLS version 0x302: /);
  t.deepEqual(out.slice(5), ['{"end":2}']);
});

test('of a file the exit code tells what came of it', async (t) => {
  const folder = newFolder();
  const written = (name: string, text: string): string => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, text);
    return path;
  };
  const run = async (name: string, steps: readonly unknown[]): Promise<number> =>
    (await command({ action: 'run', file: written(name, JSON.stringify(program(steps))) })).code;
  t.is(await run('fine', fine), 0);
  t.is(await run('misused', misused), 1);
  t.is(await run('tls11', tls11), 4);
  t.is((await command({ action: 'run', file: '/nowhere/at/all.json' })).code, 2);
  const refused = await command({
    action: 'run',
    file: written('refused', '{"format":"simtls-program/1","profile":"3.0","steps":[{}]}'),
  });
  t.is(refused.code, 2);
  t.regex(refused.err, /steps\[0\]\.call: expected a call's name, found nothing/);
  t.deepEqual(refused.out, []);
});

test('a library that is not there is something missing', async (t) => {
  const { code, err } = await command(
    { action: 'run', file: '-', libssl: '/nowhere/libssl.so' },
    JSON.stringify(program(fine)),
  );
  t.is(code, 4);
  t.regex(err, /no library at \/nowhere\/libssl\.so/);
});

test('as many bytes as the model reads, others each time, are random; fewer, or the same ones again, are not', (t) => {
  const read = (model: unknown, libssl: unknown): Difference => ({ step: 7, field: 'ret', model, libssl });
  const first = read([2, '0000'], [2, 'abcd']);
  t.true(answersVary(first, () => read([2, '0000'], [2, 'abce'])));
  t.false(answersVary(first, () => first));
  t.false(answersVary(first, () => read([2, '0000'], [3, 'abcdef'])));
  t.false(answersVary(first, () => ({ ...read([2, '0000'], [2, 'abce']), step: 8 })));
  t.false(answersVary(read([-1, ''], [2, 'abcd']), () => read([-1, ''], [2, 'abce'])));
});

test("what libssl's dice decide is no difference, and is named beside it", (t) => {
  const difference = { step: 39, field: 'errors', model: ['unexpected message'], libssl: ['excessive message size'] };
  const turns = [difference, difference, null];
  t.deepEqual(
    settled(() => turns.shift() ?? null),
    { difference: null, byChance: difference },
  );
  t.deepEqual(
    settled(() => difference),
    { difference, byChance: null },
  );
  t.deepEqual(
    settled(() => null),
    { difference: null, byChance: null },
  );
});

test("a difference that is gone when asked again is libssl's own, one that stays is none of its dice", (t) => {
  const difference = { step: 39, field: 'errors', model: ['unexpected message'], libssl: ['excessive message size'] };
  const goneAfter = (runs: number) => (): Difference | null => (runs-- > 0 ? difference : null);
  t.true(answersVary(difference, goneAfter(0)));
  t.true(answersVary(difference, goneAfter(2)));
  t.false(answersVary(difference, goneAfter(Infinity)));
  t.false(answersVary(difference, goneAfter(1000)), 'one answer alone is asked again few times');
});

test("where libssl gives several answers the model's may be a rare one, but has to come", (t) => {
  const libssl = [['internal error'], ['unexpected eof while reading']];
  const difference = { step: 52, field: 'errors', model: ['unexpected message'], libssl: libssl[0] };
  const turns = (goneAfter: number) => (): Difference | null =>
    goneAfter-- > 0 ? { ...difference, libssl: libssl[goneAfter % libssl.length] } : null;
  t.true(answersVary(difference, turns(1000)));
  t.false(answersVary(difference, turns(1_000_000)));
});
