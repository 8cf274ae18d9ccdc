/** `simtls program export --c FILE`: an API program as a test in C. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { ExportError, exportC } from '../export/index.js';
import type { Profile } from '../stacks/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import { readProgram } from './files.js';
import type { Io } from './io.js';
import { allProfiles } from './run-options.js';

interface ExportCommandOptions {
  readonly c?: boolean;
  readonly out?: string;
  readonly profile?: Profile;
}

/** Adds `program export`. */
export function addExport(group: Command, io: Io): void {
  group
    .command('export')
    .description('write a program as one C file, which prints the same lines with any OpenSSL from 1.1.1 on')
    .argument('<file>', 'a program; - is standard input')
    .option('--c', 'as C: the one language that there is')
    .option('--out <file>', 'where to (default: standard output)')
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line, in place of the one that the file names').choices(allProfiles),
    )
    .addHelpText(
      'after',
      '\nExample:\n  simtls program export --c scenarios/corpus/programs/pod-08.json --out test.c\n  cc test.c -lssl -lcrypto && ./a.out',
    )
    .action((file: string, { c, out, profile }: ExportCommandOptions) => {
      if (c !== true) throw new CommandFailure(exitCodes.usedWrongly, 'say as what to export the program: --c');
      const value = readProgram(file, io);
      const text = exported(value, { profile, file: out === undefined ? undefined : basename(out) }, file);
      if (out === undefined) io.out(text);
      else writeText(out, text);
    });
}

function exported(
  value: Readonly<Record<string, unknown>>,
  options: { readonly profile: Profile | undefined; readonly file: string | undefined },
  file: string,
): string {
  try {
    return exportC(value, options);
  } catch (cause) {
    if (!(cause instanceof ExportError)) throw cause;
    throw new CommandFailure(exitCodes.usedWrongly, `${file}: ${cause.message}`, { cause });
  }
}

function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot write ${path}: ${why}`, { cause });
  }
}
