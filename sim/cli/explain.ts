/** `simtls explain CODE|FILE`: what a word means, or the story of a run. */
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { DefectName } from 'simtls';
import type { Finding } from '../campaign/index.js';
import {
  explainable,
  explainCode,
  explanationLines,
  type ProgramStory,
  programStoryLines,
  programStoryOf,
  storyLines,
  storyOf,
} from '../explain/index.js';
import { type Plan, withDefects } from '../plan/index.js';
import { libsslSource } from '../program/index.js';
import type { Profile } from '../stacks/index.js';
import { collect, defectHelp, defectOptions, defectsNamed } from './defects.js';
import { CommandFailure, exitCodes } from './exit.js';
import { readCase } from './files.js';
import type { Io } from './io.js';
import { nearest } from './nearest.js';
import { allProfiles } from './run-options.js';

interface ExplainOptions {
  readonly defect?: readonly string[];
  readonly json?: boolean;
  readonly profile?: Profile;
  readonly libssl?: string;
  readonly anyPatch?: boolean;
}

/** Adds `explain`. */
export function addExplain(program: Command, io: Io): void {
  program
    .command('explain')
    .description(
      'what a word of simtls means (a decision, an invariant, an error), or the story of a plan, a finding or an API program',
    )
    .argument('<code|file>', 'a code that a run printed, or a plan, finding or API program; - is standard input')
    .option('--defect <name>', defectHelp, collect)
    .addOption(
      new Option('--profile <line>', 'the OpenSSL line of an API program, in place of the one that it names').choices(
        allProfiles,
      ),
    )
    .option('--libssl <path>', 'a shared libssl to compare an API program with')
    .option('--any-patch', 'take another patch level than the expected one, and say so')
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExamples:\n  simtls explain id-unknown\n  simtls explain finding.shrunk.json')
    .action((what: string, options: ExplainOptions) => {
      if (what === '-' || existsSync(what) || /[/\\]|\.json$/u.test(what)) explainFile(what, options, io);
      else explainWord(what, options, io);
    });
}

interface Telling {
  readonly replay: string;
  readonly json: boolean;
  readonly crypto?: 'fast' | 'real';
}

/** Tells the story of a plan's run, and the line that replays it. */
function tellStory(plan: Plan, { crypto, ...told }: Telling, io: Io): void {
  const story = storyOf(plan, crypto === undefined ? {} : { crypto });
  if (told.json) io.out(`${JSON.stringify({ ...story, replay: told.replay }, null, 2)}\n`);
  else io.out(`${[...storyLines(story), '', `replay: ${told.replay}`].join('\n')}\n`);
}

function explainFile(path: string, options: ExplainOptions, io: Io): void {
  const found = readCase(path, io);
  const defects = defectsNamed(options.defect);
  const json = options.json === true;
  if (found.kind === 'plan') {
    const replay = `simtls run --plan ${path}${defectOptions(defects)}`;
    tellStory(withDefects(found.plan, defects), { replay, json }, io);
    return;
  }
  if (found.kind === 'finding') {
    explainFinding(found.finding, { replay: `simtls replay ${path}`, json }, defects, io);
    return;
  }
  const libssl = libsslSource(options, (notice) => io.err(`simtls: ${notice}\n`));
  try {
    const story = programStoryOf(found.value, { profile: options.profile, defects, libssl });
    const replay = replayOf(story, path, options);
    if (json) io.out(`${JSON.stringify({ ...story, replay }, writable, 2)}\n`);
    else io.out(`${[...programStoryLines(story), '', `replay: ${replay}`].join('\n')}\n`);
  } finally {
    libssl.close();
  }
}

function explainFinding(finding: Finding, told: Telling, defects: readonly DefectName[], io: Io): void {
  const { plan, group, found, shrunk, on, versions } = finding;
  if (!told.json) {
    io.out(
      `${group}\nfound by simtls ${versions.simtls}: ${found.source}, seed ${found.seed}, profile ${found.profile}\n`,
    );
    io.out(`${found.line === '' ? '' : `  ${found.line}\n`}${shrunk === '' ? '' : `shrunk: ${shrunk}\n`}\n`);
  }
  if (on.stack === 'model') {
    tellStory(withDefects(plan, defects), { ...told, crypto: on.crypto }, io);
    return;
  }
  // Of real OpenSSL, which may not be here: as it was told when it was found.
  if (told.json) io.out(`${JSON.stringify(finding, null, 2)}\n`);
  else io.out(`${[...finding.story, '', `replay: ${told.replay}`].join('\n')}\n`);
}

function replayOf(
  { compared, defects }: ProgramStory,
  path: string,
  { profile, libssl, anyPatch }: ExplainOptions,
): string {
  const line = profile === undefined ? '' : ` --profile ${profile}`;
  const differs = compared.with !== null && compared.difference !== null;
  const library =
    libssl === undefined || !differs ? '' : ` --libssl ${libssl}${anyPatch === true ? ' --any-patch' : ''}`;
  return `simtls program ${differs ? 'diff' : 'run'} ${path}${line}${defectOptions(defects)}${library}`;
}

/** Integers that no double holds keep all their digits. */
function writable(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function explainWord(code: string, options: ExplainOptions, io: Io): void {
  const explanation = explainCode(code);
  if (explanation === undefined) {
    const near = nearest(code, explainable());
    const hint = near === undefined ? '' : `: did you mean ${near}?`;
    throw new CommandFailure(exitCodes.usedWrongly, `nothing is called ${code}, and there is no such file${hint}`);
  }
  io.out(
    options.json === true
      ? `${JSON.stringify(explanation, null, 2)}\n`
      : `${explanationLines(explanation).join('\n')}\n`,
  );
}
