/** The pages: what the README shows of a scenario is what happens, and what they name is there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { runInside, withChecks } from './_readme.js';
import { corpusPrograms } from './sim/_corpus.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const command = join(root, 'dist', 'sim', 'cli', 'main.js');

/** The code between fences of that language, in order. */
function blocks(language: string, page: string = readme): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}

/** Does something with a folder inside the package, so that `simtls` means this one, and removes it. */
function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(root, 'dist', 'readme-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the handshake of the README comes to the value that it states', (t) => {
  const { source, checks } = withChecks(blocks('js')[1] ?? '');
  t.is(checks, 1);
  t.is(runInside(source), '');
});

test('the scenario of one’s own fails as shown, with the line that replays it', (t) => {
  const shown = blocks('text')[0] ?? '';
  const { stdout, status } = inFolder((folder) => {
    writeFileSync(join(folder, 'pool.mjs'), blocks('js').find((code) => code.includes('scenario(')) ?? '');
    return spawnSync(process.execPath, [command, 'run', './pool.mjs', '--count', '4'], {
      cwd: folder,
      encoding: 'utf8',
    });
  });
  t.is(status, 1);
  t.true(shown.startsWith('FAIL pool'));
  t.true(stdout.includes(shown), stdout);
});

test('the third command of the README finds a bug, shrinks it and explains it, in seconds', (t) => {
  const line = /^npx simtls (find .+?) +#/m.exec(readme)?.[1] ?? '';
  const { stdout, status } = inFolder((folder) =>
    spawnSync(process.execPath, [command, ...line.split(' ')], { cwd: folder, encoding: 'utf8', timeout: 60_000 }),
  );
  t.is(status, 1);
  t.regex(stdout, /^cache-of-one fails with seed 1: .*\nshrunk: .*steps \d+ → 9, /);
  t.regex(
    stdout,
    /\nBROKEN callback-gets-live-session .*\n[\s\S]* ◀ broken here\n[\s\S]*\nreplay: simtls replay \S+\n/,
  );
});

/** Runs the lines of a block, one after the other in one folder, and looks at how each ends. */
function runLines(t: ExecutionContext, block: string, statusOf: (args: readonly string[]) => number): void {
  const commands = [...block.matchAll(/^npx simtls (.+?)(?: > (\S+))?(?: +#.*)?$/gm)];
  t.is(commands.length, block.trim().split('\n').length);
  inFolder((folder) => {
    for (const [, args = '', file] of commands) {
      const words = args.replace(/ #.*$/, '').trim().split(/ +/);
      const { stdout, stderr, status } = spawnSync(process.execPath, [command, ...words], {
        cwd: folder,
        encoding: 'utf8',
      });
      t.is(status, statusOf(words), `${args}: ${stderr}`);
      if (file !== undefined) writeFileSync(join(folder, file), stdout);
    }
  });
}

test('the commands from a failure to a bug report do what the README says of them', (t) => {
  const lines = blocks('sh').find((block) => block.includes('simtls shrink')) ?? '';
  runLines(t, lines, ([word]) => (word === 'run' || word === 'find' ? 1 : 0));
});

test('shards are made, merged and found whole as the page of campaigns says, and findings replayed', (t) => {
  const [, shards = '', findings = ''] = blocks('sh', pageText('docs/campaigns.md'));
  runLines(t, shards, () => 0);
  const shows = (words: readonly string[]): boolean =>
    /^(?:find|run|replay)$/.test(words[0] ?? '') && !words.includes('libssl');
  runLines(t, findings, (words) => (shows(words) ? 1 : 0));
});

test('every file and page that the pages name is there', (t) => {
  const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];
  for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)) {
      t.notThrows(() => statSync(join(root, page, '..', target ?? '')), `${page}: ${target}`);
    }
  }
});

