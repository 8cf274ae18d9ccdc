/** `--reporter`: what runs came to, in the words of those who read it: a person, TAP, JUnit's XML, GitHub's annotations. */
import { Option } from 'commander';
import colors from 'picocolors';
import type { Io } from './io.js';

/** One run, or one finding. */
export interface Point {
  /** What it is of: the scenario. */
  readonly suite: string;
  /** Which one of these it is: `seed 3, profile 3.0`. */
  readonly name: string;
  /** Real seconds that it took. */
  readonly seconds: number;
  /** Absent where everything held. */
  readonly failure?: Failure;
  /** Why it was not run; absent where it was. */
  readonly skipped?: string;
}

export interface Failure {
  /** What kind of failure it is: the invariant. */
  readonly kind: string;
  /** In a line each. */
  readonly told: readonly string[];
  /** The command that shows it again. */
  readonly replay: string;
  /** The file that it is about; undefined where there is none. */
  readonly file: string | undefined;
}

export interface Reporter {
  point(point: Point): void;
  /** There are no more. */
  end(): void;
}

export const reporterNames = ['spec', 'tap', 'junit', 'github'] as const;
export type ReporterName = (typeof reporterNames)[number];

/** An option for commands that make runs. */
export function reporterOption(): Option {
  return new Option('--reporter <form>', 'a line a run, for people (spec) or for programs: TAP 14, JUnit, GitHub')
    .choices(reporterNames)
    .conflicts('json');
}

export function reporterNamed(name: ReporterName, io: Io): Reporter {
  switch (name) {
    case 'spec':
      return new Spec(io);
    case 'tap':
      return new Tap(io);
    case 'junit':
      return new Junit(io);
    case 'github':
      return new Github(io);
  }
}

/** How many there were of each kind. */
class Counts {
  passed = 0;
  failed = 0;
  skipped = 0;
  seconds = 0;

  get all(): number {
    return this.passed + this.failed + this.skipped;
  }

  add({ failure, skipped, seconds }: Point): void {
    if (skipped !== undefined) this.skipped += 1;
    else if (failure !== undefined) this.failed += 1;
    else this.passed += 1;
    this.seconds += seconds;
  }

  get text(): string {
    return `${this.passed} passed, ${this.failed} failed${this.skipped === 0 ? '' : `, ${this.skipped} not run`}`;
  }
}

class Spec implements Reporter {
  readonly #io: Io;
  readonly #counts = new Counts();

  constructor(io: Io) {
    this.#io = io;
  }

  point(point: Point): void {
    const paint = colors.createColors(this.#io.outIsTerminal);
    const { failure, skipped } = point;
    this.#counts.add(point);
    const title = titleOf(point);
    if (skipped !== undefined) this.#io.out(`  ${paint.yellow('-')} ${title}: ${skipped}\n`);
    else if (failure === undefined) this.#io.out(`  ${paint.green('✔')} ${title}\n`);
    else {
      this.#io.out(`  ${paint.red('✘')} ${title}\n`);
      for (const line of [...failure.told, `replay: ${failure.replay}`]) this.#io.out(`      ${line}\n`);
    }
  }

  end(): void {
    this.#io.out(`\n${this.#counts.text}\n`);
  }
}

/** TAP 14 (testanything.org/tap-version-14-specification.html). */
class Tap implements Reporter {
  readonly #io: Io;
  readonly #counts = new Counts();

  constructor(io: Io) {
    this.#io = io;
    io.out('TAP version 14\n');
  }

  point(point: Point): void {
    const { failure, skipped } = point;
    this.#counts.add(point);
    const title = tapText(titleOf(point));
    const directive = skipped === undefined ? '' : ` # SKIP ${tapText(skipped)}`;
    this.#io.out(`${failure === undefined ? 'ok' : 'not ok'} ${this.#counts.all} - ${title}${directive}\n`);
    if (failure === undefined) return;
    const { kind, told, replay, file } = failure;
    const about = { message: told[0] ?? kind, kind, told, replay, ...(file === undefined ? {} : { at: { file } }) };
    // Each value as JSON, which is YAML.
    const lines = Object.entries(about).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
    this.#io.out(['  ---', ...lines, '  ...', ''].join('\n'));
  }

  end(): void {
    this.#io.out(`1..${this.#counts.all}\n`);
  }
}

/** One line, in which nothing begins a directive. */
function tapText(text: string): string {
  return text.replaceAll(/[\\#]/gu, '\\$&').replaceAll(/\s+/gu, ' ');
}

/** The XML that came with JUnit's task for Ant, as CI servers read it: a suite a scenario. */
class Junit implements Reporter {
  readonly #io: Io;
  readonly #suites = new Map<string, { readonly counts: Counts; readonly cases: string[] }>();
  readonly #counts = new Counts();

  constructor(io: Io) {
    this.#io = io;
  }

  point(point: Point): void {
    const { suite: name } = point;
    const suite = this.#suites.get(name) ?? { counts: new Counts(), cases: [] };
    this.#suites.set(name, suite);
    suite.counts.add(point);
    this.#counts.add(point);
    suite.cases.push(caseOf(point));
  }

  end(): void {
    const numbers = ({ all, failed, skipped, seconds }: Counts): string =>
      `tests="${all}" failures="${failed}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
    this.#io.out(`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="simtls" ${numbers(this.#counts)}>\n`);
    for (const [name, { counts, cases }] of this.#suites) {
      this.#io.out(`  <testsuite name="${xml(name)}" ${numbers(counts)}>\n${cases.join('')}  </testsuite>\n`);
    }
    this.#io.out('</testsuites>\n');
  }
}

function caseOf(point: Point): string {
  const { suite, name, seconds, failure, skipped } = point;
  const file = failure?.file === undefined ? '' : ` file="${xml(failure.file)}"`;
  const head = `    <testcase classname="${xml(suite)}" name="${xml(name)}"${file} time="${seconds.toFixed(3)}"`;
  if (skipped !== undefined) return `${head}><skipped message="${xml(skipped)}"/></testcase>\n`;
  if (failure === undefined) return `${head}/>\n`;
  const { kind, told, replay } = failure;
  const text = [...told, `replay: ${replay}`].join('\n');
  const inner = `<failure type="${xml(kind)}" message="${xml(told[0] ?? kind)}">${xml(text)}</failure>`;
  return `${head}>\n      ${inner}\n    </testcase>\n`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** As XML 1.0 takes it: what is no character of it becomes U+FFFD. */
function xml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll(/[&<>"]/gu, (sign) => entities[sign] ?? sign);
}

/** Workflow commands of GitHub's runners: each failure is an annotation. */
class Github implements Reporter {
  readonly #io: Io;
  readonly #counts = new Counts();

  constructor(io: Io) {
    this.#io = io;
  }

  point(point: Point): void {
    const { failure, skipped } = point;
    this.#counts.add(point);
    const title = property(titleOf(point));
    if (skipped !== undefined) this.#io.out(`::warning title=${title}::${data(skipped)}\n`);
    if (failure === undefined) return;
    const { told, replay, file } = failure;
    const where = file === undefined ? '' : `file=${property(file)},`;
    this.#io.out(`::error ${where}title=${title}::${data([...told, `replay: ${replay}`].join('\n'))}\n`);
  }

  end(): void {
    this.#io.out(`::notice title=simtls::${data(this.#counts.text)}\n`);
  }
}

/** What would end a command, as the runner's toolkit escapes it. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function titleOf({ suite, name }: Point): string {
  return name === '' ? suite : `${suite}, ${name}`;
}
