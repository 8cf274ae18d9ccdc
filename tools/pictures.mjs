// The pictures of the pages: a report in the browser, a command and a run step by step in a terminal. After a build: node tools/pictures.mjs
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { command } from '../dist/sim/cli/command.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const simtls = join(root, 'dist/sim/cli/main.js');
const pictures = join(root, 'docs/pictures');
const folder = mkdtempSync(join(tmpdir(), 'simtls-pictures-'));
const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (executablePath === undefined) throw new Error('there is no Chromium: apt-get install chromium');
mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

/** A session that a client keeps is given to its second connection: the edge is bold. */
async function report() {
  const file = join(folder, 'report.html');
  execFileSync(process.execPath, [simtls, 'run', 'resumed-by-ticket', '--seed', '3', '--html', file]);
  const page = await browser.newPage({ viewport: { width: 1240, height: 720 } });
  await page.goto(`${pathToFileURL(file).href}#e=120`);
  await page.waitForSelector('html[data-ready=yes] .edge.taken');
  await page.screenshot({ path: join(pictures, 'report.png') });
  await page.close();
}

/** Colours of a terminal, as style sheets write them. */
const styles = {
  1: 'font-weight:700',
  2: 'opacity:.65',
  31: 'color:#f28b82',
  32: 'color:#81c995',
  33: 'color:#e3b56d',
  36: 'color:#6bc7b8',
};

function asHtml(text) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how terminals are told of colours
  return escaped.replaceAll(/\x1b\[(\d+)m/g, (_, code) =>
    code in styles ? `<span style="${styles[code]}">` : '</span>',
  );
}

async function terminal() {
  const line = ['find', '--defect', 'evict-callback-after-free'];
  const { stdout } = spawnSync(process.execPath, [simtls, ...line], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  await picture('terminal', line, stdout);
}

/** What a line has on a terminal. */
async function picture(name, line, text) {
  const file = join(folder, `${name}.html`);
  writeFileSync(
    file,
    `<meta charset="utf-8"><body style="margin:0;background:#16181c"><pre style="margin:0;padding:16px 20px;width:1160px;white-space:pre-wrap;color:#e3e5e8;font:12.5px/1.45 'DejaVu Sans Mono',monospace"><span style="color:#81c995">$</span> <b>simtls ${line.join(' ')}</b>\n${asHtml(text)}</pre>`,
  );
  const page = await browser.newPage({ viewport: { width: 1200, height: 400 } });
  await page.goto(pathToFileURL(file).href);
  await page.locator('pre').screenshot({ path: join(pictures, `${name}.png`) });
  await page.close();
}

/** A finding, at the moment that broke it: what a terminal has drawn behind the last key. */
async function stepByStep() {
  const found = join(folder, 'found.json');
  const find = [simtls, 'find', '--defect', 'evict-callback-after-free', '--out', found];
  spawnSync(process.execPath, find, { cwd: folder });
  const keys = ['!', 'q'];
  let drawn = '';
  const out = (text) => {
    drawn += text;
  };
  const terminal = {
    size: () => ({ columns: 112, rows: 20 }),
    async *keys() {
      yield* keys;
    },
  };
  const io = { out, err: out, terminal, outIsTerminal: true, errIsTerminal: true, interrupted: () => false };
  await command(['view', found], { ...io, streams: {}, columns: 112, processors: 1, realMs: () => 0 });
  const last = drawn.split('\x1b[H').at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what clears a line or ends the screen draws nothing
  const text = last.replaceAll(/\x1b\[[0-9;?]*[A-Za-ln-z]/g, '').replaceAll('\r', '');
  await picture('view', ['view', 'found.json'], text);
}

await report();
await terminal();
await stepByStep();
await browser.close();
rmSync(folder, { recursive: true });
