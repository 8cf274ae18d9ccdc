/** For tests of one's own: `simtls/testing`. */
export type { PlanDraw, PlanSource } from '../campaign/index.js';
export { HoldsError, TestingError } from './error.js';
export { type Held, holds } from './holds.js';
export { type ServeOptions, serveLibssl } from './serve-libssl.js';
export type { HoldsOptions } from './settings.js';
