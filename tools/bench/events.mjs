// Bare events: each schedules the next at a pseudo-random distance, with 10,000 others pending.
import { Kernel } from '../../dist/sim/kernel/index.js';

export const pendingEvents = 10_000;

/** @returns what runs so many further events */
export function eventRunner() {
  const kernel = new Kernel({ seed: 'bench' });
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    kernel.schedule(state >>> 12, 0, next);
  };
  for (let i = 0; i < pendingEvents; i++) next();
  return (events) => kernel.run({ eventsMax: events });
}
