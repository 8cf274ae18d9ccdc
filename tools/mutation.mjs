// Does anything notice when src/session is wrong? All mutants that Stryker makes of it, against campaigns of worlds and of programs
// (docs/mutation.md). Ends with 1 where fewer of a hundred are found than --at-least says. After a build:
//   npm run mutation [-- --runs 189] [-- --programs 2436] [-- --sample 40 --seed 1] [-- --file cache.ts] [-- --only TEXT]
//                    [-- --stages worlds,accounts,programs] [-- --trials encodings] [-- --shard 1/3] [-- --out FILE]
//   npm run mutation -- --survivors-of FILE     tries what survived and was written by --out
// What --out wrote so far is there when a run is ended, and is not tried again by the next with the same file. SIGINT tells what is known.
//   npm run mutation -- --record                asks real OpenSSL (npm run openssl) what is not recorded
import { availableParallelism, constants } from 'node:os';
import { parseArgs } from 'node:util';
import { recordAnswers } from './mutation/answers.mjs';
import { mutatedBuild } from './mutation/build.mjs';
import { staleReasons } from './mutation/explained.mjs';
import { hunt } from './mutation/hunt.mjs';
import { Results, readResults } from './mutation/results.mjs';
import { tell } from './mutation/tell.mjs';
import { allPrograms, stages } from './mutation/trials.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '189' },
    programs: { type: 'string', default: '2436' },
    stages: { type: 'string', default: stages.join() },
    trials: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    file: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    'survivors-of': { type: 'string', multiple: true, default: [] },
    shard: { type: 'string', default: '1/1' },
    out: { type: 'string' },
    'at-least': { type: 'string', default: '0' },
    record: { type: 'boolean', default: false },
  },
});
const bounds = {
  runs: Number(values.runs),
  programs: Number(values.programs),
  stages: values.stages.split(','),
  named: values.trials,
};

if (values.record) console.log(`${recordAnswers(allPrograms(bounds.programs))} programs have an answer`);
else process.exitCode = await mutation();

async function mutation() {
  if (values['survivors-of'].includes(values.out)) {
    console.error(`${values.out} has those survivors, and what it has is not tried again: give --out another file`);
    return 2;
  }
  const results = new Results(values.out);
  const build = await mutatedBuild(values.file);
  try {
    const mutants = chosen(build.mutants);
    if (mutants.length === 0) {
      console.error(
        'there is no such mutant: --file takes a name such as cache.ts, --only a part of a mutant as it is printed',
      );
      return 2;
    }
    const stale = values.file.length === 0 ? staleReasons(build.mutants.map(({ key }) => key)) : [];
    if (stale.length > 0) {
      console.error(`tools/mutation/explained.mjs has reasons for what is not there any more:\n${stale.join('\n')}`);
      return 2;
    }
    const left = mutants.filter((mutant) => !results.has(mutant));
    if (left.length < mutants.length) console.error(`${mutants.length - left.length} are known from ${values.out}`);
    const open = () => left.filter((one) => one.ignored === undefined && !results.has(one)).length;
    const known = () => tell(results.of(mutants), console.log, open());
    const onEnd = (signal) => {
      known();
      build.remove();
      process.exit(128 + constants.signals[signal]);
    };
    process.once('SIGINT', onEnd).once('SIGTERM', onEnd);
    const told = { onProgress: (text) => console.error(text), onResult: (result) => results.add(result) };
    await hunt({ ...build, mutants: left }, { bounds, jobs: Number(values.jobs), ...told });
    return known() >= Number(values['at-least']) ? 0 : 1;
  } finally {
    build.remove();
  }
}

function chosen(all) {
  const [index, of] = values.shard.split('/').map(Number);
  const survivors = new Set(values['survivors-of'].flatMap(survivorsOf));
  const wanted = all.filter(
    ({ id, key }) =>
      Number(id) % of === index - 1 &&
      (values['survivors-of'].length === 0 || survivors.has(key)) &&
      (values.only.length === 0 || values.only.some((text) => key.includes(text))),
  );
  return values.sample === undefined ? wanted : sample(wanted.filter(({ ignored }) => ignored === undefined));
}

function survivorsOf(path) {
  const survived = ({ found, ignored }) => found === undefined && ignored === undefined;
  return readResults(path)
    .filter(survived)
    .map(({ key }) => key);
}

/** So many of them, drawn by the seed. */
function sample(from) {
  let state = Number(values.seed) >>> 0;
  const draw = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  const ranked = from.map((mutant) => ({ mutant, rank: draw() })).sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, Number(values.sample)).map(({ mutant }) => mutant);
}
