/** Asks how memory lies: what an order by address would come to. */
import type { Scenario } from '../../../sim/index.js';
import { cheat } from './_cheat.js';

const canary: Scenario = cheat('memory', 'looks at the heap', () => process.memoryUsage().heapUsed % 1_000_003);

export default canary;
