/** The workloads that come with simtls: each the default export of a file of its name in `kinds`. */
import cacheChurn from './kinds/cache-churn.js';
import chaos from './kinds/chaos.js';
import damage from './kinds/damage.js';
import earlyData from './kinds/early-data.js';
import halfOpen from './kinds/half-open.js';
import restarts from './kinds/restarts.js';
import resumeStorm from './kinds/resume-storm.js';
import type { Workload } from './workload.js';

export const workloads: readonly Workload[] = [cacheChurn, chaos, damage, earlyData, halfOpen, restarts, resumeStorm];
