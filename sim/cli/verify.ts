/** Runs one plan twice, recording included, and compares at every draw. */
import type { Plan } from '../plan/index.js';
import { runPlan } from '../world/index.js';

type Draw = (label: string, choices: number, value: number) => void;

/** Every draw of one run, in order, as text that says all about it. */
function drawsOf(
  make: (onDraw?: Draw) => Plan,
  crypto: 'fast' | 'real',
): { readonly log: readonly string[]; readonly fingerprint: string } {
  const log: string[] = [];
  const plan = make((label, choices, value) => log.push(`${label}: ${value} of ${choices}, while recording`));
  const result = runPlan(plan, {
    crypto,
    onDraw: (label, choices, value, us) => log.push(`${label}: ${value} of ${choices} at ${us} µs`),
  });
  return { log, fingerprint: result.fingerprint };
}

/** Where two runs of the same plan parted, in words; undefined where they did not. */
export function parting(
  make: (onDraw?: Draw) => Plan,
  options: { readonly crypto: 'fast' | 'real' },
): string | undefined {
  const first = drawsOf(make, options.crypto);
  const second = drawsOf(make, options.crypto);
  const most = Math.max(first.log.length, second.log.length);
  for (let i = 0; i < most; i++) {
    if (first.log[i] === second.log[i]) continue;
    return `draw ${i + 1} was "${first.log[i] ?? 'none'}", then "${second.log[i] ?? 'none'}"`;
  }
  if (first.fingerprint === second.fingerprint) return undefined;
  return `all ${most} draws were equal, but the fingerprint was ${first.fingerprint}, then ${second.fingerprint}`;
}
