// API programs without handshakes: the model, real libssl with whole programs in the agent, and libssl with a round trip a step, as a
// world or a callback of the other process needs it.
import { digestOf } from '../../dist/sim/program/digest.js';
import {
  generateProgram,
  libsslSource,
  modelSource,
  parseProgram,
  playSteps,
  runProgram,
} from '../../dist/sim/program/index.js';

const profile = '3.0';
const shaking = /handshake|SSL_read|SSL_write|SSL_shutdown|sim_(exchange|close|clock|on$)/;
/** Programs of one question to the agent. */
const batch = 50;

/** @returns the measures, or none where the line of OpenSSL is not there; `close` ends the agents */
export function programMeasures({ missing }) {
  if (missing !== undefined) return { measures: [], close: () => {} };
  const files = Array.from(fewest(), (file) => ({ file, program: parseProgram(file) }));
  const libssl = libsslSource({}, () => {});
  const runner = libssl.programs(profile);
  const model = modelSource();
  const taken = (count, round) => Array.from({ length: count }, (_, i) => files[(round * count + i) % files.length]);
  const measures = [
    {
      name: 'model',
      units: 2_000,
      goal: 3,
      prepare: taken,
      run: (some) => {
        for (const { program } of some)
          digestOf(playSteps(program.steps, { stack: model.open(profile), observed: 'all' }));
      },
    },
    {
      name: 'libssl, whole programs in the agent',
      units: 2_000,
      prepare: taken,
      run: (some) => {
        for (let at = 0; at < some.length; at += batch) {
          runner.begin(listed(some.slice(at, at + batch)));
          runner.finish();
        }
      },
    },
    {
      name: 'libssl, a round trip a step',
      units: 300,
      prepare: taken,
      run: (some) => {
        for (const { program } of some) {
          const stack = libssl.open(profile);
          digestOf([...runProgram(program, stack)]);
          stack.end();
        }
      },
    },
  ];
  const close = () => {
    runner.close();
    libssl.close();
  };
  return { measures, close };
}

/** How many times each is as fast as libssl's in the agent, by the clock on the wall: the work is another process's. */
export function programRows(rows) {
  const inAgent = rows.find(({ name }) => name.includes('whole'))?.median;
  return rows.map((row) => ({ ...row, times: row.median / inAgent }));
}

function* fewest() {
  for (let seed = 1, found = 0; found < 500; seed++) {
    const file = generateProgram({ seed, profile, tls13: seed % 4 !== 0 });
    if (file.steps.some(({ call }) => shaking.test(call))) continue;
    found += 1;
    yield file;
  }
}

function listed(some) {
  let start = 0;
  const programs = some.map(({ file }) => {
    const first = start;
    start += file.steps.length;
    return file.steps.map((_, at) => first + at);
  });
  return { profile, table: some.flatMap(({ file }) => file.steps), programs, observed: 'all' };
}
