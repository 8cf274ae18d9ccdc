export { type Explanation, explainable, explainCode } from './code.js';
export { type DecisionText, decisionOf, decisions } from './decisions.js';
export { type MisuseText, misuses } from './misuses.js';
export { type Names, namesOfRun } from './names.js';
export {
  type Compared,
  type ProgramEnd,
  type ProgramStory,
  type ProgramStoryStep,
  programStepsOf,
  programStoryOf,
} from './program.js';
export { programStoryLines } from './program-text.js';
export { type ReasonText, reasons } from './reasons.js';
export { type Story, type StoryConnection, type StoryStep, storyOf } from './story.js';
export { explanationLines, storyLines } from './text.js';
export { Walk } from './walk.js';
