// Whether guided campaigns find sooner: against each defect campaigns that are guided, and as many seed by seed, over all scenarios and workloads on
// every profile, and how many runs each needs. Runs are counted, not seconds, so that any machine comes to the same. After a build:
//   npm run guide [-- --write]         five campaigns of each kind; --write: the table goes into docs/campaigns.md
//   … [--only NAME,NAME] [--campaigns 5] [--runs 2000] [--jobs 2]
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { applicationDefects } from '../dist/sim/cli/application-defects.js';
import { defects } from '../dist/src/index.js';
import { onProcesses } from './defects/processes.mjs';
import { median } from './defects/sources.mjs';

const page = fileURLToPath(new URL('../docs/campaigns.md', import.meta.url));
const [begin, end] = ['<!-- what npm run guide measured -->\n', '<!-- end -->\n'];
/** From one campaign's first seed to the next one's. */
const apart = 1_000_000;

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    campaigns: { type: 'string', default: '5' },
    runs: { type: 'string', default: '2000' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});
const runsMax = Number(values.runs);
const only = values.only?.split(',');
const names = [...defects, ...(await applicationDefects())]
  .map(({ name }) => name)
  .filter((name) => only?.includes(name) ?? true);
const firsts = Array.from({ length: Number(values.campaigns) }, (_, i) => 1 + i * apart);
const tasks = names.flatMap((name) =>
  firsts.flatMap((from) => [false, true].map((guide) => ({ name, from, guide, runsMax }))),
);
const results = await onProcesses(new URL('./defects/guided.mjs', import.meta.url), {
  tasks,
  jobs: Number(values.jobs),
  told: (result) => console.error(told(result)),
});
const text = `${table()}\n\n${summary()}\n`;
console.log(text);
if (values.write) writeFileSync(page, replaced(text));

function table() {
  return [
    '| defect | seed by seed | guided | seed by seed at most | guided at most |',
    '| --- | --: | --: | --: | --: |',
    ...names.map((name) => {
      const [plain, guided] = [false, true].map((guide) => of(name, guide));
      const most = (all) => (all.some(isLost) ? 'not found' : Math.max(...all.map(({ runs }) => runs)));
      return `| \`${name}\` | ${median(plain.map(({ runs }) => runs))} | ${median(guided.map(({ runs }) => runs))} | ${most(plain)} | ${most(guided)} |`;
    }),
  ].join('\n');
}

function summary() {
  const pairs = names.flatMap((name) => of(name, false).map((plain, i) => [plain, of(name, true)[i]]));
  const sooner = pairs.filter(([plain, guided]) => guided.runs < plain.runs).length;
  const later = pairs.filter(([plain, guided]) => guided.runs > plain.runs).length;
  const mean = Math.exp(
    pairs.reduce((sum, [plain, guided]) => sum + Math.log(guided.runs / plain.runs), 0) / pairs.length,
  );
  const sums = [0, 1].map((i) => pairs.reduce((sum, pair) => sum + pair[i].runs, 0));
  const lost = [0, 1].map((i) => pairs.filter((pair) => isLost(pair[i])).length);
  return [
    `Of ${pairs.length} pairs of campaigns the guided one found sooner in ${sooner}, later in ${later}. It needed ${mean.toFixed(2)} times the runs in the`,
    `geometric mean, and ${(sums[1] / sums[0]).toFixed(2)} times in all (${sums[1]} to ${sums[0]}). Within ${runsMax} runs ${lost[0]} that went seed by seed found nothing, and ${lost[1]} guided ones.`,
  ].join('\n');
}

function of(name, guide) {
  return results.filter(({ task }) => task.name === name && task.guide === guide);
}

function isLost({ invariant }) {
  return invariant === undefined;
}

function told({ task, runs, invariant, source, changed }) {
  const where = invariant === undefined ? 'nothing' : `${invariant} in ${source}${changed ? ', changed' : ''}`;
  return `${task.name} from ${task.from}, ${task.guide ? 'guided' : 'seed by seed'}: ${runs} runs, ${where}`;
}

function replaced(measured) {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table`);
  return text.slice(0, from + begin.length) + measured + text.slice(to);
}
