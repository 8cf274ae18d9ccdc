/** Whole programs in the agent: only what each came to goes back, and its lines where they are asked for. */
import { digestOf } from '../../program/digest.js';
import type { Line } from '../../program/observation.js';
import { parseStep } from '../../program/parse.js';
import { playSteps } from '../../program/play.js';
import { type CallbackAnswer, type StackCallback, StackUnable } from '../stack.js';
import type { Calls } from './calls.js';
import type { Clock } from './clock.js';
import { integersAt, type Library } from './library.js';
import type { Objects } from './objects.js';
import { OwnStack } from './own-stack.js';
import { markBytes, markDescriptor, type Question, stepOfEnd, type WireOutcome } from './protocol.js';

/** mmap(2): PROT_READ|PROT_WRITE, MAP_SHARED. */
const readAndWrite = 3;
const shared = 1;

export interface ProgramsOptions {
  readonly library: Library;
  readonly objects: Objects;
  readonly calls: Calls;
  readonly clock: Clock;
  /** A program in which a call does not end ends the process. */
  readonly callSecondsMax: number;
}

export class Programs {
  readonly #options: ProgramsOptions;
  #mark: Int32Array | undefined;
  #lines: (readonly Line[])[] = [];
  #stack: OwnStack | undefined;

  constructor(options: ProgramsOptions) {
    this.#options = options;
  }

  run({ profile, table, programs, observed, us }: Extract<Question, { ask: 'programs' }>): {
    readonly outcomes: readonly WireOutcome[];
    readonly spent: boolean;
  } {
    const { library, objects, clock, callSecondsMax } = this.#options;
    const steps = table.map((step, index) => parseStep(step, { place: `table[${index}]`, profile }));
    const mark = this.#mapped();
    const outcomes: WireOutcome[] = [];
    const onStep = (step: number): void => {
      mark[1] = step;
    };
    this.#lines = [];
    for (const [index, program] of programs.entries()) {
      mark[0] = index;
      library.call('alarm', callSecondsMax);
      if (clock.present) clock.put(us);
      const stack = new OwnStack(this.#options, profile);
      this.#stack = stack;
      const all = program.flatMap((at) => steps[at] ?? []);
      outcomes.push(this.#outcome(() => playSteps(all, { stack, observed, onStep })));
      mark[1] = stepOfEnd;
      this.#stack = undefined;
      // what is left with a pointer to nothing cannot be freed
      const crashed = this.#lines.at(-1)?.at(-1);
      if ((crashed !== undefined && 'crash' in crashed) || !objects.reset()) return { outcomes, spent: true };
    }
    return { outcomes, spent: false };
  }

  /** In the middle of a call of a program: undefined where none is run here. */
  consult(asked: StackCallback): CallbackAnswer | undefined {
    return this.#stack?.consult(asked);
  }

  /** Of a program of the last batch. */
  lines(program: number): readonly Line[] {
    return this.#lines[program] ?? [];
  }

  #outcome(play: () => readonly Line[]): WireOutcome {
    try {
      const lines = play();
      this.#lines.push(lines);
      return digestOf(lines);
    } catch (error) {
      if (!(error instanceof StackUnable)) throw error;
      this.#lines.push([]);
      return { unable: error.reason };
    }
  }

  /** What is written here outlives the process. */
  #mapped(): Int32Array {
    if (this.#mark !== undefined) return this.#mark;
    const address = this.#options.library.pointer('mmap', null, markBytes, readAndWrite, shared, markDescriptor, 0);
    if (address === null) throw new Error('mmap gives NULL');
    this.#mark = integersAt(address, markBytes / 4);
    return this.#mark;
  }
}
