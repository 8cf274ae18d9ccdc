// Exports every program of the corpus as C, compiles the files with the headers of each OpenSSL that is here, runs them, and
// compares what they print with what the agent shows on the very same library: the installed libssl (Debian: libssl-dev), and the
// OpenSSL lines that `npm run openssl` installed. Ends with 1 where anything differs or does not compile.
//   node tools/export-c.mjs [--with installed|1.1.1|3.0|3.5]… [--jobs 2] [--only NAME]… [--keep FOLDER] [--count 0] [--seed 1]
//   --count  so many random programs besides the corpus
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ExportError, exportC } from '../dist/sim/export/index.js';
import {
  Comparison,
  generateProgram,
  libsslSource,
  parseProgram,
  readLine,
  runProgram,
  writeDifference,
} from '../dist/sim/program/index.js';
import { defaultNowMs } from '../dist/src/index.js';

const { values } = parseArgs({
  options: {
    with: { type: 'string', multiple: true, default: ['installed', '1.1.1', '3.0', '3.5'] },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', multiple: true, default: [] },
    keep: { type: 'string' },
    count: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const corpus = join(root, 'scenarios/corpus/programs');
/** TLSv1_2_method is deprecated, in 1.1.1 too. */
const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-deprecated-declarations'];
/** Programs to a compiler's process. */
const batch = 24;
/** Between a test and its comparison. */
const secondsOfRun = 600;
/** How often a test that differs is run again, beside the agent: some answers of libssl come from its random bytes. */
const askedAgain = 3;

const names = readdirSync(corpus)
  .filter((file) => file.endsWith('.json') && file !== 'index.json')
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => values.only.length === 0 || values.only.includes(name));
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'simtls-export-'));
let wrong = 0;
for (const target of values.with) wrong += await check(target);
if (values.keep === undefined) rmSync(folder, { recursive: true });
process.exitCode = wrong === 0 ? 0 : 1;

/** One OpenSSL: where its headers are, and who answers beside. */
function targetOf(name) {
  if (name === 'installed') {
    const library = execFileSync('cc', ['-print-file-name=libssl.so'], { encoding: 'utf8' }).trim();
    if (!existsSync(library)) throw new Error('no libssl for the compiler: install libssl-dev');
    const version = execFileSync('cc', ['-E', '-P', '-include', 'openssl/opensslv.h', '-x', 'c', '-'], {
      input: 'OPENSSL_VERSION_STR\n',
      encoding: 'utf8',
    });
    const profile = /"(\d+\.\d+)\./.exec(version)?.[1];
    if (profile !== '3.0' && profile !== '3.5')
      throw new Error(`no profile for the installed OpenSSL ${version.trim()}`);
    return { profile, headers: [], agent: { libssl: library, anyPatch: true }, node: undefined };
  }
  const package_ = join(root, '.openssl', name, 'node_modules', `node-${process.platform}-${process.arch}`);
  const headers = ['-I', join(package_, 'include/node')];
  return { profile: name, headers, agent: {}, node: join(package_, 'bin/node') };
}

async function check(name) {
  const begun = performance.now();
  const target = targetOf(name);
  const place = join(folder, name);
  mkdirSync(join(place, 'out'), { recursive: true });
  const { exported, refused } = exportAll(target.profile, place);
  const [compiledAt, suites] = [performance.now(), await compile(target, place, exported)];
  const ranAt = performance.now();
  run(target, suites, place);
  const differences = compare(target, suites, place, exported);
  const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
  console.log(
    `${name}: ${exported.length} programs as C, ${refused} refused by name, ${differences} differ from the agent on the same library; ` +
      `exported in ${seconds(begun, compiledAt)} s, compiled in ${seconds(compiledAt, ranAt)} s, ` +
      `run and compared in ${seconds(ranAt, performance.now())} s`,
  );
  return differences;
}

