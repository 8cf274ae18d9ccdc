/** What handshakes come to, over all processes of a world: who was authenticated where and when, and what must not come of it. */
import type { Ssl } from 'simtls';
import {
  type Broken,
  cameTwice,
  judgeFailedHandshake,
  openedElsewhere,
  resumedElsewhere,
  resumedTooLate,
  stoodStill,
} from '../invariants/index.js';
import type { FaultAction, Plan } from '../plan/index.js';
import type { Connection, End } from './connections.js';
import type { Process } from './process.js';

/** A handshake that authenticated, by its master secret, which all that resume it have (TLS 1.2). */
interface Origin {
  /** The context that sealed its ticket. */
  readonly keys: string;
  readonly us: number;
  readonly timeoutSeconds: number;
}

/** So many are remembered: the latest. */
const originsMax = 4_096;
/** Sessions count whole seconds. */
const graceSeconds = 2;
const noAntiReplay = 0x0100_0000; //  SSL_OP_NO_ANTI_REPLAY
const updateTime = 0x400; //          SSL_SESS_CACHE_UPDATE_TIME
const usPerSecond = 1_000_000;
const tls13 = 0x0304;

/** Faults after which two that are right may misunderstand each other. */
const spoilsBytes: readonly FaultAction['do'][] = ['corrupt', 'duplicate', 'replay', 'allocation', 'misbehave'];
/** Faults that move a clock, or make somebody late. */
const spoilsTime: readonly FaultAction['do'][] = ['clock', 'drift'];
const timeCalls: readonly string[] = ['SSL_SESSION_set_time', 'SSL_SESSION_set_time_ex', 'SSL_SESSION_set_timeout'];
const keyCalls: readonly string[] = ['ticket_keys', 'SSL_CTX_set_tlsext_ticket_keys'];

export class Handshakes {
  readonly #nowUs: () => number;
  readonly #report: (process: Process, broken: Broken | undefined) => void;
  readonly #origins = new Map<string, Origin>();
  readonly #openedUs = new Map<number, number>();
  /** By ticket: the connection whose early data it was. */
  readonly #early = new Map<string, number>();
  readonly #earlySeen = new Set<number>();
  /** What of it can be judged in this plan. */
  readonly #bytesAreTheirs: boolean;
  readonly #timeIsPlain: boolean;
  readonly #hasFaults: boolean;
  readonly #callbacksAreOurs: boolean;
  /** Hosts that were given ticket keys. */
  readonly #keyed: ReadonlySet<string>;

  constructor(plan: Plan, nowUs: () => number, report: (process: Process, broken: Broken | undefined) => void) {
    this.#nowUs = nowUs;
    this.#report = report;
    const has = (kinds: readonly string[]): boolean => plan.faults.some(({ action }) => kinds.includes(action.do));
    const calls = (names: readonly string[]): boolean => plan.steps.some(({ call }) => names.includes(call));
    const misbehaves = plan.steps.some(
      ({ call, args }) => call === 'serve' && JSON.stringify(args).includes('misbehave'),
    );
    this.#bytesAreTheirs = !has(spoilsBytes) && !misbehaves;
    this.#timeIsPlain =
      !has(spoilsTime) && !calls(timeCalls) && !plan.hosts.some((host) => host.skewMs ?? host.driftPpm);
    this.#hasFaults = plan.faults.length > 0;
    this.#callbacksAreOurs = !calls(['sim_on']);
    this.#keyed = new Set(plan.steps.filter(({ call }) => keyCalls.includes(call)).map(({ on }) => on));
  }

  opening({ number }: Connection): void {
    this.#openedUs.set(number, this.#nowUs());
  }

  /** One end has finished. */
  done(process: Process, end: End): void {
    const ssl = process.inside(end.ssl);
    if (end !== end.connection.server || ssl?.session === undefined) return;
    if (end.reused === 1) this.#resumed(process, end, ssl);
    if (ssl.session.version >= tls13) return;
    const key = hex(ssl.session.masterKey);
    if (end.reused === 1) this.#judgeOrigin(process, end, ssl, this.#origins.get(key));
    else this.#remember(key, { keys: keysOf(process, ssl), us: this.#nowUs(), timeoutSeconds: timeoutOf(ssl) });
  }

  /** One end has given up. */
  failed(process: Process, { connection, foreign }: End, errors: readonly string[]): void {
    const { client, server, number } = connection;
    if (!this.#bytesAreTheirs || foreign || client?.foreign === true || server?.foreign === true) return;
    const ours = this.#callbacksAreOurs ? errors : errors.filter((error) => error !== 'callback failed');
    const side = process.home.name === connection.clientHost && client?.ssl !== 0 ? 'client' : 'server';
    this.#report(process, judgeFailedHandshake(number, side, ours));
  }

  /** A server has read early data. */
  earlyRead(process: Process, { ssl, connection: { number } }: End): void {
    const inside = process.inside(ssl);
    if (this.#earlySeen.has(number) || inside?.session === undefined) return;
    this.#earlySeen.add(number);
    if (inside.has(noAntiReplay) || inside.sessionContext.psk.find !== undefined) return;
    const key = `${keysOf(process, inside)} ${hex(inside.session.masterKey)}`;
    const first = this.#early.get(key);
    if (first === undefined) this.#early.set(key, number);
    else this.#report(process, cameTwice(number, first));
  }

  /** Somebody has waited too long at an end. */
  gaveUp(process: Process, step: string, { connection: { client, server, number } }: End): void {
    if (this.#hasFaults || client?.waitsToWrite !== true || server?.waitsToWrite !== true) return;
    client.waitsToWrite = false; // told once
    this.#report(process, stoodStill(number, step));
  }

  #resumed(process: Process, { connection }: End, ssl: Ssl): void {
    const [of, at] = [ssl.session?.sessionIdContext ?? new Uint8Array(0), ssl.sessionIdContext].map(words);
    if (of === undefined || at === undefined || of === at) return;
    this.#report(process, resumedElsewhere(connection.number, { of, at }));
  }

  #judgeOrigin(process: Process, end: End, ssl: Ssl, origin: Origin | undefined): void {
    if (origin === undefined) return;
    const { number } = end.connection;
    const keys = keysOf(process, ssl);
    const isTicket = end.decision === 'resumed-by-ticket';
    if (isTicket && origin.keys !== keys && !this.#keyed.has(process.home.name)) {
      this.#report(process, openedElsewhere(number, keys, origin.keys));
    }
    if (!this.#timeIsPlain || (ssl.sessionContext.cacheMode & updateTime) !== 0) return;
    const age = ((this.#openedUs.get(number) ?? 0) - origin.us) / usPerSecond;
    if (age <= origin.timeoutSeconds + graceSeconds) return;
    this.#report(process, resumedTooLate(number, { age, timeout: origin.timeoutSeconds }));
  }

  #remember(key: string, origin: Origin): void {
    this.#origins.set(key, origin);
    if (this.#origins.size <= originsMax) return;
    const [oldest] = this.#origins.keys();
    if (oldest !== undefined) this.#origins.delete(oldest);
  }
}

/** Who seals and opens the tickets of a connection, in words. */
function keysOf({ home, run }: Process, { sessionContext }: Ssl): string {
  return `${home.name}/${run} ${sessionContext.label}`;
}

function timeoutOf({ session, library }: Ssl): number {
  return Number(session?.timeout ?? 0n) / (library.profile.timeUnit === 'nanosecond' ? 1e9 : 1);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** An id context as programs write it. */
function words(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
