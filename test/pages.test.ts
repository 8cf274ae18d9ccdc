/** The pages: what the README shows of a scenario is what happens, and what they name is there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { runInside, withChecks } from './_readme.js';
import { type Said, simtls } from './sim/_command.js';
import { corpusPrograms } from './sim/_corpus.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The code between fences of that language, in order. */
function blocks(language: string, page: string = readme): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}

/**
 * Does something in a folder inside the package, so that `simtls` means this one, and removes it. Command lines are run in this
 * process, since a new one takes longer than most of them; so the tests that do it are serial.
 */
async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const [before, folder] = [process.cwd(), mkdtempSync(join(root, 'dist', 'readme-'))];
  process.chdir(folder);
  try {
    return await use(folder);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
}

/** Runs a command line, with the clock of this process. */
function run(args: readonly string[] | string, input = ''): Promise<Said> {
  return simtls(typeof args === 'string' ? args.split(' ') : args, input, () => performance.now());
}

test('the handshake of the README comes to the value that it states', (t) => {
  const { source, checks } = withChecks(blocks('js')[1] ?? '');
  t.is(checks, 1);
  t.is(runInside(source), '');
});

test.serial('the scenario of one’s own fails as shown, with the line that replays it', async (t) => {
  const shown = blocks('text')[0] ?? '';
  const { out, code } = await inFolder((folder) => {
    writeFileSync(join(folder, 'pool.mjs'), blocks('js').find((block) => block.includes('scenario(')) ?? '');
    return run('run ./pool.mjs --count 4');
  });
  t.is(code, 1);
  t.true(shown.startsWith('FAIL pool'));
  t.true(out.includes(shown), out);
});

test.serial('the third command of the README finds a bug, shrinks it and explains it, in seconds', async (t) => {
  const line = /^npx simtls (find .+?) +#/m.exec(readme)?.[1] ?? '';
  const { out, code } = await inFolder(() => run(line));
  t.is(code, 1);
  t.regex(out, /^cache-of-one fails with seed 1: .*\nshrunk: .*steps \d+ → 9, /);
  t.regex(out, /\nBROKEN callback-gets-live-session .*\n[\s\S]* ◀ broken here\n[\s\S]*\nreplay: simtls replay \S+\n/);
});

/** Runs the lines of a block, one after the other in one folder, and looks at how each ends. */
async function runLines(
  t: ExecutionContext,
  block: string,
  codeOf: (args: readonly string[]) => number,
): Promise<void> {
  const commands = [...block.matchAll(/^npx simtls (.+?)(?: > (\S+))?(?: +#.*)?$/gm)];
  t.is(commands.length, block.trim().split('\n').length);
  await inFolder(async (folder) => {
    for (const [, args = '', file] of commands) {
      const words = args.replace(/ #.*$/, '').trim().split(/ +/);
      const { out, err, code } = await run(words);
      t.is(code, codeOf(words), `${args}: ${err}`);
      if (file !== undefined) writeFileSync(join(folder, file), out);
    }
  });
}

test.serial('the commands from a failure to a bug report do what the README says of them', async (t) => {
  const lines = blocks('sh').find((block) => block.includes('simtls shrink')) ?? '';
  await runLines(t, lines, ([word]) => (word === 'run' || word === 'find' ? 1 : 0));
});

test.serial(
  'shards are made, merged and found whole as the page of campaigns says, and findings replayed',
  async (t) => {
    const [, shards = '', findings = ''] = blocks('sh', pageText('docs/campaigns.md'));
    await runLines(t, shards, () => 0);
    const shows = (words: readonly string[]): boolean =>
      /^(?:find|run|replay)$/.test(words[0] ?? '') && !words.includes('libssl');
    await runLines(t, findings, (words) => (shows(words) ? 1 : 0));
  },
);

test('every file and page that the pages name is there', (t) => {
  const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];
  for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)) {
      t.notThrows(() => statSync(join(root, page, '..', target ?? '')), `${page}: ${target}`);
    }
  }
});