/** Writes `NAME.c` for each program that can be said in C; those that cannot are told with the reason, and counted. */
function exportAll(profile, place) {
  const programs = names.map((name) => ({
    name,
    value: JSON.parse(readFileSync(join(corpus, `${name}.json`), 'utf8')),
  }));
  for (let index = 0; index < Number(values.count); index++) {
    const seed = Number(values.seed) + index;
    programs.push({ name: `seed-${seed}`, value: generateProgram({ seed, profile, tls13: index % 4 !== 3 }) });
  }
  const exported = programs.flatMap(({ name, value }) => {
    try {
      const text = exportC(value, { profile, file: `${name}.c` });
      writeFileSync(join(place, `${name}.c`), text);
      return [{ name, value, hasClock: /^int clock_gettime\(/m.test(text) }];
    } catch (error) {
      if (!(error instanceof ExportError)) throw error;
      console.log(`${profile} ${name}: refused: ${error.message}`);
      return [];
    }
  });
  return { exported, refused: programs.length - exported.length };
}

/**
 * All tests in one program, their `main` renamed, or in one shared object; those that bring a clock, which is one for a whole
 * process, in one of their own.
 */
async function compile({ headers, node }, place, exported) {
  const common = [...headers, ...(node === undefined ? [] : ['-fPIC'])];
  // The headers are read once; each file still includes its own.
  writeFileSync(
    join(place, 'headers.h'),
    '#define OPENSSL_SUPPRESS_DEPRECATED\n#define _GNU_SOURCE\n#include <limits.h>\n#include <stdio.h>\n#include <stdlib.h>\n' +
      '#include <string.h>\n#include <time.h>\n#include <openssl/err.h>\n#include <openssl/ssl.h>\n',
  );
  execFileSync('cc', [...common, ...warnings, 'headers.h', '-o', 'headers.h.gch'], { cwd: place });
  const queue = [];
  for (let at = 0; at < exported.length; at += batch) queue.push(exported.slice(at, at + batch));
  await Promise.all(
    Array.from({ length: Number(values.jobs) }, async () => {
      for (let some = queue.pop(); some !== undefined; some = queue.pop()) {
        const sources = some.map(({ name }) => `${name}.c`);
        await cc(['-c', ...common, ...warnings, '-include', 'headers.h', ...sources], place);
        for (const { name } of some) {
          execFileSync('objcopy', ['--redefine-sym', `main=${symbolOf(name)}`, `${name}.o`], { cwd: place });
        }
      }
    }),
  );
  const together = exported.filter(({ hasClock }) => !hasClock);
  const alone = exported.filter(({ hasClock }) => hasClock).map((one) => [one]);
  const suites = [];
  for (const [index, some] of [together, ...alone].entries()) {
    if (some.length > 0) suites.push({ ...(await link({ node, place }, some, index)), preloads: index > 0 });
  }
  return suites;
}

function symbolOf(name) {
  return `test_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
}

async function link({ node, place }, some, index) {
  const table = some.map(({ name }) => `    { "${name}", ${symbolOf(name)} },`).join('\n');
  const declared = some.map(({ name }) => `int ${symbolOf(name)}(void);`).join('\n');
  const list = `tests-${index}.c`;
  writeFileSync(
    join(place, list),
    `struct test {\n    const char *name;\n    int (*main)(void);\n};\n\n${declared}\n\nextern const struct test tests[];\n` +
      `const struct test tests[] = {\n${table}\n    { 0, 0 }\n};\n`,
  );
  const files = [join(root, 'tools/export-c/driver.c'), list, ...some.map(({ name }) => `${name}.o`)];
  const file = join(place, node === undefined ? `suite-${index}` : `suite-${index}.so`);
  const options = node === undefined ? ['-DALONE', ...files, '-lssl', '-lcrypto'] : ['-shared', '-fPIC', ...files];
  await cc([...options, '-o', file], place);
  return { file, statuses: join(place, `statuses-${index}`) };
}

function cc(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn('cc', args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`cc ended with ${code}`))));
  });
}

/** Runs every test. */
function run({ node }, suites, place) {
  for (const { file, statuses, preloads } of suites) {
    const paths = [join(place, 'out'), statuses];
    const [command, args] =
      node === undefined ? [file, paths] : [node, [join(root, 'tools/export-c/in-node.mjs'), file, ...paths]];
    const { status, stderr } = spawnSync(command, args, {
      // Inside a node binary, libssl is bound before the suite is there: its clock has to come first.
      env: { OPENSSL_CONF: '/dev/null', TZ: 'UTC', ...(node !== undefined && preloads ? { LD_PRELOAD: file } : {}) },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
  }
}

function compare(target, suites, place, exported) {
  const source = libsslSource(target.agent, () => {});
  const differing = (some) => {
    const statuses = new Map(
      suites.flatMap(({ statuses: file }) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => line.split(' ')),
      ),
    );
    return some.filter(({ name, value }) => {
      const stack = source.open(target.profile);
      try {
        const lines = linesOf(place, name, Number(statuses.get(name)), value);
        const agents = [...runProgram(parseProgram(value, { profile: target.profile }), stack)].map(asPrinted);
        const found = firstDifference(agents, lines);
        if (found !== undefined) console.log(`${target.profile} ${name}: ${writeDifference(found)}`);
        return found !== undefined;
      } finally {
        stack.end();
      }
    });
  };
  try {
    let left = differing(exported);
    for (let again = 0; again < askedAgain && left.length > 0; again++) {
      run(target, suites, place);
      left = differing(left);
    }
    return left.length;
  } finally {
    source.close();
  }
}

/** What a test printed; where a signal ended it, the step that it was in. */
function linesOf(place, name, status, { steps }) {
  const printed = readFileSync(join(place, 'out', `${name}.ndjson`), 'utf8')
    .trimEnd()
    .split('\n');
  const lines = printed.filter((line) => line !== '').map(readLine);
  const signal = status & 0x7f;
  if (signal !== 0) {
    const word = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
    lines.push({ step: lines.length, call: steps[lines.length]?.call ?? '', crash: word });
  }
  return lines;
}

/** A test that dies prints nothing of the step that it dies in, nor of the bodies that ran in it. */
function asPrinted(line) {
  if (!('crash' in line)) return line;
  const { nested: _, ...printed } = line;
  return printed;
}

/**
 * The test's line as the agent would have it. Both tell a time by how far it is from now; now is the world's for the agent, and the machine's for
 * the test. So what stands at a fixed date is as far from each as their clocks are apart.
 */
function sameInstant(agent, test) {
  const [mine, theirs] = [agent?.ret?.now, test?.ret?.now];
  if (mine === undefined || theirs === undefined || mine === theirs) return test;
  const apart = Math.abs(Number(mine) - Number(theirs) - (Date.now() - defaultNowMs) / 1000);
  return apart < secondsOfRun ? { ...test, ret: agent.ret } : test;
}

/** `model` in what it finds is the agent, `libssl` the test. */
function firstDifference(agent, test) {
  const comparison = new Comparison();
  for (let step = 0; step < Math.max(agent.length, test.length); step++) {
    const found = comparison.next(agent[step], sameInstant(agent[step], test[step]));
    if (found !== undefined) return found;
  }
  return undefined;
}
