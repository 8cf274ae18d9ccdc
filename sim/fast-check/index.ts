/** For property tests: `simtls/fast-check`. It needs fast-check, which is installed beside simtls. */
export { arbitraryPlan, arbitraryProgram } from './arbitraries.js';
