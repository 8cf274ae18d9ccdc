// One job of robustness.mjs: takes batches of streams, and tells what became of each.
import { parentPort, workerData } from 'node:worker_threads';
import { Streams } from '../dist/test/_streams.js';

/** Collected after so many batches, no more often, since optimized code goes too: what is alive then is what stays. */
const collectedBatches = 200;

// a refused stream throws inside, and nobody reads the stack of that
Error.stackTraceLimit = 0;

const streams = new Streams();
/** The stream under way, so that one which never ends has a number. */
const underway = new Int32Array(workerData.underway);
let batches = 0;

parentPort.on('message', ({ state, from, to }) => {
  const ends = new Map();
  const failures = [];
  for (let number = from; number < to; number++) {
    Atomics.store(underway, 0, number);
    let end;
    try {
      end = streams.run(streams.states[state], number);
      if (end === 'LibraryCrash') throw new Error('a peer crashes libssl');
    } catch (error) {
      end = 'failure';
      failures.push({ number, message: error.message });
    }
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  batches += 1;
  const isSettled = batches % collectedBatches === 1;
  if (isSettled) globalThis.gc();
  parentPort.postMessage({ ends, failures, heapBytes: isSettled ? process.memoryUsage().heapUsed : undefined });
});
