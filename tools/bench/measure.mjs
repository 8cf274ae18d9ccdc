// How measures are taken: rounds of each in turn, so that what else the machine does falls on all of them alike.

/** Rounds that are not counted: the engine takes some thousands of worlds until it has compiled what they need. */
const warmUpRounds = 2;

/**
 * @param measures each a name, units a round, what prepares a round and what runs it; `run` may tell its own
 *   `{ wallSeconds, processorSeconds }`, where another process does the work, and anything else that is to be told
 * @returns for each its own fields and units a second of the wall clock (median, least, most) and of processor time
 */
export async function takeTurns(measures, { rounds, scale }) {
  const samples = measures.map(() => []);
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    for (const [at, { units, prepare, run }] of measures.entries()) {
      const count = Math.max(1, Math.round(units * scale));
      const prepared = prepare(count, round);
      // No collection is forced here: a forced one also throws away compiled code, which a program of its own never does.
      const sample = await timed(() => run(prepared, count));
      if (round >= warmUpRounds) samples[at].push({ ...sample, count });
    }
  }
  return measures.map(({ units: _units, prepare: _prepare, run: _run, ...measure }, at) => ({
    ...measure,
    ...summary(samples[at]),
  }));
}

async function timed(work) {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const told = await work();
  const wallSeconds = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { wallSeconds, processorSeconds: (user + system) / 1e6, ...told };
}

function summary(samples) {
  const wall = samples.map(({ count, wallSeconds }) => count / wallSeconds);
  const virtual = samples.flatMap(({ virtualSeconds, wallSeconds }) =>
    virtualSeconds === undefined ? [] : [virtualSeconds / wallSeconds],
  );
  return {
    median: median(wall),
    least: Math.min(...wall),
    most: Math.max(...wall),
    perProcessorSecond: median(samples.map(({ count, processorSeconds }) => count / processorSeconds)),
    ...(virtual.length === 0 ? {} : { virtualSeconds: median(virtual) }),
  };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
