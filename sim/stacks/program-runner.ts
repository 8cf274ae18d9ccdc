/** Batches of whole programs on real OpenSSL: one round trip a batch, and the agent that dies of one program is replaced for the next. */
import { defaultNowMs } from '../../src/index.js';
import type { Line } from '../program/index.js';
import { lineFromWire, type ProgramBatch } from './agent/protocol.js';
import type { AgentProcess } from './agent-process.js';
import { StackCrash } from './stack.js';

const usPerMs = 1000;

/**
 * What a program came to: the digest of its lines, the death of the process in a step of it (`stepOfEnd` while it was freed), or
 * what this OpenSSL has not got for it.
 */
export type ProgramOutcome =
  | { readonly digest: string }
  | { readonly crash: string; readonly step: number }
  | { readonly unable: string };

/** Programs `from` … `to` − 1 of the batch, which the agent has run and still knows. */
interface Known {
  readonly from: number;
  readonly to: number;
}

export class ProgramRunner {
  readonly #start: () => AgentProcess;
  #agent: AgentProcess | undefined;
  #batch: ProgramBatch | undefined;
  #known: Known = { from: 0, to: 0 };

  /** @param start - gives a fresh agent */
  constructor(start: () => AgentProcess) {
    this.#start = start;
  }

  /**
   * Hands a batch over; `finish` takes what came of it. Between the two the agent is at work.
   * @throws StackMissing where the agent does not start
   */
  begin(batch: ProgramBatch): void {
    this.#batch = batch;
    this.#send(0, batch.programs.length);
  }

  /** Waits for the batch: an outcome for each program, in their order. */
  finish(): readonly ProgramOutcome[] {
    const count = this.#batch?.programs.length ?? 0;
    const outcomes: ProgramOutcome[] = [];
    for (let end = count; outcomes.length < count; ) {
      const from = outcomes.length;
      const crash = this.#receive(outcomes);
      if (crash !== undefined) {
        // What it had run by then went with it, and is run again up to there.
        if (crash.program === 0) outcomes.push({ crash: crash.signal, step: crash.step });
        end = crash.program === 0 ? count : from + crash.program;
      } else if (outcomes.length === end) end = count;
      if (outcomes.length < count) this.#send(outcomes.length, end);
    }
    return outcomes;
  }

  /** The lines of a program of the last batch, of the same run; undefined where they went with an agent. */
  lines(program: number): readonly Line[] | undefined {
    const { from, to } = this.#known;
    if (program < from || program >= to || this.#agent?.open !== true) return undefined;
    const answer = this.#agent.ask({ ask: 'lines', program: program - from });
    if (answer.tell !== 'lines') throw new Error(`the agent answered ${answer.tell}`);
    return answer.lines.map(lineFromWire);
  }

  close(): void {
    this.#agent?.close();
  }

  #send(from: number, to: number): void {
    const batch = this.#batch;
    if (batch === undefined) throw new Error('no batch was begun');
    if (this.#agent?.open !== true) this.#agent = this.#start();
    const programs = from === 0 && to === batch.programs.length ? batch.programs : batch.programs.slice(from, to);
    this.#agent.send({ ask: 'programs', ...batch, programs, us: defaultNowMs * usPerMs });
    this.#known = { from, to: from };
  }

  /** Takes one answer. @returns how the agent died, if it did: of which program of its question, in which step */
  #receive(outcomes: ProgramOutcome[]): { signal: string; program: number; step: number } | undefined {
    const agent = this.#agent;
    if (agent === undefined) throw new Error('no batch was begun');
    try {
      const answer = agent.receive();
      if (answer.tell !== 'outcomes') throw new Error(`the agent answered ${answer.tell}`);
      for (const one of answer.outcomes) outcomes.push(typeof one === 'string' ? { digest: one } : one);
      this.#known = { ...this.#known, to: outcomes.length };
      if (answer.spent) agent.close();
      return undefined;
    } catch (error) {
      if (!(error instanceof StackCrash)) throw error;
      return { signal: error.signal, ...agent.diedAt };
    }
  }
}
