/**
 * The locks of contexts as a program's own calls meet them. Of 1.1.1 alone: it does not heed a lock that is refused in a callback,
 * gives it back once too often, and waits for ever where it is wanted the time after next.
 */
import { CacheLock, LibraryDeadlock } from '../../src/index.js';
import { isThing, type Misuse } from './misuse.js';
import type { Names, Thing } from './names.js';
import type { ProgramStep } from './parse.js';

/** Calls that hold the lock while the remove callback runs. */
const holding: readonly string[] = ['SSL_CTX_add_session', 'SSL_CTX_flush_sessions'];
/** Calls that take it and have given it back when a callback runs. */
const passing: readonly string[] = ['SSL_CTX_remove_session'];

export class Locks {
  readonly #locks = new Map<Thing, CacheLock>();

  /** Notes that the step is about to take a lock; gives back what has to be done when it is over, or the misuse that it is. */
  before(step: ProgramStep, names: Names): (() => void) | Misuse | undefined {
    const holds = holding.includes(step.call);
    if (!holds && !passing.includes(step.call)) return undefined;
    const [first] = step.args;
    const thing = first?.kind === 'name' ? names.binding(first.name) : undefined;
    if (first?.kind !== 'name' || !isThing(thing)) return undefined;
    const lock = this.#locks.get(thing) ?? new CacheLock(false);
    this.#locks.set(thing, lock);
    try {
      lock.take();
    } catch (error) {
      if (error instanceof LibraryDeadlock) return { kind: 'would-deadlock', handle: first.name, thing };
      throw error;
    }
    if (holds) return () => lock.giveBack();
    lock.giveBack();
    return undefined;
  }
}
