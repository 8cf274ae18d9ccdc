export { SometimesTally } from './tally.js';
export { type SometimesName, SometimesWatch, sometimes, sometimesNames } from './watch.js';
