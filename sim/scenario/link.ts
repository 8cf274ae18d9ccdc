/** A way through the network as the seed has it: near or far, steady or not, in small pieces or large. */
import type { LinkPlan } from '../plan/index.js';
import type { Draws } from './draws.js';

/** How finely the network cuts a stream: whole segments of Ethernet, less, or a few bytes at a time. */
const grains = [
  { name: 'whole', min: 1460, max: 1460 },
  { name: 'middling', min: 200, max: 1460 },
  { name: 'small', min: 24, max: 200 },
] as const;

/** Draws a link's numbers under the label `link/NAME/…`. */
export function drawLink(draw: Draws, name: string): Omit<LinkPlan, 'from' | 'to'> {
  const label = `link/${name}`;
  const latencyUs = draw.int(`${label}/latencyUs`, { min: 50, max: 80_000 });
  const jitterUs = draw.pick(`${label}/jitterUs`, [0, 0, 100, 3_000]);
  const grain = draw.pick(
    `${label}/grain`,
    grains.map((one) => one.name),
  );
  const { min, max } = grains.find((one) => one.name === grain) ?? grains[0];
  const coalesceUs = draw.pick(`${label}/coalesceUs`, [0, 0, 200]);
  return { latencyUs, jitterUs, segmentBytes: { min, max }, coalesceUs };
}
