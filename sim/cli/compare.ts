/** `simtls run --stack both` and `--compare`: the same plan on the model and on real OpenSSL, and on several lines, side by side. */
import colors from 'picocolors';
import {
  type Account,
  accountOf,
  type Difference,
  differencesOf,
  incomparableIn,
  recordedAccount,
} from '../compare/index.js';
import type { Plan } from '../plan/index.js';
import type { Profile } from '../stacks/index.js';
import { modelOnlyIn } from '../world/index.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import type { Io } from './io.js';
import type { Lines } from './lines.js';
import { Progress } from './progress.js';
import { readRecorded } from './recorded.js';
import { table } from './table.js';

/** A scenario under one seed: its plan for each profile. */
export interface Comparison {
  readonly scenario: string;
  readonly seed: string;
  readonly profiles: readonly Profile[];
  readonly plan: (profile: Profile) => Plan;
}

export interface CompareOptions {
  /** `both`: real OpenSSL's answer is needed. `lines`: it is taken where there is one. */
  readonly what: 'both' | 'lines';
  /** Answers that were recorded count where there is no OpenSSL. */
  readonly recorded: boolean;
  /** A refusal ends with its exit code. */
  readonly named: boolean;
  readonly json: boolean;
}

/** One plan on the model, and on real OpenSSL where that is to be had. */
interface Compared {
  readonly profile: Profile;
  readonly model: Account;
  readonly openssl: Account | undefined;
  readonly isRecorded: boolean;
  /** Why there is no answer of OpenSSL. */
  readonly missing: string;
  readonly differences: readonly Difference[];
}

/** Differences that are listed of one comparison. */
const listedMax = 12;
/** Characters of a cell that tells a step. */
const cellMax = 60;

/** Makes and reports all. @returns 1 where model and OpenSSL part, or a run fails on both; 4 where one that was named was refused */
export function compareAll(
  comparisons: { readonly total: number; readonly all: Iterable<Comparison> },
  options: CompareOptions,
  { lines, io }: { readonly lines: Lines; readonly io: Io },
): ExitCode {
  const progress = new Progress(io, comparisons.total);
  const told = { runs: 0, compared: 0, parted: 0, failed: 0, refused: 0 };
  const refused = new Map<string, string>();
  for (const one of comparisons.all) {
    const compared = one.profiles.map((profile) => compare(one.plan(profile), profile, options, lines));
    progress.step(one.scenario);
    const isTold = comparisons.total === 1 || compared.some((side) => side.differences.length > 0);
    for (const { profile, openssl, missing, differences, model } of compared) {
      told.runs += 1;
      if (openssl === undefined && isTold && !options.json) told.refused += 1;
      else if (openssl === undefined) refused.set(`${one.scenario} on ${profile}`, missing);
      else told.compared += 1;
      if (differences.length > 0) told.parted += 1;
      if (model.verdict === 'fail' || model.unseen.length > 0) told.failed += 1;
    }
    if (options.json) for (const side of compared) io.out(`${json(one, side)}\n`);
    else if (isTold) report(one, compared, options, io);
    if (io.interrupted()) break;
  }
  progress.end();
  for (const [what, reason] of refused) io.err(`simtls: ${what} was not compared with OpenSSL: ${reason}\n`);
  if (!options.json) {
    io.out(
      `${told.runs} runs, ${told.compared} of them on both stacks: ${told.parted} part from OpenSSL, ${told.failed} failed\n`,
    );
  }
  if (io.interrupted()) return exitCodes.interrupted;
  if (told.parted + told.failed > 0) return exitCodes.violated;
  return refused.size + told.refused > 0 && options.what === 'both' && options.named
    ? exitCodes.missing
    : exitCodes.held;
}

