/** What the libssl of one process may know of the world. */
import type { CryptoProvider, Environment } from 'simtls';
import type { Process } from './process.js';

export class ProcessEnvironment implements Environment {
  readonly crypto: CryptoProvider;
  readonly emit: Environment['emit'];
  readonly at: Environment['at'];
  readonly made: Environment['made'];
  readonly keyLog: Environment['keyLog'];
  readonly allocates: Environment['allocates'];
  readonly #process: Process;

  constructor(process: Process, hears: Pick<Environment, 'emit' | 'at' | 'made'>) {
    const { world, home } = process;
    this.#process = process;
    this.crypto = world.crypto;
    this.emit = hears.emit;
    this.at = hears.at;
    this.made = hears.made;
    this.keyLog = world.keyLog;
    this.allocates = world.faults.memoryOf(home);
  }

  nowMs(): number {
    return this.#process.host.clock.nowMs();
  }

  fillRandom(purpose: string, target: Uint8Array): void {
    this.#process.fillRandom(purpose, target);
  }
}
