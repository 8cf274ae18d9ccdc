/** What `--reporter` prints, as those read it who have to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { SaxesParser } from 'saxes';
import { Parser } from 'tap-parser';
import { type Point, type ReporterName, reporterNamed, reporterNames } from '../../sim/cli/reporters.js';
import { newFolder } from '../_folder.js';
import { simtls } from './_command.js';

/** A scenario in a file that fails with some of its seeds. */
const failing = ((): string => {
  const file = join(newFolder(), 'odd, really: 100%.mjs');
  const sim = new URL('../../sim/index.js', import.meta.url).href;
  writeFileSync(
    file,
    `import { scenario } from '${sim}';
export default scenario({
  name: 'odd', title: 'odd', answers: 'nothing',
  record(w) {
    const server = w.server();
    const connection = w.client().context().connection();
    connection.open(server);
    w.expect(connection.reused(), w.draw.chance('wrong', { oneIn: 2 }) ? 1 : 0, 'a <wish>, & "more"');
  },
});\n`,
  );
  return file;
})();

/** What a reporter prints of these points. */
function printed(name: ReporterName, points: readonly Point[]): string {
  let out = '';
  const io = {
    outIsTerminal: false,
    out(text: string): void {
      out += text;
    },
  };
  const reporter = reporterNamed(name, io as never); // nothing else of it is asked
  for (const point of points) reporter.point(point);
  reporter.end();
  return out;
}

