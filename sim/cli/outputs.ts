/** Files that show what one run was: packets, secrets, a timeline, a diagram. */
import { appendFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type CaptureOptions, type Streamed, toKeylog, toPcapng } from '../capture/index.js';
import type { Plan } from '../plan/index.js';
import type { TraceEvent, TraceSink } from '../trace/index.js';
import { MermaidWriter, PerfettoWriter } from '../views/index.js';
import { CommandFailure, exitCodes } from './exit.js';
import type { Io } from './io.js';
import { OutputFile } from './output-file.js';

export interface OutputOptions {
  readonly trace?: string;
  readonly pcap?: string;
  readonly keylog?: string;
  /** It is the environment that asks for `keylog`: of all programs, not of this run. */
  readonly keylogOfAll?: boolean;
  readonly perfetto?: string;
  readonly mermaid?: string;
}

/** Those of one run each. */
const single = ['pcap', 'keylog', 'perfetto', 'mermaid'] as const;
const all = ['trace', 'pcap', 'keylog', 'perfetto', 'mermaid'] as const;
/** Those for which the run is made again, under real cryptography. */
const madeAgain = ['pcap', 'keylog'] as const;
/** Secrets are for their owner alone. */
const secretFileMode = 0o600;

export const outputOptions: readonly Option[] = [
  new Option(
    '--pcap <file>',
    'write the packets of one run, under real cryptography, with the secrets that Wireshark needs',
  ),
  new Option('--keylog <file>', 'append the secrets of those packets alone, as an NSS key log').env('SSLKEYLOGFILE'),
  new Option('--perfetto <file>', 'write one run as a timeline that ui.perfetto.dev opens'),
  new Option('--mermaid <file>', 'write one run as a sequence diagram, for an issue'),
];

/** Who asks for the key log. */
export function keylogOf(command: Command): Pick<OutputOptions, 'keylogOfAll'> {
  return { keylogOfAll: command.getOptionValueSource('keylog') === 'env' };
}

/** What a command has to write of its run. */
export class Outputs {
  readonly #options: OutputOptions;
  readonly #io: Io;
  readonly #perfetto: { readonly file: OutputFile; readonly writer: PerfettoWriter } | undefined;
  readonly #mermaid: { readonly file: OutputFile; readonly writer: MermaidWriter } | undefined;
  readonly #pcap: OutputFile | undefined;

  /** @throws CommandFailure where a file cannot be written */
  constructor(options: OutputOptions, io: Io) {
    this.#options = options;
    this.#io = io;
    const { pcap, perfetto, mermaid } = options;
    this.#pcap = pcap === undefined ? undefined : new OutputFile(pcap, 'the capture', io);
    this.#perfetto =
      perfetto === undefined
        ? undefined
        : { file: new OutputFile(perfetto, 'the timeline', io), writer: new PerfettoWriter() };
    this.#mermaid =
      mermaid === undefined
        ? undefined
        : { file: new OutputFile(mermaid, 'the diagram', io), writer: new MermaidWriter() };
  }

  /** Takes the events of the run, in order; undefined: nobody wants them. */
  get sink(): TraceSink | undefined {
    if (this.#perfetto === undefined && this.#mermaid === undefined) return undefined;
    return (event) => this.#event(event);
  }

  #event(event: TraceEvent): void {
    this.#perfetto?.file.write(this.#perfetto.writer.take(event));
    this.#mermaid?.writer.take(event);
  }

  /**
   * The run is over: what is written of it is whole.
   * @param on - what it was made on
   * @throws CommandFailure where the plan, run again under real cryptography, comes to another fingerprint
   */
  finish(plan: Plan, run: { readonly fingerprint: string }, on: Pick<CaptureOptions, 'libssl'> = {}): void {
    const { keylog } = this.#options;
    if (this.#pcap !== undefined) this.#capture(toPcapng(plan, on), this.#pcap, run.fingerprint);
    if (keylog !== undefined) this.#secrets(toKeylog(plan, on), keylog, run.fingerprint);
    this.#perfetto?.file.write(this.#perfetto.writer.end());
    for (const line of this.#mermaid?.writer.end() ?? []) this.#mermaid?.file.write(line);
    for (const file of this.#files()) file.close();
  }

  /** Nothing comes of what is not whole. */
  discard(): void {
    for (const file of this.#files()) file.discard();
  }

  #files(): readonly OutputFile[] {
    return [this.#pcap, this.#perfetto?.file, this.#mermaid?.file].filter((file) => file !== undefined);
  }

  #capture(blocks: Streamed<Uint8Array>, file: OutputFile, fingerprint: string): void {
    let next = blocks.next();
    for (; next.done !== true; next = blocks.next()) file.write(next.value);
    sameRun(fingerprint, next.value.fingerprint, this.#options.pcap);
  }

  /** All at once, at the end: several programs may share the file. */
  #secrets(lines: Streamed<string>, path: string, fingerprint: string): void {
    let text = '';
    let next = lines.next();
    for (; next.done !== true; next = lines.next()) text += next.value;
    sameRun(fingerprint, next.value.fingerprint, path);
    if (path === '-') {
      this.#io.out(text);
      return;
    }
    try {
      appendFileSync(path, text, { mode: secretFileMode });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : '';
      throw new CommandFailure(exitCodes.usedWrongly, `cannot write the key log to ${path}: ${why}`, { cause });
    }
  }
}

function sameRun(expected: string, came: string, path: string | undefined): void {
  if (expected === came) return;
  throw new CommandFailure(
    exitCodes.promiseBroken,
    `the run in ${path ?? ''}, under real cryptography, differs: its fingerprint is ${came}, not ${expected}`,
  );
}

/** The same without a key log that the environment asks for, where none of the runs has secrets that somebody could use. */
export function withoutIdleKeylog<T extends OutputOptions & { readonly crypto?: string }>(asked: T, total: number): T {
  const { keylog, ...rest } = asked;
  const isIdle = total !== 1 || (asked.pcap === undefined && asked.crypto !== 'real');
  // all that was left out may be missing
  return keylog !== undefined && asked.keylogOfAll === true && isIdle ? (rest as T) : asked;
}

/**
 * Whether what is asked for can be had of these runs.
 * @param total - runs
 * @throws CommandFailure where not
 */
export function checkOutputs(options: OutputOptions, total: number): void {
  const asked = single.find((name) => options[name] !== undefined);
  if (asked !== undefined && total !== 1) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--${asked} shows one run, and these are ${total}: name one scenario, with one seed and one profile`,
    );
  }
  const out = all.filter((name) => options[name] === '-');
  if (out.length > 1) {
    throw new CommandFailure(
      exitCodes.usedWrongly,
      `--${out[0] ?? ''} - and --${out[1] ?? ''} - both go to standard output: name a file for one of them`,
    );
  }
}

/** The first of those that a run has to be made again for; undefined: none was asked for. */
export function askedAgain(options: OutputOptions): (typeof madeAgain)[number] | undefined {
  return madeAgain.find((name) => options[name] !== undefined);
}

/** The first of all files that are asked for; undefined: none is. What the environment wants of all programs does not count. */
export function askedOutput(options: OutputOptions): (typeof all)[number] | undefined {
  return all.find((name) => options[name] !== undefined && !(name === 'keylog' && options.keylogOfAll === true));
}

/** Whether standard output is for a file: what the command says of itself goes elsewhere then. */
export function takesOutput(options: OutputOptions): boolean {
  return all.some((name) => options[name] === '-');
}
