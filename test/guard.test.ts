/** The code guards itself: what is asked of it and neither the compiler nor the linter sees. */
import test from 'ava';
import { checkCycles, checkDirections } from './_guard/directions.js';
import { type Finding, type GuardedFile, guarded } from './_guard/file.js';
import { checkNames, type Edge, unusedEdges } from './_guard/names.js';
import { checkOptional } from './_guard/optional.js';
import { checkExportStar, checkModuleState, checkRfcs, checkTestModifiers } from './_guard/plain-rules.js';
import { tokensOf } from './_guard/tokens.js';
import { edges, pages, runtimePackages, sourceFiles } from './_guard/tree.js';

const tree = sourceFiles();

test('the guard reads the whole tree', (t) => {
  for (const layer of ['src', 'sim', 'scenarios', 'test']) {
    t.true(
      tree.some((file) => file.layer === layer && file.code.length > 0),
      layer,
    );
  }
  t.true(tree.flatMap((file) => file.imports).filter(({ target }) => target !== undefined).length > 200);
});

test('imports go in one direction, through indexes, and never in a circle', (t) => {
  t.deepEqual([...checkDirections(tree), ...checkCycles(tree)], []);
});

test('no clock, timer, chance, locale or other name of the outside is used but at the named edges', (t) => {
  t.deepEqual(checkNames(tree, edges, runtimePackages()), []);
});

test('who has no optional package can import simtls, and run its command', (t) => {
  t.deepEqual(checkOptional(tree, runtimePackages()), []);
});

test('each name that an edge allows is used there', (t) => {
  t.deepEqual(unusedEdges(tree, edges), []);
});

test('indexes name what they export, and no module holds what could change', (t) => {
  t.deepEqual([...checkExportStar(tree), ...checkModuleState(tree)], []);
});

test('no test runs alone, and one that does not run says why', (t) => {
  t.deepEqual(checkTestModifiers(tree), []);
});

test('every RFC that is cited is one that we follow', (t) => {
  t.deepEqual(checkRfcs([...tree, ...pages()]), []);
});

/** What `check` says of files given as path and text: `rule place`. */
function planted(
  check: (files: readonly GuardedFile[]) => Finding[],
  files: Readonly<Record<string, string>>,
): string[] {
  return check(Object.entries(files).map(([path, text]) => guarded(path, text))).map(
    ({ rule, place }) => `${rule} ${place}`,
  );
}

test('code is told from comments, strings, templates and regular expressions', (t) => {
  const text = [
    "const a = 'Date // no comment' + \"it's\"; // Date",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted code holds a template
    'const b = /[/\'"]Date/g.test(x) ? 1 / 2 : `Date ${process + `in ${side} {`}} Date`;',
    '/* Date',
    '*/ const c = total / count / 2;',
  ].join('\n');
  const tokens = tokensOf(text);
  const named = (name: string): number[] =>
    tokens.filter((token) => token.kind === 'name' && token.text === name).map(({ line }) => line);
  t.deepEqual(named('Date'), []);
  t.deepEqual(named('process'), [2]);
  t.deepEqual(named('side'), [2]);
  t.deepEqual(named('count'), [4]);
  t.is(tokens.filter(({ kind }) => kind === 'comment').length, 2);
});

test('a planted import against the direction is found', (t) => {
  const index = {
    'src/wire/index.ts': '',
    'src/libssl/index.ts': '',
    'sim/world/index.ts': '',
    'sim/plan/index.ts': '',
  };
  const directions = (path: string, text: string): string[] => planted(checkDirections, { ...index, [path]: text });
  const cases: readonly [path: string, text: string, rule: string | undefined][] = [
    ['src/session/a.ts', "import { R } from '../wire/index.js';", undefined],
    ['src/wire/a.ts', "import { S } from '../session/index.js';", 'direction'],
    ['src/wire/a.ts', "import type { S } from '../session/index.js';", 'direction'],
    ['src/wire/a.ts', "export { S } from '../session/index.js';", 'direction'],
    ['src/wire/a.ts', "import '../libssl/index.js';", 'direction'],
    ['src/wire/a.ts', "const later = import('../libssl/index.js');", 'direction'],
    ['src/wire/a.ts', "import { K } from '../../sim/kernel/index.js';", 'direction'],
    ['src/wire/a.ts', "import type { E } from '../environment.js';", undefined],
    ['src/wire/a.ts', "import { E } from '../environment.js';", 'direction'],
    ['src/environment.ts', "import { C } from './crypto/index.js';", 'direction'],
    ['src/environment.ts', "import type { C } from './crypto/index.js';", undefined],
    ['src/session/a.ts', "import { R } from '../wire/reader.js';", 'index'],
    ['src/wire/a.ts', "import { R } from './index.js';", 'index'],
    ['src/wire/a.ts', "import { R } from '../index.js';", 'direction'],
    ['sim/world/a.ts', "import { libssl } from 'simtls';", undefined],
    ['sim/world/a.ts', "import { libssl } from '../../src/index.js';", undefined],
    ['sim/world/a.ts', "import { libssl } from '../../src/libssl/index.js';", 'direction'],
    ['sim/world/a.ts', "import { s } from '../../scenarios/full.js';", 'direction'],
    ['sim/world/a.ts', "import { P } from '../plan/parse.js';", 'index'],
    ['sim/world/a.ts', "import { W } from './index.js';", 'index'],
    ['sim/world/a.ts', "import { W } from '../index.js';", 'index'],
    ['scenarios/full.ts', "import { scenario } from 'simtls/sim';", undefined],
    ['scenarios/full.ts', "import { World } from '../sim/world/index.js';", 'direction'],
    ['scenarios/full.ts', "import { other } from './other.js';", 'direction'],
    ['test/a.test.ts', "import { Reader } from '../src/wire/reader.js';", undefined],
  ];
  for (const [path, text, rule] of cases) {
    t.deepEqual(directions(path, text), rule === undefined ? [] : [`${rule} ${path}:1`], `${path}: ${text}`);
  }
});

