/** The scenarios that come with simtls, for tests. */
import { builtInScenarios } from '../../sim/cli/scenarios.js';
import type { Scenario } from '../../sim/scenario/index.js';
import type { Profile } from '../../sim/stacks/stack.js';

export const scenarios: readonly Scenario[] = await builtInScenarios();
export const profiles: readonly Profile[] = ['1.1.1', '3.0', '3.5'];
