/** The tables of docs/invariants.md, from the invariants themselves. After a build: node dist/test/sim/_invariant-page.js prints them. */
import { type Invariant, invariants, promises } from '../../sim/invariants/index.js';

const judged: Readonly<Record<Invariant['judged'], string>> = {
  call: 'each call',
  handshake: 'both ends’ handshake',
  exit: 'exit',
  quiet: 'quiet',
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The rows of both tables. */
export function invariantTables(): string {
  const promised = Object.entries(promises).map(([code, text]) => `| ${code} | ${cell(text)} |`);
  const order = Object.keys(promises);
  const sorted = [...invariants].sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  const rows = sorted.map(
    ({ code, name, owner, judged: when, on, under, reason, source }) =>
      `| ${code} | \`${name}\` | ${owner} | ${judged[when]} | ${on === 'the model' ? 'model' : 'both'} | ${under === 'any faults' ? 'any' : 'own'} | ${cell(reason)} | ${cell(source)} |`,
  );
  return [
    '| code | what it promises |',
    '| --- | --- |',
    ...promised,
    '',
    '| code | invariant | owner | judged after | stack | faults | why | source |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

if (process.argv[1]?.endsWith('_invariant-page.js') === true) console.log(invariantTables());
