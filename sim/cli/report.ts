/** What `simtls run` says of its runs: a table of verdicts, what the seeds drew, and how to replay a failure. */
import colors from 'picocolors';
import { cameToThat } from './came-to.js';
import type { Io } from './io.js';
import { table } from './table.js';
import type { Group, Outcome, Range, Tally } from './tally.js';

/** One run as `--json` gives it. */
export function jsonLine(outcome: Outcome): string {
  const {
    scenario,
    seed,
    profile,
    stack,
    crypto,
    determinism,
    verdict,
    fingerprint,
    violations,
    connections,
    virtualSeconds,
  } = outcome.result;
  return JSON.stringify({
    scenario,
    seed: /^(?:0|[1-9]\d{0,14})$/u.test(seed) ? Number(seed) : seed,
    profile,
    stack,
    crypto,
    determinism,
    verdict,
    fingerprint,
    violations,
    connections,
    virtualSeconds,
    drawn: Object.fromEntries(outcome.drawn.map((one) => [one.label, one.value])),
    ...(Object.keys(outcome.swarm).length === 0 ? {} : { swarm: outcome.swarm }),
  });
}

export interface ReportOptions {
  readonly seed?: string;
  readonly plan?: string;
  readonly verify?: boolean;
}

const titles = ['scenario', 'runs', 'verdict', 'different', 'full', 'resumed', 'expected violations', 'profiles'];
const numbers = [1, 3, 4, 5, 6];

/** Prints the table and, under it, what the seeds drew, what failed and how to see it again. */
export function report(tally: Tally, options: ReportOptions, io: Io): void {
  const { first, last } = tally;
  if (first === undefined || last === undefined) return;
  const paint = colors.createColors(io.outIsTerminal);
  const rows = [...tally.groups].map(([name, group]) => row(name, group));
  const [header = '', ...lines] = table(titles, rows, numbers);
  io.out(`${paint.bold(header)}\n`);
  for (const line of lines) {
    io.out(`${line.replace(/ pass /u, ` ${paint.green('pass')} `).replace(/ FAIL /u, ` ${paint.red('FAIL')} `)}\n`);
  }
  io.out(`\n${summary(tally, { first, last }, options)}\n`);
  if (tally.runs === 1) single(first, io);
  else drew(tally, io);
  for (const [source, { runs, sometimes }] of tally.groups) {
    if (sometimes === undefined) continue;
    io.out(cameToThat({ source, runs, reached: sometimes.runs, never: sometimes.never }, paint.red));
  }
  if (tally.failed > tally.failures.length) io.out(`\n${tally.failed} failed: the first ${tally.failures.length}\n`);
  for (const one of tally.failures) failure(one, io, paint.red);
}

function row(name: string, group: Group): string[] {
  return [
    name,
    String(group.runs),
    group.failed === 0 ? 'pass' : `FAIL ${group.failed}`,
    String(group.fingerprints.size),
    String(group.full),
    String(group.resumed),
    String(group.expected),
    [...group.profiles].join(' '),
  ];
}

function summary(
  tally: Tally,
  ends: { readonly first: Outcome; readonly last: Outcome },
  options: ReportOptions,
): string {
  const [from, to] = [ends.first.result.seed, ends.last.result.seed];
  const seeds = from === to ? `seed ${from}` : `seeds ${from} to ${to}`;
  const origin = options.seed === undefined && options.plan === undefined ? ' (from the default seed)' : '';
  const profiles = [...new Set([...tally.groups.values()].flatMap((group) => [...group.profiles]))].join(', ');
  const { stack, crypto, determinism } = ends.first.result;
  const how = determinism === 'full' ? '' : `, determinism: ${determinism}`;
  const twice = options.verify === true ? ', each run again and compared at every draw' : '';
  return [
    `${tally.runs} runs, ${tally.failed} failed${twice}: ${seeds}${origin}, profiles ${profiles}, stack ${stack}, crypto ${crypto}${how}`,
    `${tally.events} events in ${Math.round(tally.virtualSeconds)} virtual seconds`,
  ].join('\n');
}

function single(outcome: Outcome, io: Io): void {
  const { result } = outcome;
  io.out(`fingerprint ${result.fingerprint}, ${result.virtualSeconds} virtual seconds\n`);
  const world = swarmLine(outcome);
  if (world !== '') io.out(`${world}\n`);
  for (const one of outcome.drawn) io.out(`drew ${one.label} = ${JSON.stringify(one.value)}\n`);
  for (const one of result.connections) {
    const why = one.decision === '' ? '' : `: ${one.decision}`;
    io.out(`connection ${one.connection} (${one.step}): ${one.client} to ${one.server}, ${one.outcome}${why}\n`);
  }
  for (const one of result.violations.filter((violation) => violation.expected)) {
    io.out(`expected: ${one.invariant} at ${one.step}: ${one.text}\n`);
  }
}

/** In which world the seed placed it, in one line; empty where it draws none. */
function swarmLine({ swarm }: Outcome): string {
  const { faults, ...rest } = swarm;
  const told = Object.entries(rest).map(
    ([label, value]) => `${label} ${value === null ? 'default' : JSON.stringify(value)}`,
  );
  const rates = Object.entries(faults ?? {}).map(([fault, oneIn]) => `${fault} 1/${String(oneIn)}`);
  if (faults !== undefined) told.push(`faults ${rates.join(' ') || 'none'}`);
  return told.length === 0 ? '' : `world: ${told.join(', ')}`;
}

/** What the seeds drew, label by label: the range of numbers, the different values of others. */
function drew(tally: Tally, io: Io): void {
  io.out('\nwhat the seeds drew\n');
  for (const [name, group] of tally.groups) {
    io.out(`  ${name}: ${[...group.drew].map(([label, range]) => `${label} ${told(range)}`).join(', ')}\n`);
  }
}

function told({ least, most, values }: Range): string {
  if (values.size > 0) return [...values].join('|');
  return least === most ? String(least) : `${least}..${most}`;
}

function failure(outcome: Outcome, io: Io, red: (text: string) => string): void {
  const { result } = outcome;
  io.out(`\n${red('FAIL')} ${result.scenario}, seed ${result.seed}, profile ${result.profile}\n`);
  for (const one of result.violations) {
    const where = one.step === '' ? '' : ` at ${one.step}`;
    if (!one.expected) io.out(`  ${one.invariant} (${one.owner})${where}: ${one.text}\n`);
  }
  const world = swarmLine(outcome);
  if (world !== '') io.out(`  ${world}\n`);
  io.out(`  replay: ${outcome.replay}\n`);
}
