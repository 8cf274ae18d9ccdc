/** Names and modules that would let the outside in: clocks, timers, randomness, the process, locales, the collector. */
import { type Finding, finding, type GuardedFile } from './file.js';
import type { Token } from './tokens.js';

/** Globals that neither the stack nor the simulator may name: each differs from run to run or from machine to machine. */
const bannedGlobals: ReadonlySet<string> = new Set(
  [
    'Date performance process console globalThis Intl Temporal WeakRef FinalizationRegistry',
    'setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask',
    'require eval fetch MessageChannel Worker AbortSignal navigator',
  ].flatMap((line) => line.split(' ')),
);
/** The stack is synchronous besides. */
const bannedInSource: ReadonlySet<string> = new Set(['async', 'await', 'Promise', 'EventEmitter']);
/** Members of whatever object: their answer depends on the locale, or on Node's own randomness. */
const bannedMembers: ReadonlySet<string> = new Set(
  [
    'localeCompare toLocaleString toLocaleDateString toLocaleTimeString toLocaleLowerCase toLocaleUpperCase',
    'getRandomValues randomUUID randomFillSync randomInt generateKeyPairSync generateKeySync generateKeys',
  ].flatMap((line) => line.split(' ')),
);
/** What is left of Math: exact everywhere. The rest may differ in its last digit between engines, or is random. */
const exactMath: ReadonlySet<string> = new Set(
  'abs ceil clz32 floor fround imul max min round sign sqrt trunc'.split(' '),
);
/** Names of node:crypto that draw from Node's own randomness. */
const randomImports: ReadonlySet<string> = new Set(
  [
    'randomBytes randomFill randomFillSync randomInt randomUUID getRandomValues webcrypto subtle',
    'generateKeyPair generateKeyPairSync generateKey generateKeySync generatePrime generatePrimeSync',
  ].flatMap((line) => line.split(' ')),
);

/** A file of the simulator that stands at its edge to the outside, what it may name, and why. */
export interface Edge {
  /** A path, or the start of some that ends with a slash. */
  readonly path: string;
  /** Globals and Node modules (`node:fs`), nothing else. */
  readonly may: readonly string[];
  readonly reason: string;
}

/** Banned names and modules in `src/`, `sim/` and `scenarios/`, edges aside. `packages` may be imported beside Node's. */
export function checkNames(
  files: readonly GuardedFile[],
  edges: readonly Edge[],
  packages: ReadonlySet<string>,
): Finding[] {
  return files
    .filter((file) => file.layer !== 'test')
    .flatMap((file) => {
      const may = new Set(edges.filter((edge) => covers(edge, file.path)).flatMap((edge) => edge.may));
      return [
        ...namesUsed(file)
          .filter(({ name }) => !may.has(name))
          .map(({ name, line }) => finding('name', file, line, `${name} is not named in ${file.layer}`)),
        ...modulesUsed(file, packages)
          .filter(({ name }) => !may.has(name))
          .map(({ name, line }) => finding('module', file, line, `${name} is not imported in ${file.layer}`)),
      ];
    });
}

/** What an edge allows and no file of its path uses: the list must not outlive its reasons. */
export function unusedEdges(files: readonly GuardedFile[], edges: readonly Edge[]): string[] {
  return edges.flatMap((edge) => {
    const covered = files.filter((file) => covers(edge, file.path));
    const used = new Set(
      covered.flatMap((file) => [...namesUsed(file), ...modulesUsed(file, new Set())].map(({ name }) => name)),
    );
    return edge.may.filter((name) => !used.has(name)).map((name) => `${edge.path}: ${name}`);
  });
}

function covers(edge: Edge, path: string): boolean {
  return edge.path.endsWith('/') ? path.startsWith(edge.path) : path === edge.path;
}

interface Use {
  readonly name: string;
  readonly line: number;
}

function namesUsed({ code, layer, imports }: GuardedFile): Use[] {
  const uses: Use[] = [];
  const bound = new Set(code.filter((_, i) => isBinding(code, i)).map((token) => token.text));
  code.forEach((token, i) => {
    if (token.kind !== 'name') return;
    const use = (name: string): number => uses.push({ name, line: token.line });
    if (isMember(code, i)) {
      if (bannedMembers.has(token.text)) use(token.text);
      return;
    }
    if (token.text === 'Math') {
      const member = code[i + 1]?.text === '.' ? (code[i + 2]?.text ?? '') : 'taken as a value';
      if (!exactMath.has(member)) use(`Math.${member}`);
    } else if (bannedGlobals.has(token.text) && !bound.has(token.text) && !isKey(code, i)) {
      use(token.text);
    } else if (layer === 'src' && bannedInSource.has(token.text) && !isKey(code, i)) {
      use(token.text);
    }
  });
  for (const found of imports) {
    if (!/^(node:)?(crypto|timers|perf_hooks)/.test(found.specifier)) continue;
    for (const name of found.names.filter((name) => randomImports.has(name))) uses.push({ name, line: found.line });
  }
  return uses;
}

/** Is the name at `i` taken of an object: `x.name`, `x?.name`, `x['name']` not among them? */
function isMember(code: readonly Token[], i: number): boolean {
  return /^(\.|\?\.)$/.test(code[i - 1]?.text ?? '') && code[i - 1]?.kind === 'punctuation';
}

/** Is the name at `i` the name of a property or method in a class, an interface or an object? */
function isKey(code: readonly Token[], i: number): boolean {
  const before = code[i - 1]?.text ?? '';
  const after = code[i + 1]?.text ?? '';
  if (/^(get|set|static|readonly|function)$/.test(before)) return true;
  if (!/^[{},;(]$/.test(before)) return false;
  if (after === ':' || (after === '?' && code[i + 2]?.text === ':')) return true;
  return after === '(' && before !== '(' && /^[{:]$/.test(code[closing(code, i + 1) + 1]?.text ?? '');
}

/** Is the name at `i` bound here, so that it is the file's own in what follows: a declaration, a typed parameter? */
function isBinding(code: readonly Token[], i: number): boolean {
  const before = code[i - 1]?.text ?? '';
  const after = code[i + 1]?.text ?? '';
  if (code[i]?.kind !== 'name') return false;
  return /^(const|let|var|function|class)$/.test(before) || (/^[(,]$/.test(before) && after === ':');
}

/** Where the parenthesis that opens at `start` closes. */
function closing(code: readonly Token[], start: number): number {
  let depth = 0;
  for (let i = start; i < code.length; i += 1) {
    if (code[i]?.kind !== 'punctuation') continue;
    if (code[i]?.text === '(') depth += 1;
    if (code[i]?.text === ')') depth -= 1;
    if (depth === 0) return i;
  }
  return code.length;
}

function modulesUsed({ path, imports }: GuardedFile, packages: ReadonlySet<string>): Use[] {
  return imports
    .filter(({ target, specifier }) => {
      if (target !== undefined || packages.has(packageOf(specifier))) return false;
      return !(specifier === 'node:crypto' && path.startsWith('src/crypto/'));
    })
    .map(({ specifier, line }) => ({ name: specifier, line }));
}

/** `@noble/curves` of `@noble/curves/nist.js`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