test.serial('the scenarios on their page hold, by the command that stands in them', async (t) => {
  const examples = blocks('js', pageText('docs/scenarios.md'));
  t.is(examples.length, 2);
  await inFolder(async (folder) => {
    for (const example of examples) {
      const [, name = '', line = ''] = /^\/\/ (\S+), run by: simtls (.+)$/m.exec(example) ?? [];
      writeFileSync(join(folder, name), example);
      const { out, code } = await run(line.replace('--count 100', '--count 5'));
      t.is(code, 0, out);
      t.regex(out, /^\S+ +\d+ {2}pass/m);
    }
  });
});

test('the plan on its page runs, and what it says holds', async (t) => {
  const [plan = ''] = blocks('json', pageText('docs/plans.md'));
  const { out, code } = await run('run --plan - --json', plan);
  t.is(code, 0, out);
  t.true(out.includes('"verdict":"pass"'));
});

test.serial('the code under test on its page does what is shown, by the command and in a test', async (t) => {
  const page = pageText('docs/code-under-test.md');
  const [mine = '', inTest = ''] = blocks('js', page);
  const line = /^npx simtls (run .+)$/m.exec(page)?.[1] ?? '';
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'node-client.mjs'), mine);
    const { out, code } = await run(line);
    t.is(code, 1);
    t.true(out.includes(blocks('text', page)[0] ?? '?'), out);
    const failed = [...out.matchAll(/^FAIL node-client, seed (\d+)/gm)].map(([, seed]) => seed);
    t.true(failed.length > 0 && failed.length < 20);
    const seeds = await run(`${line} --json`);
    for (const one of seeds.out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text))) {
      t.is(one.determinism, 'schedule');
      if (one.drawn.sync) t.is(one.verdict, 'pass', `seed ${one.seed}`);
    }
    const again = await run(`${line} --verify`);
    t.regex(again.out, /each run again and compared/);
    writeFileSync(join(folder, 'test.mjs'), `${inTest}\nconsole.log(verdict, violations.length, connections.length);`);
    const { stdout, stderr } = spawnSync(process.execPath, ['test.mjs'], { cwd: folder, encoding: 'utf8' });
    t.is(stdout, 'fail 1 2\n', stderr);
  });
});

test.serial('what cannot be done with code under test is refused by name', async (t) => {
  const [mine = ''] = blocks('js', pageText('docs/code-under-test.md'));
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'node-client.mjs'), mine);
    const plan = await run('plan ./node-client.mjs');
    t.is(plan.code, 0);
    writeFileSync(join(folder, 'plan.json'), plan.out);
    for (const line of ['run --plan plan.json', 'shrink plan.json', 'explain plan.json', 'find ./node-client.mjs']) {
      const { code, err } = await run(line);
      t.is(code, 2, line);
      t.regex(err, /step client-1 runs the code "fetch", which a plan cannot hold/);
    }
    const pcap = await run('run ./node-client.mjs --pcap x.pcapng');
    t.is(pcap.code, 2);
    t.regex(pcap.err, /--pcap makes a run again for its packets/);
  });
});

test('every decision has its line on the page of decisions, and no other has', (t) => {
  const source = pageText('src/connection/decide.ts');
  const codes = [...source.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code]) => code);
  const lines = [...pageText('docs/decisions.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  t.true(codes.length > 20);
  t.deepEqual(lines.sort(), codes.sort());
});

test('every sentence of the manual that the corpus shows is on its page, with its program', (t) => {
  const page = pageText('docs/manual-and-openssl.md');
  const shown = corpusPrograms().filter(({ file }) => file.startsWith('pod-'));
  t.true(shown.length > 10);
  for (const { file, text } of shown) {
    const { sentence, differs }: { sentence: string; differs?: string } = JSON.parse(text);
    const line = page.split('\n').find((one) => one.includes(`programs/${file})`)) ?? '';
    t.true(line.startsWith(`| ${sentence} |`), file);
    t.true(line.includes(differs ?? ''), file);
  }
});

test('the example of the page of API programs runs to its end', async (t) => {
  const [program = ''] = blocks('json', pageText('docs/programs.md'));
  const { out, code } = await run('program run -', `${JSON.stringify(JSON.parse(program))}\n`);
  t.is(code, 0);
  t.regex(out, /"call":"SSL_SESSION_free","ret":null,"errors":\[\],"events":\[\{"freed":"sess"\}\].*\n\{"end":0\}\n$/);
});

function pageText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
