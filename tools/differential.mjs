// Compares the model with real OpenSSL, on the lines that `npm run openssl` installed: every program of the corpus, whose
// own expectations real OpenSSL must fulfil, and random ones. Ends with 1 where anything differs; a program to which real OpenSSL
// gives two answers, the model's among them, is shown and counted, and no difference.
//   node tools/differential.mjs [--count 2000] [--seed 1] [--profile 1.1.1|3.0|3.5]
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  libsslSource,
  parseProgram,
  runDifferential,
  runProgram,
  unfulfilled,
  writeDifference,
  writeLine,
} from '../dist/sim/program/index.js';
import { profiles as allProfiles, StackMissing, StackUnable } from '../dist/sim/stacks/index.js';

const shownMax = 20;
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', multiple: true, default: [...allProfiles] },
  },
});
const profiles = allProfiles.filter((profile) => values.profile.includes(profile));
const folder = new URL('../scenarios/corpus/programs/', import.meta.url);
const corpus = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'index.json')
  .map((name) => ({ name, program: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) }));

try {
  const wrong = expectations();
  let shown = 0;
  const options = { count: Number(values.count), seed: Number(values.seed), profiles };
  const { programs, differences, unable, varying } = runDifferential({ ...options, files: corpus }, (finding) => {
    shown += 1;
    if (shown > shownMax) return;
    const answer = finding.difference === null ? finding.unable : writeDifference(finding.difference);
    console.log(`${finding.profile} ${finding.name}: ${answer}${finding.varies ? ', not when asked again' : ''}`);
    const call = finding.difference === null ? undefined : finding.program.steps[finding.difference.step];
    if (call !== undefined) console.log(`  step ${JSON.stringify(call)}`);
  });
  console.log(
    `${profiles.join(', ')}: ${programs} programs, ${differences} differences, ${varying} answered by libssl's random bytes, ${unable} not run, ${wrong} expectations not met`,
  );
  process.exitCode = differences + unable + wrong === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof StackMissing)) throw error;
  console.error(error.message);
  process.exitCode = 4;
}

/** How many expectations of the corpus real OpenSSL does not fulfil. */
function expectations() {
  const source = libsslSource({}, () => {});
  let count = 0;
  try {
    for (const profile of profiles) {
      for (const { name, program } of corpus) {
        const stack = source.open(profile);
        try {
          const lines = [...runProgram(parseProgram(program, { profile }), stack)].map(writeLine);
          for (const found of unfulfilled(program.expect, lines, profile)) {
            count += 1;
            console.log(`${profile} ${name}: real OpenSSL has ${JSON.stringify(found)}`);
          }
        } catch (error) {
          // Named and counted where it is compared.
          if (!(error instanceof StackUnable)) throw error;
        } finally {
          stack.end();
        }
      }
    }
  } finally {
    source.close();
  }
  return count;
}
