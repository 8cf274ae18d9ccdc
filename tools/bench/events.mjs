/**
 * Bare events a second: each event schedules the next at a pseudo-random distance, with 10,000 others pending.
 * Run after a build: `node tools/bench/events.mjs`. Goal: 3 million a second on one core.
 */
import { Kernel } from '../../dist/sim/kernel/index.js';

const pending = 10_000;
const events = 3_000_000;
const rounds = 5;

export function eventsPerSecond() {
  const kernel = new Kernel({ seed: 'bench' });
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    kernel.schedule(state >>> 12, 0, next);
  };
  for (let i = 0; i < pending; i++) next();
  const from = process.hrtime.bigint();
  kernel.run({ eventsMax: events });
  return (events * 1e9) / Number(process.hrtime.bigint() - from);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (let round = 0; round < rounds; round++) {
    process.stdout.write(`${(eventsPerSecond() / 1e6).toFixed(2)} million events a second, ${pending} pending\n`);
  }
}