function compare(plan: Plan, profile: Profile, options: CompareOptions, lines: Lines): Compared {
  const model = accountOf(plan, undefined);
  const answer = answerOf(plan, profile, options, lines);
  if ('missing' in answer) {
    return { profile, model, openssl: undefined, isRecorded: false, missing: answer.missing, differences: [] };
  }
  const { account: openssl, isRecorded } = answer;
  return { profile, model, openssl, isRecorded, missing: '', differences: differencesOf(model, openssl) };
}

function answerOf(
  plan: Plan,
  profile: Profile,
  { recorded }: CompareOptions,
  lines: Lines,
): { readonly account: Account; readonly isRecorded: boolean } | { readonly missing: string } {
  const incomparable = incomparableIn(plan);
  if (incomparable !== undefined) return { missing: incomparable };
  const pool = lines.find(profile);
  const reason = typeof pool === 'string' ? undefined : modelOnlyIn(plan, pool);
  if (typeof pool !== 'string' && reason === undefined) return { account: accountOf(plan, pool), isRecorded: false };
  const written = recorded && plan.name !== undefined ? readRecorded(plan.name) : undefined;
  const account = written && recordedAccount(written, plan);
  if (account !== undefined) return { account, isRecorded: true };
  const only = modelOnlyIn(plan, { clock: true, memory: true });
  if (only !== undefined) return { missing: only };
  return { missing: reason ?? `${typeof pool === 'string' ? pool : ''}; nothing is recorded for this plan` };
}

function json({ scenario, seed }: Comparison, side: Compared): string {
  const { profile, model, openssl, isRecorded, missing, differences } = side;
  return JSON.stringify({
    scenario,
    seed,
    profile,
    model: { stack: model.stack, verdict: model.verdict, unseen: model.unseen, connections: model.connections },
    openssl:
      openssl === undefined
        ? { missing }
        : {
            stack: openssl.stack,
            recorded: isRecorded,
            verdict: openssl.verdict,
            connections: openssl.connections.map(({ decision: _, ...rest }) => rest),
          },
    differences,
  });
}

interface Column {
  readonly title: string;
  readonly account: Account;
  /** Of the model, which tells why. */
  readonly decisions: Account['connections'];
}

function report({ scenario, seed }: Comparison, compared: readonly Compared[], { what }: CompareOptions, io: Io): void {
  const paint = colors.createColors(io.outIsTerminal);
  io.out(`${paint.bold(`${scenario}, seed ${seed}`)}\n`);
  const columns = what === 'both' ? compared.flatMap(bothColumns) : compared.map(lineColumn);
  const rows = [...connectionRows(columns), ...otherRows(columns)];
  const [header = '', ...lines] = table(['', ...columns.map(({ title }) => title)], rows, []);
  for (const line of [header, ...lines]) io.out(`${line.replaceAll('≠', paint.yellow('≠'))}\n`);
  io.out('\n');
  for (const side of compared) io.out(agreement(side, paint.red));
}

function bothColumns({ profile, model, openssl, isRecorded }: Compared): Column[] {
  const own = { title: `model ${profile}`, account: model, decisions: model.connections };
  if (openssl === undefined) return [own];
  return [own, { title: titleOf(openssl, isRecorded), account: openssl, decisions: model.connections }];
}

function lineColumn({ profile, model, openssl, isRecorded }: Compared): Column {
  if (openssl === undefined) return { title: `model ${profile}`, account: model, decisions: model.connections };
  return { title: titleOf(openssl, isRecorded), account: openssl, decisions: model.connections };
}

/** `OpenSSL 3.0.19`, without its date. */
function titleOf({ stack }: Account, isRecorded: boolean): string {
  return `${stack.split(' ').slice(0, 2).join(' ')}${isRecorded ? ' (recorded)' : ''}`;
}

