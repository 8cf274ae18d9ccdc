// Does anything notice when src/session is wrong? All mutants that Stryker makes of it, against campaigns of worlds and of programs
// (docs/mutation.md). Ends with 1 where fewer of a hundred are found than --at-least says. After a build:
//   npm run mutation [-- --runs 189] [-- --programs 2286] [-- --sample 40 --seed 1] [-- --file cache.ts] [-- --only TEXT]
//                    [-- --stages worlds,accounts,programs] [-- --trials encodings] [-- --shard 1/3] [-- --out FILE]
//   npm run mutation -- --survivors-of FILE     tries what survived and was written by --out
//   npm run mutation -- --record                asks real OpenSSL (npm run openssl) what is not recorded
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { recordAnswers } from './mutation/answers.mjs';
import { mutatedBuild } from './mutation/build.mjs';
import { staleReasons } from './mutation/explained.mjs';
import { hunt } from './mutation/hunt.mjs';
import { tell } from './mutation/tell.mjs';
import { allPrograms, stages } from './mutation/trials.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '189' },
    programs: { type: 'string', default: '2286' },
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
    const options = { bounds, jobs: Number(values.jobs), onProgress: (told) => console.error(told) };
    const results = await hunt({ ...build, mutants }, options);
    if (values.out !== undefined) writeFileSync(values.out, results.map((one) => `${JSON.stringify(one)}\n`).join(''));
    return tell(results, console.log) >= Number(values['at-least']) ? 0 : 1;
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
      (survivors.size === 0 || survivors.has(key)) &&
      (values.only.length === 0 || values.only.some((text) => key.includes(text))),
  );
  return values.sample === undefined ? wanted : sample(wanted.filter(({ ignored }) => ignored === undefined));
}

function survivorsOf(path) {
  const results = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return results.filter(({ found, ignored }) => found === undefined && ignored === undefined).map(({ key }) => key);
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
