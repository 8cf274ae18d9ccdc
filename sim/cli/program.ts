/** `simtls program …` and `simtls doctor`: API programs on the model and on real OpenSSL. */
import { type Command, Option } from 'commander';
import { doctorCommand, runProgramCommand } from '../program/index.js';
import { installLines, type Profile } from '../stacks/index.js';
import { collect, defectHelp, defectsNamed } from './defects.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import { addExport } from './export.js';
import type { Io } from './io.js';
import { addCompareCommands } from './program-compare.js';
import { addCoverage } from './program-coverage.js';

const profiles: readonly Profile[] = ['1.1.1', '3.0', '3.5'];

interface ProgramOptions {
  readonly stack?: 'model' | 'libssl';
  readonly profile?: Profile;
  readonly libssl?: string;
  readonly anyPatch?: boolean;
  readonly json?: boolean;
  readonly defect?: readonly string[];
}

/** Adds `program …` and `doctor`. */
export function addProgramCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const group = program.command('program').description('API programs (simtls-program/1): one format, two stacks');
  group
    .command('run')
    .description('make the calls of a program, and print what each shows, a line a step')
    .argument('<file>', 'a program; - is standard input, one program a line')
    .addOption(new Option('--stack <stack>', 'what answers (default: model)').choices(['model', 'libssl']))
    .addOption(profileOption())
    .option('--defect <name>', defectHelp, collect)
    .addOption(libsslOption())
    .addOption(anyPatchOption())
    .addHelpText('after', '\nExample:\n  simtls program run scenarios/corpus/programs/A01.json --stack libssl')
    .action(async (file: string, options: ProgramOptions) => {
      const defects = defectsNamed(options.defect);
      end(codeOf(await runProgramCommand({ action: 'run', file, ...options, defects }, io.streams)));
    });
  group
    .command('diff')
    .description('make the calls of a program on both stacks, and print the first difference')
    .argument('<file>', 'a program; - is standard input, one program a line')
    .addOption(profileOption())
    .option('--defect <name>', defectHelp, collect)
    .addOption(libsslOption())
    .addOption(anyPatchOption())
    .addHelpText('after', '\nExample:\n  simtls program diff scenarios/corpus/programs/A01.json --profile 1.1.1')
    .action(async (file: string, options: ProgramOptions) => {
      const defects = defectsNamed(options.defect);
      end(codeOf(await runProgramCommand({ action: 'diff', file, ...options, defects }, io.streams)));
    });
  addCompareCommands(group, io, end);
  addCoverage(group, io, end);
  addExport(group, io);
  program
    .command('doctor')
    .description('which OpenSSL lines are here, and what to do about those that are not')
    .addOption(libsslOption())
    .addOption(anyPatchOption())
    .option('--install', 'install those that are missing, through npm, beside simtls')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  simtls doctor --install')
    .action((options: ProgramOptions & { readonly install?: boolean }) => {
      if (options.install === true) installLines();
      end(codeOf(doctorCommand(options, io.streams)));
    });
}

function profileOption(): Option {
  return new Option('--profile <line>', 'the OpenSSL line, in place of the one that the file names').choices(profiles);
}

function libsslOption(): Option {
  return new Option('--libssl <path>', 'a shared libssl to use instead of the lines that doctor --install installs');
}

function anyPatchOption(): Option {
  return new Option('--any-patch', 'take another patch level than the expected one, and say so');
}

function codeOf(code: number): ExitCode {
  const known = Object.values(exitCodes).find((one) => one === code);
  if (known === undefined)
    throw new CommandFailure(exitCodes.promiseBroken, `a command ended with the unknown code ${code}`);
  return known;
}
