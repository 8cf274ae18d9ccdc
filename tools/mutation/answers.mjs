// What real OpenSSL answered to programs, as digests (sim/program/digest.ts), so that a mutant is held against it without asking again:
// scenarios/corpus/answers/programs.json. An answer is of one program: where the generator draws another one by now, it does not count.
import { readFileSync, writeFileSync } from 'node:fs';
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
 * Asks real OpenSSL those of these programs, given as `{ name, profile, observed, file() }`, that have no answer, and writes down what it
 * says where the model says the same: to the others libssl's own random bytes may give two answers.
 * @returns how many of them have an answer now
 */
export function recordAnswers(programs) {
  const known = recordedAnswers();
  const answers = Object.fromEntries(programs.map(({ profile }) => [profile, {}]));
  const open = [];
  for (const { file, ...one } of programs) {
    const program = { ...one, file: file() };
    const answer = known.of(program);
    if (answer === undefined) open.push(program);
    else answers[one.profile][one.name] = `${asksOf(program.file)} ${answer}`;
  }
  const source = libsslSource({}, (notice) => console.error(notice));
  try {
    for (const { name, profile, crypto, observed, file, answer } of asked(source, open))
      if (answer === modelSays({ profile, crypto, observed, file }))
        answers[profile][name] = `${asksOf(file)} ${answer}`;
  } finally {
    source.close();
  }
  const lines = Object.entries(answers).map(([profile, said]) => `"${profile}":${JSON.stringify(said)}`);
  writeFileSync(place, `{"format":"${format}","answers":{\n${lines.join(',\n')}\n}}\n`);
  return Object.values(answers).reduce((sum, said) => sum + Object.keys(said).length, 0);
}

/** The programs, each with the digest of what OpenSSL said; undefined where its process died. */
function* asked(source, programs) {
  for (const [kind, all] of kindsOf(programs)) {
    const [profile, observed] = kind.split(' ');
    const runner = source.programs(profile);
    for (let at = 0; at < all.length; at += batchPrograms) {
      const some = all.slice(at, at + batchPrograms);
      runner.begin(batchOf({ profile, observed }, some));
      for (const [index, { digest }] of runner.finish().entries()) yield { ...some[index], answer: digest };
    }
    runner.close();
  }
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

function modelSays({ profile, crypto, observed, file }) {
  const stack = openModel({ profile, crypto });
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
