/** What a program has said of itself and of its peers, and what it does: all that invariants hold it to besides the handling of objects. */
import type { StackEvent } from 'simtls';
import { type Broken, resumedAsAnother, resumedForAnother } from '../invariants/index.js';
import type { ProgramStep } from '../program/index.js';
import type { ObjectId } from '../stacks/index.js';
import type { End } from './connections.js';
import { Lineage } from './lineage.js';
import { type PeerCheck, PeerChecks } from './peer-checks.js';
import { type LimitedProcess, SessionLimits } from './session-limits.js';
import type { TestKey } from './verbs.js';

/** What is asked of the process. */
export interface CommittedProcess extends LimitedProcess {
  /**
   * The step at work. No accessor: V8 keeps the getter of an object literal with the shape that it gives the object, and with it
   * the whole world, until it next collects the old generation.
   */
  step(): string;
  lookup(name: string): ObjectId | undefined;
  report(broken: Broken | undefined): void;
}

/** The steps without which nothing is to be remembered. */
const remembering: readonly string[] = ['check_peer', 'expect_host', 'credential', 'sim_use_certificate'];

/** Whether a plan makes such a step. */
export function remembers(steps: readonly { readonly call: string }[]): boolean {
  return steps.some(({ call }) => remembering.includes(call));
}

export class Commitments {
  readonly #process: CommittedProcess;
  readonly #limits: SessionLimits;
  readonly #lineage = new Lineage();
  readonly #checks = new PeerChecks(this.#lineage);
  readonly #remembers: boolean;
  /** What each connection expects the certificate of its peer to be for. */
  readonly #expected = new Map<ObjectId, string>();
  /** The certificate that each context shows, and each connection since it was made of one. */
  readonly #shows = new Map<ObjectId, TestKey>();

  constructor(process: CommittedProcess, options: { readonly remembers: boolean }) {
    this.#process = process;
    this.#limits = new SessionLimits(process);
    this.#remembers = options.remembers;
  }

  keepsAtMost(sessionsPerHost: number): void {
    this.#limits.declare(sessionsPerHost);
  }

  checked(ssl: ObjectId, found: PeerCheck): void {
    this.#checks.checked(ssl, found);
  }

  expectsHost(ssl: ObjectId, name: string): void {
    this.#expected.set(ssl, name);
  }

  shows(ctx: ObjectId, key: TestKey): void {
    this.#shows.set(ctx, key);
  }

  happened(event: StackEvent): void {
    this.#limits.happened(event);
    if (this.#remembers) this.#lineage.happened(event);
  }

  /** A call of a program was made. */
  called({ call, args, let: bound }: ProgramStep): void {
    if (!this.#remembers || (call !== 'SSL_new' && call !== 'sim_use_certificate')) return;
    const [first] = args;
    const ctx = first?.kind === 'name' ? this.#process.lookup(first.name) : undefined;
    if (ctx === undefined) return;
    if (call === 'sim_use_certificate') this.#shows.set(ctx, 'ec-p256');
    const ssl = call === 'SSL_new' && bound !== undefined ? this.#process.lookup(bound) : undefined;
    const key = this.#shows.get(ctx);
    if (ssl !== undefined && key !== undefined) this.#shows.set(ssl, key); // the connection has a copy of its own
  }

  stepEnded(): void {
    for (const broken of this.#limits.judge()) this.#process.report(broken);
  }

  /** Data go over an end. */
  carries(end: End): void {
    this.#process.report(this.#checks.carries(end, this.#process.step(), (session) => this.#process.nameOf(session)));
  }

  /** A client's end has resumed. */
  resumed(end: End): void {
    const wanted = this.#expected.get(end.ssl);
    const session = this.#lineage.offeredBy(end.ssl);
    if (wanted === undefined || session === undefined) return;
    const first = this.#lineage.connectionsOf(session).at(-1);
    if (first === undefined) return;
    const shown = this.#expected.get(first);
    if (shown === wanted) return;
    const name = this.#process.nameOf(session);
    this.#process.report(resumedForAnother({ object: session, session: name, made: shown, wanted }));
  }

  /** Both ends have resumed, and the server takes this client for whoever has that key. */
  takenFor(end: End, key: TestKey): void {
    const own = this.#shows.get(end.ssl) ?? 'none';
    if (own === key) return;
    this.#process.report(resumedAsAnother({ connection: end.connection.number, own, taken: key }));
  }
}
