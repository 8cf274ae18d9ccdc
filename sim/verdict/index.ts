export { type Failure, failureOf, sameFailure, thrown } from './failure.js';
export { type Judged, type JudgeOptions, judgedEventsMax, judgePlan } from './judge.js';
