/** What a workload knows of the processes that it draws steps for: what each holds, and in which state its connections are. */
import type { Setup } from './setup.js';

/** A session of which a process holds references. All tasks of the process may use it. */
export interface HeldSession {
  readonly name: string;
  /** The context that it may be used with. */
  readonly ctx: string;
  /** That gave it. */
  readonly server: string;
  /** The connection that it is of has read something: a ticket, if one came. */
  readonly useful: boolean;
  refs: number;
}

/** A connection of a task. No other task touches it. */
export interface HeldConnection {
  readonly name: string;
  /** Whose it is. */
  readonly task: string;
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
  /** A reference to its session was taken. */
  kept: boolean;
  /** Early data was sent, or would have been. */
  early: boolean;
}

/** A process of a client or server. */
export class ProcessState {
  readonly host: string;
  readonly sessions: HeldSession[] = [];
  /** Of all its tasks. */
  readonly connections: HeldConnection[] = [];
  /** Contexts that it has not freed. */
  readonly contexts: string[];
  /** It has broken the manual on purpose: nobody knows what works from there on. */
  misused = false;

  constructor(host: string, contexts: readonly string[]) {
    this.host = host;
    this.contexts = [...contexts];
  }
}

export class TaskState {
  readonly host: string;
  readonly task: string;
  /** Servers answer, clients ask. */
  readonly role: 'client' | 'server';
  turnsLeft: number;
  process: ProcessState;

  constructor(process: ProcessState, task: string, role: 'client' | 'server', setup: Setup) {
    this.host = process.host;
    this.task = task;
    this.role = role;
    this.process = process;
    this.turnsLeft = setup.turns;
  }

  /** Those of the task alone. */
  get connections(): readonly HeldConnection[] {
    return this.process.connections.filter((one) => one.task === this.task);
  }
}