test('a folder inside a folder is entered through its index where it has one', (t) => {
  const files = { 'sim/stacks/model/index.ts': '', 'sim/stacks/agent/main.ts': '' };
  const index = (text: string): string[] => planted(checkDirections, { ...files, 'sim/stacks/a.ts': text });
  t.deepEqual(index("import { openModel } from './model/index.js';"), []);
  t.deepEqual(index("import { T } from './model/transports.js';"), ['index sim/stacks/a.ts:1']);
  t.deepEqual(index("import { agent } from './agent/main.js';"), []);
});

test('a planted circle is found, and one of types alone is none', (t) => {
  const circle = (second: string): string[] =>
    planted(checkCycles, {
      'sim/a/a.ts': "import { b } from '../b/index.js';",
      'sim/b/index.ts': "export { b } from './b.js';",
      'sim/b/b.ts': second,
    });
  t.deepEqual(circle("import { a } from '../a/a.js';"), ['cycle sim/a/a.ts:1']);
  t.deepEqual(circle("import { type A } from '../a/a.js';"), ['cycle sim/a/a.ts:1']);
  t.deepEqual(circle("import type { A } from '../a/a.js';"), []);
});

test('a planted way to a package that need not be there is found', (t) => {
  const way = (text: string): string[] =>
    planted((files) => checkOptional(files, new Set(['valibot', '@noble/hashes'])), {
      'sim/index.ts': "export { openAgent } from './stacks/index.js';",
      'sim/stacks/index.ts': "export { openAgent } from './agent.js';",
      'sim/stacks/agent.ts': text,
      'sim/stacks/main.ts': "import koffi from 'koffi';", // that nobody imports: a process of its own
    });
  t.deepEqual(way("import koffi from 'koffi';"), ['optional sim/stacks/agent.ts:1']);
  t.deepEqual(way("import { type A } from 'koffi';"), ['optional sim/stacks/agent.ts:1']);
  t.deepEqual(way("import type { A } from 'koffi';"), []);
  t.deepEqual(way("const later = await import('koffi');"), []);
  t.deepEqual(way("import * as v from 'valibot'; import { a } from '@noble/hashes/a.js'; import 'node:fs';"), []);
});

