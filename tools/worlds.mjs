// Runs every scenario on the model and on real OpenSSL, on the lines that `npm run openssl` installed, and compares what each
// connection and step came to, and the counts of events. Ends with 1 where anything differs; what real OpenSSL cannot run, or what
// meets each stack somewhere else, is named with its reason.
//   node tools/worlds.mjs [--count 3] [--seed 1] [--profile 1.1.1|3.0|3.5] [NAME …]
//   node tools/worlds.mjs --record     writes what OpenSSL answers into scenarios/corpus/worlds/, for machines without it
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { builtInScenarios } from '../dist/sim/cli/scenarios.js';
import { accountOf, differencesOf, incomparableIn, planDigest, recordedFormat } from '../dist/sim/compare/index.js';
import { recordPlan } from '../dist/sim/index.js';
import { profiles as allProfiles, openLine, StackMissing } from '../dist/sim/stacks/index.js';
import { modelOnlyIn } from '../dist/sim/world/index.js';

const shownMax = 6;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', multiple: true, default: [...allProfiles] },
    record: { type: 'boolean', default: false },
  },
});
const profiles = allProfiles.filter((profile) => values.profile.includes(profile));
const known = await builtInScenarios();
const scenarios = known.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const pools = new Map();

try {
  for (const profile of profiles) pools.set(profile, openLine(profile).pool);
  process.exitCode = values.record ? record() : compare();
} catch (error) {
  if (!(error instanceof StackMissing)) throw error;
  console.error(error.message);
  process.exitCode = 4;
} finally {
  for (const pool of pools.values()) pool.close();
}

function compare() {
  const told = { runs: 0, parted: 0, refused: new Map() };
  const seeds = Array.from({ length: Number(values.count) }, (_, i) => String(Number(values.seed) + i));
  for (const scenario of scenarios) {
    for (const [profile, pool] of pools) {
      for (const seed of seeds) {
        const plan = recordPlan(scenario, { seed, profile });
        const reason = modelOnlyIn(plan, pool) ?? incomparableIn(plan);
        if (reason !== undefined) {
          told.refused.set(scenario.name, reason);
          continue;
        }
        told.runs += 1;
        const differences = differencesOf(accountOf(plan, undefined), accountOf(plan, pool));
        if (differences.length === 0) continue;
        told.parted += 1;
        console.log(`${scenario.name}, seed ${seed}, ${profile}: ${differences.length} differences`);
        for (const { what, first, second } of differences.slice(0, shownMax)) {
          console.log(`  ${what}: model ${first}; OpenSSL ${second}`);
        }
      }
    }
  }
  for (const [name, reason] of told.refused) console.log(`${name}, some or all seeds not compared: ${reason}`);
  console.log(`${profiles.join(', ')}: ${told.runs} runs on both stacks, ${told.parted} part`);
  return told.parted === 0 ? 0 : 1;
}

function record() {
  const folder = new URL('../scenarios/corpus/worlds/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const scenario of scenarios) {
    const answers = [];
    for (const [profile, pool] of pools) {
      const plan = recordPlan(scenario, { seed: values.seed, profile });
      if ((modelOnlyIn(plan, pool) ?? incomparableIn(plan)) !== undefined) continue;
      answers.push({ profile, seed: values.seed, plan: planDigest(plan), account: accountOf(plan, pool) });
    }
    const file = new URL(`${scenario.name}.json`, folder);
    const head = `{"format":"${recordedFormat}","scenario":"${scenario.name}","answers":[`;
    const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n');
    if (answers.length === 0) rmSync(file, { force: true });
    else writeFileSync(file, `${head}\n${lines}\n]}\n`);
  }
  return 0;
}
