export { statementsOf } from './calls.js';
export { ExportError } from './error.js';
export { type ExportOptions, exportC } from './export-c.js';
