export { type Failure, sameFailure } from './failure.js';
export { type Judged, type JudgeOptions, judgePlan } from './judge.js';
