/** Campaigns: the same findings and fingerprints for any number of threads and shards, and after whatever ended them. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { simtls } from './_command.js';

const what = ['damaged-ticket', 'evicted-unheld', 'psk-reflected', '--profile', '3.0', '--seeds', '1..20'];
const defective = [...what, '--defect', 'bad-ticket-leak', '--defect', 'evict-callback-after-free'];

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'simtls-campaign-'));
}

/** Everything that a campaign has left, as text by file. */
function contents(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(names.map(({ path: at, name }) => [name, readFileSync(join(at, name), 'utf8')]).sort());
}

test('findings and fingerprints are the same on one thread, on two, and in two shards that are merged', async (t) => {
  const root = folder();
  const out = (name: string): string => join(root, name);
  const one = await simtls(['fuzz', ...defective, '--jobs', '1', '--out', out('one')]);
  const two = await simtls(['fuzz', ...defective, '--jobs', '2', '--out', out('two')]);
  t.is(one.code, 1, one.err);
  t.is(two.code, 1, two.err);
  t.deepEqual(contents(out('two')), contents(out('one')));
  t.is(readdirSync(join(out('one'), 'findings')).length, 2, one.out);
  for (const shard of ['1/2', '2/2']) {
    const part = await simtls(['fuzz', ...defective, '--shard', shard, '--out', out(`shard-${shard[0] ?? ''}`)]);
    t.is(part.code, 1, part.err);
  }
  const merged = await simtls(['fuzz', 'merge', out('shard-1'), out('shard-2'), '--out', out('merged')]);
  t.is(merged.code, 1, merged.err);
  t.deepEqual(contents(out('merged')), contents(out('one')));
});
