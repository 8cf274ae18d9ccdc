export { type Failure, sameFailure } from './failure.js';
export { type Judged, type JudgeOptions, judgedEventsMax, judgePlan } from './judge.js';
