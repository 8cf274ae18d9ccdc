/** A way through the network as the seed has it: near or far, steady or not, in small pieces or large. */
import type { LinkPlan } from '../plan/index.js';
import type { Draws } from './draws.js';

/** How finely the network cuts a stream: whole segments of Ethernet, less, or a few bytes at a time. */
const grains = [
  { name: 'whole', min: 1460, max: 1460 },
  { name: 'middling', min: 200, max: 1460 },
  { name: 'small', min: 24, max: 200 },
] as const;
const segmentsMax = 3;

/** Draws a link's numbers under the label `link/NAME/…`. */
export function drawLink(draw: Draws, name: string): Omit<LinkPlan, 'from' | 'to'> {
  const label = `link/${name}`;
  const latencyUs = draw.int(`${label}/latencyUs`, { min: 50, max: 80_000 });
  const jitterUs = draw.pick(`${label}/jitterUs`, [0, 0, 100, 3_000]);
  const grain = draw.pick(
    `${label}/grain`,
    grains.map((one) => one.name),
  );
  const sizes = grains.find((one) => one.name === grain) ?? grains[0];
  const segmentBytes: number[] = [];
  const count = sizes.min === sizes.max ? 1 : draw.int(`${label}/segments`, { min: 1, max: segmentsMax });
  for (let i = 0; i < count; i++) segmentBytes.push(draw.int(`${label}/segmentBytes/${i}`, sizes));
  return { latencyUs, jitterUs, segmentBytes };
}
