/** Agents that processes of worlds live in, one after the other: their libssl has seeded random bytes for good. */
import type { AgentProcess } from './agent-process.js';
import { StackCrash } from './stack.js';

/** Processes that died in one agent, which has all that they left in its memory, before it is given up. */
const forgottenMax = 200;

export class WorldAgents {
  readonly #start: () => AgentProcess;
  readonly #idle: AgentProcess[] = [];
  /** Those that still owe an answer to the end of their last process. */
  readonly #ending = new Set<AgentProcess>();
  /** How many processes that died each has left behind. */
  readonly #forgotten = new Map<AgentProcess, number>();

  /** @param start - starts an agent */
  constructor(start: () => AgentProcess) {
    this.#start = start;
  }

  /** One that nobody has, for a look at what it is. */
  get any(): AgentProcess {
    const [known] = this.#idle;
    if (known !== undefined) return known;
    const started = this.#start();
    this.#idle.push(started);
    return started;
  }

  /** One in which no process lives; the last one's objects have been freed by now. */
  take(): AgentProcess {
    for (let agent = this.#idle.pop(); agent !== undefined; agent = this.#idle.pop()) {
      if (this.#hasEnded(agent)) return agent;
      this.#forgotten.delete(agent);
    }
    return this.#start();
  }

  /** Its process is over, which it was told of: its objects are being freed, or left as they are. */
  release(agent: AgentProcess, how: 'reset' | 'forget'): void {
    const forgotten = (this.#forgotten.get(agent) ?? 0) + (how === 'forget' ? 1 : 0);
    if (forgotten > forgottenMax) {
      this.#forgotten.delete(agent);
      agent.close();
      return;
    }
    this.#forgotten.set(agent, forgotten);
    this.#ending.add(agent);
    this.#idle.push(agent);
  }

  close(): void {
    for (const agent of this.#idle.splice(0)) agent.close();
  }

  #hasEnded(agent: AgentProcess): boolean {
    if (!this.#ending.delete(agent)) return true;
    try {
      if (agent.receive().tell === 'done') return true;
      agent.close();
    } catch (error) {
      // What a plan left broken may break the freeing too; the agent is gone, and with it all that it held.
      if (!(error instanceof StackCrash)) throw error;
    }
    return false;
  }
}
