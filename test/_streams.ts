/** Damaged streams into a connection that waits in some state: what may become of them. */
import { LibraryCrash, NeedsOldVersion, profileNames } from '../src/index.js';
import { damagedBytes, damagedRecords, dice, type Roll } from './_damage.js';
import type { End } from './_end.js';
import { type Flow, flows, flows13, type Role } from './_flows.js';
import { Recording } from './_recording.js';

const goingOnStepsMax = 10_000;
const receivedShutdown = 2; // SSL_RECEIVED_SHUTDOWN

/** A side of a flow that has read so many records. */
export interface State {
  readonly flow: Flow;
  readonly role: Role;
  readonly passed: number;
}

/** What became of a stream; `LibraryCrash`: where real libssl would have died. */
export type StreamEnd = 'wait' | 'closed' | 'end of file' | 'error' | 'NeedsOldVersion' | 'LibraryCrash';

/** Streams into every state. A stream's number decides all of it: its line, the damage, and the pieces in which it arrives. */
export class Streams {
  readonly states: readonly State[];
  readonly #recordings = new Map<string, Recording>();

  constructor(roles: readonly Role[] = ['client', 'server'], some: readonly Flow[] = [...flows, ...flows13]) {
    this.states = roles.flatMap((role) => some.flatMap((flow) => this.#statesOf(flow, role)));
  }

  #statesOf(flow: Flow, role: Role): State[] {
    const totals = profileNames
      .map((profile) => new Recording(profile, flow, role))
      .map((recording) => {
        this.#recordings.set(`${recording.profile} ${flow} ${role}`, recording);
        return recording.total;
      });
    return Array.from({ length: 1 + Math.min(...totals) }, (_, passed) => ({ flow, role, passed }));
  }

  /** @throws Error for anything but an alert or a clean wait, and where an object is not given back afterwards */
  run(state: State, number: number): StreamEnd {
    const { flow, role, passed } = state;
    const roll = dice(1 + number * 7919 + passed * 104_729);
    const profile = profileNames[number % profileNames.length]!;
    const recording = this.#recordings.get(`${profile} ${flow} ${role}`)!;
    const victim = recording.victim(passed);
    const stream =
      roll(2) === 0
        ? damagedBytes(recording.underway(passed), roll)
        : recording.sealed(passed, damagedRecords(recording.underwayPlain(passed), roll));
    let end: StreamEnd;
    try {
      end = fed(victim, stream, roll);
    } catch (error) {
      if (error instanceof NeedsOldVersion || error instanceof LibraryCrash) return error.name;
      throw error;
    }
    victim.b.L.takeErrors();
    victim.free();
    checkGivenBack(victim);
    return end;
  }
}

/** The stream in pieces, then perhaps its end; whatever came of it, the victim writes and closes. */
function fed(victim: End, stream: Uint8Array, roll: Roll): StreamEnd {
  const { L } = victim.b;
  let end: StreamEnd = 'wait';
  for (let at = 0; at < stream.length && end === 'wait'; ) {
    const size = roll(3) === 0 ? 1 + roll(5) : stream.length;
    victim.hear(stream.subarray(at, at + size));
    at += size;
    end = goOn(victim);
  }
  if (end === 'wait' && roll(2) === 0) {
    victim.hearEnd();
    end = goOn(victim);
  }
  if (victim.isDone) L.SSL_write(victim.ssl, Uint8Array.of(1));
  L.SSL_shutdown(victim.ssl);
  return end;
}

/** Handshake calls and reads until nothing more comes of them. An error has reasons, and the connection is broken for good. */
function goOn(victim: End): StreamEnd {
  const { L, profile } = victim.b;
  for (let steps = 0; steps < goingOnStepsMax; steps += 1) {
    const result = victim.step();
    if (result > 0 || (!victim.isDone && dataAwaited(victim, result))) continue;
    const error = L.SSL_get_error(victim.ssl, result);
    const errors = L.takeErrors();
    if (error === 'SSL_ERROR_WANT_READ') return 'wait';
    if (error === 'SSL_ERROR_ZERO_RETURN') return 'closed';
    if (error === 'SSL_ERROR_SYSCALL' && profile === '1.1.1' && errors.length === 0) return 'end of file';
    if (error === 'SSL_ERROR_SSL' && errors.length > 0) return 'error';
    // SSL_get_error says that close_notify has come where it was the last warning: not behind another in TLS 1.3, as real libssl
    const isClosed = (L.SSL_get_shutdown(victim.ssl) & receivedShutdown) !== 0;
    if (error === 'SSL_ERROR_SYSCALL' && isClosed && result <= 0 && errors.length === 0) return 'closed';
    throw new Error(`${String(result)} ${error} [${errors.join()}] in state ${L.SSL_state(victim.ssl)}`);
  }
  throw new Error('no end');
}

/**
 * While a renegotiation waits for its answer, libssl's SSL_do_handshake leaves data that come to SSL_read, with −1 and no reason.
 * @returns whether there were such data; they are read
 */
function dataAwaited({ b: { L }, ssl }: End, result: number): boolean {
  if (L.SSL_state(ssl) === 'error' || L.SSL_get_error(ssl, result) !== 'SSL_ERROR_SYSCALL') return false;
  return L.SSL_read(ssl, 100)[0] > 0;
}

function checkGivenBack({ b }: End): void {
  let alive = 0;
  for (const { kind } of b.events) {
    if (kind === 'made') alive += 1;
    else if (kind === 'freed') alive -= 1;
    else if (kind === 'claims') throw new Error('a count and its claims part');
  }
  if (alive !== 0) throw new Error(`${alive} objects are not given back`);
}
