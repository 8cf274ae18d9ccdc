/** What a workload knows of the processes that it draws steps for: what each holds, and in which state its connections are. */
import type { Setup } from './setup.js';

/** A session of which a process holds references. All tasks of the process may use it. */
export interface HeldSession {
  readonly name: string;
  /** The context that it may be used with. */
  readonly ctx: string;
  /** That gave it. */
  readonly server: string;
  refs: number;
}

/** A connection of a task. No other task touches it. */
export interface HeldConnection {
  readonly name: string;
  readonly ctx: string;
  /**
   * `new` → `connected` → `open` → `ended` (its stream is closed in good order) or `broken` (only SSL_free may follow, and the end of
   * its stream, where that is still there).
   */
  state: 'new' | 'connected' | 'open' | 'ended' | 'broken';
  server: string;
  /** The step that opened its stream. */
  opened: string;
  resumes: HeldSession | undefined;
  /** Its stream has not been given back. */
  streams: boolean;
  /** How many of its requests were answered. */
  answered: number;
}

/** A process of a client or server. */
export class ProcessState {
  readonly host: string;
  readonly sessions: HeldSession[] = [];
  /** Contexts that it has not freed. */
  readonly contexts: string[];

  constructor(host: string, contexts: readonly string[]) {
    this.host = host;
    this.contexts = [...contexts];
  }
}

/** Where a task is in what it does. */
export type Phase =
  /** It takes turns. */
  | 'turns'
  /** Its turns are over: it ends what it has open. */
  | 'ending'
  /** It waits until the others have come so far too, and all faults are over. */
  | 'gathering'
  /** All is well again: what must work now? */
  | 'healed'
  /** It gives back what the process holds, and ends it. */
  | 'leaving'
  | 'over';

export class TaskState {
  readonly host: string;
  readonly task: string;
  /** Servers answer, clients ask. */
  readonly role: 'client' | 'server';
  phase: Phase = 'turns';
  turnsLeft: number;
  readonly connections: HeldConnection[] = [];
  process: ProcessState;
  /** The steps that it is to make before anything is drawn again. */
  made = 0;

  constructor(process: ProcessState, task: string, role: 'client' | 'server', setup: Setup) {
    this.host = process.host;
    this.task = task;
    this.role = role;
    this.process = process;
    this.turnsLeft = setup.turns;
  }
}
