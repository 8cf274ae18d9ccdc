/** Draws the faults of a run, step by step, and knows when the last of them will be over. */
import type { RandomStream } from '../kernel/index.js';
import { type Anchor, endingFaults, type Fault, type FaultAction, type Step } from '../plan/index.js';
import { actionOf, type FaultPlace } from './fault-actions.js';
import type { FaultRates, SwarmFault } from './rates.js';

/** Points that a fault may wait for: the same names as in docs/faults.md. */
const points = [
  'record:read',
  'record:write',
  'alert:before',
  'callback:new',
  'callback:remove',
  'callback:get',
  'lookup:unlocked',
] as const;
/** How long a fault waits for a point. */
const pointWithinUs = 5_000_000;
/** How long faults last. */
const lasting = [1_000, 200_000, 5_000_000, 90_000_000] as const;
/** How long a process that has crashed is down. */
const down = [1, 1_000, 1_000_000, 30_000_000] as const;

/** Faults that strike one stream, as it is opened. */
const onStreams: readonly SwarmFault[] = ['cut', 'corrupt', 'duplicate', 'replay', 'reset'];
/** Of these one is remembered as what was before another: where both were at work, neither would end. */
const onceAWay: readonly SwarmFault[] = ['drift', 'latency', 'bandwidth', 'slicer', 'slow_close', 'redirect'];

/** What faults may strike. */
export interface FaultWorld {
  readonly faults: FaultRates;
  readonly clients: readonly string[];
  readonly servers: readonly string[];
  /** One way between a client and a server, about. */
  readonly latencyUs: number;
  /** What the names of faults begin with. */
  readonly prefix: string;
}

export class FaultDraws {
  /** Virtual time at which all faults of steps that have ended are over. */
  quietUs = 0;
  readonly #world: FaultWorld;
  readonly #random: RandomStream;
  readonly #kinds: readonly (readonly [SwarmFault, number])[];
  /** How long after the end of a step all faults that hang on it are over. */
  readonly #afterStep = new Map<string, number>();
  readonly #had = new Set<string>();
  #count = 0;

  constructor(world: FaultWorld, random: RandomStream) {
    this.#world = world;
    this.#random = random;
    this.#kinds = Object.entries(world.faults) as [SwarmFault, number][]; // its own keys
  }

  /**
   * The faults that come with a step that is about to begin.
   * @param resumes - a session has been set on what it is about
   */
  at(step: Step, { resumes = false }: { readonly resumes?: boolean } = {}): readonly Fault[] {
    const faults: Fault[] = [];
    for (const [kind, oneIn] of this.#kinds) {
      // There are few connects, and much that can happen to each; fewest of all offer a session, whose bytes are worth a look.
      const times = !onStreams.includes(kind) ? 1 : resumes && kind === 'corrupt' ? 16 : 4;
      const odds = Math.ceil(oneIn / times);
      if (this.#random.chance({ oneIn: odds })) faults.push(...this.#drawn(kind, step, resumes));
    }
    return faults;
  }

  stepEnded(step: string, us: number): void {
    const after = this.#afterStep.get(step);
    if (after !== undefined) this.quietUs = Math.max(this.quietUs, us + after);
  }

  #drawn(kind: SwarmFault, step: Step, resumes: boolean): readonly Fault[] {
    const action = actionOf(kind, { ...this.#place(step), resumes });
    if (action === undefined) return [];
    // What lies in wait for a stream asks for no time.
    if ('connection' in action && action.do !== 'reset') return [this.#fault({ us: 0 }, action)];
    if (onceAWay.includes(kind)) {
      const key = JSON.stringify([kind, 'from' in action ? [action.from, action.to] : 'host' in action && action.host]);
      if (this.#had.has(key)) return [];
      this.#had.add(key);
    }
    const at = this.#anchor(step, action);
    const lastsUs = endingFaults.includes(kind) ? this.#random.pick(lasting) : undefined;
    const beginsUs = 'point' in at ? pointWithinUs : 'after' in at ? (at.us ?? 0) : 0;
    const takesUs = 'timeoutUs' in action ? action.timeoutUs : 0;
    const fault = this.#fault(at, action, lastsUs);
    if (action.do !== 'crash') {
      this.#over(step, beginsUs + (lastsUs ?? 0) + takesUs);
      return [fault];
    }
    const us = beginsUs + this.#random.pick(down);
    this.#over(step, us);
    return [fault, this.#fault({ after: step.id, us }, { do: 'restart', host: action.host })];
  }

  #place(step: Step): Omit<FaultPlace, 'resumes'> {
    const random = this.#random;
    const { clients, servers, latencyUs } = this.#world;
    const [, options] = step.args ?? [];
    const to = typeof options === 'object' && options !== null && 'to' in options ? String(options['to']) : undefined;
    const client = clients.includes(step.on) ? step.on : random.pick(clients);
    const server = to ?? random.pick(servers);
    return {
      random,
      client,
      server,
      servers,
      latencyUs,
      connect: step.call === 'connect' ? step.id : undefined,
    };
  }

  /** Some time after the end of a step, or at a point inside a call after that. */
  #anchor(step: Step, action: FaultAction): Anchor {
    const random = this.#random;
    const { latencyUs } = this.#world;
    const atPoint = action.do === 'enter' || (action.do === 'crash' && random.chance({ oneIn: 2 }));
    if (atPoint) {
      const point = random.pick([points[0], points[1], ...points]);
      return { point, on: action.host, nth: random.range(1, 12), after: step.id, withinUs: pointWithinUs };
    }
    const us = random.pick([0, 0, 1, latencyUs, random.int(4 * latencyUs + 1), random.int(2_000_000)]);
    return { after: step.id, us };
  }

  #over(step: Step, us: number): void {
    this.#afterStep.set(step.id, Math.max(us, this.#afterStep.get(step.id) ?? 0));
  }

  #fault(at: Anchor, action: FaultAction, lastsUs?: number): Fault {
    this.#count += 1;
    return { id: `${this.#world.prefix}-${this.#count}`, at, ...(lastsUs === undefined ? {} : { lastsUs }), action };
  }
}
