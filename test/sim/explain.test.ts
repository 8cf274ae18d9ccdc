/** What a word means, and the story of a run. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { decisions, explainable, explainCode, reasons, type Story, storyOf } from '../../sim/explain/index.js';
import { invariants } from '../../sim/invariants/index.js';
import type { Plan } from '../../sim/plan/index.js';
import { type Recorder, recordPlan, scenario } from '../../sim/scenario/index.js';
import { simtls } from './_command.js';
import { scenarios } from './_scenarios.js';

const root = new URL('../../../', import.meta.url);

function planOf(record: (w: Recorder) => void): Plan {
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', record });
  return recordPlan(one, { seed: '1', profile: '3.0' });
}

const evicting: Plan = {
  ...recordPlan(scenarios.find((one) => one.name === 'evicted-unheld')!, { seed: '1', profile: '3.0' }),
  defects: ['evict-callback-after-free'],
};

/** What happened to the object of a story, in order. */
function moves({ steps }: Story): string[] {
  return steps.flatMap((step) => step.moves.map((move) => `${step.step} ${move.what}, ${move.count}`));
}

test('every word that simtls prints is explained: decisions, invariants, errors and defects', (t) => {
  const words = explainable();
  t.is(new Set(words).size, words.length);
  for (const word of words) {
    const found = explainCode(word);
    t.is(found?.code, word);
    t.true(Object.keys(found!.about).length >= 2, word);
  }
  for (const { name } of invariants) t.is(explainCode(name)?.kind, 'invariant');
  t.is(explainCode('toString'), undefined);
});

test('the side and verdict of each decision are those of the page of decisions', (t) => {
  const page = readFileSync(new URL('docs/decisions.md', root), 'utf8');
  let side = '';
  let found = 0;
  for (const line of page.split('\n')) {
    side = /^## The (client|server)/.exec(line)?.[1] ?? side;
    const [, code, verdict] = /^\| `([a-z-]+)` \| ([^|]+) \|/.exec(line) ?? [];
    if (code === undefined) continue;
    found += 1;
    t.like(decisions[code as keyof typeof decisions], { side, verdict: verdict! }, code);
  }
  t.is(found, Object.keys(decisions).length);
});

test('every error that is explained is one that the stack raises', (t) => {
  const raised = ['src/session', 'src/connection', 'src/libssl', 'src/handshake'];
  const files = raised.flatMap((folder) => sources(folder));
  for (const name of Object.keys(reasons))
    t.true(
      files.some((text) => text.includes(`'${name}'`)),
      name,
    );
});

test('an error is found by its name in C and by the words that OpenSSL prints', (t) => {
  for (const word of [
    'SESSION_ID_CONTEXT_UNINITIALIZED',
    'SSL_R_SESSION_ID_CONTEXT_UNINITIALIZED',
    'session id context uninitialized',
  ]) {
    t.is(explainCode(word)?.code, 'SESSION_ID_CONTEXT_UNINITIALIZED');
  }
});

