/** `simtls view`: a run moment by moment. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { traceOf } from '../../sim/capture/index.js';
import { recordPlan } from '../../sim/scenario/index.js';
import { traceLine, traceLineOf } from '../../sim/trace/index.js';
import { newFolder } from '../_folder.js';
import { simtls } from './_command.js';
import { scenarios } from './_scenarios.js';

const folder = newFolder();
const pathOf = (name: string): string => join(folder, name);

/** The plan of a run, its trace, and the same compressed. */
async function files(name: string): Promise<{ plan: string; trace: string; packed: string }> {
  const [plan, trace, packed] = [`${name}.json`, `${name}.ndjson`, `${name}.gz`].map(pathOf) as [
    string,
    string,
    string,
  ];
  const run = ['run', name, '--seed', '3', '--profile', '3.0'];
  writeFileSync(plan, (await simtls(['plan', name, '--seed', '3', '--profile', '3.0'])).out);
  await simtls([...run, '--trace', trace]);
  await simtls([...run, '--trace', packed]);
  return { plan, trace, packed };
}

test('as text: time, step, arrows under the hosts, decisions, and what each step changed, with names where a plan has them', async (t) => {
  const { plan, trace, packed } = await files('server-restart');
  const told = await simtls(['view', plan]);
  t.is(told.code, 0);
  t.regex(told.out, /^server-restart, seed 3, profile 3\.0\n/u);
  t.regex(
    told.out,
    /\n0\.144089 s {2}client-5 {2}handshake\(\$ssl1\)\n {2}server +client\n {2}│◀─1: ClientHello─+│\n {2}client: session none: no-session-set\n/u,
  );
  t.regex(told.out, /\n {2}\* client {2}sess1 \(session#\d\) {2}count 2: ssl1, program\n/u);
  t.regex(told.out, /\n {2}\* client {2}ssl1 \(ssl#2\) {2}is gone\n/u);
  t.regex(told.out, /FAULT fault-1: crash/u);
  t.regex(told.out, /session accepted: resumed-by-ticket/u);
  const bare = await simtls(['view', trace]);
  t.is(bare.code, 0);
  t.regex(bare.out, /\n {2}\* client {2}session#\d {2}count 2: ssl#\d, program\n/u);
  t.is((await simtls(['view', packed])).out, bare.out);
  const moments = (text: string): number => text.split('\n\n').length;
  t.is(moments(bare.out), moments(told.out));
});

test('a trace of several runs is seen run by run', async (t) => {
  const trace = pathOf('several.ndjson');
  await simtls(['run', 'set-to-null', '--count', '2', '--trace', trace]);
  t.regex((await simtls(['view', trace])).out, /^set-to-null, seed 1, /u);
  t.regex((await simtls(['view', trace, '--run', '2'])).out, /^set-to-null, seed 2, /u);
  const none = await simtls(['view', trace, '--run', '3']);
  t.is(none.code, 2);
  t.regex(none.err, /has 2 runs: there is no run 3/u);
});

test('what is no run is refused by name', async (t) => {
  const wrong = pathOf('wrong.ndjson');
  const [head, ...lines] = readFileSync((await files('set-to-null')).trace, 'utf8').split('\n');
  for (const [line, says] of [
    ['{', 'expected a JSON object'],
    ['[]', 'expected a JSON object'],
    ['{"kind":"toString"}', 'expected an event, found the kind "toString"'],
    [lines[0]!.replace('"us":0', '"us":"0"'), 'expected a number for "us" of an event of the kind process'],
  ] as const) {
    writeFileSync(wrong, `${head}\n${lines[0]}\n${line}\n`);
    const { code, err } = await simtls(['view', wrong]);
    t.is(code, 2);
    t.true(err.includes(`line 3: ${says}`), err);
  }
  const program = 'scenarios/corpus/programs/pod-04.json';
  const refused = await simtls(['view', program]);
  t.is(refused.code, 2);
  t.regex(refused.err, /is an API program: simtls explain tells its story/u);
  t.is((await simtls(['view', pathOf('none')])).code, 2);
});

test('every event of every scenario is read again', (t) => {
  const refused = new Set<string>();
  for (const one of scenarios) {
    for (const event of traceOf(recordPlan(one, { seed: '1', profile: '3.5' }))) {
      const found = traceLineOf(traceLine(event));
      if (typeof found === 'string' || !('kind' in found) || found.n !== event.n) refused.add(traceLine(event));
    }
  }
  t.deepEqual([...refused], []);
});

/** The screens that a terminal shows for these keys. */
async function screens(
  file: string,
  keys: readonly string[],
  size = { columns: 100, rows: 30 },
): Promise<readonly string[]> {
  const terminal = {
    async *keys() {
      yield* keys;
    },
    size: () => size,
  };
  const { code, out } = await simtls(['view', file], '', () => 0, terminal);
  if (code !== 0) throw new Error(`view ended with ${code}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told
  const [, ...drawn] = out.split(/\x1b\[H/u);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told
  return drawn.map((screen) => screen.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/gu, '').replaceAll('\r\n', '\n'));
}

test('on a terminal: forward, back, first, last, search, faults, and the end', async (t) => {
  const { plan } = await files('server-restart');
  const keys = ['n', '\x1b[C', 'p', 'G', 'g', '/', ...'no-session', '\r', '.', '!', 'q', 'n'];
  const seen = await screens(plan, keys);
  t.is(seen.length, keys.length - 1, 'one for each key, and none behind the last');
  const place = (at: number): number => Number(/^(\d+)\//u.exec(seen[at]!)![1]);
  t.deepEqual([0, 1, 2, 3].map(place), [1, 2, 3, 2]);
  const all = Number(/^\d+\/(\d+)/u.exec(seen[0]!)![1]);
  t.is(place(4), all);
  t.is(place(5), 1);
  t.regex(seen[6]!, /\n\/$/u);
  const found = seen[5 + 1 + 'no-session'.length + 1]!;
  t.regex(found, /client: session none: no-session-set/u);
  t.regex(found, /\* client {2}sess1/u);
  t.regex(
    found,
    /\n {2}client {2}ctx1 \(ctx#1\) {2}count 3: program, ssl1, ssl1\n/u,
    'what did not change stands below',
  );
  t.regex(seen.at(-2)!, /"no-session" does not come any more$/u);
  t.regex(seen.at(-1)!, /FAULT fault-1: crash/u);
});

test('a small terminal is not overrun, and an end of input ends it', async (t) => {
  const { plan } = await files('thundering-herd');
  const grave = await screens((await files('leak-at-exit')).plan, ['!'], { columns: 40, rows: 24 });
  t.regex(grave.at(-1)!, /BROKEN nothing-leaked-at-exit[^\n]*\n {6}\S/u, 'what does not fit goes on below');
  for (const screen of await screens(plan, ['n', 'n', 'G'], { columns: 40, rows: 8 })) {
    const lines = screen.split('\n');
    t.true(lines.length <= 8);
    t.true(lines.every((line) => line.length <= 40));
  }
});
