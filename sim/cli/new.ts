/** `simtls new NAME`: a scenario of one's own to begin with, and the test that runs it. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { scenarioText, testText } from '../scenario/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { makeFolder } from './make-folder.js';

/** Adds `new`. */
export function addNew(program: Command, io: Io): void {
  program
    .command('new')
    .description('write a scenario and its test into the folder scenarios/, to begin with')
    .argument('<name>', 'lower case letters and digits, words joined by hyphens', scenarioName)
    .addHelpText('after', '\nExample:\n  simtls new my-pool && simtls run scenarios/my-pool.mjs --count 100')
    .action((name: string) => {
      const script = `scenarios/${name}.mjs`;
      const files = { [script]: scenarioText(name), [`scenarios/${name}.test.mjs`]: testText(name) };
      for (const path of Object.keys(files)) {
        if (existsSync(path))
          throw new CommandFailure(exitCodes.usedWrongly, `${path} is there already: nothing is written`);
      }
      for (const [path, text] of Object.entries(files)) write(path, text);
      io.out(`wrote ${Object.keys(files).join(' and ')}\n`);
      io.out(`run it: simtls run ./${script} --count 100\ntest it: npx ava scenarios/${name}.test.mjs\n`);
    });
}

function scenarioName(text: string): string {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/u.test(text)) return text;
  throw new InvalidArgumentError('lower case letters and digits, words joined by hyphens');
}

function write(path: string, text: string): void {
  try {
    makeFolder(dirname(path));
    writeFileSync(path, text, { flag: 'wx' });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new CommandFailure(exitCodes.usedWrongly, `cannot write ${path}: ${why}`, { cause });
  }
}
