/** The labs: untouched they are not solved, their solutions solve them, and what only looks like a repair is none. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chdir, cwd } from 'node:process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { PlanSource } from '../../sim/campaign/index.js';
import { allLabs, answerHash, labFile } from '../../sim/cli/lab-files.js';
import { findModules } from '../../sim/cli/scenarios.js';
import { checkRepair, type Lab, type RepairCheck, toLab } from '../../sim/lab/index.js';
import { parsePlan } from '../../sim/plan/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { runPlan } from '../../sim/world/index.js';
import { type DefectName, defectOf } from '../../src/index.js';
import { simtls } from './_command.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const labs = allLabs();
const repairs = labs.flatMap((lab) => (lab.check.kind === 'repair' ? [{ lab, check: lab.check }] : []));
const diagnoses = labs.flatMap((lab) => (lab.check.kind === 'diagnosis' ? [{ lab, check: lab.check }] : []));
/** The whole check runs a hundred. */
const few = (check: RepairCheck): RepairCheck => ({ ...check, seeds: 8 });

/** A folder inside the package, so that `simtls` in a copied exercise means this one. */
async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(root, 'dist', 'lab-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function scenarioAt(path: string): Promise<PlanSource> {
  const [found] = await findModules([path]);
  return found!.source;
}

test('there are eight, in one order, with hints that do not name the bug before the last of them', (t) => {
  t.deepEqual(
    labs.map(({ place }) => place),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  for (const { name, story, hints } of labs) {
    t.true(story.sources.length > 0, name);
    t.is(new Set(hints).size, 3, name);
  }
});

for (const { lab, check } of repairs) {
  test(`${lab.name}: untouched it is not solved, and nothing says what is broken`, async (t) => {
    const untouched = await scenarioAt(labFile(lab, 'exercise.mjs'));
    const found = checkRepair(untouched, untouched, few(check));
    t.regex(found.solved ? '' : found.why, /^\d+ of 24 runs break a rule$/);
  });

  test(`${lab.name}: its solution solves it`, async (t) => {
    const [untouched, mended] = [labFile(lab, 'exercise.mjs'), labFile(lab, 'solution.mjs')];
    t.deepEqual(checkRepair(await scenarioAt(untouched), await scenarioAt(mended), few(check)), {
      solved: true,
      runs: 24,
    });
  });
}

/** What looks like a repair of `many-tickets`, as a change of its text, and what is said of it. */
const feints: readonly (readonly [what: string, from: string, to: string, says: RegExp])[] = [
  ['a server that sends less', 'max: 30', 'max: 3', /draws other things/],
  ['another limit', 'const limit = 8', 'const limit = 99', /"holds_at_most" are others/],
  ['no limit', 'client.holdsAtMost({ sessionsPerHost: limit });', '', /"holds_at_most" are others/],
  ['no exit', 'client.exit();', '', /fewer steps "exit"/],
  ['another request', 'connection.request({ answer: ', 'connection.request({ answer: 1 + ', /"request" are others/],
  [
    'an expectation',
    'client.exit();',
    "w.expect.violation('sessions-within-limit', 'so what'); client.exit();",
    /w\.expect/,
  ],
  ['another server', 'w.server({ context: { ', 'w.server({ tickets: false, context: { ', /only the program on client/],
  ['no resumption', 'ctx.keepSessions();', 'ctx.keepSessions({ atMost: 0 });', /gives up what sessions are kept for/],
];

test('what only looks like a repair is none', async (t) => {
  const { lab, check } = repairs.find((one) => one.lab.name === 'many-tickets')!;
  const text = readFileSync(labFile(lab, 'exercise.mjs'), 'utf8');
  const untouched = await scenarioAt(labFile(lab, 'exercise.mjs'));
  await inFolder(async (folder) => {
    for (const [n, [what, from, to, says]] of feints.entries()) {
      t.true(text.includes(from), what);
      const path = join(folder, `feint-${n}.mjs`);
      writeFileSync(path, text.replace(from, to));
      const found = checkRepair(untouched, await scenarioAt(path), few(check));
      t.regex(found.solved ? 'solved' : found.why, says, what);
    }
  });
});

function traced(lab: Lab, defect: string) {
  const events: TraceEvent[] = [];
  const plan = parsePlan(readFileSync(labFile(lab, 'case.json'), 'utf8'));
  const name = defectOf(defect)!.name as DefectName;
  const result = runPlan({ ...plan, defects: [name] }, { trace: (event) => events.push(event) });
  return { result, events, healthy: runPlan(plan) };
}

const solutionOf = (lab: Lab): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(labFile(lab, 'solution.json'), 'utf8'));

