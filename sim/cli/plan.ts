/** `simtls plan`: the plan that a scenario records, or what plans look like. */
import { type Command, Option } from 'commander';
import { recordPlan } from '../scenario/index.js';
import type { Profile } from '../stacks/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { publishedSchema } from './plan-schema.js';
import { allProfiles, defaults } from './run.js';
import { findScenarios } from './scenarios.js';

interface PlanOptions {
  readonly seed: string;
  readonly profile: Profile;
  readonly schema?: boolean;
}

/** Adds `plan`. */
export function addPlan(program: Command, io: Io): void {
  program
    .command('plan')
    .description('the plan that a scenario records from a seed, as JSON')
    .argument('[scenario]', 'a name that simtls list gives, or a file')
    .option('--seed <n>', 'the seed', defaults.seed)
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line that the model imitates')
        .choices(allProfiles)
        .default(defaults.profile),
    )
    .option('--schema', 'the format of plans itself, as JSON Schema')
    .addHelpText('after', '\nExample:\n  simtls plan resumed-by-id --seed 7 | simtls run --plan -')
    .action(async (name: string | undefined, options: PlanOptions) => {
      if (options.schema === true) io.out(publishedSchema());
      else if (name === undefined) throw new CommandFailure(exitCodes.usedWrongly, 'expected a scenario, or --schema');
      else for (const found of await findScenarios([name])) writePlan(found, options, io);
    });
}

function writePlan(found: Parameters<typeof recordPlan>[0], { seed, profile }: PlanOptions, io: Io): void {
  io.out(`${JSON.stringify(recordPlan(found, { seed, profile }), null, 2)}\n`);
}
