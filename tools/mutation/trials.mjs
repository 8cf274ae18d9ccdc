// What mutants are tried with, cheapest first: worlds that their invariants judge, worlds whose account real OpenSSL gave, and API
// programs whose answers real OpenSSL gave. Each says of a build why what it comes to is a finding, or undefined.
import { readdirSync, readFileSync } from 'node:fs';
import { scenarioSource } from '../../dist/sim/campaign/index.js';
import { findModules } from '../../dist/sim/cli/scenarios.js';
import { differencesOf, recordedAccount } from '../../dist/sim/compare/index.js';
import { digestOf } from '../../dist/sim/program/digest.js';
import {
  Comparison,
  expectationsOf,
  generateProgram,
  parseProgram,
  playSteps,
  unfulfilled,
  writeLine,
} from '../../dist/sim/program/index.js';
import { openModel, profiles } from '../../dist/sim/stacks/index.js';
import { bulkProgram } from './bulk.mjs';
import { encodingsProgram } from './encodings.mjs';
import { eachEncoding } from './encodings-each.mjs';
import { manyHolders } from './many-holders.mjs';

const corpus = new URL('../../scenarios/corpus/', import.meta.url);
const plain = { openModel, playSteps };
const encodingsCount = 60;
const bulkCount = 24;
/** Generated programs that are tried alike. */
const generatedOfTurn = 150;
export const stages = ['worlds', 'accounts', 'programs'];

/** What trials call of one build. */
export async function callsOf(folder) {
  const names = ['verdict', 'compare', 'program', 'stacks'];
  const [verdict, compare, program, stacks] = await Promise.all(
    names.map((name) => import(`${folder}dist/sim/${name}/index.js`)),
  );
  const { judgePlan } = verdict;
  return { judgePlan, accountOf: compare.accountOf, playSteps: program.playSteps, openModel: stacks.openModel };
}

/**
 * All trials in their order; nothing is drawn before one is run. Of each, `every`: the later it comes, the fewer mutants are tried with
 * it, each with every so many, so that effort grows with the logarithm of what there is.
 * @param runs how many worlds invariants judge @param programs how many there are, those of the corpus first
 * @param named what their names have in them @param answers of real OpenSSL
 */
export async function trials({ runs, programs, stages: wanted, named }, answers) {
  const modules = await findModules([]);
  const known = modules.map(({ source }) => source).filter(({ codes }) => codes === undefined);
  const sources = [...known, scenarioSource(manyHolders)];
  const all = [
    ...worlds(sources, runs),
    ...accounts(new Map(sources.map((source) => [source.name, source]))),
    ...allPrograms(programs).map((program) => programTrial(program, answers)),
  ];
  return all.filter(({ stage, name }) => wanted.includes(stage) && name.includes(named));
}

/** Each scenario and workload once, on the lines in turn, under one seed; then each on its next line under the next. */
function worlds(sources, runs) {
  return Array.from({ length: runs }, (_, at) => {
    const every = 1 + Math.floor(at / sources.length);
    const source = sources[at % sources.length];
    const profile = profiles[(at + every) % profiles.length];
    const seed = String(every);
    const plan = once(() => source.plan({ seed, profile }));
    const run = ({ judgePlan }) => {
      const { failure, refused } = judgePlan(plan());
      return refused === '' ? failure && `${failure.invariant}: ${failure.text}` : `refused: ${refused}`;
    };
    return { stage: 'worlds', every, name: `${source.name} seed ${seed} ${profile}`, run };
  });
}

/** The worlds of scenarios/corpus/worlds, as far as their plans are still those that were run. */
function accounts(sources) {
  const folder = new URL('worlds/', corpus);
  const files = readdirSync(folder).sort();
  return files.flatMap((file, at) => {
    const recorded = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return recorded.answers
      .slice(at % recorded.answers.length)
      .slice(0, 1)
      .map(({ profile, seed }) => {
        const plan = once(() => sources.get(recorded.scenario).plan({ seed, profile }));
        const run = ({ accountOf }) => {
          const account = recordedAccount(recorded, plan());
          if (account === undefined) return undefined;
          const [found] = differencesOf(accountOf(plan(), undefined), account);
          return found && `${found.what}: ${found.first}, OpenSSL ${found.second}`;
        };
        return { stage: 'accounts', every: 1, name: `${recorded.scenario} ${profile}`, run };
      });
  });
}

