/** Builds the report's page into dist, where its sources are newer than what is there. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const sources = ['sim/report/page', 'sim/report/data.ts', 'sim/report/varints.ts', 'package-lock.json'];
const page = join(root, 'dist/sim/report/page.html');

function changedMs(path) {
  const state = statSync(path);
  if (!state.isDirectory()) return state.mtimeMs;
  return Math.max(state.mtimeMs, ...readdirSync(path).map((name) => changedMs(join(path, name))));
}

const newest = Math.max(...sources.map((path) => changedMs(join(root, path))));
if (!existsSync(page) || statSync(page).mtimeMs < newest) {
  const { build } = await import('vite');
  const { default: config } = await import('../sim/report/page/vite.config.mjs');
  await build(config);
}
