/** `simtls program coverage`: what the corpus and generated programs reach. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { Coverage, type Group, groups, measure, unreachable } from '../coverage/index.js';
import { generateProgram, type Program, parseProgram } from '../program/index.js';
import type { Profile } from '../stacks/index.js';
import { type ExitCode, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { Progress } from './progress.js';
import { allProfiles, wholeNumber } from './run-options.js';
import { table } from './table.js';

interface CoverageOptions {
  readonly count: number;
  readonly seed: number;
  readonly profile?: Profile;
  readonly all?: boolean;
  readonly json?: boolean;
}

const breatheEvery = 100;

/** Adds `coverage` to `program`. */
export function addCoverage(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command('coverage')
    .description(
      'which calls, returns, states, messages, decisions and acts on caches the corpus and generated programs reach',
    )
    .addOption(new Option('--count <n>', 'generated programs for each profile').argParser(wholeNumber).default(1000))
    .addOption(new Option('--seed <n>', 'the first seed').argParser(wholeNumber).default(1))
    .addOption(new Option('--profile <line>', 'one OpenSSL line; all three where nothing is said').choices(allProfiles))
    .option('--all', 'every row, not only the sums and what was never reached')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  simtls program coverage --count 500 --all')
    .action(async (options: CoverageOptions) => end(await cover(options, io)));
}

async function cover(options: CoverageOptions, io: Io): Promise<ExitCode> {
  const profiles = options.profile === undefined ? allProfiles : [options.profile];
  const coverage = new Coverage();
  const corpus = corpusTexts();
  const progress = new Progress(io, profiles.length * (corpus.length + options.count), 'programs');
  let done = 0;
  for (const profile of profiles) {
    for (const program of programs(profile, corpus, options)) {
      measure(program, coverage);
      progress.step(profile);
      done += 1;
      if (done % breatheEvery !== 0) continue;
      await io.breathe();
      if (io.interrupted()) return exitCodes.interrupted;
    }
  }
  progress.end();
  const rows = groups.flatMap((group) => rowsOf(group, coverage));
  if (options.json === true) io.out(`${JSON.stringify({ programs: done, rows })}\n`);
  else tell(rows, options, io);
  return rows.some(isMissed) ? exitCodes.violated : exitCodes.held;
}

function* programs(profile: Profile, corpus: readonly string[], options: CoverageOptions): Generator<Program> {
  for (const text of corpus) yield parseProgram(text, { profile });
  for (let seed = options.seed; seed < options.seed + options.count; seed++) {
    yield parseProgram(generateProgram({ seed, profile, tls13: seed % 4 !== 0 }));
  }
}

/** The programs that come with simtls. */
function corpusTexts(): readonly string[] {
  const folder = fileURLToPath(new URL('../../../scenarios/corpus/programs/', import.meta.url));
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

interface Row {
  readonly group: Group;
  readonly name: string;
  readonly count: number;
  /** Why nothing can reach it. */
  readonly unreachable?: string;
}

function rowsOf(group: Group, coverage: Coverage): readonly Row[] {
  return [...coverage.of(group)].map(([name, count]) => {
    const reason = unreachable[group]?.[name];
    return { group, name, count, ...(reason === undefined ? {} : { unreachable: reason }) };
  });
}

function isMissed({ count, unreachable: reason }: Row): boolean {
  return count === 0 && reason === undefined;
}

function tell(rows: readonly Row[], { all }: CoverageOptions, io: Io): void {
  const sums = groups.map((group) => {
    const own = rows.filter((row) => row.group === group);
    const reached = own.filter((row) => row.count > 0).length;
    const beyond = own.filter((row) => row.unreachable !== undefined).length;
    return [group, reached, own.filter(isMissed).length, beyond].map(String);
  });
  for (const line of table(['', 'reached', 'missed', 'unreachable'], sums, [1, 2, 3])) io.out(`${line}\n`);
  const shown = all === true ? rows : rows.filter(isMissed);
  if (shown.length === 0) return;
  io.out('\n');
  const cells = shown.map((row) => [row.group, row.name, String(row.count), row.unreachable ?? '']);
  for (const line of table(['', all === true ? '' : 'missed', 'times', ''], cells, [2])) io.out(`${line}\n`);
}
