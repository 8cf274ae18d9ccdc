// The sessions that fill a cache, the model's and libssl's alike: their ids and expiries by their number, and which are looked for.

export const tls12 = 0x0303;
export const roundSessions = 20_000;

const timeoutSecondsMax = 1_000_003;
const stride = 7_919;

/** 32 bytes that begin with a number spread over the first four, by which the cache finds a session. */
export function idOf(number) {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(0, Math.imul(number, 0x9e3779b1) >>> 0);
  return id;
}

/** Where all are to expire unequally. */
export function timeoutOf(number) {
  return 1 + ((number * stride) % timeoutSecondsMax);
}

/** Which of so many is looked for as the i-th: they stand far apart. */
export function soughtAt(i, number) {
  return (i * stride) % number;
}

/** Microseconds of processor time that each of so many takes. */
export function each(count, work) {
  const begun = process.cpuUsage();
  for (let i = 0; i < count; i++) work(i);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / count;
}
