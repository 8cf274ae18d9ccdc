/** Collects what was broken, tells the expected from the rest, and stops judging once a run is tainted. */
import { type Broken, type Invariant, invariants } from '../invariants/index.js';
import type { Check } from '../plan/index.js';
import type { Trace } from '../trace/index.js';
import type { Violation } from './result.js';

export class Judge {
  readonly #trace: Trace;
  readonly #expected: readonly Extract<Check, { violation: string }>[];
  readonly #fired = new Set<string>();
  readonly #violations: Violation[] = [];
  #tainted = false;

  readonly #looksInside: boolean;

  /** @param stack - whether it can be looked into: what cannot be judged there is not missed */
  constructor(trace: Trace, checks: readonly Check[], stack: { readonly looksInside: boolean }) {
    this.#trace = trace;
    this.#looksInside = stack.looksInside;
    this.#expected = checks.filter((check) => 'violation' in check);
  }

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** Whether something undefined has happened: from then on nothing is judged. */
  get tainted(): boolean {
    return this.#tainted;
  }

  /** From here on the run says nothing about libssl. */
  taint(): void {
    this.#tainted = true;
  }

  /** Something that must hold does not. */
  report(host: string, step: string, broken: Broken | undefined): void {
    if (broken === undefined || this.#tainted) return;
    const { name } = broken.invariant;
    const owner = broken.owner ?? broken.invariant.owner;
    const check = this.#expected.find((one) => one.violation === name && (one.step === undefined || one.step === step));
    if (check !== undefined) this.#fired.add(check.id);
    this.#trace.world(host, step, { kind: 'violation', invariant: name, owner, text: broken.text });
    this.#violations.push({
      invariant: name,
      owner,
      expected: check !== undefined,
      step,
      text: broken.text,
      host,
      ...(broken.object === undefined ? {} : { object: broken.object }),
    });
  }

  /** Expected violations that did not come. */
  missing(): readonly Extract<Check, { violation: string }>[] {
    return this.#expected.filter(
      (check) => check.may !== true && !this.#fired.has(check.id) && this.#judges(check.violation),
    );
  }

  #judges(name: string): boolean {
    return this.#looksInside || invariants.find((one: Invariant) => one.name === name)?.on !== 'the model';
  }
}
