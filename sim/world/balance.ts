/** A balancer: hands connections on to other hosts, and may look from time to time which of them are there. */

import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';
import { refused } from './refused.js';
import type { SimHost } from './sim-host.js';
import type { VerbOptions } from './verbs.js';

/** One of those behind it. */
interface Target {
  readonly host: SimHost;
  in: boolean;
  /** How often in a row a look has said the opposite of `in`. */
  contrary: number;
}

type Check = NonNullable<VerbOptions['balance']['check']>;

/** Begins to hand connections on. Without `check` nobody looks whether the servers are up. */
export function balance(process: Process, step: string, options: VerbOptions['balance']): Ended {
  const { network, hosts } = process.world;
  const { port, to, by, check } = options;
  const known = to.flatMap((name) => hosts.get(name) ?? []);
  if (known.length < to.length) return { outcome: 'skipped', errors: [`no host among ${to.join(', ')}`] };
  const targets = known.map((host): Target => ({ host, in: true, contrary: 0 }));
  let turn = 0;
  const choose = (client: number): number => {
    const up = targets.filter((target) => target.in);
    const n = by === 'turn' ? turn++ : client;
    return up[n % up.length]?.host.host.id ?? process.host.id; // where none is in, the balancer itself refuses
  };
  return refused(() => {
    network.forward(process.host.id, port, choose);
    if (check !== undefined) new Checks(process, { step, port, check, targets }).schedule();
    return ok;
  });
}

interface Checked {
  readonly step: string;
  readonly port: number;
  readonly check: Check;
  readonly targets: readonly Target[];
}

/** Looks at each server every so often: whether a connection to it stands within that time. */
class Checks {
  readonly #process: Process;
  readonly #of: Checked;

  constructor(process: Process, of: Checked) {
    this.#process = process;
    this.#of = of;
  }

  schedule(): void {
    const { world, host } = this.#process;
    world.background += 1;
    world.kernel.schedule(this.#of.check.everyUs, 'health check', () => {
      world.background -= 1;
      const { pending, pendingAside } = world.kernel;
      // A world in which nothing is under way but looks, and what servers do about them, has come to rest.
      if (!this.#process.alive || pending - pendingAside <= world.background) return;
      if (host.state === 'running') {
        world.kernel.aside(() => {
          for (const target of this.#of.targets) this.#look(target);
        });
      }
      this.schedule();
    });
  }

  #look(target: Target): void {
    const { world, host } = this.#process;
    const socket = refused(() => world.network.connect(host.id, target.host.host.address, this.#of.port));
    if ('outcome' in socket) return;
    let told = false;
    const tell = (there: boolean): void => {
      if (told) return;
      told = true;
      host.cancel(patience);
      socket.abort();
      this.#saw(target, there);
    };
    const patience = host.schedule(this.#of.check.everyUs, 'health check times out', () => tell(false));
    socket.onConnected = () => tell(true);
    socket.onError = () => tell(false);
  }

  #saw(target: Target, there: boolean): void {
    const { fall, rise } = this.#of.check;
    target.contrary = there === target.in ? 0 : target.contrary + 1;
    if (target.contrary < (target.in ? fall : rise)) return;
    target.in = there;
    target.contrary = 0;
    const { world, home } = this.#process;
    const what = there ? 'in' : 'out';
    world.trace.world(home.name, this.#of.step, { kind: 'balancer', what, server: target.host.name });
  }
}
