// Looks for a program on which one build of the model parts from real OpenSSL, and prints how many programs that took, as JSON.
//   node tools/mutants/hunt.mjs FOLDER --count 5000 --seed 1
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
});
const { runTasks } = await import(pathToFileURL(join(positionals[0], 'dist/sim/program/index.js')).href);
const profiles = ['1.1.1', '3.0', '3.5'];
const seedsOfTask = 20;

let programs = 0;
let found;
await runTasks(tasks(Number(values.count), Number(values.seed)), {
  jobs: 1,
  onReport: (report) => {
    found ??= report.findings.find((one) => one.difference !== null && !one.varies);
    programs += report.programs;
  },
  onNotice: () => {},
  stopped: () => found !== undefined,
});
const { profile, name, difference, program } = found ?? {};
const told = { profile, name, field: difference?.field, call: program?.steps[difference.step]?.call };
console.log(JSON.stringify({ programs, ...(found === undefined ? {} : { found: told }) }));

function* tasks(count, seed) {
  for (let done = 0; done * profiles.length < count; done += seedsOfTask) {
    for (const profile of profiles) yield { kind: 'seeds', profile, from: seed + done, count: seedsOfTask };
  }
}
