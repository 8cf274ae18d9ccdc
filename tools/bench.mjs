// How fast simtls is, beside real libssl and Node's own tls in the same run: medians of several rounds taken in turns, with the least and
// the most, and what a second of processor time gives. The figures of one machine compare with each other alone, so quote the ratios;
// they are of processor time. After a build: npm run bench [-- --json] [--quick]
//
// A world is one full connection and one resumed over the simulated network, closed by both sides, its plan made beforehand, each
// under another seed.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { campaignRows, campaignTable } from './bench/campaigns.mjs';
import { eventRunner, pendingEvents } from './bench/events.mjs';
import { compared, handshakeMeasures } from './bench/handshakes.mjs';
import { kinds } from './bench/kinds.mjs';
import { openLibssl } from './bench/libssl.mjs';
import { libsslWorlds } from './bench/libssl-worlds.mjs';
import { takeTurns } from './bench/measure.mjs';
import { programMeasures, programRows } from './bench/programs.mjs';
import { scaleRows, scaleTable } from './bench/scale.mjs';
import { table, times, whole } from './bench/table.mjs';
import { planOf, runSmall, smallPlans } from './bench/worlds.mjs';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
if (globalThis.gc === undefined) throw new Error('memory is measured with node --expose-gc, as npm run bench has it');
const turns = values.quick ? { rounds: 3, scale: 0.1 } : { rounds: 7, scale: 1 };

const events = await takeTurns(
  [
    {
      name: `bare events, ${pendingEvents.toLocaleString('en-US')} pending`,
      units: 1_500_000,
      goal: 3_000_000,
      prepare: () => eventRunner(),
      run: (runner, units) => {
        runner(units);
      },
    },
  ],
  turns,
);
const onLibssl = libsslWorlds();
const worlds = await takeTurns(
  [
    worldMeasure('worlds, TLS 1.2, fast', 'fast', { tls: '1.2', units: 1_500, goal: 5_000 }),
    worldMeasure('worlds, TLS 1.3, fast', 'fast', { tls: '1.3', units: 1_200, goal: 5_000 }),
    worldMeasure('worlds, TLS 1.2, real', 'real', { tls: '1.2', units: 300 }),
    worldMeasure('worlds, TLS 1.3, real', 'real', { tls: '1.3', units: 300 }),
    {
      name: 'worlds, TLS 1.2, fast, plan recorded each time',
      units: 1_500,
      prepare: (count, round) => round * count,
      run: (from, count) =>
        told(Array.from({ length: count }, (_, i) => runSmall(planOf('1.2', from + i), { crypto: 'fast' }))),
    },
    ...onLibssl.measures,
  ],
  turns,
);
onLibssl.close();
const campaigns = await campaignRows(turns);
const libssl = await openLibssl();
const handshakes = compared(await takeTurns(handshakeMeasures(libssl), turns), libssl);

const besides = programMeasures(libssl);
const programs = programRows(await takeTurns(besides.measures, turns));
besides.close();

if (!values.json) {
  table(
    'a second',
    [...events, ...worlds],
    [
      ...counted(),
      ['goal', ({ goal }) => whole(goal)],
      ['virtual seconds', ({ virtualSeconds }) => whole(virtualSeconds)],
    ],
  );
  process.stdout.write('\n');
  campaignTable(campaigns);
  process.stdout.write('\n');
  table('handshakes a second', handshakes, [
    ...counted(),
    ["libssl's", (row) => times(row.times.libssl, row.goals.libssl)],
    ['less crypto', (row) => times(row.times.bare)],
    ["Node's", (row) => times(row.times.node, row.goals.node)],
  ]);
  process.stdout.write('\n');
  table('programs without handshakes a second', programs, [
    ...counted().slice(0, 3),
    ["libssl's", (row) => times(row.times, row.goal)],
  ]);
  process.stdout.write('\n');
  libsslTable(libssl);
  process.stdout.write('\n');
}
const sizes = await scaleRows({ quick: values.quick, libssl });
libssl.close?.();
if (values.json) {
  const { ask: _ask, close: _close, ...measured } = libssl;
  const machine = { node: process.versions.node, cpu: cpus()[0]?.model ?? '' };
  process.stdout.write(
    `${JSON.stringify({ ...machine, events, worlds, campaigns, handshakes, programs, libssl: measured, sizes }, null, 2)}\n`,
  );
} else {
  scaleTable(sizes);
}

function worldMeasure(name, crypto, { tls, units, goal }) {
  return {
    name,
    units,
    goal,
    prepare: (count, round) => smallPlans(tls, round * count, count),
    run: (plans) => told(plans.map((plan) => runSmall(plan, { crypto }))),
  };
}

/** @param seconds the virtual seconds of each world */
function told(seconds) {
  return { virtualSeconds: seconds.reduce((sum, one) => sum + one, 0) };
}

function counted() {
  return [
    ['median', ({ median }) => whole(median)],
    ['least', ({ least }) => whole(least)],
    ['most', ({ most }) => whole(most)],
    ['cpu second', ({ perProcessorSecond }) => whole(perProcessorSecond)],
  ];
}

/** What stands behind libssl's rows. */
function libsslTable({ missing, ffi, cryptography }) {
  if (missing !== undefined) {
    process.stdout.write(`${missing}\n`);
    return;
  }
  const all = kinds.map(({ kind }) => kind);
  const each = (of) => Object.fromEntries(all.map((kind) => [kind, `${of(kind)}`]));
  const names = [...new Set(all.flatMap((kind) => cryptography.byKind[kind].parts.map(({ operation }) => operation)))];
  const part = (operation, kind) => cryptography.byKind[kind].parts.find((one) => one.operation === operation);
  const operations = names.map((operation) => ({
    name: operation,
    us: all.map((kind) => part(operation, kind)?.us).find((us) => us !== undefined),
    ...each((kind) => part(operation, kind)?.times ?? 0),
  }));
  const { leftIn } = cryptography;
  const rows = [
    ...operations,
    { name: 'in all, µs, taken off', ...each((kind) => cryptography.byKind[kind].us.toFixed(0)) },
    { name: `left in: ${leftIn.operation}`, us: leftIn.us, ...each((kind) => (kind.startsWith('full') ? 1 : 0)) },
    { name: 'left in: a call through FFI', us: ffi.us, ...each((kind) => ffi.calls[kind]) },
  ];
  table("libssl's cryptography, µs and how often", rows, [
    ['µs', ({ us }) => us?.toFixed(2)],
    ...kinds.map(({ kind, name }) => [name, (row) => row[kind]]),
  ]);
}
