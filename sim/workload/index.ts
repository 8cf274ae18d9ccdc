export { drawRun, type Workload } from './workload.js';
export { workloads } from './workloads.js';
