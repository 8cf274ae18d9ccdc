/** Debian's Chromium, for tests of the report's page. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where Debian and others put it. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface OpenOptions {
  readonly hash?: string;
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** A page that was opened from disk. */
export interface Opened {
  readonly page: Page;
  /** What it has asked for that is not in it. */
  readonly requests: readonly string[];
  /** What it has thrown or complained of. */
  readonly errors: readonly string[];
}

export class TestBrowser {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'simtls-report-'));
  #browser: Promise<Browser> | undefined;

  /** Opens a file in a page of its own, and waits until its data are read. */
  async open(file: string, { hash = '', dark = false, width = 1280, height = 800 }: OpenOptions = {}): Promise<Opened> {
    this.#browser ??= launched();
    const browser = await this.#browser;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
    const [requests, errors]: [string[], string[]] = [[], []];
    const own = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== own && !request.url().startsWith(`${own}#`)) requests.push(request.url());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${own}${hash}`);
    await page.waitForSelector('html[data-ready=yes]', { timeout: 30_000 });
    return { page, requests, errors };
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
    rmSync(this.folder, { recursive: true });
  }
}

function launched(): Promise<Browser> {
  const executablePath = places.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('there is no Chromium: apt-get install chromium');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