test('growing-server: what its solution says is what happens', (t) => {
  const { lab } = diagnoses.find((one) => one.lab.name === 'growing-server')!;
  const { defect = '', connection, decision } = solutionOf(lab);
  const { result, events, healthy } = traced(lab, defect);
  t.is(healthy.verdict, 'pass', 'on a stack without fault nothing is broken');
  t.is(result.violations.length, 1);
  const served = /since (\S+\/\d+)/.exec(result.violations[0]!.text)?.[1] ?? '';
  t.is(result.connections[Number(served.split('/')[1]) - 1]?.step, connection);
  const decisions = events.filter((event) => event.kind === 'decision' && event.step === served);
  t.true(decisions.some((event) => 'code' in event && event.code === decision));
});

test('full-cache: what its solution says is what happens', (t) => {
  const { lab } = diagnoses.find((one) => one.lab.name === 'full-cache')!;
  const { defect = '', connection, step } = solutionOf(lab);
  const { result, events, healthy } = traced(lab, defect);
  t.is(healthy.verdict, 'pass', 'on a stack without fault nothing is broken');
  const [violation] = result.violations;
  t.is(violation?.step, step);
  const made = events.find(
    (event) => event.kind === 'made' && event.host === 'client' && event.object === violation?.object,
  );
  const n = (id = ''): number => Number(id.split('-')[1]);
  t.is(result.connections.findLast((one) => n(one.step) < n(made?.step))?.step, connection);
});

test('answers are compared by their hashes, whatever their case', (t) => {
  for (const { lab, check } of diagnoses) {
    for (const [asked, answer] of Object.entries(solutionOf(lab))) {
      t.is(check.answers[asked], answerHash(lab.name, asked, ` ${answer.toUpperCase()}`));
      t.false(JSON.stringify(lab.hints).includes(answer), `${lab.name}: a hint names the answer to ${asked}`);
    }
  }
});

test('the commands of the page do what it says of them, and so do those of each lab', async (t) => {
  const page = readFileSync(join(root, 'docs', 'labs.md'), 'utf8');
  for (const { name } of labs) t.true(page.includes(`| \`${name}\` |`), name);
  const commandsIn = (text: string): readonly (readonly string[])[] =>
    [...text.matchAll(/^npx simtls (.+?)(?: +#.*)?$/gm)].map(([, words = '']) => words.split(' '));
  const before = cwd();
  await inFolder(async (folder) => {
    chdir(folder);
    try {
      for (const words of commandsIn(page)) {
        const { code, err } = await simtls(words);
        t.is(code, words[0] === 'run' || words[1] === 'check' ? 1 : 0, `${words.join(' ')}: ${err}`);
      }
      const again = await simtls(['lab', 'start', 'many-tickets']);
      t.is(again.code, 2);
      t.regex(again.err, /README\.md is there already: nothing is written/);
      for (const lab of labs.filter(({ name }) => name !== 'many-tickets')) {
        t.is((await simtls(['lab', 'start', lab.name])).code, 0);
        chdir(join(folder, lab.name));
        for (const words of commandsIn(readFileSync('README.md', 'utf8'))) {
          // The check of every lab has a test of its own: here the cheap ones.
          if (words[0] === 'run' && words[1] !== '--plan') continue;
          if (words[1] === 'check' && lab.check.kind === 'repair') continue;
          t.is((await simtls(words)).code, words[1] === 'check' ? 1 : 0, `${lab.name}: ${words.join(' ')}`);
        }
        chdir(folder);
      }
      copyFileSync(labFile(diagnoses[0]!.lab, 'solution.json'), join(diagnoses[0]!.lab.name, 'answer.json'));
      const solved = await simtls(['lab', 'check', diagnoses[0]!.lab.name]);
      t.is(solved.code, 0);
      t.regex(solved.out, /^solved\. Where it really happened: simtls lab solution growing-server\n$/);
    } finally {
      chdir(before);
    }
  });
});

test('a lab that there is not, a folder without one, and a file that is none are refused by name', async (t) => {
  const unknown = await simtls(['lab', 'start', 'many-ticket']);
  t.is(unknown.code, 2);
  t.regex(unknown.err, /no lab is called many-ticket: did you mean many-tickets\?/);
  const nowhere = await simtls(['lab', 'check', join(root, 'docs')]);
  t.is(nowhere.code, 2);
  t.regex(nowhere.err, /no lab was started in .*docs: simtls lab start NAME/);
  t.throws(() => toLab('mine', { place: 1 }), { message: /^the lab mine: title: / });
});
