// How `npm test` runs the test files: most of them together in a few processes. A process of its own for each file would load the
// same modules a hundred times, and run them a hundred times before they are compiled. `npx ava dist/test/…` runs single files.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = join(root, 'dist', 'test');
const folder = join(tests, 'together');

/** Those that stay alone: they measure or wait for what happens outside, change the process that they run in, or load as they go. */
const alone =
  /^(?:guard|pages|readme|sim\/(?:application-defects|campaign|campaign-ends|cli|code-[a-z-]+|determinism|export|lab|new|peers|peers-[a-z0-9]+|report|socket-mirror|testing)|src\/libssl\/(?:certificates|node-tls|node-tls13)|src\/connection\/beside-libssl)\.test\.js$/u;
/** Twice as many as there are at work at one time, so that neither has to wait long for the other. */
const groups = 4;
/** Modules that tests wait for while they load. All tests of a process have to be declared at once, so these are loaded before. */
const awaited = ['sim/_scenarios.js'];

const files = readdirSync(tests, { recursive: true })
  .filter((file) => file.endsWith('.test.js') && !file.startsWith('together'))
  .sort();
const shared = files.filter((file) => !alone.test(file));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const importing = (names, statement) => names.map((file) => `${statement(`'../${file}'`)};\n`).join('');
for (let group = 0; group < groups; group += 1) {
  const own = shared.filter((_, at) => at % groups === group);
  writeFileSync(
    join(folder, `_files-${group}.js`),
    importing(own, (file) => `import ${file}`),
  );
  const first = importing(awaited, (file) => `await import(${file})`);
  writeFileSync(join(folder, `group-${group}.js`), `${first}await import('./_files-${group}.js');\n`);
}

const inGroup = (file) => file.includes(`${relative(root, folder)}`);
export default {
  files: ['dist/test/together/*.js', ...files.filter((file) => alone.test(file)).map((file) => `dist/test/${file}`)],
  // the long ones first
  sortTestFiles: (one, other) => Number(inGroup(other)) - Number(inGroup(one)),
  timeout: '3m',
  concurrency: 2,
  workerThreads: false,
};
