/** `npm run bench`: what simtls is measured by, each the best of a few rounds. Needs a build. */
import { eventsPerSecond } from './bench/events.mjs';
import { worldsPerSecond } from './bench/worlds.mjs';

const rounds = 5;
const best = (measure) => Math.round(Math.max(...Array.from({ length: rounds }, measure)));
const number = (value) => value.toString().replace(/\B(?=(\d{3})+$)/gu, ',');

const rows = [
  ['bare events a second, 10,000 pending', best(eventsPerSecond), 3_000_000],
  ['small worlds a second, fast', best(() => worldsPerSecond('fast')), 3_000],
  ['small worlds a second, real', best(() => worldsPerSecond('real')), undefined],
];
for (const [what, found, goal] of rows) {
  process.stdout.write(`${what}: ${number(found)}${goal === undefined ? '' : ` (goal ${number(goal)})`}\n`);
}
