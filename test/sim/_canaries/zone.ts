/** Asks for the hour of the day where the machine stands. */
import type { Scenario } from '../../../sim/index.js';
import { cheat } from './_cheat.js';

const canary: Scenario = cheat('zone', 'asks for the time of day', () => new Date(1_700_000_000_000).getHours());

export default canary;
