/** The repository's own files, and the edges it has to the outside. */
import { readdirSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GuardedFile, guarded } from './file.js';
import type { Edge } from './names.js';

/** From dist/test/_guard/ to the root of the repository. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every TypeScript file of the four folders. */
export function sourceFiles(): GuardedFile[] {
  return ['src', 'sim', 'scenarios', 'test'].flatMap((folder) => filesOf(folder, '.ts'));
}

/** Every page: docs/ and those at the root. */
export function pages(): GuardedFile[] {
  const atRoot = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'];
  return [...atRoot.map((path) => guarded(path, readFileSync(root + path, 'utf8'))), ...filesOf('docs', '.md')];
}

/** The packages that package.json lets the simulator import: what `npm install simtls` brings. */
export function runtimePackages(): ReadonlySet<string> {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return new Set(Object.keys(manifest.dependencies));
}

function filesOf(folder: string, ending: string): GuardedFile[] {
  return readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, `${entry.path}${sep}${entry.name}`).split(sep).join('/'))
    .sort()
    .map((path) => guarded(path, readFileSync(root + path, 'utf8')));
}

const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];

/** Where the simulator touches the outside. Nothing of this takes part in a run on the model. */
export const edges: readonly Edge[] = [
  {
    path: 'sim/stacks/agent/',
    may: ['process', 'node:fs', 'koffi', 'Date'],
    reason: 'the agent is a process of its own around real OpenSSL, whose sessions carry the real time',
  },
  {
    path: 'sim/stacks/agent-process.ts',
    may: ['process', 'node:child_process', 'node:fs', 'node:os', 'node:path', 'node:url'],
    reason: 'starts the agent and talks to it over two FIFOs',
  },
  {
    path: 'sim/stacks/lines.ts',
    may: ['process', 'node:fs'],
    reason: 'looks for the OpenSSL lines: those that were installed, a library that was named, and the node that runs',
  },
  {
    path: 'sim/stacks/installed.ts',
    may: ['process', 'node:child_process', 'node:fs', 'node:path', 'node:url'],
    reason:
      'knows where the node binaries that carry the OpenSSL lines are, and the clock of their agents, and installs them when asked to',
  },
  {
    path: 'sim/report/page-file.ts',
    may: ['node:fs', 'node:url', 'node:zlib'],
    reason: 'reads the page that npm run build made, and packs what it shows',
  },
  {
    path: 'sim/report/page/',
    may: ['process', 'preact/hooks'],
    reason: 'the page itself, which runs in a browser and makes no run; `process` is a column of its data',
  },
  {
    path: 'sim/cli/main.ts',
    may: ['process', 'performance', 'setImmediate', 'node:fs', 'node:os', 'node:perf_hooks', 'node:timers/promises'],
    reason: 'the command itself: arguments, streams, signals, processors, and how long a run took by the real clock',
  },
  {
    path: 'sim/cli/campaign-lock.ts',
    may: ['process', 'node:fs', 'node:os', 'node:path'],
    reason: 'which process has the folder of a campaign, and whether it lives',
  },
  {
    path: 'sim/cli/lab-files.ts',
    may: ['node:crypto'],
    reason: 'the answers to a lab are kept as hashes',
  },
  {
    path: 'sim/cli/open-file.ts',
    may: ['process', 'node:child_process'],
    reason: 'hands a page to the browser, when asked to',
  },
  {
    path: 'sim/cli/',
    may: ['node:fs', 'node:path', 'node:url', 'node:zlib'],
    reason: 'finds scenarios, reads plans, writes traces',
  },
  {
    path: 'sim/version.ts',
    may: ['node:fs'],
    reason: 'reads the version that package.json has',
  },
  {
    path: 'sim/testing/keep.ts',
    may: ['node:fs', 'node:path'],
    reason: 'writes down what failed in a test of the user',
  },
  {
    path: 'sim/testing/holds.ts',
    may: ['node:fs'],
    reason: 'reads a plan that an earlier failure wrote',
  },
  {
    path: 'sim/testing/serve-libssl.ts',
    may: ['node:stream'],
    reason: 'is code under test, which is given streams: a type alone',
  },
  {
    path: 'sim/fast-check/',
    may: ['fast-check'],
    reason: 'extends fast-check, which whoever imports it has installed; nothing else of simtls imports it',
  },
  {
    path: 'sim/peers/',
    may: ['node:net', 'node:fs', 'node:tls', 'node:crypto', 'randomBytes', 'Date', ...timers],
    reason: 'real programs over real sockets: their files, the real clock, and the randomness of the system',
  },
  {
    path: 'sim/program/commands.ts',
    may: ['node:fs', 'node:readline'],
    reason: 'reads the program that the command line names',
  },
  {
    path: 'sim/threads/',
    may: ['Worker', 'node:worker_threads'],
    reason: 'hands pieces of work to threads; in each of them runs are made as they are outside',
  },
  {
    path: 'sim/code/',
    may: ['process', 'setImmediate', 'setTimeout', 'node:stream'],
    reason:
      'code under test is of Node: its event loop turns for it, its streams are what it is given, what it throws is taken',
  },
  {
    path: 'sim/world/code-process.ts',
    may: ['node:stream'],
    reason: 'hands streams to code under test: a type alone',
  },
  {
    path: 'sim/world/code-under-test.ts',
    may: ['node:async_hooks'],
    reason: 'tells whose code has thrown',
  },
  {
    path: 'sim/kernel/seed.ts',
    may: ['node:crypto'],
    reason: 'SHA-256 of a seed and a label; nothing random is imported',
  },
];
