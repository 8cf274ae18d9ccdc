/** Keeps a number from run to run. */
import type { Scenario } from '../../../sim/index.js';
import { cheat } from './_cheat.js';

const kept = { runs: 0 };
const canary: Scenario = cheat('module', 'counts its runs in a module', () => {
  kept.runs += 1;
  return kept.runs;
});

export default canary;