/** The first `count` programs that trials are made of, `{ name, profile, every, observed, file() }`: the corpus, large ones, random ones. */
export function allPrograms(count) {
  const known = [...encodingsPrograms(), ...bulkPrograms(), ...eachPrograms(), ...programFiles()];
  return [...known, ...generated(Math.max(0, count - known.length))].slice(0, count);
}

/** The programs of the corpus, each on the line that it was written for first, then on the others in turn. */
function programFiles() {
  const folder = new URL('programs/', corpus);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'index.json');
  const known = names.sort().map((name) => ({ name, read: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) }));
  return profiles.flatMap((_, turn) =>
    known.map(({ name, read }) => {
      const profile = profiles[(profiles.indexOf(read.profile) + turn) % profiles.length];
      return { name, profile, every: turn + 1, observed: 'all', file: () => read };
    }),
  );
}

function encodingsPrograms() {
  return Array.from({ length: encodingsCount }, (_, seed) => {
    const profile = profiles[seed % profiles.length];
    const file = once(() => encodingsProgram(seed, profile));
    return { name: `encodings ${seed}`, profile, every: 1, observed: 'all', file };
  });
}

function eachPrograms() {
  const all = profiles.flatMap((profile) => eachEncoding(profile));
  return all.map(({ file, ...one }) => ({ ...one, every: 1, observed: 'all', file: once(file) }));
}

function bulkPrograms() {
  return Array.from({ length: bulkCount }, (_, seed) => {
    const profile = profiles[seed % profiles.length];
    const file = once(() => bulkProgram(seed, profile));
    return { name: `bulk ${seed}`, profile, every: 1, observed: 'last', file };
  });
}

/** Programs as `simtls program fuzz` draws them, on the lines in turn. */
function generated(count) {
  return Array.from({ length: count }, (_, at) => {
    const seed = at + 1;
    const profile = profiles[at % profiles.length];
    const file = once(() => generateProgram({ seed, profile, tls13: seed % 4 !== 0 }));
    const every = 1 + Math.floor(at / generatedOfTurn);
    return { name: `seed ${seed}`, profile, every, observed: 'all', file };
  });
}

function programTrial({ name, profile, every, observed, file }, answers) {
  const answer = once(() => answers.of({ name, profile, file: file() }));
  const steps = once(() => parseProgram(file(), { profile }).steps);
  const expected = once(() => expectationsOf(file()));
  const run = (calls) => {
    if (answer() === undefined) return undefined;
    const mine = play(calls, { profile, observed, steps: steps() });
    return otherOrder(mine, expected(), profile) ?? parted(mine);
  };
  const parted = (mine) => {
    if (digestOf(mine) === answer()) return undefined;
    // what is told in another order is no difference: the lines decide, those of the build as it is for OpenSSL's
    const theirs = play(plain, { profile, observed, steps: steps() });
    const comparison = new Comparison();
    for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1) {
      const found = comparison.next(mine[at], theirs[at]);
      if (found !== undefined) return `${file().steps[found.step]?.call} ${found.field}`;
    }
    return undefined;
  };
  return { stage: 'programs', every, name: `${name} ${profile}`, run };
}

/** What a program of the corpus says of real OpenSSL's callbacks: in which order they run, which no digest tells. */
function otherOrder(mine, expected, profile) {
  const ordered = expected.filter(({ field, step }) => field.startsWith('events.') && mine[step] !== undefined);
  const lines = [];
  for (const { step } of ordered) lines[step] ??= writeLine(mine[step]);
  for (const one of ordered) {
    const alone = unfulfilled([{ ...one, step: 0 }], [lines[one.step]], profile);
    if (alone.length > 0) return `${one.field} of step ${one.step}`;
  }
  return undefined;
}

function play({ openModel, playSteps }, { profile, observed, steps }) {
  const stack = openModel({ profile });
  try {
    return playSteps(steps, { stack, observed });
  } finally {
    stack.end();
  }
}

function once(make) {
  let made;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
