/** Whole programs in the agent: only what each came to goes back, and its lines where they are asked for. */
import { digestOf } from '../../program/digest.js';
import type { Line } from '../../program/observation.js';
import { parseStep } from '../../program/parse.js';
import { playSteps } from '../../program/play.js';
import type { ObjectId, Profile, Snapshot, Stack, StackAnswer, StackCall } from '../stack.js';
import type { Calls } from './calls.js';
import { integersAt, type Library } from './library.js';
import type { Objects } from './objects.js';
import { markBytes, markDescriptor, type ProgramBatch, stepOfEnd } from './protocol.js';

/** mmap(2): PROT_READ|PROT_WRITE, MAP_SHARED. */
const readAndWrite = 3;
const shared = 1;

export interface ProgramsOptions {
  readonly library: Library;
  readonly objects: Objects;
  readonly calls: Calls;
  /** A program in which a call does not end ends the process. */
  readonly callSecondsMax: number;
}

export class Programs {
  readonly #options: ProgramsOptions;
  #mark: Int32Array | undefined;
  #lines: (readonly Line[])[] = [];

  constructor(options: ProgramsOptions) {
    this.#options = options;
  }

  run({ profile, table, programs, observed }: ProgramBatch): { digests: string[]; spent: boolean } {
    const { library, objects, callSecondsMax } = this.#options;
    const steps = table.map((step, index) => parseStep(step, { place: `table[${index}]`, profile }));
    const stack = new OwnStack(this.#options, profile);
    const mark = this.#mapped();
    const digests: string[] = [];
    this.#lines = [];
    for (const [index, program] of programs.entries()) {
      mark[0] = index;
      library.call('alarm', callSecondsMax);
      const lines = playSteps(
        program.flatMap((at) => steps[at] ?? []),
        {
          stack,
          observed,
          onStep: (step) => {
            mark[1] = step;
          },
        },
      );
      this.#lines.push(lines);
      digests.push(digestOf(lines));
      mark[1] = stepOfEnd;
      if (!objects.reset()) return { digests, spent: true };
    }
    return { digests, spent: false };
  }

  /** Of a program of the last batch. */
  lines(program: number): readonly Line[] {
    return this.#lines[program] ?? [];
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

/** The libssl of this very process. */
class OwnStack implements Stack {
  readonly name = 'libssl';
  readonly profile: Profile;
  readonly version: string;
  readonly #calls: Calls;
  readonly #objects: Objects;

  constructor({ library, calls, objects }: ProgramsOptions, profile: Profile) {
    this.profile = profile;
    this.version = library.text('OpenSSL_version', 0);
    this.#calls = calls;
    this.#objects = objects;
  }

  perform({ call, args, watch, owned }: StackCall): StackAnswer {
    this.#calls.callbacks.owned = owned;
    const { ret, errors } = this.#calls.perform(call, args);
    const events = this.#objects.takeHappenings();
    const wanted: ObjectId[] = [...watch];
    for (const event of events) if ('session' in event) wanted.push(event.session);
    if (typeof ret === 'object' && ret !== null && 'object' in ret) wanted.push(ret.object);
    return { ret, errors, events, snapshots: this.look(wanted) };
  }

  look(objects: readonly ObjectId[]): readonly Snapshot[] {
    return objects.length === 0 ? [] : this.#objects.snapshots(objects);
  }

  attach(): void {
    throw new Error('no world reaches into a batch of programs');
  }

  /** The agent frees what a program leaves. */
  end(): void {}
}
