// A run, recorded and made, with all that is to be the same wherever it is made again.
import { createHash } from 'node:crypto';
import { runPlan, traceLine } from '../../dist/sim/index.js';

/**
 * Records and runs; `tell` hears of every draw, those of the recording first, and of every event.
 * @returns the fingerprint
 */
export function made({ source, profile, seed, crypto = 'fast' }, tell) {
  if (tell === undefined) return runPlan(source.plan({ seed, profile }), { crypto }).fingerprint;
  const onDraw = (label, choices, value, us) => {
    tell('draw', `${label}: ${value} of ${choices}${us === undefined ? ', while recording' : ` at ${us} µs`}`);
  };
  const plan = source.plan({
    seed,
    profile,
    onDraw: (label, choices, value) => onDraw(label, choices, value),
  });
  return runPlan(plan, { crypto, onDraw, trace: (event) => tell('event', traceLine(event)) }).fingerprint;
}

/** Digests of what is told, line by line. */
export class Digests {
  #hashes = { draw: createHash('sha256'), event: createHash('sha256') };

  add(kind, line) {
    this.#hashes[kind].update(`${line}\n`);
  }

  /** Of all draws, and of all events. */
  end() {
    return `${shortened(this.#hashes.draw)} ${shortened(this.#hashes.event)}`;
  }
}

function shortened(hash) {
  return hash.digest('hex').slice(0, 16);
}
