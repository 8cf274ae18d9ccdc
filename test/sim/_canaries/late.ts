/** Draws past the gate when nothing else is drawn any more: only the events can tell. */
import type { Scenario } from '../../../sim/index.js';
import { cheat } from './_cheat.js';

const microseconds = (): number => Math.floor(Math.random() * 1_000_000);
const canary: Scenario = cheat('late', 'uses Math.random after the last draw', microseconds, 'end');

export default canary;
