export { Coverage, type Group, groups, reachable } from './coverage.js';
export { measure } from './measure.js';
export { unreachable } from './unreachable.js';
