/**
 * Times of sessions as each line keeps them: 1.1.1 and 3.0 in signed seconds, 3.5 in unsigned nanoseconds (OSSL_TIME). The
 * arithmetic is 64 bits wide, since LONG_MAX and negative values are part of what libssl does with them.
 */
import type { Profile } from '../profile/index.js';

const nsPerSecond = 1_000_000_000n;
const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;

export interface Expiry {
  readonly at: bigint;
  /** 3.0: the sum passed the end of time, so that it never comes. */
  readonly never: boolean;
}

/** A `long` or `time_t` of a caller: any integer, taken modulo 2^64 as C does. */
export function toLong(value: number | bigint): bigint {
  return BigInt.asIntN(64, typeof value === 'bigint' ? value : BigInt(value));
}

/** From a long to what JavaScript callers see: a number where it is one exactly. */
export function fromLong(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Now, in the profile's unit. @param nowMs milliseconds since the Unix epoch, down to the microsecond */
export function timeNow(profile: Profile, nowMs: number): bigint {
  if (profile.timeUnit === 'second') return BigInt(Math.floor(nowMs / 1000));
  return BigInt(Math.round(nowMs * 1000)) * 1000n; // gettimeofday: whole microseconds
}

/** ossl_seconds2time, ossl_time_from_time_t: wraps as unsigned arithmetic does. */
export function timeFromSeconds(profile: Profile, seconds: bigint): bigint {
  return profile.timeUnit === 'second' ? seconds : BigInt.asUintN(64, seconds * nsPerSecond);
}

/** Whole seconds. */
export function timeToSeconds(profile: Profile, time: bigint): bigint {
  return profile.timeUnit === 'second' ? time : time / nsPerSecond;
}

/** When a session of that time and timeout expires. */
export function expiryOf(profile: Profile, time: bigint, timeout: bigint): Expiry {
  if (profile.timeUnit === 'nanosecond') {
    const sum = time + timeout;
    return { at: sum > uint64Max ? uint64Max : sum, never: false }; // safe_add_time saturates
  }
  if (profile.cacheOrder === 'insertion') return { at: BigInt.asIntN(64, time + timeout), never: false };
  const room = BigInt.asIntN(64, int64Max - time); // ssl_session_calculate_timeout, as its casts have it
  if (timeout > room) return { at: BigInt.asIntN(64, timeout - room), never: true };
  return { at: BigInt.asIntN(64, time + timeout), never: false };
}

/** Whether a server lets a candidate go: 1.1.1 subtracts where a flush adds, so that an overflow ends differently. */
export function isTimedOut(
  profile: Profile,
  session: { time: bigint; timeout: bigint; expiry: Expiry },
  now: bigint,
): boolean {
  if (profile.cacheOrder === 'insertion') return session.timeout < BigInt.asIntN(64, now - session.time);
  return isExpired(session.expiry, now);
}

/** At exactly its expiry a session is still valid. */
export function isExpired(expiry: Expiry, now: bigint): boolean {
  return !expiry.never && now > expiry.at;
}

/** Negative, 0 or positive, as `a` expires before, with or after `b`. */
export function compareExpiry(a: Expiry, b: Expiry): number {
  if (a.never !== b.never) return a.never ? 1 : -1;
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
