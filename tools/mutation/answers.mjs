// What real OpenSSL answered to programs, as digests (sim/program/digest.ts), so that a mutant is held against it without asking again:
// scenarios/corpus/answers/programs.json. An answer is of one program: where the generator draws another one by now, it does not count.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { planDigest } from '../../dist/sim/compare/index.js';
import { digestOf } from '../../dist/sim/program/digest.js';
import { libsslSource, parseProgram, playSteps } from '../../dist/sim/program/index.js';
import { openModel } from '../../dist/sim/stacks/index.js';

const format = 'simtls-answers/1';
const place = new URL('../../scenarios/corpus/answers/programs.json', import.meta.url);
const batchPrograms = 50;
const programDigits = 8;

/** The recorded answers; `missing` counts those of programs that are others by now. */
export function recordedAnswers() {
  const recorded = JSON.parse(readFileSync(place, 'utf8'));
  if (recorded.format !== format) throw new Error(`${place.pathname}: expected ${format}, got ${recorded.format}`);
  const answers = {
    missing: 0,
    of({ name, profile, file }) {
      const [asked, answer] = recorded.answers[profile]?.[name]?.split(' ') ?? [];
      if (asked === asksOf(file)) return answer;
      answers.missing += 1;
      return undefined;
    },
  };
  return answers;
}

/**
 * Asks real OpenSSL all of these programs, given as `{ name, profile, observed, file() }`, and writes down what it says where the model
 * says the same: to the others libssl's own random bytes may give two answers.
 * @returns how many of them have an answer now
 */
export function recordAnswers(programs) {
  const source = libsslSource({}, (notice) => console.error(notice));
  const byProfile = {};
  let count = 0;
  try {
    for (const [kind, all] of kindsOf(programs)) {
      const [profile, observed] = kind.split(' ');
      byProfile[profile] ??= {};
      const said = byProfile[profile];
      for (let at = 0; at < all.length; at += batchPrograms) {
        const some = all.slice(at, at + batchPrograms).map(({ name, file }) => ({ name, file: file() }));
        const runner = source.programs(profile);
        runner.begin(batchOf({ profile, observed }, some));
        for (const [index, outcome] of runner.finish().entries()) {
          const { name, file } = some[index];
          if (outcome.digest !== modelSays(file, { profile, observed })) continue;
          said[name] = `${asksOf(file)} ${outcome.digest}`;
          count += 1;
        }
        runner.close();
      }
    }
  } finally {
    source.close();
  }
  const lines = Object.entries(byProfile).map(([profile, said]) => `"${profile}":${JSON.stringify(said)}`);
  mkdirSync(new URL('.', place), { recursive: true });
  writeFileSync(place, `{"format":"${format}","answers":{\n${lines.join(',\n')}\n}}\n`);
  return count;
}

/** By line and by what is looked at. */
function kindsOf(programs) {
  const kinds = new Map();
  for (const one of programs) {
    const kind = `${one.profile} ${one.observed}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return kinds;
}

function modelSays(file, { profile, observed }) {
  const stack = openModel({ profile });
  try {
    return digestOf(playSteps(parseProgram(file, { profile }).steps, { stack, observed }));
  } catch (cause) {
    if (cause.name === 'StackUnable') return '';
    throw cause;
  } finally {
    stack.end();
  }
}

function asksOf({ steps }) {
  return planDigest(steps).slice(0, programDigits);
}

/** All steps in one table, and where those of each program stand in it. */
function batchOf(asked, some) {
  let start = 0;
  const programs = some.map(({ file: { steps } }) => {
    const first = start;
    start += steps.length;
    return steps.map((_, at) => first + at);
  });
  return { ...asked, table: some.flatMap(({ file: { steps } }) => steps), programs };
}
