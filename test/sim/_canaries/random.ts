/** Draws past the gate. */
import type { Scenario } from '../../../sim/index.js';
import { cheat } from './_cheat.js';

const canary: Scenario = cheat('random', 'uses Math.random', () => Math.floor(Math.random() * 1_000_000));

export default canary;