const hostile = 'a # b \\ ]]> <&"\'\r\n::error::\u0000\u{d800}%0A';
const points: readonly Point[] = [
  { suite: 'fine', name: 'seed 1', seconds: 0.5 },
  {
    suite: hostile,
    name: hostile,
    seconds: 1,
    failure: { kind: hostile, told: [hostile, 'second'], replay: 'simtls run x', file: `dir,a:b/${hostile}` },
  },
  { suite: 'left', name: '', seconds: 0, skipped: hostile },
];

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** The elements of a document in order; it throws where it is not well-formed. */
function elements(xml: string): Element[] {
  const found: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (cause) => {
    throw cause;
  });
  parser.on('opentag', ({ name, attributes }) => found.push({ name, attributes, text: '' }));
  parser.on('text', (text) => {
    const last = found.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.write(xml).close();
  return found;
}

function tap(text: string): { readonly results: ReturnType<typeof Parser.parse>; readonly ok: boolean } {
  const results = Parser.parse(text);
  const [, final] = results.find(([what]) => what === 'complete') ?? [];
  return { results, ok: (final as { ok: boolean } | undefined)?.ok === true };
}

test('TAP: a point a run, that a parser of TAP 14 reads, and a plan at the end', async (t) => {
  const { out, code } = await simtls(['run', failing, '--count', '6', '--reporter', 'tap']);
  t.is(code, 1);
  t.true(out.startsWith('TAP version 14\n'));
  t.true(out.endsWith('1..6\n'));
  const { results, ok } = tap(out);
  t.false(ok);
  t.deepEqual(
    results.filter(([what]) => what === 'extra'),
    [],
  );
  const asserted = results.flatMap(([what, one]) => (what === 'assert' ? [one as TapPoint] : []));
  t.is(asserted.length, 6);
  const wrong = asserted.filter((one) => !one.ok);
  t.true(wrong.length > 0 && wrong.length < 6);
  t.regex(wrong[0]!.name, /^odd, seed \d, profile 3\.0$/u);
  t.is(wrong[0]!.diag.kind, 'expectation');
  t.is(wrong[0]!.diag.at.file, failing);
  t.regex(wrong[0]!.diag.replay, /^simtls run .* --seed \d --profile 3\.0$/u);
  const held = await simtls(['run', 'resumed-by-id', 'set-to-null', '--count', '2', '--reporter', 'tap']);
  t.is(held.code, 0);
  t.true(tap(held.out).ok);
});
interface TapPoint {
  readonly ok: boolean;
  readonly name: string;
  readonly skip: string | boolean;
  readonly diag: {
    readonly message: string;
    readonly kind: string;
    readonly replay: string;
    readonly at: { readonly file: string };
  };
}

test('TAP: whatever stands in a name or a message, it is read as it was', (t) => {
  const { results } = tap(printed('tap', points));
  const asserted = results.flatMap(([what, one]) => (what === 'assert' ? [one as TapPoint] : []));
  t.deepEqual(
    asserted.map(({ ok }) => ok),
    [true, false, true],
  );
  t.deepEqual(
    results.filter(([what]) => what === 'extra'),
    [],
  );
  t.is(asserted[1]!.diag.message, hostile);
  t.truthy(asserted[2]!.skip);
});

test('JUnit: XML in which each scenario is a suite, with its numbers', async (t) => {
  const { out, code } = await simtls(['run', failing, 'set-to-null', '--count', '4', '--reporter', 'junit']);
  t.is(code, 1);
  const found = elements(out);
  const [all, ...rest] = found;
  t.is(all?.name, 'testsuites');
  const failures = found.filter(({ name }) => name === 'failure');
  t.like(all?.attributes, { tests: '8', failures: String(failures.length), errors: '0', skipped: '0' });
  t.true(failures.length > 0);
  t.deepEqual(
    rest.filter(({ name }) => name === 'testsuite').map(({ attributes }) => [attributes['name'], attributes['tests']]),
    [
      ['odd', '4'],
      ['set-to-null', '4'],
    ],
  );
  t.is(found.filter(({ name }) => name === 'testcase').length, 8);
  t.regex(failures[0]!.text, /a <wish>, & "more".*\nreplay: simtls run /u);
  t.is(failures[0]!.attributes['type'], 'expectation');
});

test('JUnit: what is no character of XML does not break it', (t) => {
  const found = elements(printed('junit', points));
  const asXml = hostile.replace('\r\n', '\n').replace('\u0000', '\ufffd').replace('\u{d800}', '\ufffd');
  const failure = found.find(({ name }) => name === 'failure');
  t.is(failure?.text.trimEnd(), `${asXml}\nsecond\nreplay: simtls run x`);
  t.is(found.filter(({ name }) => name === 'skipped').length, 1);
});

test('GitHub: one annotation a failure, on one line, with its file', async (t) => {
  const { out, code } = await simtls(['run', failing, '--count', '4', '--reporter', 'github']);
  t.is(code, 1);
  const lines = out.trimEnd().split('\n');
  t.regex(lines.at(-1)!, /^::notice title=simtls::\d passed, \d failed$/u);
  for (const line of lines.slice(0, -1)) {
    const [, file, title, text] = /^::error file=([^,:]*),title=([^,:]*)::(.*)$/u.exec(line) ?? [];
    t.is(unescaped(file!), failing);
    t.regex(unescaped(title!), /^odd, seed \d, profile 3\.0$/u);
    t.regex(unescaped(text!), /^expectation \(program\) at .*\nreplay: simtls run /u);
  }
  t.true(lines.length > 1);
  const told = printed('github', points).trimEnd().split('\n');
  t.is(told.length, 3, 'nothing in a message begins a command');
  t.true(told.every((line) => line.startsWith('::')));
});

/** As the runner does (actions/runner, ActionCommand). */
function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

test('spec: a line a run, and below those that failed what was broken', async (t) => {
  const { out } = await simtls(['run', failing, '--count', '4', '--reporter', 'spec']);
  t.regex(out, /^ {2}✔ odd, seed \d, profile 3\.0$/mu);
  t.regex(out, /^ {2}✘ odd, seed \d, profile 3\.0\n {6}expectation \(program\) at .*\n {6}replay: simtls run /mu);
  t.regex(out, /\n\n\d passed, \d failed\n$/u);
});

test('what runs are about and never came to fails as a point where that is asked for', async (t) => {
  const args = ['run', 'chaos', '--count', '1', '--faults', 'crash', '--reporter', 'tap'];
  const lax = await simtls(args);
  const strict = await simtls([...args, '--require-sometimes']);
  t.is(lax.code, 0, lax.out);
  t.is(strict.code, 5);
  t.regex(strict.out, /^not ok 2 - chaos, what its runs are about$/mu);
});

test('a campaign is told by each reporter: its findings fail, other scenarios hold', async (t) => {
  const folder = join(newFolder(), 'campaign');
  const begun = ['--seeds', '1..3', '--profile', '3.0', '--out', folder];
  for (const [i, reporter] of reporterNames.entries()) {
    const how = i === 0 ? begun : ['--resume', folder];
    const { out, code } = await simtls(['fuzz', 'set-to-null', failing, ...how, '--reporter', reporter]);
    t.is(code, 1, reporter);
    t.true(out.includes('expectation'), out);
    t.true(out.includes('simtls replay'), out);
    if (reporter === 'tap') t.is(tap(out).results.filter(([what]) => what === 'assert').length, 2);
    if (reporter === 'junit') t.is(elements(out).filter(({ name }) => name === 'testcase').length, 2);
  }
});

test('a reporter stands in the place of JSON, and is of one stack', async (t) => {
  t.is((await simtls(['run', 'set-to-null', '--json', '--reporter', 'tap'])).code, 2);
  t.is((await simtls(['run', 'set-to-null', '--reporter', 'dots'])).code, 2);
  const compared = await simtls(['run', 'set-to-null', '--compare', '3.0,3.5', '--reporter', 'tap']);
  t.is(compared.code, 2);
  t.regex(compared.err, /--reporter tells of runs on one stack/u);
});
