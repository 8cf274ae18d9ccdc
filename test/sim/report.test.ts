/** The report's page, in a browser. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { toHtml } from '../../sim/report/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { linesThere } from '../_lines.js';
import { TestBrowser } from './_browser.js';
import { simtls } from './_command.js';
import { scenarios } from './_scenarios.js';

const browser = new TestBrowser();
test.after.always(() => browser.close());

const inFolder = (name: string): string => join(browser.folder, name);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const megabyte = 1_000_000;

/** Until what is asked gives what is expected, or five seconds are over; then what it gives. */
async function comes<T>(ask: () => Promise<T>, isExpected: (seen: T) => boolean): Promise<T> {
  const begun = performance.now();
  for (;;) {
    const seen = await ask();
    if (isExpected(seen) || performance.now() - begun > 5_000) return seen;
    await new Promise((done) => setTimeout(done, 20));
  }
}

const eventOf = (page: Page): number => Number(/e=(\d+)/.exec(new URL(page.url()).hash)?.[1]);

/** The event that is chosen comes to be that one. */
async function chooses(t: ExecutionContext, page: Page, event: number): Promise<void> {
  t.is(
    await comes(
      async () => eventOf(page),
      (seen) => seen === event,
    ),
    event,
  );
  t.is(await page.locator('.row[aria-selected=true]').getAttribute('id'), `event-${event}`);
}

/** What an element says comes to be like that. */
async function says(t: ExecutionContext, page: Page, selector: string, text: RegExp): Promise<void> {
  const first = page.locator(selector).first();
  t.regex(
    await comes(
      () => first.innerText(),
      (seen) => text.test(seen),
    ),
    text,
  );
}

async function counts(t: ExecutionContext, page: Page, selector: string, count: number): Promise<void> {
  t.is(
    await comes(
      () => page.locator(selector).count(),
      (seen) => seen === count,
    ),
    count,
  );
}

const chosenRow = '.row[aria-selected=true]';

/** What axe finds wrong, in a line each: within an element, and of one rule, where these are named. */
async function faultsOf(page: Page, { within = 'html', rules }: AxeOptions = {}): Promise<readonly string[]> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe);
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) };
  // The page has axe by now; what comes back is JSON.
  const found = (await page.evaluate(`axe.run(${JSON.stringify(within)}, ${JSON.stringify(options)})`)) as {
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

interface AxeOptions {
  readonly within?: string;
  readonly rules?: readonly string[];
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
  t.is(
    await page.locator('.about').innerText(),
    'a full handshake that brings a ticket, then several connections resumed by it',
  );
  await says(t, page, '.connections', /^connection 1 full no-session-set\s+connection 2 resumed server-resumed/);
  await page.getByRole('link', { name: 'connection 3' }).click();
  await says(t, page, chosenRow, /connection 3 opening/);
  await page.getByRole('tab', { name: 'Ledger' }).click();
  await says(t, page, '.ledger-head', /all in balance/);
  await page.getByRole('tab', { name: 'Decisions' }).click();
  await says(t, page, '.decisions', /server-resumed/);
  await page.getByRole('tab', { name: 'Counters' }).click();
  await counts(t, page, '.plot canvas', 3);
  t.deepEqual([requests, errors], [[], []]);
  await page.close();
});

test.serial('keys go from event to event, and the address names the moment', async (t) => {
  const { page } = await browser.open(inFolder('one.html'), { hash: '#e=30' });
  await chooses(t, page, 30);
  await says(t, page, chosenRow, /no-session-set/);
  await page.keyboard.press('j');
  await chooses(t, page, 32); // 31 is the record of the message
  await page.keyboard.press('ArrowUp');
  await chooses(t, page, 30);
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  await says(t, page, chosenRow, /server\s*← ClientHello/);
  await page.keyboard.press('End');
  await chooses(t, page, 462);
  await page.keyboard.press('Home');
  await chooses(t, page, 0);
  await page.keyboard.press('?');
  await counts(t, page, 'dialog[open]', 1);
  await page.keyboard.press('Escape');
  await counts(t, page, 'dialog', 0);
  await page.evaluate("location.hash = '#e=81'");
  await says(t, page, chosenRow, /sess1 \+1 → 2\s*taken by program/);
  await says(t, page, '.live', /Event 81: sess1 \+1 → 2 taken by program/);
  await says(t, page, '.box.changed', /sess1\s[\s\S]*\s2\s[\s\S]*resumable\s*ssl1\s*program/);
  await page.close();
});

