/** `simtls view FILE`: the story of a run, moment by moment: by keys on a terminal, as text elsewhere. */
import type { Command } from 'commander';
import colors from 'picocolors';
import {
  headLine,
  hostLine,
  type Labels,
  type Moment,
  Moments,
  momentLines,
  type Standing,
  standingLine,
} from '../views/index.js';
import { collect, defectHelp } from './defects.js';
import { CommandFailure, type ExitCode, exitCodes } from './exit.js';
import type { Io, Terminal } from './io.js';
import { wholeNumber } from './run-options.js';
import { type Viewed, viewed } from './view-events.js';

interface ViewOptions {
  readonly run: number;
  readonly defect?: readonly string[];
}

/** Moments that a terminal goes through: of a longer run, its start. */
const momentsMax = 200_000;
/** Columns of text that goes to no terminal. */
const plainColumns = 100;

/** Columns before what goes on from the line above. */
const foldedIndent = 6;

/** What tells of a fault or of what was broken. */
const graveLine = /^ {2}(?:\S+: )?(?:BROKEN|FAULT) /u;

/** Adds `view`. */
export function addView(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command('view')
    .description('the story of a run, step by step: keys on a terminal, text in a pipe')
    .argument('<file>', 'a trace (run --trace), a plan or a finding')
    .option('--run <n>', 'of the runs in a trace, the nth', wholeNumber, 1)
    .option('--defect <name>', defectHelp, collect)
    .addHelpText('after', '\nExample:\n  simtls view found.json')
    .action(async (path: string, options: ViewOptions) => end(await view(path, options, io)));
}

async function view(path: string, options: ViewOptions, io: Io): Promise<ExitCode> {
  const seen = await viewed(path, options, io);
  const { terminal } = io;
  if (terminal === undefined || path === '-') return print(seen, io);
  const shown = new Shown(seen);
  for await (const moment of momentsOf(seen)) {
    if (shown.moments.length === momentsMax) break;
    shown.add(moment);
  }
  if (shown.moments.length === 0) throw new CommandFailure(exitCodes.usedWrongly, `nothing happens in ${path}`);
  await shown.browse(terminal, io);
  return exitCodes.held;
}

async function print(seen: Viewed, io: Io): Promise<ExitCode> {
  const hosts: string[] = [];
  io.out(`${seen.title}\n`);
  for await (const moment of momentsOf(seen)) {
    meet(hosts, moment);
    io.out(`\n${headLine(moment, seen.labels)}\n`);
    if (moment.arrows.length > 0) io.out(`${hostLine(hosts, plainColumns)}\n`);
    for (const line of momentLines(moment, hosts, seen.labels, plainColumns)) io.out(`${line}\n`);
    if (io.interrupted()) return exitCodes.interrupted;
  }
  return exitCodes.held;
}

async function* momentsOf({ events }: Viewed): AsyncGenerator<Moment> {
  const moments = new Moments();
  for await (const event of events) {
    const over = moments.take(event);
    if (over !== undefined) yield over;
  }
  const last = moments.end();
  if (last !== undefined) yield last;
}

/** Hosts stand in the order in which they are met. */
function meet(hosts: string[], { host, arrows }: Moment): void {
  for (const one of [host, ...arrows.map(({ to }) => to)]) if (one !== '' && !hosts.includes(one)) hosts.push(one);
}

/** A run on a terminal, of which one moment is seen. */
class Shown {
  readonly moments: Moment[] = [];
  readonly #hosts: string[] = [];
  readonly #title: string;
  readonly #labels: Labels;
  #at = 0;
  /** What is typed after `/`; undefined: nothing is. */
  #typed: string | undefined;
  #wanted = '';
  #notice = '';

  constructor({ title, labels }: Viewed) {
    this.#title = title;
    this.#labels = labels;
  }

