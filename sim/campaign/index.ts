export { type CaseDraw, type JudgedCase, judgeCase } from './case.js';
export { type PlanDraw, type PlanSource, type SwarmOptions, scenarioSource } from './source.js';
