// How fast simtls is, beside Node's own tls in the same run: medians of several rounds, with the least and the most. The figures of
// one machine compare with each other alone, so quote the ratio to Node's row too. After a build: npm run bench [-- --json] [--quick]
//
// A pair is one full connection and one resumed, TLS 1.2, closed by both sides. A world is a pair over the simulated network, its
// plan made beforehand, each under another seed.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { coreRunner } from './bench/core.mjs';
import { eventRunner, pendingEvents } from './bench/events.mjs';
import { nodePair } from './bench/node-tls.mjs';
import { scaleRows, scaleTable } from './bench/scale.mjs';
import { planOf, runSmall, smallPlans } from './bench/worlds.mjs';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const scale = values.quick ? 0.1 : 1;
const rounds = values.quick ? 3 : 7;
/** Rounds that are not counted: the engine takes some thousands of worlds until it has compiled what they need. */
const warmUpRounds = 2;

const measures = [
  {
    name: `bare events, ${pendingEvents.toLocaleString('en-US')} pending`,
    units: 1_500_000,
    goal: 3_000_000,
    prepare: () => eventRunner(),
    run: (runner, units) => runner(units),
  },
  worlds('worlds, fast', 'fast', { units: 1_500, goal: 3_000 }),
  worlds('worlds, real', 'real', { units: 300 }),
  {
    name: 'worlds, fast, plan recorded each time',
    units: 1_500,
    prepare: (_units, round) => round,
    run: (round, units) => {
      for (let i = 0; i < units; i++) runSmall(planOf(round * units + i), 'fast');
    },
  },
  pairs('pairs, stack alone, fast', 'fast', 2_000),
  pairs('pairs, stack alone, real', 'real', 300),
  {
    name: "pairs, Node's tls over a Duplex",
    units: 200,
    prepare: () => undefined,
    run: async (_nothing, units) => {
      for (let i = 0; i < units; i++) await nodePair();
    },
  },
];

function worlds(name, crypto, { units, goal }) {
  return {
    name,
    units,
    goal,
    prepare: (count, round) => smallPlans(round * count, count),
    run: (plans) => {
      for (const plan of plans) runSmall(plan, crypto);
    },
  };
}

function pairs(name, crypto, units) {
  return {
    name,
    units,
    prepare: () => coreRunner(crypto),
    run: (runner, count) => {
      for (let i = 0; i < count; i++) runner(i);
    },
  };
}

const rows = [];
for (const measure of measures) rows.push(await measured(measure));
const node = rows.at(-1);
for (const row of rows) {
  if (row !== rows[0]) row.toNode = row.median / node.median;
}
if (!values.json) table();
const sizes = scaleRows({ quick: values.quick });
if (values.json) {
  process.stdout.write(
    `${JSON.stringify({ node: process.versions.node, cpu: cpus()[0]?.model ?? '', rows, sizes }, null, 2)}\n`,
  );
} else {
  process.stdout.write('\n');
  scaleTable(sizes);
}

/** Units a second of processor time and of the wall clock. */
async function measured({ name, units, goal, prepare, run }) {
  const count = Math.max(1, Math.round(units * scale));
  const wall = [];
  const processor = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    // No collection is forced here: a forced one also throws away compiled code, which a program of its own never does.
    const prepared = prepare(count, round + warmUpRounds);
    const cpu = process.cpuUsage();
    const begun = performance.now();
    await run(prepared, count);
    const seconds = (performance.now() - begun) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    if (round < 0) continue;
    wall.push(count / seconds);
    processor.push((count * 1e6) / (user + system));
  }
  const sorted = wall.toSorted((a, b) => a - b);
  return {
    name,
    median: median(wall),
    least: sorted[0],
    most: sorted.at(-1),
    perProcessorSecond: median(processor),
    ...(goal === undefined ? {} : { goal }),
  };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

function table() {
  const head = ['a second', 'median', 'least', 'most', 'cpu second', 'goal', "to Node's"];
  const lines = rows.map((row) => [
    row.name,
    ...[row.median, row.least, row.most, row.perProcessorSecond].map(whole),
    row.goal === undefined ? '' : whole(row.goal),
    row.toNode === undefined ? '' : `${row.toNode.toFixed(2)}×`,
  ]);
  for (const [name, ...cells] of [head, ...lines]) {
    process.stdout.write(`${name.padEnd(40)}${cells.map((cell) => cell.padStart(12)).join('')}\n`);
  }
}

function whole(number) {
  return Math.round(number).toLocaleString('en-US');
}