  add(moment: Moment): void {
    this.moments.push(moment);
    meet(this.#hosts, moment);
  }

  /** Until the user has seen enough. */
  async browse(terminal: Terminal, io: Io): Promise<void> {
    io.out('\x1b[?1049h\x1b[?25l'); // a screen of its own, without a cursor
    try {
      this.#draw(terminal, io);
      for await (const key of terminal.keys()) {
        if (!this.#press(key)) return;
        this.#draw(terminal, io);
      }
    } finally {
      io.out('\x1b[?25h\x1b[?1049l');
    }
  }

  /** @returns whether it goes on */
  #press(key: string): boolean {
    this.#notice = '';
    if (key === '\x03') return false; // Ctrl-C
    if (this.#typed !== undefined) {
      this.#type(key);
      return true;
    }
    switch (key) {
      case 'q':
        return false;
      case 'n':
      case ' ':
      case '\r':
      case '\x1b[C':
      case '\x1b[B':
        this.#go(this.#at + 1);
        break;
      case 'p':
      case '\x7f':
      case '\x1b[D':
      case '\x1b[A':
        this.#go(this.#at - 1);
        break;
      case 'g':
      case '\x1b[H':
        this.#go(0);
        break;
      case 'G':
      case '\x1b[F':
        this.#go(this.moments.length - 1);
        break;
      case '!':
        this.#find('a fault or a violation', ({ isGrave }) => isGrave);
        break;
      case '/':
        this.#typed = '';
        break;
      case '.':
        this.#search();
        break;
    }
    return true;
  }

  #type(key: string): void {
    if (key === '\r') {
      this.#wanted = this.#typed ?? '';
      this.#typed = undefined;
      this.#search();
    } else if (key === '\x1b') this.#typed = undefined;
    else if (key === '\x7f') this.#typed = this.#typed?.slice(0, -1);
    else if (/^\P{Cc}+$/u.test(key)) this.#typed += key;
  }

  #search(): void {
    const wanted = this.#wanted.toLowerCase();
    if (wanted === '') return;
    this.#find(`"${this.#wanted}"`, (moment) => {
      const lines = [headLine(moment, this.#labels), ...momentLines(moment, this.#hosts, this.#labels, plainColumns)];
      return lines.some((line) => line.toLowerCase().includes(wanted));
    });
  }

  #find(what: string, fits: (moment: Moment) => boolean): void {
    const found = this.moments.findIndex((moment, at) => at > this.#at && fits(moment));
    if (found < 0) this.#notice = `${what} does not come any more`;
    else this.#at = found;
  }

  #go(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.moments.length - 1));
  }

  #draw(terminal: Terminal, io: Io): void {
    const paint = colors.createColors(io.outIsTerminal);
    const { columns, rows } = terminal.size();
    const moment = this.moments[this.#at];
    if (moment === undefined) return;
    const place = `${this.#at + 1}/${this.moments.length}`;
    const now = momentLines(moment, this.#hosts, this.#labels, columns);
    const cut = (line: string): string => line.slice(0, columns);
    const lines = [
      paint.dim(cut(`${place}  ${this.#title}`)),
      paint.bold(cut(headLine(moment, this.#labels))),
      '',
      paint.bold(cut(hostLine(this.#hosts, columns))),
      ...now.flatMap((line) => {
        const tone = line.startsWith('  *') ? paint.bold : graveLine.test(line) ? paint.red : String;
        return folded(line, columns).map((piece) => tone(piece));
      }),
      '',
      ...this.#standing(moment).map((one) => cut(standingLine(one, this.#labels, { isChanged: false }))),
    ].slice(0, rows - 1);
    const foot =
      this.#typed === undefined
        ? this.#notice || 'n next  p back  g first  G last  / search  . again  ! fault  q quit'
        : `/${this.#typed}`;
    const blank = Array.from({ length: Math.max(0, rows - 1 - lines.length) }, () => '');
    io.out(`\x1b[H${[...lines, ...blank, paint.inverse(cut(foot))].map((line) => `${line}\x1b[K`).join('\r\n')}`);
  }

  /** What lives after this moment and was not changed in it, process by process. */
  #standing(moment: Moment): readonly Standing[] {
    const living = new Map<string, Standing>();
    for (const { changed, ended } of this.moments.slice(0, this.#at + 1)) {
      for (const [key, one] of living) if (ended.includes(one.host)) living.delete(key);
      for (const [key, one] of changed) {
        if (one.count === 0) living.delete(key);
        else living.set(key, one);
      }
    }
    for (const key of moment.changed.keys()) living.delete(key);
    return [...living.values()].sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : a.object - b.object));
  }
}

/** A line in pieces of a terminal's width, broken between words; what goes on stands further in. */
function folded(line: string, columns: number): readonly string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const at = space > columns / 2 ? space : columns;
    pieces.push(rest.slice(0, at));
    rest = `${' '.repeat(foldedIndent)}${rest.slice(at).trimStart()}`;
  }
  return [...pieces, rest];
}
