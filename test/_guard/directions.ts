/** Who may import whom: the folders and their order, indexes, cycles. */
import { type Finding, finding, type GuardedFile } from './file.js';

/** The folders of `src/`: each knows only those before it. */
const sourceOrder = ['profile', 'wire', 'crypto', 'session', 'handshake', 'connection', 'libssl'];
/** The stack's ports and events: types alone, which every folder of `src/` may name. */
const ports: ReadonlySet<string> = new Set(['src/environment.ts', 'src/events.ts']);

/**
 * Files that the agent takes one by one, past their index: it runs in the node that carries its OpenSSL, and the oldest of
 * those cannot load all that the index names.
 */
const loadedByAgents: ReadonlySet<string> = new Set(
  ['digest', 'machine', 'observation', 'parse', 'play'].map((name) => `sim/program/${name}.ts`),
);

/** What a stack is, which imports nothing: programs that run in an agent take it past the index of stacks. */
const stackItself = 'sim/stacks/stack.ts';

/** Every import that goes the wrong way, or past an index. */
export function checkDirections(files: readonly GuardedFile[]): Finding[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap((file) =>
    file.imports.flatMap((found) => {
      if (found.target === undefined || file.layer === 'test') return [];
      const wrong =
        wrongLayer(file, found.target) ??
        (file.layer === 'src' ? wrongFolder(file.path, found.target, found.typeOnly) : undefined);
      if (wrong !== undefined) return [finding('direction', file, found.line, wrong)];
      const past = pastIndex(file.path, found.target, paths);
      return past === undefined ? [] : [finding('index', file, found.line, past)];
    }),
  );
}

function wrongLayer(file: GuardedFile, target: string): string | undefined {
  const to = target.split('/')[0];
  if (file.layer === to && file.layer !== 'scenarios') return undefined;
  if (file.layer === 'sim' && target === 'src/index.ts') return undefined;
  if (file.layer === 'scenarios' && (target === 'sim/index.ts' || target === 'src/index.ts')) return undefined;
  const may = { src: 'nothing outside src', sim: 'src/index.ts', scenarios: 'simtls/sim and simtls' }[file.layer];
  return `${file.layer} imports ${may ?? 'nothing'}, not ${target}`;
}

function wrongFolder(path: string, target: string, typeOnly: boolean): string | undefined {
  const from = folderOf(path);
  const to = folderOf(target);
  if (ports.has(target)) return typeOnly ? undefined : `${target} holds types alone: import type`;
  if (from === to || path === 'src/index.ts') return undefined;
  if (ports.has(path)) return typeOnly ? undefined : `${path} imports types alone`;
  if (sourceOrder.indexOf(to) >= 0 && sourceOrder.indexOf(to) < sourceOrder.indexOf(from)) return undefined;
  return `src/${from} knows only ${sourceOrder.slice(0, sourceOrder.indexOf(from)).join(', ') || 'itself'}, not ${target}`;
}

/** The folder of `src/` or `sim/` that a path is in; empty for a file that is in none. */
function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}

/** A folder is entered through its index, and its own files do not import that. */
function pastIndex(path: string, target: string, paths: ReadonlySet<string>): string | undefined {
  if (path.startsWith('sim/stacks/agent/') && loadedByAgents.has(target)) return undefined;
  if (path.startsWith('sim/program/') && target === stackItself) return undefined;
  const folders = target.split('/').slice(0, -1);
  for (let depth = 1; depth <= folders.length; depth += 1) {
    const folder = folders.slice(0, depth).join('/');
    const index = `${folder}/index.ts`;
    if (path.startsWith(`${folder}/`)) {
      if (target === index) return `a file inside ${folder} imports its neighbours directly, not ${index}`;
      continue;
    }
    if (target === index) return undefined;
    if (depth === 2 || paths.has(index)) return `${folder} is imported through ${index}, not ${target}`;
  }
  return undefined;
}

/** Every group of files that import each other at run time; type-only imports and `import()` aside. */
export function checkCycles(files: readonly GuardedFile[]): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const findings: Finding[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const file = byPath.get(path);
    if (file === undefined || done.has(path)) return;
    const here = way.indexOf(path);
    if (here >= 0) {
      findings.push(finding('cycle', file, 1, [...way.slice(here), path].join(' → ')));
      return;
    }
    for (const found of file.imports) {
      if (found.target === undefined || found.typeOnly || found.form === 'dynamic') continue;
      visit(found.target, [...way, path]);
    }
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return findings;
}
