/** Answers of real OpenSSL that its own random bytes decide: they are no differences. */
import type { Difference } from './compare.js';

/**
 * How often a program with a difference is asked again. Some answers of libssl come from its random bytes: a connection
 * that was cleared reads an encrypted record as plain text, and one first byte in 256 makes another error of it; a flush
 * of 1.1.1 goes by the hashes of random ids, and the callbacks in it see who is gone by then. The model's answers are always the
 * same, so one more run without a difference proves that libssl gave two answers. So often that an answer which comes seven times
 * in ten slips through in one of 5,000 such programs.
 */
const askedAgain = 24;
/** How often where libssl is seen to give several answers: the model's may be the one of a single first byte in 256. */
const askedAgainWhereOthersCame = 2500;

/** Where the stacks part, unless by chance. */
export interface Settled {
  readonly difference: Difference | null;
  /** Where libssl's random bytes decide what it answers; null: nowhere. */
  readonly byChance: Difference | null;
}

/** @param ask - runs both stacks anew */
export function settled(ask: () => Difference | null): Settled {
  const first = ask();
  if (first === null || !answersVary(first, ask)) return { difference: first, byChance: null };
  return { difference: null, byChance: first };
}

/**
 * Whether libssl's random bytes make a difference: it is gone when it is looked for again, or as many bytes were read as the
 * model has, which are others each time (an encrypted record, taken for plain text).
 * @param ask runs both stacks anew
 */
export function answersVary(first: Difference, ask: () => Difference | null): boolean {
  let times = askedAgain;
  for (let again = 0; again < times; again++) {
    const next = ask();
    if (next === null || readAnew(first, next)) return true;
    if (isAnotherAnswer(first, next)) times = askedAgainWhereOthersCame;
  }
  return false;
}

function isAnotherAnswer(first: Difference, next: Difference): boolean {
  if (first.step !== next.step || first.field !== next.field) return true;
  return JSON.stringify(first.libssl) !== JSON.stringify(next.libssl);
}

function readAnew(first: Difference, next: Difference): boolean {
  if (first.field !== 'ret' || next.field !== 'ret' || first.step !== next.step) return false;
  const [model, one, other] = [first.model, first.libssl, next.libssl].map(bytesRead);
  if (model === undefined || one === undefined || other === undefined) return false;
  return model.length === one.length && one.length === other.length && one !== other;
}

/** The hex of an SSL_read that read something. */
function bytesRead(answer: unknown): string | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [count, hex]: unknown[] = answer;
  return typeof count === 'number' && count > 0 && typeof hex === 'string' ? hex : undefined;
}
