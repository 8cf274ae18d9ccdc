import { readFileSync } from 'node:fs';
import test from 'ava';
import { firstBlock, runInside, withChecks } from './_readme.js';

const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const block = firstBlock(page);

test('the first code of the README runs as it stands', (t) => {
  t.is(runInside(block!), '');
});

test('the first code of the README comes to the values that its comments state', (t) => {
  const { source, checks } = withChecks(block!);
  t.true(checks > 0, 'it states values');
  t.is(runInside(source), '');
});

test('a value that a comment states wrongly is found, with its line', (t) => {
  const sample = [
    '```js',
    "import { libssl } from 'simtls';",
    "const { SSL_CTX_new, SSL_new, TLS_method, refs } = libssl({ profile: '3.0', seed: '1' });",
    'const ctx = SSL_CTX_new(TLS_method()); // ours',
    'refs(ctx); // 1',
    'SSL_new(ctx); // a connection claims its context twice',
    'refs(ctx); // 3: ours and two of the connection',
    'console.log(refs(ctx), refs(ctx)); // [3, 3]',
    'const count = refs(ctx); // 3',
    '```',
    '',
  ].join('\n');
  const right = withChecks(firstBlock(sample)!);
  t.is(right.checks, 4);
  t.is(runInside(right.source), '');
  for (const [line, wrong] of [
    ['refs(ctx); // 1', 'refs(ctx); // 2'],
    ['// [3, 3]', '// [3, 4]'],
    ['count = refs(ctx); // 3', 'count = refs(ctx); // 5'],
  ] as const) {
    const { source } = withChecks(firstBlock(sample.replace(line, wrong))!);
    t.regex(runInside(source), /line \d of the block.*the page states/);
  }
});
