/** What a run came to, as far as it can be the same on the model and on real OpenSSL: plain data, to be compared and kept. */
import { invariants } from '../invariants/index.js';
import type { Plan } from '../plan/index.js';
import type { LibsslPool } from '../stacks/index.js';
import type { TraceEvent } from '../trace/index.js';
import { type ConnectionReport, type RunResult, runPlan, type StepResult } from '../world/index.js';

export interface Account {
  /** `simtls model of OpenSSL 3.0`, or OpenSSL's full version string. */
  readonly stack: string;
  /** By the invariants that can be judged on both stacks. */
  readonly verdict: RunResult['verdict'];
  /** Invariants that it has broken too, of those that look into the objects of the model. */
  readonly unseen: readonly string[];
  readonly connections: readonly ConnectionReport[];
  /** By id, a line each: outcome, observations, errors. */
  readonly steps: Readonly<Record<string, string>>;
  /** How often each thing happened in the processes of a host: `server callback new`. */
  readonly events: Readonly<Record<string, number>>;
}

/** Runs a plan on the model, under real cryptography, or on real OpenSSL, and writes down what it came to. */
export function accountOf(plan: Plan, libssl: LibsslPool | undefined): Account {
  const counts = new Counts();
  const trace = (event: TraceEvent): void => counts.add(event);
  const on = libssl === undefined ? { crypto: 'real' as const } : { libssl };
  const result = runPlan(plan, { ...on, trace, details: true });
  const calls = new Map(plan.steps.map((step) => [step.id, step.call]));
  // Which of two connections comes first may be a matter of sizes: what a server did is told by the step that connected to it.
  const served = result.connections.flatMap(({ step, details }) =>
    details === undefined || details.served === '' ? [] : [[details.served, step] as const],
  );
  const names = new Map(served.map(([id, step]) => [id, `${id.slice(0, id.lastIndexOf('/'))} to ${step}`]));
  const unexpected = result.violations.filter(({ expected }) => !expected);
  const broken = [...new Set(unexpected.map(({ invariant }) => invariant))];
  return {
    stack: libssl?.version ?? `simtls model of OpenSSL ${plan.profile}`,
    verdict: broken.some((name) => !isModelOnly(name)) ? 'fail' : 'pass',
    unseen: broken.filter(isModelOnly),
    connections: result.connections.map(withoutNumber),
    steps: Object.fromEntries(
      [...result.steps].map(([id, step]) => [names.get(id) ?? id, lineOf(step, calls.get(id) ?? '')]),
    ),
    events: counts.sorted(),
  };
}

/** RFC 8446 §4. */
const newSessionTicket = 4;
const finished = 20;

class Counts {
  readonly #counts = new Map<string, number>();
  /** By host: the session that was made last, where nothing has happened since but its end. */
  readonly #brief = new Map<string, { readonly object: number; freed: boolean }>();
  /** By host: a Finished has come, and no message since: what is made and freed now is for a ticket. */
  readonly #sealing = new Map<string, boolean>();

  add(event: TraceEvent): void {
    const key = keyOf(event);
    if (key === undefined) return;
    this.#move(key, 1);
    this.#watch(event);
  }

  sorted(): Readonly<Record<string, number>> {
    const left = [...this.#counts].filter(([, count]) => count > 0);
    return Object.fromEntries(left.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * libssl makes a session for each ticket that it seals, and frees it before the ticket leaves, or does not for want of a key: nothing
   * that a program could meet.
   */
  #watch(event: TraceEvent): void {
    const { host } = event;
    const brief = this.#brief.get(host);
    if (event.kind === 'record') return;
    if (event.kind === 'freed' && event.object === brief?.object) {
      brief.freed = true;
      if (this.#sealing.get(host) === true) this.#forget(host);
      return;
    }
    this.#brief.delete(host);
    if (event.kind === 'made' && event.type === 'session')
      this.#brief.set(host, { object: event.object, freed: false });
    if (event.kind === 'message')
      this.#sealing.set(host, event.direction === 'received' && event.handshakeType === finished);
    const isTicket = event.kind === 'message' && event.direction === 'sent' && event.handshakeType === newSessionTicket;
    if (!isTicket || brief?.freed !== true) return;
    this.#forget(host);
  }

  #forget(host: string): void {
    this.#brief.delete(host);
    this.#move(`${host} made session`, -1);
    this.#move(`${host} freed session`, -1);
  }

  #move(key: string, by: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }
}

/** What the stacks tell alike. Counts of references are what `observe` sees of them, and decisions are the model's alone. */
function keyOf(event: TraceEvent): string | undefined {
  const { host } = event;
  switch (event.kind) {
    case 'made':
    case 'freed':
      return `${host} ${event.kind} ${event.type}`;
    case 'callback':
      return `${host} callback ${event.name}`;
    case 'record':
      return `${host} record ${event.direction} ${event.contentType}`;
    case 'message':
      return `${host} message ${event.direction} ${event.handshakeType}`;
    case 'alert':
      return `${host} alert ${event.direction} ${event.level} ${event.description}`;
    case 'violation':
      return isModelOnly(event.invariant) ? undefined : `${host} violation ${event.invariant}`;
    case 'process':
      return `${host} process ${event.what}`;
    default:
      return undefined;
  }
}

/** Calls whose value is random bytes, or as long as such. */
const random: readonly string[] = ['i2d_SSL_SESSION', 'SSL_SESSION_get_id', 'file_write', 'file_read'];
const unlike: readonly string[] = ['ret', 'bytes'];

function lineOf({ outcome, observed, errors }: StepResult, call: string): string {
  const seen = Object.entries(observed)
    .filter(([field]) => !(random.includes(call) && unlike.includes(field)))
    .map(([field, value]) => `${field}=${JSON.stringify(value)}`);
  return [outcome, ...seen, ...errors.map((error) => `(${error})`)].join(' ');
}

function withoutNumber(report: ConnectionReport): ConnectionReport {
  const { details, ...rest } = report;
  return details === undefined ? rest : { ...rest, details: { ...details, served: '' } };
}

/** Nobody can judge it on real OpenSSL. */
function isModelOnly(name: string): boolean {
  return invariants.find((one) => one.name === name)?.on === 'the model';
}
