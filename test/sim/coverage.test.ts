/** What programs reach: nothing that can be reached is at zero, and what is said to be out of reach is. */
import test from 'ava';
import { Coverage, groups, measure, reachable, unreachable } from '../../sim/coverage/index.js';
import { generateProgram, parseProgram } from '../../sim/program/index.js';
import { profiles } from '../../sim/stacks/index.js';
import { simtls } from './_command.js';
import { corpusPrograms } from './_corpus.js';
import { connected, program, step } from './_programs.js';

const coverage = new Coverage();
for (const profile of profiles) {
  for (const { text } of corpusPrograms()) measure(parseProgram(text, { profile }), coverage);
}
/** As many as it takes to reach everything, and no more than so many. */
const seedsMax = 1000;
for (let seed = 1; seed <= seedsMax && groups.some((group) => missedIn(group).length > 0); seed++) {
  for (const profile of profiles) {
    measure(parseProgram(generateProgram({ seed, profile, tls13: seed % 4 !== 0 })), coverage);
  }
}

/** What can be reached and was not. */
function missedIn(group: (typeof groups)[number]): readonly string[] {
  const beyond = unreachable[group] ?? {};
  return [...coverage.of(group)]
    .filter(([name, count]) => count === 0 && !Object.hasOwn(beyond, name))
    .map(([name]) => name);
}

for (const group of groups) {
  test(`${group}: the corpus and up to ${seedsMax} generated programs a line reach all that can be reached`, (t) => {
    t.deepEqual(missedIn(group), []);
    t.true([...coverage.of(group).values()].some((count) => count > 0));
  });
}

test('what has a reason to be out of reach is listed, and was not reached', (t) => {
  for (const group of groups) {
    const listed = reachable(group);
    for (const [name, reason] of Object.entries(unreachable[group] ?? {})) {
      t.true(listed.includes(name), name);
      t.is(coverage.of(group).get(name), 0, name);
      t.true(reason.length > 10, name);
    }
  }
});

test('nothing is reached that is not listed, but for errors', (t) => {
  for (const group of groups) {
    if (group === 'errors') continue;
    t.deepEqual([...coverage.of(group).keys()], [...reachable(group)], group);
  }
});

test('one program is counted as what it is', (t) => {
  const one = new Coverage();
  const steps = [...connected, step(null, 'SSL_CTX_add_session', '$cc', '$x'), step(null, 'SSL_free', '$c')];
  measure(parseProgram(program(steps, '3.0')), one);
  t.is(one.of('calls').get('SSL_CTX_add_session'), 1);
  t.is(one.of('returns').get('SSL_CTX_add_session above 0'), 1);
  t.is(one.of('returns').get('sim_handshake ok'), 1);
  t.is(one.of('states').get('before → ok'), 2);
  t.is(one.of('states').get('ok → freed'), 1);
  t.is(one.of('messages').get('ClientHello sent'), 1);
  t.is(one.of('messages').get('ClientHello received'), 1);
  t.is(one.of('decisions').get('no-session-set'), 1);
  t.is(one.of('cache').get('a call adds a session'), 1);
  t.is(one.of('cache').get('connect_good rises'), 1);
  t.is(one.of('callbacks').get('new'), 0);
});

test('the command prints sums, and exits with 1 where something was missed', async (t) => {
  const { code, out } = await simtls(['program', 'coverage', '--count', '1', '--profile', '1.1.1']);
  t.is(code, 1);
  t.regex(out, /reached\s+missed\s+unreachable/);
  t.regex(out, /^decisions\s+\d+\s+\d+\s+\d+$/m);
  const json = await simtls(['program', 'coverage', '--count', '1', '--profile', '1.1.1', '--json']);
  t.true((JSON.parse(json.out) as { rows: unknown[] }).rows.length > 300);
});