test('the story of an eviction tells the life of the session up to the callback that broke it', (t) => {
  const story = storyOf(evicting);
  t.is(story.broken?.invariant, 'callback-gets-live-session');
  t.regex(story.broken!.text, /was handed session #\d+, whose last reference cache of ctx1 had given back/);
  t.deepEqual(
    moves(story).map((move) => move.replace(/^\S+ /, '')),
    [
      'made by ssl1, 1',
      'taken by the cache of ctx1, 2',
      'given back by ssl1, 1',
      'given back by the cache of ctx1, 0',
      'handed to the remove callback of ctx1, 0',
    ],
  );
  const last = story.steps.at(-1)!;
  t.true(last.broke);
  t.is(last.step, story.broken!.step);
  t.deepEqual(last.moves.at(-1)?.held, []);
  t.is(story.steps.filter((step) => step.broke).length, 1);
  t.true(story.steps.length < evicting.steps.length, 'steps that have nothing to do with it are left out');
});

test('the claims of a leaked session name who still holds it', (t) => {
  const story = storyOf(
    planOf((w) => {
      const server = w.server();
      const client = w.client();
      const ctx = client.context();
      const connection = ctx.connection();
      connection.open(server);
      connection.session();
      connection.close();
      connection.free();
      ctx.free();
      client.call('exit', [], 'outcome');
    }),
  );
  t.deepEqual(story.object, { host: 'client', name: 'sess1' });
  t.deepEqual(moves(story), [
    'client-5 made by ssl1, 1',
    'client-6 taken by the program, 2',
    'client-8 given back by ssl1, 1',
  ]);
  t.deepEqual(story.steps.find((step) => step.step === 'client-8')?.moves[0]?.held, ['the program']);
  t.is(story.steps.find((step) => step.broke)?.step, 'client-10');
});

test('a check that does not hold is told with the object that it looks at', (t) => {
  const story = storyOf(
    planOf((w) => {
      const client = w.client();
      const ctx = client.context();
      ctx.connection();
      w.expect(ctx.refs(), 1, 'the program alone holds it');
    }),
  );
  t.is(story.broken?.invariant, 'expectation');
  t.deepEqual(story.object, { host: 'client', name: 'ctx1' });
  t.deepEqual(moves(story), [
    'client-1 made by the program, 1',
    'client-3 taken by ssl1, 2',
    'client-3 taken by ssl1, 3',
  ]);
});

test('each connection is told with the decisions of both of its ends, also where several run at once', (t) => {
  const story = storyOf(
    planOf((w) => {
      const server = w.server({ tickets: false });
      const client = w.client();
      const ctx = client.context();
      const [first, second] = [ctx.connection(), ctx.connection()];
      second.connect(server);
      first.open(server);
      const session = first.session();
      first.close();
      second.setSession(session);
      second.handshake();
    }),
  );
  t.deepEqual(
    story.connections.map(({ outcome, decisions: made }) => [outcome, ...made.map((one) => `${one.side} ${one.code}`)]),
    [
      ['resumed', 'client offered-id', 'server resumed-by-id', 'client server-resumed'],
      ['full', 'client no-session-set', 'server nothing-offered'],
    ],
  );
  t.is(story.broken, null);
});

test('objects of an earlier process of the same host are not taken for those of the one that broke', (t) => {
  const story = storyOf(
    planOf((w) => {
      const client = w.client();
      client.boot(() => client.context({ name: 'ctx' }));
      const slept = client.call('sleep', [{ us: 1_000 }]);
      w.crash(client, { after: slept });
      w.restart(client, { after: slept, us: 10 });
      client.call('sleep', [{ us: 100 }]);
      client.call('SSL_CTX_free', ['$ctx']);
      client.call('SSL_CTX_free', ['$ctx']);
    }),
  );
  t.is(story.broken?.invariant, 'no-use-after-free');
  t.deepEqual(
    moves(story).map((move) => move.replace(/^\S+ /, '')),
    ['made by the program, 1', 'given back by the program, 0'],
  );
});

test('a long run is told in a bounded number of steps', (t) => {
  const story = storyOf(
    planOf((w) => {
      const client = w.client();
      const session = client.bind('session', 'SSL_SESSION_new', []);
      for (let i = 0; i < 1_000; i += 1) session.refs();
      session.free();
      session.free();
    }),
  );
  t.is(story.steps.length, 200);
  t.is(story.steps.length + story.leftOut, 1_003);
  t.is(story.steps[0]?.step, 'client-1');
  t.true(story.steps.at(-1)!.broke, 'the step that broke it is told all the same');
});

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'simtls-explain-'));
}

