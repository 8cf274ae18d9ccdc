/** What `simtls doctor --install` (tools/openssl.mjs; here also `npm run openssl`) puts beside the package's own files. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile } from './stack.js';

const folder = fileURLToPath(new URL('../../../.openssl', import.meta.url));

/** How a machine gets the OpenSSL lines. */
export const installAdvice = 'run simtls doctor --install';

/** Installs the OpenSSL lines, the clock and the memory where they are missing, through npm; it tells of it on standard error. */
export function installLines(): void {
  const installer = fileURLToPath(new URL('../../../tools/openssl.mjs', import.meta.url));
  spawnSync(process.execPath, [installer], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The node binary that carries a line, whether it is there or not. */
export function installedNode(profile: Profile): string {
  return join(folder, profile, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
}

/** The preloaded clock (tools/clock.c), or undefined where no C compiler has made it. */
export function installedClock(): string | undefined {
  return installed('clock.so');
}

/** The preloaded memory (tools/memory.c), likewise. */
export function installedMemory(): string | undefined {
  return installed('memory.so');
}

function installed(name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}
