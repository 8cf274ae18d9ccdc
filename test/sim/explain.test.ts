/** What a word means, and the story of a run. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import {
  decisions,
  explainable,
  explainCode,
  programStoryLines,
  programStoryOf,
  reasons,
  type Story,
  storyOf,
} from '../../sim/explain/index.js';
import { invariants } from '../../sim/invariants/index.js';
import type { Plan } from '../../sim/plan/index.js';
import type { StackSource } from '../../sim/program/index.js';
import { type Recorder, recordPlan, scenario } from '../../sim/scenario/index.js';
import { openModel, type Profile, profiles, StackMissing } from '../../sim/stacks/index.js';
import type { DefectName } from '../../src/index.js';
import { newFolder } from '../_folder.js';
import { nodeOf } from '../_lines.js';
import { share } from '../_whole.js';
import { simtls } from './_command.js';
import { corpusPrograms } from './_corpus.js';
import { scenarios } from './_scenarios.js';

const root = new URL('../../../', import.meta.url);

function planOf(record: (w: Recorder) => void): Plan {
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls: '1.2', record });
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

test('every decision, invariant and error says where in OpenSSL it is made, function and file, and what to do', (t) => {
  const words = explainable().map((word) => explainCode(word)!);
  for (const { code, kind, about } of words.filter((one) => one.kind !== 'defect')) {
    const { where = '', helps = '' } = about;
    t.true(helps.length > 10, `${code}: what to do`);
    const outside = /^(invariant|misuse)$/.test(kind) && where.startsWith('no part of OpenSSL');
    t.true(outside || /\w.*, ssl\/[\w/]+\.c/.test(where), `${code}: ${where}`);
  }
  const outside = words.filter(({ about }) => about['where']?.startsWith('no part of OpenSSL') === true);
  t.deepEqual(
    outside.map(({ code }) => code),
    [
      'ledger-keeps-balance',
      'refused-peer-stays-refused',
      'client-resumes-as-itself',
      'session-used-for-its-name',
      'accepted-bytes-arrive',
      'comes-to-rest',
      'code-does-not-throw',
      'code-comes-to-an-end',
      'code-comes-to-rest',
      'expectation',
      'unbound',
      'wrong-kind',
      'same-handle',
    ],
  );
});

/** Functions of libssl that a text names; constants and files are none. */
const named = (where: string): readonly string[] =>
  where.match(/\b(?:SSL_(?:CTX_|SESSION_)?[a-z]\w*|(?:ossl|ssl\d?|tls|lookup|remove|set_client)_\w+)\b(?!\.c)/g) ?? [];

const nodes = profiles.flatMap((profile) => nodeOf(profile) ?? []);
// Reason to skip: without the three lines there is nothing to ask.
(nodes.length === 3 ? test : test.skip)('every function that is named is one of OpenSSL', (t) => {
  const binaries = nodes.map((node) => readFileSync(node).toString('latin1'));
  const wheres = explainable().map((word) => explainCode(word)!.about['where'] ?? '');
  const functions = new Set(wheres.flatMap(named));
  t.true(functions.size > 20);
  for (const name of functions)
    t.true(
      binaries.some((binary) => binary.includes(`\0${name}\0`)),
      name,
    );
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
  const path = join(newFolder(), 'plan.json');
  writeFileSync(path, JSON.stringify(evicting));
  const said = await simtls(['explain', path]);
  t.is(said.code, 0);
  t.regex(said.out, /^evicted-unheld, seed 1, profile 3\.0, with evict-callback-after-free\n/);
  t.regex(said.out, /\nBROKEN callback-gets-live-session \(libssl\) at client-\d+\n/);
  t.regex(said.out, / ◀ broken here\n/);
  t.true(said.out.endsWith(`\nreplay: simtls run --plan ${path}\n`));
  const json = JSON.parse((await simtls(['explain', path, '--json'])).out) as Story;
  t.deepEqual(json.steps, JSON.parse(JSON.stringify(storyOf(evicting).steps)));
  const program = join(newFolder(), 'program.json');
  const steps = [
    { let: 's', call: 'SSL_SESSION_new' },
    { call: 'SSL_SESSION_free', args: ['$s'] },
  ];
  writeFileSync(program, JSON.stringify({ format: 'simtls-program/1', profile: '3.0', steps: [...steps, steps[1]] }));
  const told = await simtls(['explain', program]);
  t.is(told.code, 0, told.err);
  t.regex(told.out, /^an API program, profile 3\.0\n/);
  t.regex(told.out, / 0 {2}s = SSL_SESSION_new\(\)\n +s: refs 1\n +1 {2}SSL_SESSION_free\(\$s\)\n +s is gone\n/);
  t.regex(
    told.out,
    /\nBROKEN in step 2: use-after-free of s: the object is gone.*\n {2}freed by SSL_SESSION_free in step 1\n {2}what to do: keep/,
  );
  t.true(told.out.endsWith(`\nreplay: simtls program run ${program}\n`));
});