test('the scenarios on their page hold, by the command that stands in them', (t) => {
  const examples = blocks('js', pageText('docs/scenarios.md'));
  t.is(examples.length, 2);
  inFolder((folder) => {
    for (const example of examples) {
      const [, name = '', line = ''] = /^\/\/ (\S+), run by: simtls (.+)$/m.exec(example) ?? [];
      writeFileSync(join(folder, name), example);
      const args = [command, ...line.replace('--count 100', '--count 5').split(' ')];
      const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      t.is(status, 0, stdout);
      t.regex(stdout, /^\S+ +\d+ {2}pass/m);
    }
  });
});

test('the plan on its page runs, and what it says holds', (t) => {
  const [plan = ''] = blocks('json', pageText('docs/plans.md'));
  const { stdout, status } = spawnSync(process.execPath, [command, 'run', '--plan', '-', '--json'], {
    input: plan,
    encoding: 'utf8',
  });
  t.is(status, 0, stdout);
  t.true(stdout.includes('"verdict":"pass"'));
});

test('the code under test on its page does what is shown, by the command and in a test', (t) => {
  const page = pageText('docs/code-under-test.md');
  const [mine = '', inTest = ''] = blocks('js', page);
  const line = /^npx simtls (run .+)$/m.exec(page)?.[1] ?? '';
  inFolder((folder) => {
    writeFileSync(join(folder, 'node-client.mjs'), mine);
    const { stdout, status } = spawnSync(process.execPath, [command, ...line.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
    });
    t.is(status, 1);
    t.true(stdout.includes(blocks('text', page)[0] ?? '?'), stdout);
    const failed = [...stdout.matchAll(/^FAIL node-client, seed (\d+)/gm)].map(([, seed]) => seed);
    t.true(failed.length > 0 && failed.length < 20);
    const seeds = spawnSync(process.execPath, [command, ...line.split(' '), '--json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    for (const one of seeds.stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text))) {
      t.is(one.determinism, 'schedule');
      if (one.drawn.sync) t.is(one.verdict, 'pass', `seed ${one.seed}`);
    }
    const again = spawnSync(process.execPath, [command, ...line.split(' '), '--verify'], {
      cwd: folder,
      encoding: 'utf8',
    });
    t.regex(again.stdout, /each run again and compared/);
    writeFileSync(join(folder, 'test.mjs'), `${inTest}\nconsole.log(verdict, violations.length, connections.length);`);
    const run = spawnSync(process.execPath, ['test.mjs'], { cwd: folder, encoding: 'utf8' });
    t.is(run.stdout, 'fail 1 2\n', run.stderr);
  });
});

test('what cannot be done with code under test is refused by name', (t) => {
  const [mine = ''] = blocks('js', pageText('docs/code-under-test.md'));
  inFolder((folder) => {
    writeFileSync(join(folder, 'node-client.mjs'), mine);
    const ask = (...args: string[]): { status: number | null; stderr: string; stdout: string } =>
      spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8' });
    const plan = ask('plan', './node-client.mjs');
    t.is(plan.status, 0);
    writeFileSync(join(folder, 'plan.json'), plan.stdout);
    for (const args of [
      ['run', '--plan', 'plan.json'],
      ['shrink', 'plan.json'],
      ['explain', 'plan.json'],
      ['find', './node-client.mjs'],
    ]) {
      const { status, stderr } = ask(...args);
      t.is(status, 2, args.join(' '));
      t.regex(stderr, /step client-1 runs the code "fetch", which a plan cannot hold/);
    }
    const pcap = ask('run', './node-client.mjs', '--pcap', 'x.pcapng');
    t.is(pcap.status, 2);
    t.regex(pcap.stderr, /--pcap makes a run again for its packets/);
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

test('the example of the page of API programs runs to its end', (t) => {
  const [program = ''] = blocks('json', pageText('docs/programs.md'));
  const { stdout, status } = spawnSync(process.execPath, [command, 'program', 'run', '-'], {
    input: `${JSON.stringify(JSON.parse(program))}\n`,
    encoding: 'utf8',
  });
  t.is(status, 0);
  t.regex(
    stdout,
    /"call":"SSL_SESSION_free","ret":null,"errors":\[\],"events":\[\{"freed":"sess"\}\].*\n\{"end":0\}\n$/,
  );
});

function pageText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
