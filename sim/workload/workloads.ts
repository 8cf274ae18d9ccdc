/** The workloads that come with simtls: each the default export of a file of its name in `kinds`. */
import chaos from './kinds/chaos.js';
import type { Workload } from './workload.js';

export const workloads: readonly Workload[] = [chaos];
