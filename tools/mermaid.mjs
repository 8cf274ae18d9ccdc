// Asks Mermaid itself whether it takes the diagrams of every scenario and workload: `node tools/mermaid.mjs`. It is no dependency, being larger
// than all the others together: it is installed into .mermaid/ when it is first asked.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findModules } from '../dist/sim/cli/scenarios.js';
import { toMermaid, traceOf } from '../dist/sim/index.js';

const version = '11.17.2'; // the last line that Node 20 runs
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '.mermaid');
const entry = join(folder, 'node_modules', 'mermaid', 'dist', 'mermaid.core.mjs');
if (!existsSync(entry)) {
  mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `mermaid@${version}`,
  ];
  execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
const { default: mermaid } = await import(pathToFileURL(entry).href);

let wrong = 0;
let asked = 0;
for (const { source, called } of await findModules([])) {
  if (Object.keys(source.codes ?? {}).length > 0) continue; // what runs code under test has no plan alone
  for (const profile of ['1.1.1', '3.0', '3.5']) {
    const diagram = [...toMermaid(traceOf(source.plan({ seed: '1', profile })))].join('');
    asked += 1;
    try {
      await mermaid.parse(diagram);
    } catch (cause) {
      wrong += 1;
      console.log(`${called}, profile ${profile}: ${cause.message}\n${diagram}`);
    }
  }
}
const refused = await mermaid.parse('sequenceDiagram\n  h0->>').then(
  () => false,
  () => true,
);
if (!refused) console.log('Mermaid takes what is no diagram: it has not been asked');
console.log(`${asked} diagrams, ${wrong} that Mermaid ${version} does not take`);
process.exitCode = wrong === 0 && refused && asked > 0 ? 0 : 1;