test('a planted name of the outside is found, and a member or a property of that name is not', (t) => {
  const edge: Edge = { path: 'sim/cli/', may: ['process', 'node:fs'], reason: 'a test' };
  const names = (path: string, text: string): string[] =>
    planted((files) => checkNames(files, [edge], new Set(['seedrandom', '@noble/curves'])), { [path]: text });
  const cases: readonly [path: string, text: string, rule: string | undefined][] = [
    ['src/wire/a.ts', 'const at = Date.now();', 'name'],
    ['src/wire/a.ts', 'const at = new Date();', 'name'],
    ['sim/world/a.ts', 'const at = new Date(0);', 'name'],
    ['sim/world/a.ts', 'const one = Math.random();', 'name'],
    ['sim/world/a.ts', "const one = Math['random']();", 'name'],
    ['sim/world/a.ts', 'const { random } = Math;', 'name'],
    ['sim/world/a.ts', 'const one = Math.log(2);', 'name'],
    ['sim/world/a.ts', 'const one = Math.max(1, 2);', undefined],
    ['sim/world/a.ts', 'setTimeout(done, 1);', 'name'],
    ['sim/world/a.ts', 'queueMicrotask(done);', 'name'],
    ['sim/world/a.ts', 'const ref = new WeakRef(object);', 'name'],
    ['sim/world/a.ts', 'const gone = new FinalizationRegistry(done);', 'name'],
    ['sim/world/a.ts', 'console.log(1);', 'name'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted code holds a template
    ['sim/world/a.ts', 'const text = `at ${performance.now()}`;', 'name'],
    ['sim/world/a.ts', 'names.sort((a, b) => a.localeCompare(b));', 'name'],
    ['sim/world/a.ts', 'const text = count.toLocaleString();', 'name'],
    ['sim/world/a.ts', 'const text = new Intl.NumberFormat();', 'name'],
    ['sim/world/a.ts', 'globalThis.x = 1;', 'name'],
    ['sim/world/a.ts', 'const { env } = process;', 'name'],
    ['sim/world/a.ts', 'const found = world.process(1);', undefined],
    ['sim/world/a.ts', 'interface Plan { readonly process: string; setTimeout(ms: number): void }', undefined],
    ['sim/world/a.ts', 'class Clock { setTimeout(ms: number) { return ms; } }', undefined],
    ['sim/world/a.ts', 'function start(process: Process): void { process.begin(); }', undefined],
    ['sim/world/a.ts', "const text = 'Date'; // console", undefined],
    ['sim/world/a.ts', 'const ready = await begun;', undefined],
    ['src/wire/a.ts', 'const ready = await begun;', 'name'],
    ['src/wire/a.ts', 'const ready = Promise.resolve(1);', 'name'],
    ['scenarios/a.ts', 'const at = Date.now();', 'name'],
    ['test/a.ts', 'const at = Date.now();', undefined],
    ['sim/cli/main.ts', "import fs from 'node:fs'; process.exit(1);", undefined],
    ['sim/world/a.ts', "import fs from 'node:fs';", 'module'],
    ['sim/world/a.ts', "import fs from 'fs';", 'module'],
    ['sim/world/a.ts', "import { noble } from '@noble/curves/nist.js';", undefined],
    ['sim/world/a.ts', "import fc from 'fast-check';", 'module'],
    ['src/crypto/a.ts', "import { createHash } from 'node:crypto';", undefined],
    ['src/crypto/a.ts', "import { createHash, randomBytes } from 'node:crypto';", 'name'],
    ['src/wire/a.ts', "import { createHash } from 'node:crypto';", 'module'],
  ];
  for (const [path, text, rule] of cases) {
    t.deepEqual(names(path, text), rule === undefined ? [] : [`${rule} ${path}:1`], `${path}: ${text}`);
  }
  t.deepEqual(unusedEdges([guarded('sim/cli/main.ts', 'process.exit(1);')], [edge]), ['sim/cli/: node:fs']);
});

test('a planted export of everything is found', (t) => {
  const star = (text: string): string[] => planted(checkExportStar, { 'sim/a/index.ts': text });
  t.deepEqual(star("export * from './a.js';"), ['export-star sim/a/index.ts:1']);
  t.deepEqual(star("export * as a from './a.js';"), ['export-star sim/a/index.ts:1']);
  t.deepEqual(star("export type * from './a.js';"), ['export-star sim/a/index.ts:1']);
  t.deepEqual(star("export { a } from './a.js';\nexport const product = 2 * 3;"), []);
});

test('planted state of a module is found', (t) => {
  const state = (text: string): string[] => planted(checkModuleState, { 'sim/a/a.ts': text });
  t.deepEqual(state('export let count = 0;'), ['module-state sim/a/a.ts:1']);
  t.deepEqual(state('const seen = new Map<string, number>();'), ['module-state sim/a/a.ts:1']);
  t.deepEqual(state('export const seen: Set<string> = new Set();'), ['module-state sim/a/a.ts:1']);
  t.deepEqual(state('const seen: ReadonlySet<string> = new Set();'), []);
  t.deepEqual(state('#!/usr/bin/env node\nlet interrupted = false;'), []);
  t.deepEqual(state('function f(): void {\n  let count = 0;\n  const seen = new Map();\n}'), []);
});

test('a planted test that runs alone or is left out without a word is found', (t) => {
  const modifiers = (text: string): string[] => planted(checkTestModifiers, { 'test/a.test.ts': text });
  t.deepEqual(modifiers("test.only('a', () => {});"), ['test-modifier test/a.test.ts:1']);
  t.deepEqual(modifiers("test.serial.only('a', () => {});"), ['test-modifier test/a.test.ts:1']);
  t.deepEqual(modifiers("test.skip('a', () => {});"), ['test-modifier test/a.test.ts:1']);
  t.deepEqual(modifiers("// OpenSSL 1.1.1 has no such call.\ntest.skip('a', () => {});"), []);
  t.deepEqual(modifiers('list.skip(3);'), []);
});

test('a planted citation of an RFC that is not followed is found, in code and on pages', (t) => {
  const cited = `RFC ${9999} §1`;
  t.deepEqual(planted(checkRfcs, { 'src/wire/a.ts': `/** ${cited} */` }), ['rfc src/wire/a.ts:1']);
  t.deepEqual(planted(checkRfcs, { 'docs/a.md': `one\n${cited}` }), ['rfc docs/a.md:2']);
  t.deepEqual(planted(checkRfcs, { 'src/wire/a.ts': '/** RFC 8446 §4.1.2 */' }), []);
});