test.serial(
  'an event that a link leads to has a row, also one that the filter hides, until the filter changes',
  async (t) => {
    const { page, errors } = await browser.open(inFolder('one.html'), { hash: '#e=31' }); // the record of a message
    await chooses(t, page, 31);
    await says(t, page, chosenRow, /handshake record/);
    await page.keyboard.press('j');
    await chooses(t, page, 32);
    await page.keyboard.press('k');
    await chooses(t, page, 30);
    await page.evaluate("location.hash = '#e=31'");
    await chooses(t, page, 31);
    await page.getByRole('searchbox').fill('clienthello');
    await counts(t, page, '.row', 10);
    await counts(t, page, chosenRow, 0);
    await page.evaluate("location.hash = '#e=30'");
    await counts(t, page, '.row', 11);
    await chooses(t, page, 30);
    t.deepEqual(errors, []);
    await page.close();
  },
);

test.serial('keys that come faster than the page is drawn go from row to row as slow ones do', async (t) => {
  const { page, errors } = await browser.open(inFolder('one.html'), { hash: '#e=31' }); // hidden: the record of a message
  await chooses(t, page, 31);
  await page.evaluate("for (const key of 'jk') dispatchEvent(new KeyboardEvent('keydown', { key }))");
  await chooses(t, page, 30);
  t.deepEqual(errors, []);
  await page.close();
});

test.serial(
  'a dashed arrow leads from what brought a session, a ticket or a first reference, to each use',
  async (t) => {
    for (const [scenario, seed, uses, from] of [
      ['partition-while-resuming', '2', 2, /← NewSessionTicket/], // TLS 1.3: the second of two tickets
      ['resumed-by-id', '2', 1, /sess1 \+1 → 1.*taken by ssl1/],
    ] as const) {
      const file = inFolder(`${scenario}.html`);
      t.is((await simtls(['run', scenario, '--seed', seed, '--html', file])).code, 0);
      const { page } = await browser.open(file, { height: 8_000 });
      const arrows = page.locator('.lanes path.ticket');
      await counts(t, page, '.lanes path.ticket', uses);
      const top = (await arrows.first().boundingBox())!.y;
      const rows = await page.locator('.row').evaluateAll((all) =>
        all.map((row) => ({
          y: row.getBoundingClientRect().y,
          text: row.textContent ?? '',
        })),
      );
      t.regex(rows.findLast(({ y }) => y <= top)!.text, from);
      await page.close();
    }
  },
);

test.serial('the filter takes words, fields and what is to be left out', async (t) => {
  const { page, errors } = await browser.open(inFolder('one.html'));
  await page.keyboard.press('End');
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
  t.deepEqual(errors, []);
  await page.close();
});

test.serial('the bytes of a message are there field by field, each with its section, and decrypted', async (t) => {
  const { page } = await browser.open(inFolder('one.html'), { hash: '#e=32' });
  await page.getByRole('tab', { name: 'Bytes' }).click();
  const line = (name: string): Promise<string> => page.locator('.fields tr', { hasText: name }).first().innerText();
  t.regex(await line('legacy_record_version'), /TLS 1\.0 \(0x0301\)\s+RFC 8446 §5\.1/);
  await says(t, page, '.fields tr.chosen', /ClientHello[\s\S]*RFC \d+ §/);
  await counts(t, page, '.dump', 1);
  await page.getByRole('button', { name: 'cipher_suites', exact: true }).click();
  t.regex((await page.locator('.dump .in').allInnerTexts()).join(''), /^00..c02cc030/);
  await page.evaluate("location.hash = '#e=63'"); // Finished, under the keys of the handshake
  await says(t, page, '.fields tr.chosen', /Finished/);
  t.deepEqual(await page.locator('.dump-figure figcaption').allInnerTexts(), [
    'on the wire, 45 bytes',
    'decrypted, 16 bytes',
  ]);
  await page.close();
});

