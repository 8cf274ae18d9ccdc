/** Reads the machine's clock. */
import { performance } from 'node:perf_hooks';
import type { Scenario } from '../../../sim/index.js';
import { cheat } from './_cheat.js';

const canary: Scenario = cheat('clock', 'reads the real clock', () => Math.floor(performance.now() * 1000) % 1_000_003);

export default canary;
