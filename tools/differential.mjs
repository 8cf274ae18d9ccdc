// Compares the model with real OpenSSL, on the lines that `npm run openssl` installed: every program of the corpus, whose
// own expectations real OpenSSL must fulfil, and random ones, as `simtls program fuzz` does. Ends with 1 where anything
// differs; a program to which real OpenSSL gives two answers, the model's among them, is shown and counted, and no difference.
//   node tools/differential.mjs [--count 2000] [--seed 1] [--profile 1.1.1|3.0|3.5] [--jobs 2]
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import {
  libsslSource,
  parseProgram,
  runProgram,
  runTasks,
  unfulfilled,
  writeDifference,
  writeLine,
} from '../dist/sim/program/index.js';
import { profiles as allProfiles, StackMissing, StackUnable } from '../dist/sim/stacks/index.js';

const shownMax = 20;
const seedsOfTask = 200;
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', multiple: true, default: [...allProfiles] },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});
const profiles = allProfiles.filter((profile) => values.profile.includes(profile));
const folder = new URL('../scenarios/corpus/programs/', import.meta.url);
const corpus = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'index.json')
  .map((name) => ({ name, program: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) }));

const came = { programs: 0, differences: 0, varying: 0, unable: 0 };
let shown = 0;
try {
  const wrong = expectations();
  await runTasks(tasks(), {
    jobs: Number(values.jobs),
    onReport: ({ programs, findings }) => {
      came.programs += programs;
      for (const finding of findings) tell(finding);
    },
    onNotice: (notice) => console.error(notice),
    stopped: () => false,
  });
  console.log(
    `${profiles.join(', ')}: ${came.programs} programs, ${came.differences} differences, ${came.varying} answered by libssl's random bytes, ${came.unable} not run, ${wrong} expectations not met`,
  );
  process.exitCode = came.differences + came.unable + wrong === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof StackMissing)) throw error;
  console.error(error.message);
  process.exitCode = 4;
}

function* tasks() {
  const [count, seed] = [Number(values.count), Number(values.seed)];
  for (const profile of profiles) {
    yield { kind: 'files', profile, files: corpus };
    for (let done = 0; done < count; done += seedsOfTask) {
      yield { kind: 'seeds', profile, from: seed + done, count: Math.min(seedsOfTask, count - done) };
    }
  }
}

function tell({ profile, name, program, difference, unable, varies }) {
  came[difference === null ? 'unable' : varies ? 'varying' : 'differences'] += 1;
  shown += 1;
  if (shown > shownMax) return;
  const answer = difference === null ? unable : writeDifference(difference);
  console.log(`${profile} ${name}: ${answer}${varies ? ', not when asked again' : ''}`);
  const call = difference === null ? undefined : program.steps[difference.step];
  if (call !== undefined) console.log(`  step ${JSON.stringify(call)}`);
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
