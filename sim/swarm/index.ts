export { FaultDraws, type FaultWorld } from './fault-draws.js';
export {
  allFaults,
  drawFaultRates,
  type FaultRates,
  type FaultShape,
  onlyFaults,
  type SwarmFault,
  type SwarmOptions,
} from './rates.js';
export { swarmed } from './scenario.js';
