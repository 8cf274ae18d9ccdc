// Runs scenarios in this process and prints a line a run: scenario, profile, seed, fingerprint, and where they are written
// down (--trace) the digests of all draws and of all events, bytes included. With --only it makes the same runs in the same order up to
// that one, and prints every draw and event of it instead. Started by determinism.mjs and by tests, also under other builds of Node.
import { parseArgs } from 'node:util';

import { findModules, findScenarioModules } from '../../dist/sim/cli/scenarios.js';
import { Digests, made } from './made.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    first: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    profiles: { type: 'string', default: '1.1.1,3.0,3.5' },
    crypto: { type: 'string', default: 'fast' },
    order: { type: 'string', default: 'forward' },
    trace: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const runs = [];
const modules = positionals.length === 0 ? await findScenarioModules() : await findModules(positionals);
for (const { source } of modules) {
  for (const profile of values.profiles.split(',')) {
    for (let i = 0; i < Number(values.count); i++) {
      runs.push({ source, profile, seed: String(Number(values.first) + i), crypto: values.crypto });
    }
  }
}
if (values.order === 'reversed') runs.reverse();

for (const run of runs) {
  const name = `${run.source.name} ${run.profile} ${run.seed}`;
  if (values.only === undefined) print(`${name} ${digestsOf(run)}`);
  else if (values.only === name) {
    made(run, (kind, line) => print(`${kind} ${line}`));
    break;
  } else digestsOf(run);
}

/** The fingerprint, and the digests of draws and events where they are wanted. */
function digestsOf(run) {
  if (!values.trace) return `${made(run)} - -`;
  const digests = new Digests();
  const fingerprint = made(run, (kind, line) => digests.add(kind, line));
  return `${fingerprint} ${digests.end()}`;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
