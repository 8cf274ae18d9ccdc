import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';
import { refused } from './refused.js';
import type { VerbOptions } from './verbs.js';

/** Hands connections on to other hosts. Nobody looks whether those are up. */
export function balance(process: Process, { port, to, by }: VerbOptions['balance']): Ended {
  const { network, hosts } = process.world;
  const targets = to.map((name) => hosts.get(name)?.host.id);
  const known = targets.filter((id) => id !== undefined);
  if (known.length < targets.length) return { outcome: 'skipped', errors: [`no host among ${to.join(', ')}`] };
  let turn = 0;
  const choose = (client: number): number => {
    const n = by === 'turn' ? turn++ : client;
    return known[n % known.length] ?? client; // there is one: the list is not empty
  };
  return refused(() => {
    network.forward(process.host.id, port, choose);
    return ok;
  });
}
