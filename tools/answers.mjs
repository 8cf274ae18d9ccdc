// Asks real OpenSSL for every answer that two pages print, docs/profiles.md and docs/manual-and-openssl.md: of each program that a
// row names, that field of that step, on the three lines. The tests hold the same of the model. Ends with 1 where they differ.
// After a build, and `npm run openssl`: node tools/answers.mjs [--write]
//   --write  writes the rows of both pages anew, from the model's answers
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { libsslSource, modelSource } from '../dist/sim/program/index.js';
import { StackMissing } from '../dist/sim/stacks/index.js';
import { answersOf, changesIn, manualLine, manualRows, shownDifferences } from '../dist/test/sim/_answers.js';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const manual = new URL('../docs/manual-and-openssl.md', import.meta.url);
const headOfAnswers = /^\| page \| .*\n\| --- \| .*\n/m;

if (values.write) write();
else ask();

function write() {
  const source = modelSource();
  const rows = manualRows().map((row) => manualLine(row, answersOf(row.program, row.place, source.open)));
  const text = readFileSync(manual, 'utf8');
  const from = text.match(headOfAnswers).index + text.match(headOfAnswers)[0].length;
  const to = text.indexOf('\n\n', from - 1) + 1; // a section follows the table
  writeFileSync(manual, `${text.slice(0, from)}${rows.join('\n')}\n${text.slice(to)}`);
  console.log(`${rows.length} rows written; simtls profiles --markdown prints the table of docs/profiles.md`);
}

function ask() {
  const [model, libssl] = [modelSource(), libsslSource({}, () => {})];
  let wrong = 0;
  const complain = (name, said, found) => {
    wrong += 1;
    console.log(`${name}: ${JSON.stringify(said)}, and real OpenSSL has ${JSON.stringify(found)}`);
  };
  try {
    const [shown, rows] = [shownDifferences(), manualRows()];
    for (const { name, since, program, place } of shown) {
      const changes = changesIn(answersOf(program, place, libssl.open));
      if (!since.every((one) => changes.includes(one))) complain(`${name}, ${program.file}`, since, changes);
    }
    for (const { program, place } of rows) {
      const [said, found] = [answersOf(program, place, model.open), answersOf(program, place, libssl.open)];
      if (JSON.stringify(said) !== JSON.stringify(found)) complain(program.file, said, found);
    }
    console.log(
      `${shown.length} differences between the lines and ${rows.length} sentences of the manual: ${wrong} not as real OpenSSL has it`,
    );
    process.exitCode = wrong === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof StackMissing)) throw error;
    console.error(error.message);
    process.exitCode = 4;
  } finally {
    libssl.close();
  }
}
