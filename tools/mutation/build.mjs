// A copy of what was built in which src/session carries all of its mutants at once, each behind a switch (switch.mjs).
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { wordsOfErrors } from './words.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mutated = 'dist/src/session';
const switches = new URL('./switch.mjs', import.meta.url).href;
const shownLength = 100;
const silent = { debug() {}, info() {}, warn: console.error, error: console.error, isDebugEnabled: () => false };

/**
 * Makes the copy.
 * @param only the files of src/session that have mutants; none: all have
 * @returns its folder, to be removed by `remove`; and the mutants, each with a key that stays when lines move
 */
export async function mutatedBuild(only) {
  const sources = readdirSync(join(root, mutated))
    .filter((name) => name.endsWith('.js') && (only.length === 0 || only.includes(name.replace(/\.js$/u, '.ts'))))
    .map((name) => ({ name: join(mutated, name), content: readFileSync(join(root, mutated, name), 'utf8') }));
  const { files, mutants } = await new Instrumenter(silent).instrument(
    sources.map((file) => ({ ...file, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [wordsOfErrors], noHeader: true },
  );
  const folder = mkdtempSync(join(tmpdir(), 'simtls-mutation-'));
  for (const name of ['dist/src', 'dist/sim', 'dist/scenarios', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const imports = `import { stryMutAct_9fa48, stryCov_9fa48 } from ${JSON.stringify(switches)};\n`;
  for (const { name, content } of files) writeFileSync(join(folder, name), imports + content);
  const texts = new Map(sources.map(({ name, content }) => [name, content.split('\n')]));
  return {
    folder: pathToFileURL(`${folder}/`).href,
    mutants: keyed(mutants, texts),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Its key says the file, the line as it is written, what of it is replaced by what, and the how-manieth of the same it is. */
function keyed(mutants, texts) {
  const seen = new Map();
  return mutants.map(({ id, fileName, location, mutatorName, replacement, status, statusReason }) => {
    const lines = texts.get(fileName);
    const line = lines[location.start.line].trim();
    const was = shown(cut(lines, location));
    const now = shown(replacement);
    const file = fileName.slice(`${mutated}/`.length).replace(/\.js$/u, '.ts');
    const same = `${file}: ${shown(line)} | ${was} → ${now}`;
    const count = 1 + (seen.get(same) ?? 0);
    seen.set(same, count);
    const key = count === 1 ? same : `${same} (${count})`;
    return { id, key, file, mutator: mutatorName, ...(status === 'Ignored' ? { ignored: statusReason } : {}) };
  });
}

function cut(lines, { start, end }) {
  if (start.line === end.line) return lines[start.line].slice(start.column, end.column);
  const between = lines.slice(start.line + 1, end.line);
  return [lines[start.line].slice(start.column), ...between, lines[end.line].slice(0, end.column)].join('\n');
}

/** On one line, and no longer than it helps. */
function shown(text) {
  const line = text.replaceAll(/\s+/gu, ' ');
  return line.length <= shownLength ? line : `${line.slice(0, shownLength)}…`;
}
