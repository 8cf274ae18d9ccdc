export { type Lab, type LabDefinition, type RepairCheck, toLab } from './lab.js';
export { checkRepair, type Repair } from './repair.js';
