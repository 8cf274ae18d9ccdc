// Damaged byte streams into every state of a client and of a server, on the three lines in turn: each has to end in an alert or a
// clean wait, with every object given back. Ends with 1 where one throws, never ends, or memory grows with their number.
// After a build: node --expose-gc tools/robustness.mjs [--streams 2000] [--seconds S]
//   --streams  into each state
//   --seconds  so long at most; how far it came is said
import { parseArgs } from 'node:util';
import { Bench } from '../dist/test/_bench.js';
import { flows, recordsOf } from '../dist/test/_middle.js';
import { damagedStream } from '../dist/test/_streams.js';

const { values } = parseArgs({
  options: { streams: { type: 'string', default: '2000' }, seconds: { type: 'string', default: 'Infinity' } },
});
const streams = Number(values.streams);
const deadline = performance.now() + Number(values.seconds) * 1_000;
/** Streams into every state in turn, so that a run that is cut short has been everywhere. */
const batch = 100;
const grownBytesMax = 32 * 2 ** 20;
const failuresMax = 20;

const states = [];
for (const role of ['client', 'server']) {
  for (const flow of flows) {
    const total = recordsOf(() => new Bench('3.0'), flow, role);
    for (let passed = 0; passed <= total; passed++) states.push({ flow, role, passed, total });
  }
}

const ends = new Map();
const failures = [];
let made = 0;
let begun;
let settled;
for (let from = 0; from < streams && performance.now() < deadline && failures.length < failuresMax; from += batch) {
  for (const { flow, role, passed, total } of states) {
    for (let number = from; number < Math.min(streams, from + batch); number++) {
      let end;
      try {
        end = damagedStream(flow, role, { passed, total, number });
      } catch (error) {
        end = 'failure';
        failures.push(`${flow}, ${role} after ${passed} records, stream ${number}: ${error.message}`);
      }
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  }
  made = Math.min(streams, from + batch);
  globalThis.gc?.();
  settled = process.memoryUsage().heapUsed;
  begun ??= settled;
}

const grown = globalThis.gc === undefined ? 0 : settled - begun;
if (grown > grownBytesMax) failures.push(`the heap grew by ${grown} bytes from the first ${batch} streams a state on`);
if (ends.has('LibraryCrash')) failures.push('a peer crashes libssl');
for (const failure of failures.slice(0, failuresMax)) console.log(failure);
const counts = [...ends].map(([end, count]) => `${end} ${count}`).join(', ');
console.log(
  `${made} of ${streams} streams into each of ${states.length} states: ${counts}; ${failures.length} failures`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
