/** The report's page, in a browser. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import type { Page } from 'playwright-core';
import { TestBrowser } from './_browser.js';
import { simtls } from './_command.js';

const browser = new TestBrowser();
test.after.always(() => browser.close());

const inFolder = (name: string): string => join(browser.folder, name);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const megabyte = 1_000_000;

/** The text of the chosen row, and the event in its address. */
async function chosen(page: Page): Promise<{ readonly text: string; readonly event: number }> {
  const text = await page.locator('.row[aria-selected=true]').innerText();
  return { text, event: Number(/e=(\d+)/.exec(new URL(page.url()).hash)?.[1]) };
}

/** What axe finds wrong, in a line each. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  // The page has axe by now; what comes back is JSON.
  const found = (await page.evaluate('axe.run()')) as {
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

test.serial('a run is one file of at most a megabyte beside its data, and asks for nothing', async (t) => {
  const file = inFolder('one.html');
  const { code } = await simtls(['run', 'resumed-by-ticket', '--seed', '3', '--html', file]);
  t.is(code, 0);
  t.true(statSync(file).size < megabyte);
  const { page, requests, errors } = await browser.open(file);
  t.is(await page.locator('h1').innerText(), 'resumed-by-ticket');
  t.is(await page.locator('.verdict').innerText(), 'pass');
  t.is(await page.locator('.replay code').innerText(), 'simtls run resumed-by-ticket --seed 3 --profile 3.0');
  t.true((await page.locator('.row').count()) > 20);
  await page.getByRole('tab', { name: 'Ledger' }).click();
  t.regex(await page.locator('.ledger-head').innerText(), /all in balance/);
  await page.getByRole('tab', { name: 'Decisions' }).click();
  t.regex(await page.locator('.decisions').innerText(), /server-resumed/);
  await page.getByRole('tab', { name: 'Counters' }).click();
  t.is(await page.locator('.plot canvas').count(), 3);
  t.deepEqual([requests, errors], [[], []]);
  await page.close();
});

test.serial('keys go from event to event, and the address names the moment', async (t) => {
  const { page } = await browser.open(inFolder('one.html'), { hash: '#e=30' });
  t.deepEqual((await chosen(page)).event, 30);
  t.regex((await chosen(page)).text, /no-session-set/);
  await page.keyboard.press('j');
  t.deepEqual((await chosen(page)).event, 32); // 31 is the record of the message
  await page.keyboard.press('ArrowUp');
  t.deepEqual((await chosen(page)).event, 30);
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  t.regex((await chosen(page)).text, /server\s*← ClientHello/);
  await page.keyboard.press('End');
  t.is((await chosen(page)).event, 462);
  await page.keyboard.press('Home');
  t.is((await chosen(page)).event, 0);
  await page.keyboard.press('?');
  t.true(await page.getByRole('dialog').isVisible());
  await page.keyboard.press('Escape');
  t.false(await page.getByRole('dialog').isVisible());
  await page.evaluate("location.hash = '#e=81'");
  t.regex((await chosen(page)).text, /sess1 \+1 → 2\s*taken by program/);
  t.regex(await page.locator('.live').innerText(), /Event 81: sess1 \+1 → 2 taken by program/);
  t.regex(await page.locator('.box.changed').innerText(), /sess1\s[\s\S]*\s2\s[\s\S]*resumable\s*ssl1\s*program/);
  await page.close();
});

test.serial('the filter takes words, fields and what is to be left out', async (t) => {
  const { page } = await browser.open(inFolder('one.html'));
  await page.keyboard.press('/');
  const texts = async (words: string): Promise<readonly string[]> => {
    await page.getByRole('searchbox').fill(words);
    return page.locator('.row').allInnerTexts();
  };
  const hellos = await texts('clienthello');
  t.is(hellos.length, 10);
  t.true(hellos.every((text) => text.includes('ClientHello')));
  t.is((await texts('clienthello host:client')).length, 5);
  t.is((await texts('clienthello -host:client')).length, 5);
  t.true((await texts('sess1 kind:count')).every((text) => text.includes('sess1')));
  t.is((await texts('nothing is like that')).length, 0);
  await texts('');
  await page.getByRole('button', { name: 'References' }).click();
  t.true((await texts('')).every((text) => !/[+−]1 →/.test(text)));
  await page.close();
});

for (const dark of [false, true]) {
  test.serial(`axe finds nothing wrong in ${dark ? 'dark' : 'light'} colours, on any tab`, async (t) => {
    const { page } = await browser.open(inFolder('one.html'), { hash: '#e=81', dark });
    for (const name of ['Objects', 'Ledger', 'Decisions', 'Bytes', 'Counters', 'Violations']) {
      await page.getByRole('tab', { name }).click();
      t.deepEqual(await faultsOf(page), [], name);
    }
    await page.close();
  });
}
