/** Asks which process it is in: one process alone cannot notice. */
import type { Scenario } from '../../../sim/index.js';
import { cheat } from './_cheat.js';

const canary: Scenario = cheat('process', 'asks for the number of the process', () => process.pid);

export default canary;
