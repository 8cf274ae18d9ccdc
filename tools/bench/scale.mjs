// What grows with its number, and must not: a cache of 1,000,000 sessions, 100,000 connections open in one world.
import { fullCache } from './cache.mjs';
import { openConnections } from './connections.mjs';

const rounds = 3;

/** @returns rows of a name, a number, microseconds each, times those of the least number, and bytes each where they are measured */
export function scaleRows({ quick }) {
  return [...cacheRows(quick ? [1_000, 50_000] : [1_000, 1_000_000]), ...connectionRows(quick)];
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
        const name = what === 'add' ? 'sessions, add and evict' : 'sessions, find';
        rows.push({ name: `${name}, ${expiry} expiry`, number: size, us, times: us / least[what] });
      }
    }
  }
  return rows;
}

function connectionRows(quick) {
  openConnections(2_000); // until the engine has compiled what they need
  const rows = [];
  for (const number of quick ? [1_000, 5_000] : [1_000, 10_000, 100_000]) {
    const { us, bytes } = openConnections(number);
    rows.push({ name: 'connections open, both ends', number, us, times: us / (rows[0]?.us ?? us), bytes });
  }
  return rows;
}

/** @param rows of scaleRows */
export function scaleTable(rows) {
  const head = ['each, at that number', 'number', 'µs', 'times', 'bytes'];
  const lines = rows.map(({ name, number, us, times, bytes }) => [
    name,
    number.toLocaleString('en-US'),
    us.toFixed(2),
    `${times.toFixed(1)}×`,
    bytes === undefined ? '' : Math.round(bytes).toLocaleString('en-US'),
  ]);
  for (const [name, ...cells] of [head, ...lines]) {
    process.stdout.write(`${name.padEnd(44)}${cells.map((cell) => cell.padStart(12)).join('')}\n`);
  }
}
