/**
 * Whether a run reached what it is about: was a session resumed, early data rejected, a process restarted? A campaign that is green
 * because it never got there is seen by what stays at zero.
 */
import type { Plan } from '../plan/index.js';
import type { TraceEvent } from '../trace/index.js';
import type { RunResult, StepResult } from '../world/index.js';

/** RFC 8446 §4: in TLS 1.3 a HelloRetryRequest is one too. */
const serverHello = 2;

/** What a program breaks where libssl does not survive it. */
const ending: readonly string[] = ['handles-used-rightly', 'no-use-after-free', 'counts-equal-claims'];

/** What a run may reach, each with what that means. */
export const sometimes = {
  resumed: 'a handshake resumed a session',
  'refused a session': 'a server was offered a session and did not take it',
  'early data accepted': 'a server read early data',
  'early data rejected': 'a client sent early data that no server read',
  'hello retry': 'a server asked for another ClientHello',
  evicted: 'a cache that was full let a session go',
  expired: 'a session was looked up too late',
  'removed by callback': 'a remove callback ran',
  'asked by callback': 'a get callback was asked for a session',
  'one session on two connections at once':
    'two handshakes of a process offered the same session, and neither was over',
  'handshake failed': 'a handshake came to a bad end',
  'crashed in a handshake': 'a process died in the middle of a handshake',
  'half-open': 'a whole host went, and its peers were not told',
  restarted: 'a process began anew after another had died',
  truncated: 'a stream ended without a close_notify',
  reset: 'a connection was reset',
  'timed out': 'something was waited for in vain',
  'ended by misuse': 'a program did what libssl does not survive, and the plan had said that it might',
  'session of another context': 'a program used a session with a second SSL_CTX, and the plan had said that it might',
  'writes lost': 'what was written did not reach the disk as it was',
} as const;
export type SometimesName = keyof typeof sometimes;

export const sometimesNames = Object.keys(sometimes) as readonly SometimesName[]; // its own keys

/** Looks on at one run. */
export class SometimesWatch {
  readonly #reached = new Set<SometimesName>();
  readonly #struck = new Set<string>();
  /** Which connections have had a ServerHello, by host and number. */
  readonly #greeted = new Set<string>();
  /** The session that a handshake has offered, by the step that is at work on it. */
  readonly #offers = new Map<string, string>();

  /** The sink of the run's trace. */
  readonly see = (event: TraceEvent): void => {
    switch (event.kind) {
      case 'decision':
        if (event.verdict === 'accepted') this.#reached.add('resumed');
        if (event.verdict === 'refused' && event.side === 'server') this.#reached.add('refused a session');
        if (event.verdict === 'offered') this.#offered(event.step, `${event.host} ${event.session}`);
        break;
      case 'callback':
        if (event.name === 'remove') this.#reached.add('removed by callback');
        if (event.name === 'get') this.#reached.add('asked by callback');
        break;
      case 'message':
        if (event.handshakeType === serverHello && event.direction === 'received') {
          const connection = `${event.host} ${event.ssl}`;
          if (this.#greeted.has(connection)) this.#reached.add('hello retry');
          this.#greeted.add(connection);
        }
        break;
      case 'process':
        if (event.what === 'started' && event.run > 1) this.#reached.add('restarted');
        if (event.what === 'crashed') this.#forgetHost(event.host);
        break;
      case 'fault':
        this.#struck.add(event.fault);
        if (event.action === 'lost_write' || event.action === 'torn_write') this.#reached.add('writes lost');
        break;
      case 'step':
        if (event.what === 'ended') this.#ended(event.step, event.call, event.outcome);
        break;
      default:
        break;
    }
  };

  /** What the run has reached by its end. */
  reached(plan: Plan, { connections, steps, violations }: RunResult): ReadonlySet<SometimesName> {
    for (const { expected, invariant } of violations) {
      if (!expected) continue;
      if (ending.includes(invariant)) this.#reached.add('ended by misuse');
      if (invariant === 'session-with-second-context') this.#reached.add('session of another context');
    }
    for (const { outcome } of connections) if (outcome === 'handshake failed') this.#reached.add('handshake failed');
    for (const { id, action } of plan.faults) {
      if (action.do === 'crash' && action.how === 'half-open' && this.#struck.has(id)) this.#reached.add('half-open');
    }
    for (const step of steps.values()) this.#observed(step);
    return this.#reached;
  }

  #ended(step: string, call: string, outcome: string): void {
    this.#offers.delete(step);
    if (outcome === 'truncated' || outcome === 'reset') this.#reached.add(outcome);
    if (outcome === 'timeout' && call !== 'await') this.#reached.add('timed out');
    if (outcome === 'crashed' && call === 'handshake') this.#reached.add('crashed in a handshake');
  }

  #observed({ observed }: StepResult): void {
    const { early, early_bytes: earlyBytes, cache_full: full, timeouts } = observed;
    if (typeof earlyBytes === 'number' && earlyBytes > 0) this.#reached.add('early data accepted');
    if (early === 'rejected') this.#reached.add('early data rejected');
    if (typeof full === 'number' && full > 0) this.#reached.add('evicted');
    if (typeof timeouts === 'number' && timeouts > 0) this.#reached.add('expired');
  }

  #offered(step: string, session: string): void {
    for (const [other, offered] of this.#offers) {
      if (other !== step && offered === session) this.#reached.add('one session on two connections at once');
    }
    this.#offers.set(step, session);
  }

  /** Ids are those of a process. */
  #forgetHost(host: string): void {
    for (const [step, session] of this.#offers) if (session.startsWith(`${host} `)) this.#offers.delete(step);
    for (const connection of this.#greeted) if (connection.startsWith(`${host} `)) this.#greeted.delete(connection);
  }
}
