// How soon campaigns find the bugs that stacks and applications really had: against each defect five campaigns, each from another
// seed, and the medians of what they needed. After a build:
//   npm run defects [-- --write]                      five campaigns each, to their small plans; --write: the table goes into docs/defects.md
//   npm run defects -- --check                        one campaign each: ends with 1 where one finds nothing in time, or by no invariant of the page
//   npm run defects -- --none 1000000                 no defect: so many runs over all scenarios and profiles; ends with 1 where anything is found
//   … [--only NAME,NAME] [--jobs 2] [--json]
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { applicationDefects } from '../dist/sim/cli/application-defects.js';
import { builtInScenarios } from '../dist/sim/cli/scenarios.js';
import { defects } from '../dist/src/index.js';
import { onProcesses } from './defects/processes.mjs';
import { median } from './defects/sources.mjs';

const page = fileURLToPath(new URL('../docs/defects.md', import.meta.url));
const [begin, end] = ['<!-- what npm run defects measured -->\n', '<!-- end -->\n'];
/** Where campaigns begin. */
const bases = [1, 1_000_001, 2_000_001, 3_000_001, 4_000_001];
/** Processor seconds after which a campaign has failed. */
const secondsMax = 60;

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    none: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
  },
});
process.exitCode = values.none === undefined ? await campaigns() : await healthy(Number(values.none));

async function campaigns() {
  const only = values.only?.split(',');
  const known = [...defects, ...(await applicationDefects())].filter(({ name }) => only?.includes(name) ?? true);
  const tasks = known.flatMap(({ name }) =>
    (values.check ? bases.slice(0, 1) : bases).map((from) => ({ name, from, secondsMax, shrink: !values.check })),
  );
  const results = await onProcesses(new URL('./defects/hunt.mjs', import.meta.url), {
    tasks,
    jobs: Number(values.jobs),
    told: (result) => console.error(told(result)),
  });
  const rows = known.map((defect) =>
    rowOf(
      defect,
      results.filter(({ task }) => task.name === defect.name),
    ),
  );
  if (values.json) console.log(JSON.stringify(rows, null, 2));
  else console.log(tableOf(rows));
  console.log(summary(rows));
  if (values.write) writeFileSync(page, replaced(`${tableOf(rows)}\n${summary(rows)}\n`));
  const lost = rows.filter(({ found, of }) => found < of);
  for (const { name, found, of } of lost) console.error(`${name}: ${found} of ${of} campaigns found it`);
  const others = values.check ? rows.filter((row) => !isOnPage(row)) : [];
  for (const { name, invariants } of others)
    console.error(`${name} was found by ${invariants}, which the page does not say`);
  return lost.length + others.length === 0 ? 0 : 1;
}

/** Nothing is found where there is nothing to find. */
async function healthy(runs) {
  const perSeed = (await builtInScenarios()).length * 3;
  const main = fileURLToPath(new URL('../dist/sim/cli/main.js', import.meta.url));
  try {
    const seeds = `1..${Math.ceil(runs / perSeed)}`;
    execFileSync(process.execPath, [main, 'fuzz', '--seeds', seeds, '--guide', 'off', '--jobs', values.jobs], {
      stdio: 'inherit',
    });
    return 0;
  } catch ({ status }) {
    return status ?? 1;
  }
}

function rowOf({ name, kind, entry }, results) {
  const found = results.filter(({ invariant }) => invariant !== undefined);
  return {
    name,
    kind,
    entry,
    of: results.length,
    found: found.length,
    invariants: [...new Set(found.map(({ invariant }) => invariant))].sort(),
    runs: median(found.map(({ runs }) => runs)),
    seconds: median(found.map(({ seconds }) => seconds)),
    secondsMost: Math.max(...found.map(({ seconds }) => seconds)),
    steps: median(found.map(({ steps }) => steps)),
  };
}

function tableOf(rows) {
  const lines = rows.map(
    ({ name, kind, invariants, runs, seconds, secondsMost, steps }) =>
      `| \`${name}\` | ${kind} | ${invariants.map((one) => `\`${one}\``).join(', ')} | ${runs} | ${inSeconds(seconds)} | ${inSeconds(secondsMost)} | ${steps ?? ''} |`,
  );
  return [
    '| defect | of | found by | runs | seconds | at most | steps left |',
    '| --- | --- | --- | --: | --: | --: | --: |',
    ...lines,
  ].join('\n');
}

function summary(rows) {
  const [total, all] = [rows.length, rows.filter(({ found, of }) => found === of)];
  const soon = all.filter(({ seconds }) => seconds <= 10).length;
  const steps = median(all.flatMap((row) => row.steps ?? []));
  const small = steps === undefined ? '' : `; in the median ${steps} steps are left`;
  return `\n${all.length} of ${total} are found by every campaign within ${secondsMax} s, ${soon} of them within 10 s in the median${small}.`;
}

function told({ task, runs, seconds, invariant, source, seed, profile, steps }) {
  const where = invariant === undefined ? 'nothing' : `${invariant} in ${source}, seed ${seed}, ${profile}`;
  return `${task.name} from ${task.from}: ${where}; ${runs} runs, ${inSeconds(seconds)} s${steps === undefined ? '' : `, ${steps} steps`}`;
}

/** One that was not measured yet is on no page. */
function isOnPage({ name, invariants }) {
  const row =
    readFileSync(page, 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
  return invariants.every((one) => row.includes(`\`${one}\``));
}

function replaced(measured) {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table`);
  return text.slice(0, from + begin.length) + measured + text.slice(to);
}

function inSeconds(seconds) {
  return seconds === undefined || !Number.isFinite(seconds) ? '' : seconds.toFixed(1);
}
