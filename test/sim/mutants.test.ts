/** The mutants of `npm run mutants`: each is a place of the build, which another wording of the model must not take away unseen. */
import { readFileSync } from 'node:fs';
import test from 'ava';

interface Mutant {
  /** Below dist/. */
  readonly file: string;
  readonly old: string;
  readonly new: string;
}

const root = new URL('../../../', import.meta.url);

test('the text of each mutant stands once in the build, and is changed by it', async (t) => {
  const { mutants }: { mutants: readonly Mutant[] } = await import(new URL('tools/mutants/table.mjs', root).href);
  t.true(mutants.length >= 40);
  for (const mutant of mutants) {
    const text = readFileSync(new URL(`dist/${mutant.file}`, root), 'utf8');
    t.is(text.split(mutant.old).length - 1, 1, `${mutant.file}: ${mutant.old}`);
    t.not(mutant.new, mutant.old);
  }
});