/** Two handshakes with one session, the first connection freed without a shutdown. */
const unshut = {
  format: 'simtls-program/1',
  name: 'freed without SSL_shutdown',
  profile: '3.0',
  steps: [
    { let: 'cc', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
    { let: 'sc', call: 'SSL_CTX_new', args: ['TLS_server_method'] },
    { call: 'SSL_CTX_set_max_proto_version', args: ['$sc', 'TLS1_2_VERSION'] },
    { call: 'sim_use_certificate', args: ['$sc'] },
    { let: 'c', call: 'SSL_new', args: ['$cc'] },
    { let: 's', call: 'SSL_new', args: ['$sc'] },
    { call: 'sim_pair', args: ['$c', '$s'] },
    { call: 'sim_handshake', args: ['$c', '$s'] },
    { let: 'sess', call: 'SSL_get1_session', args: ['$c'] },
    { call: 'SSL_free', args: ['$c'] },
    { let: 'd', call: 'SSL_new', args: ['$cc'] },
    { let: 't', call: 'SSL_new', args: ['$sc'] },
    { call: 'SSL_set_session', args: ['$d', '$sess'] },
    { call: 'sim_pair', args: ['$d', '$t'] },
    { call: 'sim_handshake', args: ['$d', '$t'] },
    { call: 'SSL_session_reused', args: ['$d'] },
  ],
};
const as = (profile: Profile): StackSource => ({ open: () => openModel({ profile }), close: () => {} });

test('the story of a program tells what each step did, with the decisions in words', (t) => {
  const story = programStoryOf(unshut, { libssl: as('3.0') });
  t.deepEqual(story.end, { kind: 'ran' });
  t.deepEqual(
    story.steps.flatMap(({ step, decisions }) => decisions.map(({ side, code }) => [step, side, code])),
    [
      [7, 'client', 'no-session-set'],
      [7, 'server', 'id-unknown'], // of TLS 1.3: a client that could speak it sends an id of no session
      [14, 'client', 'session-not-resumable'],
      [14, 'server', 'id-unknown'],
    ],
  );
  for (const { decisions } of story.steps) for (const { means } of decisions) t.true(means.length > 10);
  const text = programStoryLines(story).join('\n');
  t.regex(text, /client: session-not-resumable: the session is marked as bad/);
  t.regex(text, / 9 {2}SSL_free\(\$c\)\n +c is gone\n +cc: refs 3 → 1\n +sess: refs 2 → 1, resumable 1 → 0\n/);
  t.regex(text, /15 {2}SSL_session_reused\(\$d\) → 0\n/);
  t.regex(text, /simtls model of OpenSSL 3\.0 does the same in every step$/);
});

test('the story of a program ends with the first difference to real OpenSSL, or says why it was not asked', (t) => {
  const program = {
    format: 'simtls-program/1',
    profile: '3.0',
    steps: [
      { let: 'c', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
      { let: 's', call: 'SSL_new', args: ['$c'] },
      { call: 'SSL_new_session_ticket', args: ['$s'] },
      { call: 'SSL_CTX_free', args: ['$c'] },
    ],
  };
  const { compared } = programStoryOf(program, { libssl: as('1.1.1') });
  t.like(compared, { with: 'simtls model of OpenSSL 1.1.1', difference: { step: 2 } });
  const text = programStoryLines(programStoryOf(program, { libssl: as('1.1.1') })).join('\n');
  t.regex(
    text,
    /\nDIFFERENT from simtls model of OpenSSL 1\.1\.1, first in step 2, SSL_new_session_ticket\(\$s\): \w+\n {2}the model: .*\n {2}simtls model of OpenSSL 1\.1\.1: /,
  );
  const missing: StackSource = {
    open: () => {
      throw new StackMissing('OpenSSL 3.0.19 is not here: npm run openssl');
    },
    close: () => {},
  };
  t.regex(
    programStoryLines(programStoryOf(program, { libssl: missing })).join('\n'),
    /was not asked: OpenSSL 3\.0\.19 is not here/,
  );
});

test('errors of a program are told in words, a crash and a defect by name', (t) => {
  const told = (value: object, defects: readonly DefectName[] = []): string =>
    programStoryLines(programStoryOf(value as Record<string, unknown>, { defects, libssl: as('1.1.1') })).join('\n');
  const uninitialized = told({
    format: 'simtls-program/1',
    profile: '1.1.1',
    steps: [
      { let: 'c', call: 'SSL_CTX_new', args: ['TLS_method'] },
      { let: 's', call: 'SSL_new', args: ['$c'] },
      { call: 'SSL_write', args: ['$s', { text: 'x' }] },
    ],
  });
  t.regex(uninitialized, /uninitialized: the connection is neither client nor server yet\n/);
  const cached = (name: string, hex: string): object[] => [
    { let: name, call: 'SSL_SESSION_new' },
    { call: 'SSL_SESSION_set1_id', args: [`$${name}`, { hex }] },
    { call: 'SSL_CTX_add_session', args: ['$c', `$${name}`] },
    { call: 'SSL_SESSION_free', args: [`$${name}`] },
  ];
  const crashing = {
    format: 'simtls-program/1',
    profile: '1.1.1',
    steps: [
      { let: 'c', call: 'SSL_CTX_new', args: ['TLS_client_method'] },
      { call: 'SSL_CTX_sess_set_cache_size', args: ['$c', 1] },
      { call: 'sim_on_remove', args: ['$c'] },
      ...cached('a', 'aa'),
      ...cached('b', 'bb'),
    ],
  };
  const crashed = told(crashing, ['evict-callback-after-free']);
  t.regex(crashed, /^an API program, profile 1\.1\.1, with evict-callback-after-free\n/);
  t.regex(crashed, /\nBROKEN in step 9: the model says that libssl dies here of SIGSEGV\nDIFFERENT from .*: crash\n/);
  t.regex(told(crashing), /the remove callback of c is handed a\n/);
});

test('every program of the corpus has its story', (t) => {
  for (const { file, text } of share(corpusPrograms(), 0, 3)) {
    const value = JSON.parse(text) as Record<string, unknown>;
    const story = programStoryOf(value, { libssl: as((value['profile'] as Profile | undefined) ?? '3.0') });
    t.true(story.steps.length > 0 || story.end.kind === 'unable', file);
    t.true(programStoryLines(story).length > 4, file);
    t.true(story.compared.with === null || story.compared.difference === null, file);
  }
});

test('a session that the library lost is found by the defect, and shrinks to the damaged ticket, not to a leak of the program', async (t) => {
  const out = join(newFolder(), 'found.json');
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
  const out = join(newFolder(), 'found.json');
  const said = await simtls(['find', '--defect', 'evict-callback-after-free', '--out', out]);
  t.is(said.code, 1);
  t.true(said.out.startsWith(`cache-of-one fails with seed 1: callback-gets-live-session/libssl/`), said.out);
  t.regex(said.out, /steps \d+ → 9, /);
  t.true(said.out.includes(`replay: simtls replay ${out}\nwith the defect off, the same plan breaks nothing\n`));
  t.is((await simtls(['replay', out])).code, 1);
  t.is((await simtls(['run', '--plan', out])).code, 1, 'a finding has its plan in it');
  const none = await simtls(['find', 'resumed-by-id', '--count', '3']);
  t.is(none.code, 0);
  t.is(none.out, 'nothing failed: 3 seeds of 1 scenarios on 3.0\n');
});

function sources(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root)).map((name) =>
    readFileSync(new URL(`${folder}/${name}`, root), 'utf8'),
  );
}
