/** `simtls plan`: the plan that a scenario records, or what plans look like. */
import { type Command, Option } from 'commander';
import type { Profile } from '../stacks/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { misuseHelp, misuseOf } from './misuse.js';
import { publishedSchema } from './plan-schema.js';
import { allProfiles, defaults } from './run-options.js';
import { findModules } from './scenarios.js';

interface PlanOptions {
  readonly seed: string;
  readonly profile: Profile;
  readonly misuse?: boolean;
  readonly schema?: boolean;
}

/** Adds `plan`. */
export function addPlan(program: Command, io: Io): void {
  program
    .command('plan')
    .description('the plan that a scenario records from a seed, or that a workload draws, as JSON')
    .argument('[scenario]', 'a name that simtls list gives, or a file')
    .option('--seed <n>', 'the seed', defaults.seed)
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line that the model imitates')
        .choices(allProfiles)
        .default(defaults.profile),
    )
    .option('--misuse', misuseHelp)
    .option('--schema', 'the format of plans itself, as JSON Schema')
    .addHelpText('after', '\nExample:\n  simtls plan resumed-by-id --seed 7 | simtls run --plan -')
    .action(async (name: string | undefined, options: PlanOptions) => {
      if (options.schema === true) io.out(publishedSchema());
      else if (name === undefined) throw new CommandFailure(exitCodes.usedWrongly, 'expected a scenario, or --schema');
      else await writePlans(name, options, io);
    });
}

async function writePlans(name: string, { seed, profile, misuse }: PlanOptions, io: Io): Promise<void> {
  const modules = await findModules([name]);
  const more = misuseOf(misuse, modules);
  for (const { source } of modules) {
    io.out(`${JSON.stringify(source.plan({ seed, profile, ...more }), null, 2)}\n`);
  }
}
