// What grows with its number, and must not: a cache of 1,000,000 sessions, 100,000 connections open in one world.
import { fullCache } from './cache.mjs';
import { openConnections } from './connections.mjs';
import { shortVersion } from './libssl.mjs';
import { table, times, whole } from './table.mjs';

const rounds = 3;
/** What is to be reached: times what the least number takes; of a connection bytes, too. */
const timesMax = 3;
const connectionGoal = { times: 1.5, bytes: 16_384 };

/** @returns rows of a name, a number, microseconds each, times those of the least number, and bytes each where they are measured */
export async function scaleRows({ quick, libssl }) {
  const sizes = quick ? [1_000, 50_000] : [1_000, 1_000_000];
  return [
    ...cacheRows(sizes),
    ...(await libsslRows(libssl, sizes)),
    ...['1.2', '1.3'].flatMap((tls) => connectionRows(tls, quick)),
  ];
}

function cacheRows(sizes) {
  const rows = [];
  for (const expiry of ['equal', 'unequal']) {
    const least = {};
    for (const size of sizes) {
      const cache = fullCache(size, expiry);
      for (const what of ['add', 'find']) {
        cache[what]();
        const us = Math.min(...Array.from({ length: rounds }, () => cache[what]()));
        least[what] ??= us;
        const goal = { times: what === 'add' && expiry === 'unequal' ? timesMax * logarithms(sizes) : timesMax };
        rows.push({
          name: `${nameOf(what)}, ${expiry} expiry`,
          number: size,
          us,
          times: us / least[what],
          ...(size === sizes[0] ? {} : { goal }),
        });
      }
    }
  }
  return rows;
}

/** Real libssl's own cache, for comparison: what grows with its size is the machine's memory. */
async function libsslRows({ ask, version }, sizes) {
  if (ask === undefined) return [];
  const rows = [];
  const least = {};
  for (const size of sizes) {
    const costs = await ask({ ask: 'cache', size });
    for (const what of ['add', 'find']) {
      const us = costs[what];
      least[what] ??= us;
      rows.push({ name: `${nameOf(what)}, ${shortVersion(version)}`, number: size, us, times: us / least[what] });
    }
  }
  return rows;
}

function nameOf(what) {
  return what === 'add' ? 'sessions, add and evict' : 'sessions, find';
}

/** How many times as long as that of the first the logarithm of the last is: 3.x keeps unequal expiries in order. */
function logarithms(sizes) {
  return Math.log(sizes.at(-1)) / Math.log(sizes[0]);
}

function connectionRows(tls, quick) {
  openConnections(tls, 2_000); // until the engine has compiled what they need
  const rows = [];
  for (const number of quick ? [1_000, 5_000] : [1_000, 10_000, 100_000]) {
    const { us, bytes } = openConnections(tls, number);
    const goal = rows.length === 0 ? {} : { goal: connectionGoal };
    const name = `connections open, TLS ${tls}, both ends`;
    rows.push({ name, number, us, times: us / (rows[0]?.us ?? us), bytes, ...goal });
  }
  return rows;
}

/** @param rows of scaleRows */
export function scaleTable(rows) {
  table('each, at that number', rows, [
    ['number', ({ number }) => whole(number)],
    ['µs', ({ us }) => us.toFixed(2)],
    ['times', (row) => times(row.times, row.goal?.times)],
    ['bytes', ({ bytes }) => whole(bytes)],
    ['goal', ({ goal }) => whole(goal?.bytes)],
  ]);
}
