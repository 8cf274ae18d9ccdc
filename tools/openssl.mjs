// Installs the node binaries that carry the OpenSSL lines which the `libssl` stack compares with, each in its own folder
// under .openssl/, makes the clock and the memory that are preloaded into them, where there is a C compiler, and prints what is there.
// Quick where all is in place.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tools = dirname(fileURLToPath(import.meta.url));
const root = join(tools, '..', '.openssl');
const carrier = `node-${process.platform}-${process.arch}`;
const lines = [
  { profile: '1.1.1', node: '16.20.2', openssl: '1.1.1v' },
  { profile: '3.0', node: '20.20.2', openssl: '3.0.19' },
  { profile: '3.5', node: '22.23.3', openssl: '3.5.8' },
];

let missing = 0;
for (const line of lines) {
  const folder = join(root, line.profile);
  const binary = join(folder, 'node_modules', carrier, 'bin', 'node');
  if (versions(binary)?.node !== line.node) install(folder, `${carrier}@${line.node}`);
  const found = versions(binary);
  const ok = found?.openssl.split('+')[0] === line.openssl;
  if (!ok) missing += 1;
  console.log(`${line.profile.padEnd(6)} OpenSSL ${line.openssl.padEnd(7)} ${ok ? 'ok     ' : 'MISSING'} ${binary}`);
}
for (const { name, neededBy } of [
  { name: 'clock', neededBy: 'sim_clock' },
  { name: 'memory', neededBy: 'a failed allocation' },
]) {
  const made = make(name);
  const missing = `MISSING: ${neededBy} needs it, and it a C compiler (gcc, libc6-dev)`;
  console.log(`${name.padEnd(6)} ${made === undefined ? missing : `ok      ${made}`}`);
}
process.exitCode = missing === 0 ? 0 : 4;

/** Where a part is that is preloaded (tools/NAME.c), or undefined where it cannot be made: Linux with a C compiler it takes. */
function make(name) {
  if (process.platform !== 'linux') return undefined;
  const source = join(tools, `${name}.c`);
  const made = join(root, `${name}.so`);
  if (existsSync(made) && statSync(made).mtimeMs >= statSync(source).mtimeMs) return made;
  const fresh = join(root, `${name}.${process.pid}.so`);
  for (const compiler of ['cc', 'gcc', 'clang']) {
    try {
      execFileSync(compiler, ['-O2', '-shared', '-fPIC', '-o', fresh, source], { stdio: 'ignore' });
      renameSync(fresh, made);
      return made;
    } catch {
      rmSync(fresh, { force: true });
    }
  }
  return undefined;
}

/** What a node binary says of itself, or undefined where it does not run. */
function versions(binary) {
  if (!existsSync(binary)) return undefined;
  try {
    return JSON.parse(execFileSync(binary, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

function install(folder, what) {
  mkdirSync(folder, { recursive: true });
  console.error(`installing ${what} …`);
  try {
    execFileSync(
      'npm',
      [
        'install',
        '--prefix',
        folder,
        '--no-save',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel',
        'error',
        what,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
  } catch {
    console.error(`${what} could not be installed`);
  }
}