test('the command explains a code, and answers an unknown one with the nearest, exit 2', async (t) => {
  const said = await simtls(['explain', 'id-unknown']);
  t.is(said.code, 0);
  t.regex(
    said.out,
    /^id-unknown \(decision\)\n {2}side: server\n(?: {2}.+\n)* {2}where: lookup_sess_in_cache, ssl\/ssl_sess\.c\n/,
  );
  t.like(JSON.parse((await simtls(['explain', 'callback-session-not-resumable', '--json'])).out), {
    kind: 'decision',
    about: { 'OpenSSL lines': '3.0 and 3.5; 1.1.1 takes the session, and the handshake breaks later' },
  });
  const wrong = await simtls(['explain', 'id-unknwon']);
  t.is(wrong.code, 2);
  t.regex(wrong.err, /did you mean id-unknown\?/);
});

test('the command tells the story of a plan and of a program, ending with the line that replays it', async (t) => {
  const path = join(folder(), 'plan.json');
  writeFileSync(path, JSON.stringify(evicting));
  const said = await simtls(['explain', path]);
  t.is(said.code, 0);
  t.regex(said.out, /^evicted-unheld, seed 1, profile 3\.0, with evict-callback-after-free\n/);
  t.regex(said.out, /\nBROKEN callback-gets-live-session \(libssl\) at client-\d+\n/);
  t.regex(said.out, / ◀ broken here\n/);
  t.true(said.out.endsWith(`\nreplay: simtls run --plan ${path}\n`));
  const json = JSON.parse((await simtls(['explain', path, '--json'])).out) as Story;
  t.deepEqual(json.steps, JSON.parse(JSON.stringify(storyOf(evicting).steps)));
  const program = join(folder(), 'program.json');
  const steps = [
    { let: 's', call: 'SSL_SESSION_new' },
    { call: 'SSL_SESSION_free', args: ['$s'] },
  ];
  writeFileSync(program, JSON.stringify({ format: 'simtls-program/1', profile: '3.0', steps: [...steps, steps[1]] }));
  const told = await simtls(['explain', program]);
  t.regex(told.out, /BROKEN no-use-after-free \(program\) at s2\n/);
  t.regex(told.out, /s: given back by the program; count 0, it is gone\n/);
});

test('a session that the library lost is found by the defect, and shrinks to the damaged ticket, not to a leak of the program', async (t) => {
  const out = join(folder(), 'found.json');
  const said = await simtls(['find', 'damaged-ticket', '--defect', 'bad-ticket-leak', '--out', out]);
  t.is(said.code, 1);
  t.regex(
    said.out,
    /BROKEN no-reference-outlives-holder \(libssl\) at server-\d+\n {2}session #\d+ still has 1 reference/,
  );
  t.regex(said.out, /\n {2}fault-1: corrupt \{"connection":"client-\d+","from":"client",.*"byte":\d+.*\}\n/);
  t.regex(said.out, /server: ticket-bad-mac: /);
  t.true(said.out.endsWith('with the defect off, the same plan breaks nothing\n'));
});

test('find runs until something fails, shrinks and explains it, and exits 1; where nothing fails, 0', async (t) => {
  const out = join(folder(), 'found.json');
  const said = await simtls(['find', '--defect', 'evict-callback-after-free', '--out', out]);
  t.is(said.code, 1);
  const shrunk = out.replace('.json', '.shrunk.json');
  t.true(said.out.startsWith(`evicted-unheld fails with seed 1, in run `), said.out);
  t.regex(said.out, /steps \d+ → 16, /);
  t.true(said.out.includes(`replay: simtls run --plan ${shrunk}\nwith the defect off, the same plan breaks nothing\n`));
  t.is((await simtls(['run', '--plan', out])).code, 1);
  t.is((await simtls(['run', '--plan', shrunk])).code, 1);
  const none = await simtls(['find', 'resumed-by-id', '--count', '3']);
  t.is(none.code, 0);
  t.is(none.out, 'nothing failed: 3 seeds of 1 scenarios on 3.0\n');
});

function sources(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root)).map((name) =>
    readFileSync(new URL(`${folder}/${name}`, root), 'utf8'),
  );
}
