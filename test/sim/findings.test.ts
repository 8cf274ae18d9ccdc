/** Findings as files: what is refused by name, how replay ends, and that what a finding says is so. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type Finding, findingOf, parseFinding, parseProgress } from '../../sim/campaign/index.js';
import { version } from '../../sim/cli/version.js';
import { PlanError } from '../../sim/plan/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { judgePlan } from '../../sim/verdict/index.js';
import { newFolder } from '../_folder.js';
import { simtls } from './_command.js';
import leaky from './_leaky.js';

/** A finding whose process frees twice. */
function someFinding(): Finding {
  for (let seed = 1; ; seed += 1) {
    const plan = recordPlan(leaky, { seed: String(seed), profile: '3.0' });
    const { failure } = judgePlan(plan);
    if (failure?.invariant !== 'no-use-after-free') continue;
    const found = { source: 'leaky', seed: String(seed), profile: '3.0', case: 0, line: 'simtls fuzz leaky' };
    return findingOf(plan, failure, { found, shrunk: '', version: version(), on: {} });
  }
}

const finding = someFinding();
const folder = newFolder();

function written(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

test('a finding is one file: plan, violation in words, the line that replays it, versions, story and run; it is read back as it was', (t) => {
  const { violation, versions, run, story, group } = finding;
  t.regex(violation.text, /SSL_free: use-after-free of ssl1/);
  t.is(violation.call, 'SSL_free');
  t.is(group, 'no-use-after-free/program/SSL_free');
  t.deepEqual(versions, { simtls: version(), plan: 'simtls-plan/1', openssl: '3.0.19' });
  t.true(story.some((line) => line.includes('◀ broken here')));
  t.is(run.trace.length, run.events);
  t.deepEqual(parseFinding(JSON.stringify(finding)), finding);
});

test('replay: 1 the violation shows again, 0 it is gone, 3 the run diverges, and where', async (t) => {
  const again = await simtls(['replay', written('again.json', finding)]);
  t.is(again.code, 1, again.err);
  t.regex(again.out, /^again: no-use-after-free \(program\) at client-\d+\n/);

  const freed = finding.plan.steps.findLastIndex((step) => step.call === 'SSL_free');
  const mended = { ...finding, plan: { ...finding.plan, steps: finding.plan.steps.toSpliced(freed, 1) } };
  const gone = await simtls(['replay', written('gone.json', mended)]);
  t.is(gone.code, 0, gone.err);
  t.regex(gone.out, /^gone: no-use-after-free/);
  t.regex(gone.out, /first differs from the finding's at event \d+\n {2}expected \{.*\n {2}came {5}\{/);

  const trace = finding.run.trace.with(2, '{"n":2,"us":7}');
  const other = await simtls(['replay', written('other.json', { ...finding, run: { ...finding.run, trace } })]);
  t.is(other.code, 3);
  t.regex(other.out, /^diverges: the violation shows again, but in another run\n/);
  t.true(other.out.includes('at event 2\n  expected {"n":2,"us":7}\n  came     {"n":2,"us":0,'), other.out);

  const longer = { ...finding.run, trace: [...finding.run.trace, '{"n":99}'], events: finding.run.events + 1 };
  const cut = await simtls(['replay', written('cut.json', { ...finding, run: longer })]);
  t.is(cut.code, 3);
  t.regex(cut.out, /expected \{"n":99\}\n {2}came {5}the end, after \d+ events/);

  const older = { ...finding, versions: { ...finding.versions, simtls: '0.0.1' }, run: { ...finding.run, trace } };
  const kept = await simtls(['replay', written('older.json', older)]);
  t.is(kept.code, 1, 'another simtls promises the violation, not the run');
  t.regex(kept.out, /which simtls 0\.0\.1 made at event 2\n/);

  const elsewhere = { ...finding, group: 'nothing-leaked-at-exit/program/exit' };
  const another = await simtls(['replay', written('another.json', elsewhere)]);
  t.is(another.code, 3);
  t.regex(another.out, /^diverges: it was nothing-leaked-at-exit.*, and now it is no-use-after-free/);
});

test('replay tells each step, up to one that is named, and how everything stood then', async (t) => {
  const path = written('steps.json', finding);
  const whole = await simtls(['replay', path, '--step']);
  t.regex(whole.out, /client-2 {2}\$ssl1 = SSL_new\(\$ctx1\)\n/);
  t.regex(whole.out, /◀ BROKEN no-use-after-free/);
  const part = await simtls(['replay', path, '--until', 'client-2']);
  t.is(part.code, 1);
  t.false(part.out.includes('BROKEN'));
  t.regex(
    part.out,
    /\nat +0\.0+ s\n {2}client: ctx1: count 3, held by program, ssl1, ssl1\n {2}client: ssl1: count 1, held by program\n/,
  );
  const none = await simtls(['replay', path, '--until', 'client-22']);
  t.is(none.code, 2);
  t.regex(none.err, /no step of .* is called client-22: did you mean client-2\?/);
});

test('on real OpenSSL a finding shows whose fault it is', async (t) => {
  const program = await simtls(['replay', written('program.json', finding), '--stack', 'libssl']);
  t.is(program.code, 1, program.err);
  t.regex(program.out, /^the program's: it breaks the rule on real OpenSSL too\n/);
});

test('what is judged on the model alone is blamed on nobody by a look at real OpenSSL', async (t) => {
  const steps = finding.plan.steps.slice(0, 0);
  const inside = { ...finding.violation, invariant: 'resumed-within-lifetime', owner: 'libssl' as const };
  const held = { ...finding, violation: inside, plan: { ...finding.plan, steps, faults: [], checks: [] } };
  const said = await simtls(['replay', written('inside.json', held), '--stack', 'libssl']);
  t.is(said.code, 4, said.out);
  t.regex(said.err, /resumed-within-lifetime looks into the objects of the model.*--stack both/);
  const seen = { ...held, violation: { ...inside, invariant: 'no-use-after-free' } };
  t.is((await simtls(['replay', written('seen.json', seen), '--stack', 'libssl'])).code, 0);
});

test('explain and shrink take a finding, and shrink makes one', async (t) => {
  const path = written('whole.json', finding);
  const story = await simtls(['explain', path]);
  t.is(story.code, 0, story.err);
  t.true(story.out.startsWith(`${finding.group}\nfound by simtls ${version()}: leaky, seed `), story.out);
  const small = join(folder, 'small.json');
  const said = await simtls(['shrink', path, '--out', small]);
  t.is(said.code, 0, said.err);
  const shrunk = parseFinding(readFileSync(small, 'utf8'));
  t.is(shrunk.group, finding.group);
  t.true(shrunk.plan.steps.length <= 4, said.out);
  t.is((await simtls(['replay', small])).code, 1);
});

test('diff says where two seeds, plans, findings or traces part, and that they do not', async (t) => {
  const seeds = await simtls(['diff', 'resumed-by-id:3', 'resumed-by-id:7']);
  t.is(seeds.code, 1, seeds.err);
  t.regex(seeds.out, /^drew answerBytes = \d+, then \d+\n/);
  t.regex(seeds.out, /\nthe plans part at step \d+\n[\s\S]*\nthe runs part at event \d+\n/);
  t.true(seeds.out.endsWith('the same things happen in both, at other times or in other sizes\n'));
  const one = written('one.json', finding);
  const plan = written('plan.json', finding.plan);
  const same = await simtls(['diff', one, plan]);
  t.is(same.code, 0, same.err);
  t.is(same.out, `both runs are the same: ${finding.run.events} events\n`);
  const trace = join(folder, 'run.ndjson.gz');
  t.is((await simtls(['run', '--plan', plan, '--trace', trace])).code, 1);
  t.is((await simtls(['diff', trace, plan])).code, 0);
  const shorter = written('shorter.json', { ...finding.plan, steps: finding.plan.steps.slice(0, 2) });
  const parted = await simtls(['diff', plan, shorter, '--json']);
  t.is(parted.code, 1);
  const { equal, step } = JSON.parse(parted.out) as { equal: boolean; step: { at: number; b: string } };
  t.false(equal);
  t.deepEqual([step.at, step.b], [2, 'the end']);
});

const text = JSON.stringify(finding);
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const hostile: readonly (readonly [what: string, source: string, message: RegExp])[] = [
  ['nothing', '', /expected JSON/],
  [
    'another format',
    text.replace('simtls-finding/1', 'simtls-finding/9'),
    /at \/format: expected "simtls-finding\/1", got "simtls-finding\/9"/,
  ],
  [
    'what is nested without end',
    text.replace('"story":[', `"story":[${deep},`),
    /at most 100 lists and objects within each other/,
  ],
  [
    'a key of every object',
    text.replace('"group":', '"__proto__":{"x":1},"group":'),
    /at \/__proto__: expected no key that every object has, got "__proto__"/,
  ],
  [
    'a constructor in an argument',
    text.replace('"args":["TLS_client_method"]', '"args":[{"constructor":1}]'),
    /at \/plan\/steps\/0\/args\/0\/constructor: expected no key that every object has, got "constructor"/,
  ],
  [
    'a key that there is not',
    text.replace('"group":', '"path":"../../etc/passwd","group":'),
    /at \/path: expected nothing of that name/,
  ],
  [
    'words to a terminal',
    text.replace('"text":"', '"text":"\\u001b[2J'),
    /at \/violation\/text: expected text without control characters/,
  ],
  [
    'a trace that is too long',
    text.replace('"trace":[', `"trace":[${'"",'.repeat(5_001)}`),
    /at \/run\/trace: expected a length <=5000/,
  ],
  [
    'a plan that is none',
    text.replace('"format":"simtls-plan/1"', '"format":"simtls-plan/0"'),
    /at \/plan\/format: expected "simtls-plan\/1"/,
  ],
  [
    'a host that is not there',
    text.replace('"id":"client-1","on":"client"', '"id":"client-1","on":"nowhere"'),
    /at \/plan\/steps\/0\/on: expected/,
  ],
];
for (const [what, source, message] of hostile) {
  test(`a finding with ${what} is refused by name`, async (t) => {
    const error = t.throws(() => parseFinding(source), { instanceOf: PlanError });
    t.regex(error?.message ?? '', message);
    const path = written(`hostile-${what.replaceAll(' ', '-')}.json`, source);
    const said = await simtls(['replay', path]);
    t.is(said.code, 2, said.err);
    t.true(said.err.startsWith(`simtls: ${path} is no finding: `), said.err);
  });
}

test('what is refused cannot steer the terminal, nor hide: each such character is told by its number', async (t) => {
  const cases: readonly (readonly [start: string, told: string])[] = [
    ['\ufeff', '\\ufeff'],
    ['\x1b[2J', '\\u001b[2J'],
    ['\u202e', '\\u202e'],
    ['\u{e0041}', '\\udb40\\udc41'],
  ];
  for (const [i, [start, told]] of cases.entries()) {
    const said = await simtls(['replay', written(`steers-${i}.json`, `${start}{}`)]);
    t.is(said.code, 2, said.err);
    t.true(said.err.includes(told), said.err);
    t.notRegex(said.err, /(?!\n)[\p{Cc}\p{Cf}]/u);
  }
});

test('the progress of a campaign is read as carefully: nothing in it is loaded or followed', async (t) => {
  const out = join(folder, 'campaign');
  t.is(
    (await simtls(['fuzz', 'psk-reflected', '--seeds', '1..1', '--profile', '3.0', '--guide', 'off', '--out', out]))
      .code,
    0,
  );
  const file = join(out, 'campaign.json');
  const source = readFileSync(file, 'utf8');
  t.deepEqual(JSON.parse(JSON.stringify(parseProgress(source))), JSON.parse(source));
  const cases: readonly (readonly [change: readonly [string, string], message: RegExp])[] = [
    [
      ['"psk-reflected"', '"../../../tmp/evil.mjs"'],
      /the campaign is of \.\.\/\.\.\/\.\.\/tmp\/evil\.mjs, which does not come with simtls: name it/,
    ],
    [['"blocks": 1', '"blocks": -1'], /at \/blocks: expected >=0/],
    [['"to": 1', '"to": 0'], /at \/settings\/seeds\/to: expected 1 or more, got 0/],
    [['"index": 1', '"index": 2'], /at \/settings\/shard\/index: expected at most 1, got 2/],
    [[`"simtls": "${version()}"`, '"simtls": "9.9.9"'], /is a campaign of simtls 9\.9\.9/],
  ];
  for (const [[from, to], message] of cases) {
    t.true(source.includes(from), from);
    writeFileSync(file, source.replace(from, to).replace('"done": true', '"done": false'));
    const said = await simtls(['fuzz', '--resume', out]);
    t.is(said.code, 2, `${from}: ${said.out}`);
    t.regex(said.err, message);
  }
});