test.serial('two runs stand side by side and part where they differ', async (t) => {
  const plan = inFolder('plan.json');
  const { out } = await simtls(['plan', 'second-context', '--seed', '7']);
  writeFileSync(plan, out);
  const file = inFolder('pair.html');
  t.is((await simtls(['report', plan, '--beside', '1.1.1', '--out', file])).code, 0);
  const { page, requests, errors } = await browser.open(file);
  const [one, two] = await page.locator('.pair-row[aria-selected=true] .cell').allInnerTexts();
  t.not(one, two);
  await says(t, page, '.parting', /They part at line \d+ of \d+/);
  await page.keyboard.press('Home');
  t.regex((await page.locator('.pair-row[aria-selected=true]').getAttribute('class')) ?? '', /\bsame\b/);
  const [a, b] = await page.locator('.pair-row[aria-selected=true] .cell').allInnerTexts();
  t.is(a, b);
  await says(t, page, '.head h1', /second-context: seed 7, 3\.0 and seed 7, 1\.1\.1/);
  await says(t, page, '.pair-heads', /expected: session-with-second-context[\s\S]*connection 2 resumed/);
  await page.getByRole('link', { name: 'connection 2' }).last().click();
  await says(t, page, '.pair-row[aria-selected=true] .cell >> nth=1', /connection 2 opening/);
  t.regex(new URL(page.url()).hash, /^#[ef]=\d+$/);
  await says(t, page, '.pair-row.same .cell.row.world', /broken, as expected: session-with-second-context/);
  t.deepEqual(await faultsOf(page), []);
  t.deepEqual([requests, errors], [[], []]);
  await page.close();
});

test.serial(
  'a run of the model and the same on real OpenSSL differ in nothing but what OpenSSL does not tell',
  async (t) => {
    const [profile] = linesThere();
    const plan = inFolder('both.json');
    writeFileSync(plan, (await simtls(['plan', 'second-context', '--seed', '7', '--profile', profile!])).out);
    t.is((await simtls(['report', plan, '--beside', 'libssl'])).code, 0);
    const { page, errors } = await browser.open(inFolder('both.html'));
    await says(t, page, '.parting', /Nothing that is shown differs/);
    t.true((await page.locator('.pair-row.same').count()) > 20);
    t.deepEqual(errors, []);
    await page.close();
  },
);

test.serial('a failing run opens at its violation, and its ledger begins with what is unbalanced', async (t) => {
  const file = inFolder('fails.html');
  const trace = inFolder('trace.ndjson.gz');
  t.is((await simtls(['run', 'leak-at-exit', '--seed', '1', '--trace', trace, '--html', file])).code, 0);
  const { page } = await browser.open(file);
  await page.getByRole('tab', { name: 'Ledger' }).click();
  await says(t, page, '.ledger tbody tr', /leaked/);
  await page.getByRole('tab', { name: 'Violations' }).click();
  await says(t, page, '.violations', /nothing-leaked-at-exit/);
  await page.locator('.violations button').first().click();
  await says(t, page, chosenRow, /broken, as expected: nothing-leaked-at-exit/);
  await page.close();
  const again = inFolder('trace.html');
  t.is((await simtls(['report', trace])).out, `wrote ${again}\n`);
  const traced = await browser.open(again);
  t.regex(await traced.page.locator('.note').innerText(), /made from a trace/);
  t.regex(await traced.page.locator('.verdict').innerText(), /violation/);
  await traced.page.close();
});

test.serial('a campaign has its groups of findings, and each leads to its run', async (t) => {
  const folder = inFolder('campaign');
  const fuzz = ['fuzz', 'cache-of-one', '--seeds', '1..2', '--profile', '3.0', '--defect', 'evict-callback-after-free'];
  t.is((await simtls([...fuzz, '--jobs', '1', '--out', folder])).code, 1);
  const file = inFolder('campaign.html');
  t.is((await simtls(['report', folder, '--out', file])).code, 0);
  const { page, errors } = await browser.open(file);
  t.is(await page.locator('.verdict').innerText(), '1 finding');
  await says(t, page, '.campaign article', /found after\s+\d+ runs[\s\S]*failed so\s+\d+ runs/);
  t.deepEqual(await faultsOf(page), []);
  await page.getByRole('link', { name: /callback-gets-live-session/ }).click();
  await says(t, page, chosenRow, /broken: callback-gets-live-session/);
  await says(
    t,
    page,
    '.told',
    /broken: callback-gets-live-session the remove callback .* Why it must hold: a callback looks/,
  );
  await says(t, page, '.box.gone', /session#\d+\s[\s\S]*freed by event \d+/);
  t.regex(new URL(page.url()).hash, /^#r=0&e=\d+$/);
  await page.getByRole('link', { name: /all findings/ }).click();
  await counts(t, page, '.campaign article', 1);
  t.deepEqual(errors, []);
  await page.close();
});

test.serial('names that would end a script or begin one do nothing in the page', async (t) => {
  const trace = inFolder('hostile.ndjson');
  const hostile = '</script><script>document.title = "broken"</script>\u2028<img src=x>';
  const place = { us: 0, host: hostile, step: hostile };
  const events = [
    { run: { scenario: hostile, seed: hostile, profile: '3.0' } },
    { n: 0, ...place, kind: 'process', what: 'started', run: 1 },
    { n: 1, ...place, kind: 'step', what: 'begun', call: hostile },
    { n: 2, ...place, kind: 'of a later simtls' },
  ];
  writeFileSync(trace, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const file = inFolder('hostile.html');
  t.is((await simtls(['report', trace, '--out', file])).code, 0);
  const { page, requests, errors } = await browser.open(file);
  t.is(await page.locator('h1').textContent(), hostile);
  await counts(t, page, '.row', 3);
  await counts(t, page, 'img', 0);
  t.true((await page.title()).startsWith('</script>'));
  t.deepEqual([requests, errors], [[], []]);
  await page.close();
});

test('code has the page in pieces', async (t) => {
  const resumedById = scenarios.find(({ name }) => name === 'resumed-by-id')!;
  const plan = recordPlan(resumedById, { seed: '1', profile: '3.5' });
  let text = '';
  for await (const piece of toHtml(plan, { ...plan, profile: '3.0' })) text += piece;
  t.regex(text, /<title>resumed-by-id, seed 1, 3\.5 and resumed-by-id, seed 1, 3\.0<\/title>/);
  t.is(text.split('"format":"simtls-report/1"').length, 2);
  t.regex(text, /id="simtls-run-1">H4sI/);
});

test('what is no run is refused by name, with what was expected', async (t) => {
  const broken = inFolder('broken.ndjson');
  writeFileSync(broken, '{"run":{"scenario":"a","seed":"1","profile":"3.0"}}\n{"n":0}\n');
  const twice = inFolder('three.ndjson');
  writeFileSync(twice, '{"run":{}}\n'.repeat(3));
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['report', broken], /line 2: expected an event with n, us, host, step and kind/],
    [['report', twice], /has 3 runs, and a page shows 2: choose one by --run 1 to --run 3/],
    [['report', inFolder('nowhere.json')], /cannot read/],
    [['report', 'a', 'b', 'c'], /a page shows 2 runs/],
    [['run', 'resumed-by-id', '--count', '3', '--html', inFolder('x.html')], /these are 3/],
    [['run', 'resumed-by-id', '--html', inFolder('no/x.html')], /there is no folder/],
  ];
  for (const [args, said] of cases) {
    const { code, err } = await simtls(args);
    t.is(code, 2, args.join(' '));
    t.regex(err, said);
  }
});

const tabs = ['Objects', 'Ledger', 'Decisions', 'Bytes', 'Counters', 'Violations'];
const contrast = { rules: ['color-contrast'] };

test.serial('axe finds nothing wrong on any tab, nor in dark colours, nor in a narrow window', async (t) => {
  const { page } = await browser.open(inFolder('fails.html'), { height: 560 });
  t.deepEqual(await faultsOf(page), [], 'the whole page');
  await page.getByRole('searchbox').fill('certificate');
  await page.locator('.row').first().click(); // a message: its tab has bytes
  await page.getByRole('searchbox').fill('');
  for (const dark of [false, true]) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    for (const name of tabs) {
      await page.getByRole('tab', { name }).click();
      t.deepEqual(await faultsOf(page, { within: '#panel', ...(dark ? contrast : {}) }), [], `${name}, dark: ${dark}`);
    }
  }
  t.deepEqual(await faultsOf(page, contrast), [], 'dark');
  for (const dark of [false, true]) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.getByRole('searchbox').fill('nothing is like that');
    t.deepEqual(
      await faultsOf(page, { within: 'main', ...(dark ? contrast : {}) }),
      [],
      `nothing found, dark: ${dark}`,
    );
    await page.getByRole('button', { name: 'Keys and filter words' }).click();
    t.deepEqual(await faultsOf(page, { within: 'dialog', ...(dark ? contrast : {}) }), [], `help, dark: ${dark}`);
    await page.keyboard.press('Escape');
  }
  await page.close();
  const narrow = await browser.open(inFolder('one.html'), { hash: '#e=81', width: 420 });
  t.deepEqual(await faultsOf(narrow.page), [], 'narrow');
  t.true(await narrow.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'nothing sticks out');
  await narrow.page.close();
});

