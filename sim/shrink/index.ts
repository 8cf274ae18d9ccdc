export { ddmin } from './ddmin.js';
export { type FailingProgram, failingProgram } from './failing-program.js';
export { lower } from './lower.js';
export { type PlanSearch, planSearch } from './plan.js';
export { boundSteps, type ProgramSearch, programSearch, type ShrunkProgram } from './program.js';
export {
  failsAlike,
  judgeProgram,
  type ProgramFailure,
  type ProgramOptions,
  type ProgramValue,
  sameProgramFailure,
} from './program-failure.js';
export { Search, type Trials } from './search.js';
export { type Size, sizeOfPlan, sizeOfProgram } from './size.js';
