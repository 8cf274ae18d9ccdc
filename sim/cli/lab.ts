/** `simtls lab`: exercises on bugs that really happened. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { checkRepair, type Lab, type RepairCheck } from '../lab/index.js';
import { type ExitCode, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { allLabs, labFile, labIn, labNamed, startLab, unanswered } from './lab-files.js';
import { findModules } from './scenarios.js';

type End = (code: ExitCode) => void;

/** Adds `lab` and what is beneath it. */
export function addLabs(program: Command, io: Io, end: End): void {
  const lab = program.command('lab').description('exercises: programs to be mended, and failures to be explained');
  lab
    .command('list')
    .description('the labs, in the order of a course')
    .action(() => {
      for (const { place, name, title, difficulty } of allLabs()) {
        io.out(`${place}. ${name}\n  ${title}\n  difficulty ${difficulty} of 5\n`);
      }
    });
  lab
    .command('start')
    .description('copy what a lab begins with into a folder')
    .argument('<name>', 'a name that simtls lab list gives')
    .argument('[dir]', 'the folder (one of its name where none is given)')
    .action((name: string, dir: string | undefined) => start(labNamed(name), dir ?? name, io));
  lab
    .command('check')
    .description('see whether the lab of a folder is solved: under hundreds of seeds, and without naming the answer')
    .argument('[dir]', 'the folder', '.')
    .action(async (dir: string) => end(await check(labIn(dir), dir, io)));
  lab
    .command('hint')
    .description('help with the lab of a folder')
    .argument('[dir]', 'the folder', '.')
    .addOption(new Option('--level <n>', 'how much of it').choices(['1', '2', '3']).default('1'))
    .action((dir: string, options: { readonly level: string }) => {
      io.out(`${labIn(dir).hints[Number(options.level) - 1]}\n`);
    });
  lab
    .command('solution')
    .description('the solution of a lab, and where it really happened')
    .argument('<name>', 'a name that simtls lab list gives')
    .action((name: string) => tellSolution(labNamed(name), io));
}

function start(lab: Lab, folder: string, io: Io): void {
  const files = startLab(lab, folder);
  io.out(`${lab.title}\nwrote ${files.map((file) => join(folder, file)).join(', ')}\n`);
  io.out(`read ${join(folder, 'README.md')}, then: simtls lab check ${folder}\n`);
}

async function check(lab: Lab, folder: string, io: Io): Promise<ExitCode> {
  const wrong =
    lab.check.kind === 'repair'
      ? await stillBroken(lab, lab.check, folder, io)
      : stillUnanswered(lab, lab.check.answers, folder);
  if (wrong === undefined) {
    io.out(`solved. Where it really happened: simtls lab solution ${lab.name}\n`);
    return exitCodes.held;
  }
  io.out(`not yet: ${wrong}\n`);
  return exitCodes.violated;
}

async function stillBroken(lab: Lab, wanted: RepairCheck, folder: string, io: Io): Promise<string | undefined> {
  const path = join(folder, 'exercise.mjs');
  // A path that the loader takes for one, whatever folder it is.
  const [mended] = await findModules([path.includes('/') || path.includes('\\') ? path : `./${path}`]);
  const [untouched] = await findModules([labFile(lab, 'exercise.mjs')]);
  if (mended === undefined || untouched === undefined) return 'there is no exercise.mjs';
  const found = checkRepair(untouched.source, mended.source, wanted);
  if (found.solved) {
    io.out(`${found.runs} runs held\n`);
    return undefined;
  }
  const { why, seed, profile } = found;
  return seed === undefined ? why : `${why}\nlook at: simtls run ${path} --seed ${seed} --profile ${profile}`;
}

function stillUnanswered(lab: Lab, answers: Readonly<Record<string, string>>, folder: string): string | undefined {
  const wrong = unanswered(lab, answers, folder);
  return wrong.length === 0 ? undefined : `of answer.json, this is not it: ${wrong.join(', ')}`;
}

function tellSolution(lab: Lab, io: Io): void {
  const file = lab.check.kind === 'repair' ? 'solution.mjs' : 'solution.json';
  io.out(`${lab.title}\n\n${lab.story.text}\n\n${lab.story.sources.map((source) => `  ${source}\n`).join('')}\n`);
  io.out(readFileSync(labFile(lab, file), 'utf8'));
}
