/**
 * Many programs on both stacks at once: real OpenSSL runs a batch where it is, while the model runs it here, and what each
 * program came to is compared by digests. Where these differ, the lines decide, by the rules of compare.ts.
 */
import {
  type Profile,
  type ProgramBatch,
  type ProgramOutcome,
  type ProgramRunner,
  StackUnable,
  stepOfEnd,
} from '../stacks/index.js';
import { answersVary } from './chance.js';
import { Comparison, type Difference } from './compare.js';
import { diffProgram } from './diff.js';
import { digestOf } from './digest.js';
import { isObservation, type Line } from './observation.js';
import { type ProgramStep, parseStep } from './parse.js';
import { playSteps } from './play.js';
import type { LibsslSource, StackSource } from './stacks.js';

/** A program of a batch on which the stacks part, or that one of them cannot run. */
export interface Parted {
  /** Which of the batch. */
  readonly index: number;
  /** Null where one of the two lacks something for it. */
  readonly difference: Difference | null;
  /** What the model or this OpenSSL lacks; empty where there is a difference. */
  readonly unable: string;
  /** Real OpenSSL answered as the model does when it was asked again: its own random bytes decide that answer. */
  readonly varies: boolean;
}

/** What a batch came to. */
export interface Compared {
  /** In the order of the batch. */
  readonly parted: readonly Parted[];
  /** Of each program, whether nothing may follow it: a misuse or a crash ended it, or the stacks part in it. */
  readonly ended: readonly boolean[];
}

export interface SideBySideOptions {
  readonly model: StackSource;
  readonly libssl: LibsslSource;
}

/** What the model came to. */
interface Mine {
  readonly steps: readonly ProgramStep[];
  readonly lines: readonly Line[];
  readonly unable: string;
  /** A fault of the model's own, and the step that it was in. */
  readonly fault?: { readonly message: string; readonly step: number };
}

export class SideBySide {
  readonly #options: SideBySideOptions;
  readonly #runners = new Map<Profile, ProgramRunner>();

  constructor(options: SideBySideOptions) {
    this.#options = options;
  }

  /** @throws StackMissing where the line of OpenSSL is not there */
  compare(batch: ProgramBatch): Compared {
    const runner = this.#runner(batch.profile);
    runner.begin(batch);
    const mine = this.#onModel(batch);
    const theirs = runner.finish();
    const parted: Parted[] = [];
    for (const [index, { steps, lines, unable, fault }] of mine.entries()) {
      const outcome = theirs[index];
      if (outcome === undefined) throw new Error('a program without an outcome');
      const lacking = 'unable' in outcome ? outcome.unable : unable;
      if (lacking !== '') parted.push({ index, difference: null, unable: lacking, varies: false });
      else if (fault !== undefined) parted.push({ index, difference: faultOf(fault), unable: '', varies: false });
      else if (!('digest' in outcome) || outcome.digest !== digestOf(lines)) {
        const found = this.#differenceOf(lines, outcome, runner.lines(index));
        const again = (): Difference | null => this.#alone(batch.profile, steps);
        const difference = found === 'unknown' ? again() : found;
        if (difference !== null) parted.push({ index, difference, unable: '', varies: answersVary(difference, again) });
      }
    }
    const ended = mine.map(({ lines }) => !isObserved(lines.at(-1)));
    for (const { index } of parted) ended[index] = true;
    return { parted, ended };
  }

  close(): void {
    for (const runner of this.#runners.values()) runner.close();
    this.#runners.clear();
  }

  #runner(profile: Profile): ProgramRunner {
    const known = this.#runners.get(profile);
    if (known !== undefined) return known;
    const runner = this.#options.libssl.programs(profile);
    this.#runners.set(profile, runner);
    return runner;
  }

  #onModel({ profile, table, programs, observed }: ProgramBatch): readonly Mine[] {
    const { model } = this.#options;
    const parsed = table.map((step, index) => parseStep(step, { place: `table[${index}]`, profile }));
    return programs.map((program) => {
      const steps = program.flatMap((at) => parsed[at] ?? []);
      const stack = model.open(profile);
      const at = { step: 0 };
      const onStep = (step: number): void => {
        at.step = step;
      };
      try {
        return { steps, lines: playSteps(steps, { stack, observed, onStep }), unable: '' };
      } catch (error) {
        if (error instanceof StackUnable) return { steps, lines: [], unable: error.reason };
        return { steps, lines: [], unable: '', fault: { message: String(error), step: at.step } };
      } finally {
        stack.end();
      }
    });
  }

  /** By the lines of the same run, where they are still known. */
  #differenceOf(
    model: readonly Line[],
    outcome: ProgramOutcome,
    libssl: readonly Line[] | undefined,
  ): Difference | null | 'unknown' {
    if ('crash' in outcome) {
      const { crash, step } = outcome;
      // The process that dies of freeing what the program left has no lines to tell; a crash is told where it happened.
      if (step === stepOfEnd || endsWithCrash(model, step)) return 'unknown';
      return { step, field: 'crash', model: 'goes on', libssl: crash };
    }
    return libssl === undefined ? 'unknown' : firstDifference(model, libssl);
  }

  #alone(profile: Profile, steps: readonly ProgramStep[]): Difference | null {
    const stacks = { model: this.#options.model.open(profile), libssl: this.#options.libssl.open(profile) };
    try {
      return diffProgram({ profile, steps }, stacks);
    } finally {
      stacks.model.end();
      stacks.libssl.end();
    }
  }
}

/** An assertion that does not hold, or any other fault: libssl, which knows none of them, goes on. */
function faultOf({ message, step }: { readonly message: string; readonly step: number }): Difference {
  return { step, field: 'fault', model: message, libssl: 'goes on' };
}

function firstDifference(model: readonly Line[], libssl: readonly Line[]): Difference | null {
  const comparison = new Comparison();
  for (let index = 0; index < Math.max(model.length, libssl.length); index++) {
    const found = comparison.next(model[index], libssl[index]);
    if (found !== undefined) return found;
  }
  return null;
}

function isObserved(line: Line | undefined): boolean {
  return line !== undefined && isObservation(line);
}

function endsWithCrash(lines: readonly Line[], step: number): boolean {
  const last = lines.at(-1);
  return last !== undefined && 'crash' in last && last.step === step;
}
