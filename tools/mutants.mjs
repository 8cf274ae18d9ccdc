// Does the comparison with real OpenSSL notice when the model is wrong? The model is broken on purpose, one place at a time
// (tools/mutants/table.mjs), in a copy of what was built, and random programs are compared until the stacks part. Ends with 1
// where one survives that has no reason to, and with 2 where the text of one is not in the build any more. After a build:
//   npm run mutants [-- --short] [-- --count 5000] [-- --seed 1] [-- --only 3,17]
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutants } from './mutants/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A model that does not end is found out too. */
const huntMsMax = 600_000;
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});
const wanted = new Set(values.only?.split(',').map(Number));
const chosen = mutants
  .map((mutant, index) => ({ ...mutant, number: index + 1 }))
  .filter(({ number, short }) => (wanted.size === 0 || wanted.has(number)) && (!values.short || short));

const stale = mutants.filter(({ file, old }) => textOf(root, file).split(old).length !== 2);
for (const { file, old } of stale) console.error(`${file} does not have this once: ${old}`);
if (stale.length > 0) process.exit(2);

const begun = performance.now();
const queue = [...chosen];
const results = new Map();
await Promise.all(Array.from({ length: Math.min(availableParallelism(), chosen.length) }, () => hunter()));
const survivors = chosen.filter(
  ({ number, survives }) => results.get(number).found === undefined && survives === undefined,
);
console.log(
  `${chosen.length} mutants, ${chosen.length - survivors.length} found or explained, ${survivors.length} survive; ${Math.round((performance.now() - begun) / 1000)} s`,
);
process.exitCode = survivors.length === 0 ? 0 : 1;

/** Takes mutant after mutant, in a copy of its own. */
async function hunter() {
  const folder = mkdtempSync(join(tmpdir(), 'simtls-mutant-'));
  try {
    for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true });
    for (const name of ['node_modules', '.openssl']) symlinkSync(join(root, name), join(folder, name));
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const { file, old, new: now, number } = mutant;
      const whole = textOf(folder, file);
      writeFileSync(
        join(folder, 'dist', file),
        whole.replace(old, () => now),
      );
      const result = await hunt(folder);
      writeFileSync(join(folder, 'dist', file), whole);
      results.set(number, result);
      tell(mutant, result);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hunt(folder) {
  const args = [join(root, 'tools/mutants/hunt.mjs'), folder, '--count', values.count, '--seed', values.seed];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: huntMsMax, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout));
      else if (error.killed) resolve({ programs: 0, found: { field: 'it does not end' } });
      else reject(new Error(`the hunt broke off, which finds nothing:\n${stderr}`));
    });
  });
}

function tell({ number, file, breaks, survives }, { programs, found }) {
  const place = file.replace('src/', '').replace('.js', '');
  const came =
    found === undefined
      ? `SURVIVES ${programs} programs${survives === undefined ? '' : `: ${survives}`}`
      : `found in ${programs}: ${[found.profile, found.name, found.call, found.field].filter(Boolean).join(' ')}`;
  console.log(`${String(number).padStart(2)}  ${place.padEnd(28)}  ${breaks}\n    ${came}`);
}

function textOf(folder, file) {
  return readFileSync(join(folder, 'dist', file), 'utf8');
}
