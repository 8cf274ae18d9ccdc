/** One plan on two stacks: what each came to, and where they part. */
export { type Account, accountOf } from './account.js';
export { connectionLine, type Difference, differencesOf } from './differences.js';
