// Runs scenarios and workloads in this process and prints a line a run: scenario, profile, seed, fingerprint, and where they are written
// down (--trace) the digests of all draws and of all events, bytes included. With --only it makes the same runs in the same order up to
// that one, and prints every draw and event of it instead. Started by determinism.mjs and by tests, also under other builds of Node.
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { findSources } from '../../dist/sim/cli/scenarios.js';
import { runPlan, traceLine } from '../../dist/sim/index.js';

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
for (const scenario of await findSources(positionals)) {
  for (const profile of values.profiles.split(',')) {
    for (let i = 0; i < Number(values.count); i++) {
      runs.push({ scenario, profile, seed: String(Number(values.first) + i) });
    }
  }
}
if (values.order === 'reversed') runs.reverse();

for (const run of runs) {
  const name = `${run.scenario.name} ${run.profile} ${run.seed}`;
  if (values.only === undefined) print(`${name} ${digestsOf(run)}`);
  else if (values.only === name) {
    make(run, (kind, line) => print(`${kind} ${line}`));
    break;
  } else digestsOf(run);
}

/** The fingerprint, and the digests of draws and events where they are wanted. */
function digestsOf(run) {
  if (!values.trace) return `${make(run)} - -`;
  const hashes = { draw: createHash('sha256'), event: createHash('sha256') };
  const fingerprint = make(run, (kind, line) => hashes[kind].update(`${line}\n`));
  return `${fingerprint} ${digest(hashes.draw)} ${digest(hashes.event)}`;
}

function digest(hash) {
  return hash.digest('hex').slice(0, 16);
}

/** Records and runs; `tell` hears of every draw, those of the recording first, and of every event. */
function make({ scenario, profile, seed }, tell) {
  if (tell === undefined)
    return runPlan(scenario.plan({ seed, profile }), { crypto: values.crypto }).fingerprint;
  const onDraw = (label, choices, value, us) => {
    tell('draw', `${label}: ${value} of ${choices}${us === undefined ? ', while recording' : ` at ${us} µs`}`);
  };
  const plan = scenario.plan({
    seed,
    profile,
    onDraw: (label, choices, value) => onDraw(label, choices, value),
  });
  return runPlan(plan, { crypto: values.crypto, onDraw, trace: (event) => tell('event', traceLine(event)) })
    .fingerprint;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
