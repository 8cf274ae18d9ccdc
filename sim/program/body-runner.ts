/** Runs the bodies of callbacks, in the middle of the calls of a program. */
import type { CallbackAnswer, StackCallback } from '../stacks/index.js';
import { defaultAnswers } from '../stacks/stack.js';
import {
  answerOf,
  Bodies,
  BodyEnded,
  bodiesInOneAnother,
  bodiesInStepMax,
  type Frame,
  givenTo,
  newFrame,
  nothingGiven,
  underWay,
} from './bodies.js';
import { callbackShapes } from './calls.js';
import type { Executed } from './machine.js';
import { isThing, type Misuse, type UnderWay } from './misuse.js';
import type { Names } from './names.js';
import { type BodyRun, isObservation, type Line, type MisuseLine, type ObservedReturn } from './observation.js';
import type { ProgramStep } from './parse.js';
import type { Body } from './parse-body.js';

/** What the machine does for the bodies that run in its calls. */
export interface Host {
  readonly names: Names;
  look(): void;
  /** Makes a step of a body; `place` is where in it. */
  execute(frame: Frame, place: number): Executed;
  misuseLine(place: number, call: string, misuse: Misuse): MisuseLine;
  /** The program's references, for what the callback answers. */
  owned(): CallbackAnswer['owned'];
}

export class BodyRunner {
  readonly #host: Host;
  readonly #bodies = new Bodies();
  /** The calls under way, each but the first made in a callback of the one before. */
  readonly #frames: Frame[] = [];
  /** Bodies that ran in the program's step. */
  #count = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Whether there is none. */
  get empty(): boolean {
    return this.#bodies.empty;
  }

  /** Whether what happens now happens in a body. */
  get inBody(): boolean {
    return this.#frames.length > 0;
  }

  /** What the calls under way go on using; undefined outside of bodies. */
  get underWay(): UnderWay | undefined {
    return this.inBody ? underWay(this.#frames, this.#host.names) : undefined;
  }

  /** Keeps what a callback does from now on. */
  install({ args }: ProgramStep, body: Body): void {
    const [first] = args;
    const thing = first?.kind === 'name' ? this.#host.names.binding(first.name) : undefined;
    if (isThing(thing)) this.#bodies.install(thing.object, body);
  }

  /** While `call` runs, its callbacks are those of `frame`. */
  within<T>(frame: Frame, call: () => T): T {
    if (!this.inBody) this.#count = 0;
    this.#frames.push(frame);
    try {
      return call();
    } finally {
      this.#frames.pop();
    }
  }

  /** A callback of the call that is under way: its body runs, and its answer goes back. */
  answer(frame: Frame, asked: StackCallback): CallbackAnswer {
    const body = this.#bodies.of(asked);
    const { names } = this.#host;
    if (body === undefined) return { ...defaultAnswers[asked.callback], owned: this.#host.owned() };
    const { name: ctx } = names.meet(asked.ctx, 'ctx', { step: frame.number });
    // What a new-session callback keeps is the program's while its body runs, too.
    const { returns } = body;
    const session = asked.session === null ? undefined : names.thing(asked.session);
    if (asked.callback === 'new' && returns.kind === 'number' && returns.value !== 0) {
      session?.references.push({ holder: `the callback of ${ctx}`, step: frame.number });
    }
    if (this.#frames.length > bodiesInOneAnother || this.#count >= bodiesInStepMax)
      return this.#answered(body, asked, 0).answer;
    this.#count += 1;
    const { tells = false } = callbackShapes[asked.callback];
    const isItsOwn = asked.on === asked.ssl;
    const ssl = asked.ssl !== null && (tells || isItsOwn) ? names.meet(asked.ssl, 'ssl', { step: frame.number }) : null;
    const args = asked.args.map(Number);
    return this.#run(body, asked, {
      frame,
      run: {
        on: asked.callback,
        ctx,
        ...(ssl === null ? {} : { ssl: ssl.name }),
        ...(tells && args.length > 0 ? { args } : {}),
        steps: [],
      },
    });
  }

  #run(
    body: Body,
    asked: StackCallback,
    { frame, run }: { readonly frame: Frame; readonly run: BodyRun },
  ): CallbackAnswer {
    const steps: Line[] = [];
    const at = frame.nested.push({ ...run, steps }) - 1;
    frame.callback = asked.callback;
    frame.given = givenTo(asked, this.#host.names, frame.number);
    const takeBack = this.#host.names.give(frame.given);
    try {
      for (const [place, inner] of body.steps.entries()) {
        const { line, ends } = this.#host.execute(newFrame(frame.number, inner, frame.options), place);
        steps.push(line);
        if (ends && !isObservation(line)) throw new BodyEnded(line);
      }
      const { answer, shown: returned } = this.#answered(body, asked, steps.length);
      frame.nested[at] = { ...run, steps, returned };
      return answer;
    } finally {
      frame.callback = undefined;
      frame.given = nothingGiven;
      takeBack();
    }
  }

  #answered(
    { returns }: Body,
    asked: StackCallback,
    place: number,
  ): { readonly answer: CallbackAnswer; readonly shown: ObservedReturn } {
    const { names } = this.#host;
    const found = answerOf(returns, asked, { names, look: () => this.#host.look() });
    if ('misuse' in found) throw new BodyEnded(this.#host.misuseLine(place, 'returns', found.misuse));
    return { answer: { ...found.answer, owned: this.#host.owned() }, shown: found.shown };
  }
}
