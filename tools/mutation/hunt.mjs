// Hands the mutants to threads, stage by stage, and watches them: a mutant that no count ends is ended by the clock, and the rest goes
// on behind it.
import { Worker } from 'node:worker_threads';
import { begin, end } from './switch.mjs';
import { callsOf, stages, trials } from './trials.mjs';

/** No trial takes so long, however busy the machine. */
const stillMsMax = 60_000;
const lookedAtMs = 1000;
const toldEachMs = 60_000;
/** With how many trials a mutant of what happens while modules are loaded is tried: those that found most others first. */
const trialsOfLoadedMax = 150;

/**
 * @param build the mutants, and the folder of the build that has them
 * @param onProgress told what is done, for people
 * @param onResult told what became of each as soon as it is known: `{ ...mutant, loaded, found: { stage, trial, found } | undefined }`
 */
export async function hunt({ mutants, folder }, { bounds, jobs, onProgress, onResult }) {
  const found = new Map();
  const finders = new Map();
  const all = await trials(bounds, { of: () => undefined });
  const wanted = mutants.filter(({ ignored }) => ignored === undefined).map(({ id }) => id);
  const met = await metWhileLoading(folder);
  const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  const result = (id) => ({ ...byId.get(id), loaded: met.has(id), found: found.get(id) });
  const round = (some, numbers, loaded) => {
    const onFound = ({ id, turn, ...how }) => {
      found.set(id, how);
      onResult(result(id));
      finders.set(numbers[turn], 1 + (finders.get(numbers[turn]) ?? 0));
    };
    return together({ folder, bounds, mutants: some, numbers, loaded, onFound, onProgress }, loaded ? 1 : jobs);
  };
  const started = performance.now();
  const clock = setInterval(() => {
    const minutes = ((performance.now() - started) / 60_000).toFixed(1);
    onProgress(`${minutes} min: ${found.size} of ${wanted.length} found so far`);
  }, toldEachMs);
  const later = wanted.filter((id) => !met.has(id));
  for (const stage of bounds.stages) {
    const left = later.filter((id) => !found.has(id));
    await round(left, numbersOf(all, stage), false);
    onProgress(`${stage}: ${left.filter((id) => found.has(id)).length} of ${left.length} found`);
  }
  const numbers = mostFinding(finders, all.length);
  const queue = wanted.filter((id) => met.has(id));
  onProgress(`${queue.length} that happen while modules are loaded`);
  const next = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) await round([id], numbers, true);
  };
  await Promise.all(Array.from({ length: jobs }, next));
  clearInterval(clock);
  for (const { id } of mutants) if (!found.has(id)) onResult(result(id));
}

async function metWhileLoading(folder) {
  begin('', { covering: true });
  await callsOf(folder);
  return end().met;
}

function numbersOf(all, stage) {
  return all.flatMap((trial, number) => (trial.stage === stage ? [number] : []));
}

/** The numbers of the trials that found most, in their order; where those are few, more from all over. */
function mostFinding(finders, count) {
  const most = [...finders].sort(([a, one], [b, other]) => other - one || a - b).map(([number]) => number);
  const each = Math.max(1, Math.floor(count / trialsOfLoadedMax));
  const others = Array.from({ length: Math.floor(count / each) }, (_, at) => at * each);
  return [...new Set([...most, ...others])].slice(0, trialsOfLoadedMax).sort((a, b) => a - b);
}

/** Threads that share these trials and mutants. */
async function together({ mutants, onFound, onProgress, ...settings }, jobs) {
  const shared = { taken: new SharedArrayBuffer(4), gone: new SharedArrayBuffer(mutants.length) };
  const lane = async () => {
    for (let again; ; ) {
      const seen = new Int32Array(new SharedArrayBuffer(16));
      const how = await threadOf({ ...settings, mutants, shared, again, seen }, { onFound, onProgress });
      if (how === 'done') return;
      const [turn, place, , stage] = seen;
      const id = mutants[place];
      if (id === undefined) throw new Error(`without a mutant: ${how}`);
      new Uint8Array(shared.gone)[place] = 1;
      onFound({ id, turn, stage: stages[stage] ?? 'loading', trial: '', found: how });
      if (settings.loaded) return;
      again = turn;
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
}

/** Has one do what it can. @returns 'done', or what ended it */
function threadOf({ seen, ...settings }, { onFound, onProgress }) {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./thread.mjs', import.meta.url), {
      workerData: { ...settings, watch: seen.buffer },
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    let last = -1;
    let stillMs = 0;
    const over = (how) => {
      clearInterval(clock);
      worker.terminate().then(() => resolve(how));
    };
    const clock = setInterval(() => {
      stillMs = seen[2] === last ? stillMs + lookedAtMs : 0;
      last = seen[2];
      if (stillMs >= stillMsMax) over('it does not end');
    }, lookedAtMs);
    worker.on('message', (told) => {
      if (!told.done) onFound(told);
      else {
        if (!settings.loaded && told.missing > 0)
          onProgress(`${told.missing} programs have no recorded answer by now: --record asks OpenSSL again`);
        over('done');
      }
    });
    worker.on('error', (error) => over(String(error)));
  });
}
