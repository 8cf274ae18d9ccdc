// Damaged byte streams into every state of a client and of a server, on the three lines in turn: each has to end in an alert or a
// clean wait, with every object given back. Ends with 1 where one throws, never ends, crashes libssl, or memory grows with their number.
// After a build: node --expose-gc tools/robustness.mjs [--streams 2000] [--first 0] [--jobs 1] [--seconds S] [--flows 1.3] [--only FLOW,ROLE,RECORDS,NUMBER]
//   --streams  into each state
//   --first    the number of the first, to go on where another run ended
//   --jobs     threads; what is found does not depend on their number
//   --seconds  so long at most; how far it came is said
//   --flows    only those whose name begins so
//   --only     one stream alone, as a failure names it
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Streams } from '../dist/test/_streams.js';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    first: { type: 'string', default: '0' },
    jobs: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    flows: { type: 'string', default: '' },
    only: { type: 'string' },
  },
});
/** Streams into every state in turn, so that a run that is cut short has been everywhere. */
const batch = 250;
const failuresMax = 20;
/** A stream takes less than a millisecond: this one never ends. Looks, not time: a process that was stopped has lost none. */
const hangLooks = 60;
const lookMs = 1_000;
const heapMegabytes = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 512 };
const grownBytesMax = 32 * 2 ** 20;
const progressMs = 60_000;

const every = new Streams();
const { states } = every;
const chosen = states.flatMap(({ flow }, index) => (flow.startsWith(values.flows) ? [index] : []));
if (chosen.length === 0)
  throw new Error(`--flows: expected how one of ${[...new Set(states.map(({ flow }) => flow))].join('; ')} begins`);
if (values.only === undefined) await all();
else alone(values.only);

function alone(name) {
  const at = name.lastIndexOf(',');
  const state = states.find((one) => nameOf(one) === name.slice(0, at));
  if (state === undefined)
    throw new Error(`--only: expected one of ${states.map(nameOf).join('; ')}, with a number behind it`);
  console.log(`${name}: ${every.run(state, Number(name.slice(at + 1)))}`);
}

async function all() {
  if (globalThis.gc === undefined) throw new Error('memory is measured with node --expose-gc');
  const streams = Number(values.streams);
  const first = Number(values.first);
  const begun = performance.now();
  const deadline = begun + Number(values.seconds) * 1_000;
  const ends = new Map();
  const failures = [];
  const batches = batchesOf(first, first + streams);
  let made = 0;
  let told = begun;

  function* batchesOf(start, end) {
    for (let from = start; from < end && performance.now() < deadline && failures.length < failuresMax; from += batch) {
      const to = Math.min(end, from + batch);
      for (const state of chosen) yield { state, from, to };
      made = to - start;
    }
  }
  const fail = (state, number, message) => {
    const name = `${nameOf(states[state])},${number}`;
    tell(`${message}; alone: node tools/robustness.mjs --only '${name}'`);
  };
  const tell = (failure) => {
    failures.push(failure);
    if (failures.length <= failuresMax) console.log(failure);
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, () => job()));

  /** One thread after another until no batch is left: a thread that had to be ended is followed by another. */
  async function job() {
    let task = batches.next().value;
    while (task !== undefined) {
      const underway = new SharedArrayBuffer(4);
      const worker = new Worker(new URL('./robustness-worker.mjs', import.meta.url), {
        workerData: { underway },
        resourceLimits: heapMegabytes,
      });
      const why = await new Promise((resolve) => {
        let first;
        let last = -1;
        let looks = 0;
        const watch = setInterval(() => {
          const number = Atomics.load(new Int32Array(underway), 0);
          looks = number === last ? looks + 1 : 0;
          last = number;
          if (looks > hangLooks) end('no end');
        }, lookMs);
        const end = (reason) => {
          clearInterval(watch);
          resolve(reason);
        };
        worker.on('error', (error) => end(error.message));
        worker.on('message', (done) => {
          for (const [name, count] of done.ends) ends.set(name, (ends.get(name) ?? 0) + count);
          for (const { number, message } of done.failures) fail(task.state, number, message);
          if (done.heapBytes !== undefined) {
            first ??= done.heapBytes;
            const grown = done.heapBytes - first;
            if (grown > grownBytesMax) tell(`the heap grew by ${grown} bytes`);
          }
          progress();
          task = batches.next().value;
          if (task === undefined) end(undefined);
          else worker.postMessage(task);
        });
        worker.postMessage(task);
      });
      await worker.terminate();
      if (why === undefined) return;
      const number = Atomics.load(new Int32Array(underway), 0);
      fail(task.state, number, why);
      task = { ...task, from: number + 1 };
    }
  }

  function progress() {
    if (performance.now() - told < progressMs) return;
    told = performance.now();
    console.log(`${made} of ${streams} a state, ${failures.length} failures, ${Math.round((told - begun) / 1_000)} s`);
  }

  const counts = [...ends]
    .sort()
    .map(([end, count]) => `${end} ${count}`)
    .join(', ');
  console.log(
    `${made} of ${streams} streams into each of ${chosen.length} states: ${counts}; ${failures.length} failures`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function nameOf({ flow, role, passed }) {
  return `${flow},${role},${passed}`;
}
