// One thread of mutants: takes trial after trial, and tries each with the mutants that are not found yet and whose places it meets.
// With `loaded` it has one mutant alone, which is on already while modules are loaded.
import { parentPort, workerData } from 'node:worker_threads';
import { recordedAnswers } from './answers.mjs';
import { begin, end } from './switch.mjs';
import { callsOf, stages, trials } from './trials.mjs';

/** How many places of src/session a mutant may meet in a trial before it counts as endless: so many times as without it, and so many. */
const placesFactor = 30;
const placesMore = 100_000;

const { folder, mutants, numbers, again, bounds, loaded, shared } = workerData;
/** Of all threads: how many of the trials are taken. */
const taken = new Int32Array(shared.taken);
/** Of all threads: by the place of a mutant in `mutants`, whether it is found. */
const gone = new Uint8Array(shared.gone);
/** For who watches: the trial (its place in `numbers`), the mutant (−1 none), a number that moves, and the stage (−1 none). */
const seen = new Int32Array(workerData.watch);
const places = new Map(mutants.map((id, place) => [id, place]));

if (loaded) tell(0, 0, -1);
if (loaded) begin(mutants[0]);
const calls = await callsOf(folder);
end();
const answers = recordedAnswers();
const all = await trials(bounds, answers);
for (let turn = again ?? Atomics.add(taken, 0, 1); turn < numbers.length; turn = Atomics.add(taken, 0, 1)) {
  if (gone.every((one) => one === 1)) break;
  const number = numbers[turn];
  const trial = all[number];
  const stage = stages.indexOf(trial.stage);
  tell(turn, -1, stage);
  if (loaded) tryOne(mutants[0], { turn, stage, trial, atMost: Number.POSITIVE_INFINITY });
  else tryAll({ turn, stage, trial });
  all[number] = undefined; // what it has drawn is not kept
}
parentPort.postMessage({ done: true, missing: answers.missing });

function tryAll({ turn, stage, trial }) {
  begin('', { covering: true });
  const found = trial.run(calls);
  const { met, places: count } = end();
  if (found !== undefined) throw new Error(`${trial.name} finds something without any mutant: ${found}`);
  const atMost = placesFactor * count + placesMore;
  for (const id of met) {
    if ((turn + Number(id)) % trial.every === 0) tryOne(id, { turn, stage, trial, atMost });
  }
}

function tryOne(id, { turn, stage, trial, atMost }) {
  const place = places.get(id);
  if (place === undefined || gone[place] === 1) return;
  tell(turn, place, stage);
  const found = resultOf(id, trial, atMost);
  if (found === undefined) return;
  // what it did to the modules would be blamed on those after it: the next thread has others
  if (!loaded && resultOf('', trial, Number.POSITIVE_INFINITY) !== undefined)
    throw new Error(`${found}, and what comes after it is broken, too`);
  gone[place] = 1;
  parentPort.postMessage({ id, turn, stage: trial.stage, trial: trial.name, found });
}

function resultOf(id, trial, atMost) {
  begin(id, { atMost });
  try {
    return trial.run(calls);
  } catch (cause) {
    return String(cause);
  } finally {
    end();
  }
}

function tell(turn, place, stage) {
  seen[0] = turn;
  seen[1] = place;
  seen[2] += 1;
  seen[3] = stage;
}
