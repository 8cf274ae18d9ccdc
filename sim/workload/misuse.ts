/** What a workload does against the manual where it is asked to (`misuse`): each kind, and what of a program's promises that may break. */
import type { RandomStream } from '../kernel/index.js';
import type { Check } from '../plan/index.js';

export type MisuseName =
  | 'foreign-session'
  | 'spent-session'
  | 'late-session'
  | 'shutdown-again'
  | 'clear'
  | 'free-twice'
  | 'use-after-free'
  | 'never-free'
  | 'free-in-callback'
  | 'change-in-cache';

interface Misuse {
  /** What the program does, as the plan says it. */
  readonly does: string;
  /** Invariants that it may break, all of them the program's own. Some end the process. */
  readonly breaks: readonly string[];
}

const ends = ['handles-used-rightly', 'no-use-after-free', 'counts-equal-claims'];
const spoils = ['held-session-stays-resumable'];

export const misuses: Readonly<Record<MisuseName, Misuse>> = {
  'foreign-session': {
    does: 'sets a session of another SSL_CTX',
    breaks: ['session-with-second-context'],
  },
  'spent-session': {
    does: 'sets a session that cannot be resumed',
    breaks: spoils,
  },
  'late-session': {
    does: 'sets a session while the connection is up, and goes on',
    breaks: [...ends, ...spoils],
  },
  'shutdown-again': {
    does: 'calls SSL_shutdown where there is nothing to shut down, or where it has done so',
    breaks: spoils,
  },
  clear: {
    does: 'clears a connection that is in use',
    breaks: spoils,
  },
  'free-twice': {
    does: 'gives a reference back that it does not hold',
    breaks: ends,
  },
  'use-after-free': {
    does: 'uses a session that it has given back',
    breaks: ends,
  },
  'never-free': {
    does: 'takes a reference that it never gives back',
    breaks: ['nothing-leaked-at-exit', ...spoils],
  },
  'free-in-callback': {
    does: 'has a callback give back the session that it is handed',
    breaks: ends,
  },
  'change-in-cache': {
    does: 'changes the id of a session that a cache may have',
    breaks: ends,
  },
};

const names = Object.keys(misuses) as readonly MisuseName[]; // its own keys

/** Which of them there are in a run: few, so that what each leads to is seen. */
export function drawMisuses(random: RandomStream): readonly MisuseName[] {
  const some = names.filter(() => random.chance({ oneIn: 4 }));
  return some.length > 0 ? some : [random.pick(names)];
}

/** What the plan says of a step that misuses: what it does, and that its program is to blame for what that breaks. */
export function committed(name: MisuseName, step: string): readonly Check[] {
  const { does, breaks } = misuses[name];
  const because = `misuse (${name}): ${step} ${does}`;
  return breaks.map((violation) => ({ id: `${step}-${violation}`, violation, may: true, because }));
}
