// Campaigns of small worlds of TLS 1.2, their plans recorded: runs a second on one thread and on two, once they are warm, and what memory they keep.
// After a build also alone: node tools/bench/campaigns.mjs
import { pathToFileURL } from 'node:url';
import { begun, runCampaign } from '../../dist/sim/campaign/index.js';
import { table, times, whole } from './table.mjs';

const name = 'bench';
const modules = [[name, new URL('./small-world.mjs', import.meta.url).href]];
/** Runs of each thread that are not counted: threads begin cold. */
const warmUpRunsOfThread = 6_000;
const runsOfThread = 12_000;

/** A campaign of so many threads. @returns runs a second, by the clock and of processor time, and how memory went */
async function measure(threads, runs) {
  const warmUpRuns = warmUpRunsOfThread * threads;
  const settings = {
    sources: [name],
    profiles: ['3.0'],
    seeds: { from: 1, to: warmUpRuns + runs },
    defects: [],
    stack: 'model',
    crypto: 'fast',
    faults: null,
    guide: false,
    shard: { index: 1, of: 1 },
  };
  const nothing = () => undefined;
  const store = { save: nothing, saveProgress: nothing, finding: nothing, keepOnly: nothing };
  let first;
  let last;
  let middle;
  const onProgress = ({ progress }) => {
    const seen = {
      runs: progress.tally.runs,
      ms: performance.now(),
      cpu: process.cpuUsage(),
      bytes: process.memoryUsage.rss(),
    };
    if (seen.runs < warmUpRuns) return;
    first ??= seen;
    if (seen.runs < warmUpRuns + runs / 2) middle = seen;
    last = seen;
  };
  const { tally } = await runCampaign({
    threads,
    progress: begun(settings, 'bench'),
    modules,
    store,
    findingsMax: 1,
    over: () => false,
    interrupted: () => false,
    onProgress,
    onNotice: nothing,
  });
  if (tally.groups.length > 0) throw new Error(`the small world fails: ${tally.groups[0].group}`);
  const done = last.runs - first.runs;
  const processorSeconds = (last.cpu.user + last.cpu.system - first.cpu.user - first.cpu.system) / 1e6;
  return {
    name: `campaign of small worlds, ${threads} thread${threads === 1 ? '' : 's'}`,
    perSecond: done / ((last.ms - first.ms) / 1_000),
    perProcessorSecond: done / processorSeconds,
    /** Between the middle and the end. */
    grownBytes: last.bytes - middle.bytes,
  };
}

export async function campaignRows({ scale }) {
  const one = await measure(1, runsOfThread * scale);
  const two = await measure(2, 2 * runsOfThread * scale);
  return [
    { ...one, goal: 3_000 },
    { ...two, times: two.perSecond / one.perSecond, goals: { times: 1.8 } },
  ];
}

export function campaignTable(rows) {
  table('runs a second', rows, [
    ['by the clock', ({ perSecond }) => whole(perSecond)],
    ['cpu second', ({ perProcessorSecond }) => whole(perProcessorSecond)],
    ['goal', ({ goal }) => whole(goal)],
    ["one thread's", (row) => times(row.times, row.goals?.times)],
    ['MB grown', ({ grownBytes }) => (grownBytes / 2 ** 20).toFixed(1)],
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) campaignTable(await campaignRows({ scale: 1 }));
