/** Draws the faults of a run, step by step, and knows when the last of them will be over. */
import type { RandomStream } from '../kernel/index.js';
import type { Fault, FaultAction, Plan, Step } from '../plan/index.js';
import type { Setup } from './setup.js';
import type { TaskState } from './state.js';
import type { SwarmFault } from './swarm.js';
import { clientNames, serverNames } from './topology.js';

/** The longest that a fault lasts. */
const lastsUsMax = 90_000_000;

export class FaultDraws {
  /** Virtual time at which all faults of steps that have ended are over. */
  quietUs = 0;
  readonly #setup: Setup;
  readonly #random: RandomStream;
  readonly #kinds: readonly (readonly [SwarmFault, number])[];
  readonly #clients: readonly string[];
  readonly #servers: readonly string[];
  /** How long after the end of a step all faults that hang on it are over. */
  readonly #afterStep = new Map<string, number>();
  #count: number;

  constructor(setup: Setup, random: RandomStream, begin: Plan) {
    this.#setup = setup;
    this.#random = random;
    this.#kinds = Object.entries(setup.faults) as [SwarmFault, number][];
    this.#clients = clientNames(setup);
    this.#servers = serverNames(setup);
    this.#count = begin.faults.length;
  }

  /** The faults that come with a step that is about to begin. */
  at(step: Step, task: TaskState): readonly Fault[] {
    const faults: Fault[] = [];
    for (const [kind, oneIn] of this.#kinds) {
      if (this.#random.chance({ oneIn })) faults.push(...this.#fault(kind, step, task));
    }
    return faults;
  }

  stepEnded(step: string, us: number): void {
    const after = this.#afterStep.get(step);
    if (after !== undefined) this.quietUs = Math.max(this.quietUs, us + after);
  }

  #fault(kind: SwarmFault, step: Step, task: TaskState): readonly Fault[] {
    const random = this.#random;
    const host = random.pick([...this.#clients, ...this.#servers]);
    const client = task.role === 'client' ? task.host : random.pick(this.#clients);
    const way = random.pick([
      { from: client, to: random.pick(this.#servers) },
      { from: random.pick(this.#servers), to: client },
    ]);
    switch (kind) {
      case 'cut':
      case 'corrupt':
      case 'duplicate':
        return this.#onStream(kind, step);
      case 'reset':
        return step.call === 'connect' ? [this.#after(step, { do: 'reset', connection: step.id })] : [];
      case 'crash': {
        const crash = this.#after(step, { do: 'crash', host, how: random.pick(['reset', 'half-open']) });
        const us = offsetOf(crash) + random.pick([1, 1_000, 1_000_000, 30_000_000]);
        return [crash, this.#after(step, { do: 'restart', host }, { us })];
      }
      case 'pause':
        return [this.#after(step, { do: 'pause', host }, { lasts: true })];
      case 'clock':
        return [
          this.#after(step, {
            do: 'clock',
            host,
            byMs: random.pick([-3_600_000, -10_000, 10_000, 400_000, 90_000_000]),
          }),
        ];
      case 'hold':
      case 'partition':
        return [this.#after(step, { do: kind, ...way }, { lasts: true })];
      default:
        return [];
    }
  }

  #onStream(kind: 'cut' | 'corrupt' | 'duplicate', step: Step): readonly Fault[] {
    const [, options] = step.args ?? [];
    if (step.call !== 'connect' || typeof options !== 'object' || options === null || !('to' in options)) return [];
    const random = this.#random;
    const from = random.pick([step.on, String(options['to'])]);
    const on = { connection: step.id, from };
    const record = random.range(1, 12);
    const action: FaultAction =
      kind === 'cut'
        ? { do: 'cut', ...on, afterBytes: random.pick([0, random.int(300), random.int(3_000), random.int(30_000)]) }
        : kind === 'corrupt'
          ? { do: 'corrupt', ...on, record, byte: random.int(random.pick([6, 60, 600])), bit: random.int(8) }
          : { do: 'duplicate', ...on, record };
    return [{ id: this.#id(), at: { us: 0 }, action }];
  }

  /** A fault some time after the end of a step. */
  #after(step: Step, action: FaultAction, options: { readonly us?: number; readonly lasts?: boolean } = {}): Fault {
    const random = this.#random;
    const { latencyUs } = this.#setup;
    const us = options.us ?? random.pick([0, 0, 1, latencyUs, random.int(4 * latencyUs + 1), random.int(2_000_000)]);
    const lastsUs = options.lasts === true ? random.pick([1_000, 200_000, 5_000_000, lastsUsMax]) : 0;
    const before = this.#afterStep.get(step.id) ?? 0;
    this.#afterStep.set(step.id, Math.max(before, us + lastsUs));
    return { id: this.#id(), at: { after: step.id, us }, ...(lastsUs > 0 ? { lastsUs } : {}), action };
  }

  #id(): string {
    this.#count += 1;
    return `fault-${this.#count}`;
  }
}

function offsetOf({ at }: Fault): number {
  return 'after' in at && 'us' in at ? (at.us ?? 0) : 0;
}