test.serial('on paper all rows are there, without what is for hands, and in light colours', async (t) => {
  const { page } = await browser.open(inFolder('one.html'), { dark: true });
  const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  await counts(t, page, '.row', 318);
  t.false(await page.getByRole('searchbox').isVisible());
  t.not(await ground(), dark);
  await page.close();
});

test.serial('all that can be done is done by keyboard', async (t) => {
  const { page, errors } = await browser.open(inFolder('fails.html'));
  const focused = (): Promise<string> => page.evaluate("document.activeElement.closest('[data-at]')?.dataset.at ?? ''");
  for (const name of tabs) {
    // Everything that a mouse can press or scroll is reached by Tab; of the tabs the chosen one.
    const wanted = (await page.evaluate(`[...document.querySelectorAll(
      'a, button:not([tabindex="-1"]), input, summary, [tabindex="0"]')]
      .filter((one) => one.checkVisibility()).map((one, i) => (one.dataset.at = String(i)))`)) as string[];
    const reached = new Set<string>();
    await page.evaluate("document.activeElement.blur(); document.querySelector('h1').focus()");
    for (let i = 0; i < wanted.length + 2; i += 1) {
      await page.keyboard.press('Tab');
      reached.add(await focused());
    }
    t.deepEqual(
      wanted.filter((one) => !reached.has(one)),
      [],
      name,
    );
    await page.getByRole('tab', { name }).focus();
    await page.keyboard.press('ArrowRight');
  }
  await page.getByRole('tab', { name: 'Objects' }).focus();
  t.is(await page.getByRole('tab', { name: 'Objects' }).getAttribute('aria-selected'), 'true', 'round once');
  await page.getByRole('link', { name: 'expected: nothing-leaked-at-exit' }).first().focus();
  await page.keyboard.press('Enter');
  await says(t, page, chosenRow, /broken, as expected: nothing-leaked-at-exit/);
  const chosen = eventOf(page);
  await page.locator('.held button').first().focus();
  await page.keyboard.press('Enter'); // to where that reference was taken
  t.not(
    await comes(
      async () => eventOf(page),
      (seen) => seen !== chosen,
    ),
    chosen,
  );
  await page.getByRole('link', { name: 'connection 1' }).focus();
  await page.keyboard.press('Enter');
  await says(t, page, chosenRow, /connection 1 opening/);
  const all = await page.locator('.found').innerText();
  await page.getByRole('button', { name: 'Messages' }).focus();
  await page.keyboard.press('Space');
  await says(t, page, '.found', new RegExp(`^(?!${all})`));
  await page.keyboard.press('?');
  await counts(t, page, 'dialog[open]', 1);
  await page.keyboard.press('Enter');
  await counts(t, page, 'dialog', 0);
  t.deepEqual(errors, []);
  await page.close();
});