/** What each connection did, and under it what there is more to say, and why. */
function connectionRows(columns: readonly Column[]): string[][] {
  const count = Math.max(0, ...columns.map(({ account }) => account.connections.length));
  return Array.from({ length: count }, (_, i) => {
    const each = columns.map(({ account }) => account.connections[i]);
    const named = each.find((one) => one !== undefined);
    const label = `${i + 1} ${named?.step}: ${named?.client} to ${named?.server}`;
    const row = (title: string, of: (one: Account['connections'][number]) => string): string[] =>
      marked(
        `  ${title}`,
        each.map((one) => (one === undefined ? '' : of(one))),
      );
    const rows = [
      row('cipher suite', ({ details }) => details?.cipher ?? ''),
      row('client', ({ details }) => details?.clientErrors.join(', ') ?? ''),
      row('server', ({ details }) => details?.serverErrors.join(', ') ?? ''),
      marked(
        '  why',
        columns.map(({ decisions }) => decisions[i]?.decision ?? ''),
      ),
    ];
    const did = each.map((one) =>
      one === undefined ? 'none' : [one.outcome, one.details?.version].filter(Boolean).join(', '),
    );
    return [marked(label, did), ...rows.filter(([, ...cells]) => cells.some((cell) => cell !== ''))];
  }).flat();
}

/** Steps and counts of events that are not the same in all columns. */
function otherRows(columns: readonly Column[]): string[][] {
  const keyed = (of: (account: Account) => Readonly<Record<string, string | number>>, absent: string): string[][] => {
    const keys = new Set(columns.flatMap(({ account }) => Object.keys(of(account))));
    return [...keys].flatMap((key) => {
      const cells = columns.map(({ account }) => String(of(account)[key] ?? absent));
      return new Set(cells).size === 1 ? [] : [marked(key, shortened(cells))];
    });
  };
  const rows = [...keyed((account) => account.steps, 'none'), ...keyed((account) => account.events, '0')];
  const more = rows.length - listedMax;
  return more <= 0 ? rows : [...rows.slice(0, listedMax), [`… and ${more} more`]];
}

/** What differs from the first column is marked. */
function marked(label: string, cells: readonly string[]): string[] {
  return [label, ...cells.map((cell) => (cell === cells[0] ? cell : `≠ ${cell}`))];
}

/** Long cells without the words that all of them begin with. */
function shortened(cells: readonly string[]): readonly string[] {
  if (cells.every((cell) => cell.length <= cellMax)) return cells;
  const [first = [], ...others] = cells.map((cell) => cell.split(' '));
  const parts = first.findIndex((word, i) => others.some((words) => words[i] !== word));
  const from = parts < 0 ? Math.min(...others.map((words) => words.length)) : parts;
  return cells.map((cell) => cut(`${from > 0 ? '… ' : ''}${cell.split(' ').slice(from).join(' ')}`));
}

function cut(text: string): string {
  return text.length <= cellMax ? text : `${text.slice(0, cellMax - 1)}…`;
}

function agreement(compared: Compared, red: (text: string) => string): string {
  const { profile, model } = compared;
  const broken = model.unseen.map(
    (name) =>
      `${profile}: ${red(`${name} is broken`)}, as the objects of the model show; nobody looks into those of OpenSSL\n`,
  );
  return [parted(compared, red), ...broken].join('');
}

function parted({ profile, openssl, missing, differences }: Compared, red: (text: string) => string): string {
  if (openssl === undefined) return `${profile}: the model alone: ${missing}\n`;
  if (differences.length === 0) return `${profile}: the model does what ${openssl.stack} does\n`;
  const listed = differences.slice(0, listedMax).map(({ what, first, second }) => {
    return `  ${what}: model ${first}; OpenSSL ${second}\n`;
  });
  const more = differences.length - listed.length;
  const rest = more > 0 ? `  … and ${more} more\n` : '';
  return `${red(`${profile}: the model parts from ${openssl.stack}`)} in ${differences.length}\n${listed.join('')}${rest}`;
}

/**
 * The profiles of `--compare`.
 * @throws CommandFailure
 */
export function profilesOf(text: string, known: readonly Profile[]): readonly Profile[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word.trim());
    if (found !== undefined) return found;
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--compare takes ${known.join(',')}, and "${word}" is none of them`,
    );
  });
}
