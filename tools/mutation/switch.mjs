// What the mutated build calls at each place of a mutant: whether it is the one that is switched on, and that the place was met. Of
// one thread, since each worker thread loads modules of its own.

/** Which mutant is on; '' none. */
let active = '';
/** The ids of the mutants whose places were met, while that is asked. */
let met;
/** Places met since the last `begin`, and how many may be: a mutant that never ends meets them for ever. */
let places = 0;
let placesMax = Number.POSITIVE_INFINITY;

/** A loop that a mutant made endless, cut by counting: no clock says when. */
export class NeverEnds extends Error {
  name = 'NeverEnds';
}

export function begin(mutant, { covering = false, atMost = Number.POSITIVE_INFINITY } = {}) {
  active = mutant;
  met = covering ? new Set() : undefined;
  places = 0;
  placesMax = atMost;
}

/** @returns how many places were met, and the mutants that stand at them, where that was asked */
export function end() {
  const came = { places, met };
  begin('');
  return came;
}

export function stryMutAct_9fa48(id) {
  places += 1;
  if (places > placesMax) throw new NeverEnds(`${placesMax} places of src/session were met`);
  return active === id;
}

export function stryCov_9fa48(...ids) {
  if (met !== undefined) for (const id of ids) met.add(id);
}
