export type { ModelOptions } from './model.js';
export { ModelStack, openModel } from './model.js';
