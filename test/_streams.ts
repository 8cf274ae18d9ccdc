/** Damaged streams into a connection that waits in some state: how they are made, and what may become of them. */
import { LibraryCrash, NeedsOldVersion, NeedsTls13, profileNames } from '../src/index.js';
import { Bench } from './_bench.js';
import { type Flow, Middle, type Role, record } from './_middle.js';

const goingOnStepsMax = 10_000;

/** A small generator of the test's own: xorshift32. */
export function dice(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** The bytes with something done to them, drawn from `roll`. */
function mutated(bytes: Uint8Array, roll: (below: number) => number): Uint8Array {
  let out = [...bytes];
  for (let times = 1 + roll(3); times > 0; times -= 1) {
    const at = roll(Math.max(1, out.length));
    switch (roll(7)) {
      case 0:
        if (out.length > 0) out[at]! ^= 1 << roll(8);
        break;
      case 1:
        if (out.length > 0) out[at] = roll(256);
        break;
      case 2:
        out = out.slice(0, at);
        break;
      case 3:
        out.splice(at, 1 + roll(6));
        break;
      case 4:
        out.splice(at, 0, ...Array.from({ length: 1 + roll(9) }, () => roll(256)));
        break;
      case 5:
        out.splice(
          at,
          0,
          ...record(
            [20, 21, 22, 23, 24][roll(5)]!,
            Uint8Array.from({ length: roll(8) }, () => roll(32)),
          ),
        );
        break;
      default:
        if (out.length > 5) out[[0, 3, 4, 5, 8][roll(5)]! % out.length] = roll(256); // headers of record and message
    }
  }
  return Uint8Array.from(out);
}

/** What became of a stream; `crash`: where real libssl would have died. */
export type StreamEnd = 'wait' | 'closed' | 'end of file' | 'error' | 'NeedsTls13' | 'NeedsOldVersion' | 'LibraryCrash';

/**
 * Brings the victim to where it has read `passed` of the flow's `total` records, and gives it what comes next, damaged.
 * Which damage, in which pieces and on which line is drawn from `number`.
 * @throws Error for anything but an alert or a clean wait, and where an object is not given back afterwards
 */
export function damagedStream(
  flow: Flow,
  role: Role,
  at: { readonly passed: number; readonly total: number; readonly number: number },
): StreamEnd {
  const { passed, total, number } = at;
  const roll = dice(1 + number * 7919 + passed * 104_729);
  const b = new Bench(profileNames[number % 3]!);
  const middle = new Middle(b, flow, role);
  if (!middle.pass(passed)) throw new Error(`${flow}: there are no ${passed} records`);
  if (passed === total) middle.underway.push(middle.sealed(23, Buffer.from('data')));
  else if (middle.underway.length === 0) middle.turn();
  let end: StreamEnd;
  try {
    end = fed(middle, mutated(Buffer.concat(middle.underway), roll), roll);
  } catch (error) {
    if (error instanceof NeedsTls13 || error instanceof NeedsOldVersion || error instanceof LibraryCrash)
      return error.name;
    throw new Error(`${flow} ${role} ${middle.state} ${number}: ${String(error)}`, { cause: error });
  }
  b.L.takeErrors();
  middle.free();
  const count = (kind: string): number => b.events.filter((event) => event.kind === kind).length;
  if (count('made') !== count('freed') || count('claims') > 0) {
    throw new Error(
      `${flow} ${role} ${number}: ${count('made')} made, ${count('freed')} freed, ${count('claims')} claims`,
    );
  }
  return end;
}

/** The stream in pieces, then perhaps its end; whatever came of it, the victim writes and closes. */
function fed(middle: Middle, stream: Uint8Array, roll: (below: number) => number): StreamEnd {
  const { L } = middle.b;
  let end: StreamEnd = 'wait';
  let steps = 0;
  for (let at = 0; at < stream.length && end === 'wait'; steps += 1) {
    if (steps > goingOnStepsMax) throw new Error('no end');
    const size = roll(3) === 0 ? 1 + roll(5) : stream.length;
    middle.give(stream.subarray(at, at + size));
    at += size;
    end = goOn(middle);
  }
  if (end === 'wait' && roll(2) === 0) {
    middle.end();
    end = goOn(middle);
  }
  if (L.SSL_state(middle.victim) === 'ok') L.SSL_write(middle.victim, Uint8Array.of(1));
  L.SSL_shutdown(middle.victim);
  return end;
}

/** A handshake call or a read: what became of it. An error has reasons, and the connection is broken for good. */
function goOn({ b, victim }: Middle): StreamEnd {
  const { L } = b;
  const isDone = L.SSL_state(victim) === 'ok';
  const result = isDone ? L.SSL_read(victim, 100)[0] : L.SSL_do_handshake(victim);
  if (result > 0) return 'wait';
  const error = L.SSL_get_error(victim, result);
  const errors = L.takeErrors();
  if (error === 'SSL_ERROR_WANT_READ') return 'wait';
  if (error === 'SSL_ERROR_ZERO_RETURN') return 'closed';
  if (error === 'SSL_ERROR_SYSCALL' && b.profile === '1.1.1' && errors.length === 0) return 'end of file';
  if (error === 'SSL_ERROR_SSL' && errors.length > 0) return 'error';
  throw new Error(`${String(result)} ${error} [${errors.join()}] in state ${L.SSL_state(victim)}`);
}
