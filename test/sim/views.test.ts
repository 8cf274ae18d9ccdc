/** Runs as other tools show them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { toKeylog, toPcapng, traceOf } from '../../sim/capture/index.js';
import type { Plan } from '../../sim/plan/index.js';
import { recordPlan, scenario } from '../../sim/scenario/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { Folding } from '../../sim/views/folding.js';
import { toMermaid, toPerfetto } from '../../sim/views/index.js';
import { workloads } from '../../sim/workload/index.js';
import { runPlan } from '../../sim/world/index.js';
import { simtls } from './_command.js';
import { scenarios } from './_scenarios.js';
import { faultsInSequence } from './_sequence.js';
import { checkedTraceFile } from './_trace-events.js';
import { dissect } from './_tshark.js';

const planOf = (name: string, seed = '1'): Plan =>
  recordPlan(scenarios.find((one) => one.name === name)!, { seed, profile: '3.0' });
const text = (pieces: Iterable<string>): string => [...pieces].join('');
const pathIn = (folder: string, name: string): string => join(folder, name);
const fresh = (): string => mkdtempSync(join(tmpdir(), 'simtls-'));

/** All pieces, and what the run came to. */
function drained<Piece, Result>(stream: Generator<Piece, Result>): { pieces: Piece[]; result: Result } {
  const pieces: Piece[] = [];
  for (;;) {
    const { done, value } = stream.next();
    if (done === true) return { pieces, result: value };
    pieces.push(value);
  }
}

const plans: readonly (readonly [string, () => Plan])[] = [
  ...scenarios.map((one) => [one.name, () => recordPlan(one, { seed: '1', profile: '3.5' })] as const),
  ...workloads.map((one) => [one.name, () => one.plan({ seed: '1', profile: '3.5' })] as const),
];
for (const [name, make] of plans) {
  test(`${name} as a timeline and as a diagram`, (t) => {
    const plan = make();
    const { pieces: trace } = drained(traceOf(plan));
    t.deepEqual(checkedTraceFile(text(toPerfetto(trace))).faults, []);
    const diagram = text(toMermaid(trace));
    t.deepEqual(faultsInSequence(diagram), []);
    t.true(diagram.split('\n').length < 100, 'short enough for an issue');
  });
}

test('a timeline has an arrow from the connection that brought a session to each that uses it, and counts the cache', (t) => {
  const { pieces: trace } = drained(traceOf(planOf('resumed-by-id')));
  const { events, arrows } = checkedTraceFile(text(toPerfetto(trace)));
  const resumed = trace.filter((event) => event.kind === 'decision' && event.code === 'server-resumed').length;
  t.true(resumed > 0);
  t.deepEqual(
    arrows.filter(([, to]) => to.endsWith('client')),
    Array.from({ length: resumed }, (_, i) => ['connection 1, client', `connection ${i + 2}, client`]),
  );
  const counted = events.filter(({ ph }) => ph === 'C').map(({ args }) => args?.['sessions']);
  t.deepEqual(counted.slice(0, 1), [1]);
});

test('in a timeline hosts are processes, tasks and ends of connections threads, and sessions asynchronous events', (t) => {
  const { pieces: trace } = drained(traceOf(planOf('one-session-several-tasks')));
  const { events } = checkedTraceFile(text(toPerfetto(trace)));
  const named = (what: string): readonly string[] =>
    events.filter(({ name }) => name === what).map(({ pid, args }) => `${pid}: ${String(args?.['name'])}`);
  t.deepEqual(named('process_name'), ['1: server', '2: client']);
  const threads = named('thread_name');
  const tasks = ['steps', ...[1, 2, 3, 4, 5].map((nth) => `steps, beside ${nth}`)];
  t.deepEqual(
    threads.filter((name) => name.startsWith('2: steps')),
    tasks.map((name) => `2: ${name}`),
  );
  for (const end of ['1: connection 6, server', '2: connection 6, client']) t.true(threads.includes(end), end);
  // A second task's steps are on the thread that is called so, while a step of the first is under way.
  const begins = events.filter(({ ph, pid, cat }) => ph === 'B' && pid === 2 && cat === 'step');
  t.deepEqual([...new Set(begins.map(({ tid }) => tid))].toSorted(), [1, 2, 3, 4, 5, 6]);
  const sessions = events.filter(({ cat, ph }) => cat === 'session' && 'bne'.includes(ph)); // arrows are of it, too
  t.deepEqual([...new Set(sessions.map(({ ph }) => ph))].toSorted(), ['b', 'e', 'n']);
  const made = trace.filter((event) => event.kind === 'made' && event.type === 'session').length;
  t.is(sessions.filter(({ ph }) => ph === 'b').length, made);
  t.true(sessions.some(({ ph, args }) => ph === 'n' && args?.['count'] === 2 && args['holder'] === 'cache of ctx#1'));
});

test('a timeline ends what a crash cut off', (t) => {
  const { pieces: trace } = drained(traceOf(planOf('client-crash')));
  const { faults, events } = checkedTraceFile(text(toPerfetto(trace)));
  t.deepEqual(faults, []);
  t.true(events.some(({ name }) => name.includes('crashed')));
});

test('a diagram folds what repeats, and says what it leaves out', (t) => {
  const diagram = text(toMermaid(traceOf(planOf('resumed-by-ticket', '3'))));
  t.regex(diagram, /loop 4 times\n {4}Note over h0,h1: another connection\n/u);
  const folding = new Folding(3);
  for (const like of ['a', 'b', 'b', 'b', 'c', 'd', 'e']) folding.add({ text: like, like });
  t.deepEqual(folding.lines(), ['a', 'loop 3 times', '  b', 'end', 'c']);
  t.is(folding.leftOut, 2);
});

test('lines that differ in a number alone fold to what they have in common', (t) => {
  const folding = new Folding(10);
  for (const bytes of [1, 2, 3]) folding.add({ text: `data, ${bytes} bytes`, like: 'data' });
  t.deepEqual(folding.lines(), ['loop 3 times', '  data', 'end']);
});

test('names with signs of the diagram language in them are escaped', (t) => {
  const place = { n: 0, us: 0, step: '', host: 'a;b' };
  const events: TraceEvent[] = [
    { ...place, kind: 'connection', what: 'opening', connection: 1, peer: 'end#<x>%%', ssl: 1 },
    { ...place, kind: 'fault', fault: 'f', action: 'line\nbreak;' },
  ];
  const diagram = text(toMermaid(events));
  t.deepEqual(faultsInSequence(diagram), []);
  t.regex(diagram, /participant h1 as end#35;#60;x#62;#37;#37;/u);
});

test('a key log of its own opens a capture without secrets: TLS 1.2 and 1.3, resumed and with early data', (t) => {
  for (const name of ['resumed-by-ticket', 'early-data-from-one-ticket', 'early-data-rejected']) {
    // What is replayed has the random bytes of what it repeats, by which secrets are found.
    const plan = { ...planOf(name), faults: [] };
    const { pieces: blocks, result } = drained(toPcapng(plan));
    const { pieces: lines, result: again } = drained(toKeylog(plan));
    t.is(again.fingerprint, result.fingerprint);
    t.is(new Set(lines).size, lines.length, 'each line once');
    for (const line of lines) t.regex(line, /^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}\n$/u);
    const secretsBlock = 10;
    const bare = blocks.filter(
      (block) => new DataView(block.buffer, block.byteOffset).getUint32(0, true) !== secretsBlock,
    );
    t.true(bare.length < blocks.length);
    const with13 = lines.some((line) => line.startsWith('CLIENT_TRAFFIC_SECRET_0 '));
    t.is(with13, name !== 'resumed-by-ticket');
    if (with13) t.true(lines.some((line) => line.startsWith('CLIENT_EARLY_TRAFFIC_SECRET ')));
    const [inside, beside, none] = [
      dissect(Buffer.concat(blocks)),
      dissect(Buffer.concat(bare), lines.join('')),
      dissect(Buffer.concat(bare)),
    ];
    for (const { connection } of result.connections) {
      for (const side of ['client', 'server'] as const) {
        t.deepEqual(beside.decrypted(connection - 1, side), inside.decrypted(connection - 1, side));
        t.is(none.decrypted(connection - 1, side).length, 0);
      }
    }
    t.true(inside.decrypted(1, 'client').length > 0);
  }
});

test('a stream that nobody reads on ends its world, and what it gives does not wait for the end of the run', (t) => {
  const plan = recordPlan(
    scenario({
      name: 'long',
      title: 'long',
      answers: 'nothing',
      record(w) {
        const server = w.server();
        const context = w.client().context();
        for (let i = 0; i < 60; i += 1) {
          const connection = context.connection();
          connection.open(server);
          connection.close();
        }
      },
    }),
    { seed: '1', profile: '3.0' },
  );
  const events = traceOf(plan);
  const first = events.next();
  t.is(first.done, false);
  t.deepEqual(events.return(undefined as never), { done: true, value: undefined });
  t.is(events.next().done, true);
  const { pieces, result } = drained(traceOf(plan));
  const expected: TraceEvent[] = [];
  t.is(runPlan(plan, { trace: (event) => expected.push(event) }).fingerprint, result.fingerprint);
  t.deepEqual(pieces, expected);
});

test('a run in pieces that never rests is told of as any other', (t) => {
  const plan = planOf('resumed-by-id');
  const { result } = drained(traceOf(plan, { eventsMax: 5 }));
  t.deepEqual(result.violations, runPlan(plan, { eventsMax: 5 }).violations);
  t.is(result.verdict, 'fail');
});

test('run writes a timeline, a diagram and a key log, each whole or not at all', async (t) => {
  const folder = fresh();
  const [timeline, diagram, keys] = ['t.json', 'd.mmd', 'k.log'].map((name) => pathIn(folder, name)) as [
    string,
    string,
    string,
  ];
  const args = ['run', 'resumed-by-id', '--perfetto', timeline, '--mermaid', diagram, '--keylog', keys];
  const plain = await simtls(['run', 'resumed-by-id']);
  t.is((await simtls(args)).out, plain.out);
  t.deepEqual(checkedTraceFile(readFileSync(timeline, 'utf8')).faults, []);
  t.deepEqual(faultsInSequence(readFileSync(diagram, 'utf8')), []);
  const lines = readFileSync(keys, 'utf8');
  t.regex(lines, /^(CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n)+$/u);
  await simtls(args);
  t.is(readFileSync(keys, 'utf8'), lines + lines, 'a key log is shared with others');
  t.deepEqual(readdirSync(folder).toSorted(), ['d.mmd', 'k.log', 't.json']);

  const out = await simtls(['run', 'resumed-by-id', '--mermaid', '-']);
  t.is(out.out, readFileSync(diagram, 'utf8'));
  t.regex(out.err, /fingerprint/u);
});

test('what cannot be shown of a run is refused, and leaves nothing behind', async (t) => {
  const folder = fresh();
  const file = pathIn(folder, 'x');
  for (const option of ['--pcap', '--keylog', '--perfetto', '--mermaid']) {
    const many = await simtls(['run', 'set-to-null', '--count', '2', option, file]);
    t.is(many.code, 2);
    t.true(many.err.includes(`${option} shows one run, and these are 2`), many.err);
    const nowhere = await simtls(['run', 'set-to-null', option, pathIn(file, 'below')]);
    t.is(nowhere.code, 2, option);
    t.regex(nowhere.err, /cannot write the (capture|key log|timeline|diagram) to /u);
    const compared = await simtls(['run', 'set-to-null', '--compare', '3.0,3.5', option, file]);
    t.true(compared.code === 2 || compared.code === 4, option);
    t.true(compared.err.includes(option), compared.err);
  }
  const twice = await simtls(['run', 'set-to-null', '--mermaid', '-', '--perfetto', '-']);
  t.is(twice.code, 2);
  t.regex(twice.err, /--perfetto - and --mermaid - both go to standard output/u);
  const unknown = await simtls(['run', 'no-such-scenario', '--perfetto', file]);
  t.is(unknown.code, 2);
  t.false(existsSync(file));
  t.deepEqual(readdirSync(folder), []);
});

test.serial('SSLKEYLOGFILE is for runs whose secrets somebody can use, and in the way of none', async (t) => {
  const file = pathIn(fresh(), 'keys');
  process.env['SSLKEYLOGFILE'] = file;
  try {
    t.is((await simtls(['run', 'set-to-null', '--count', '2'])).code, 0);
    t.is((await simtls(['run', 'set-to-null'])).code, 0);
    t.false(existsSync(file));
    t.is((await simtls(['run', 'resumed-by-id', '--crypto', 'real'])).code, 0);
    t.regex(readFileSync(file, 'utf8'), /^CLIENT_RANDOM /u);
  } finally {
    delete process.env['SSLKEYLOGFILE'];
  }
});

test('a plan and a finding are shown like a run of a scenario', async (t) => {
  const folder = fresh();
  const [plan, one, other] = ['plan.json', 'a.mmd', 'b.mmd'].map((name) => pathIn(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(plan, (await simtls(['plan', 'resumed-by-id', '--seed', '2'])).out);
  await simtls(['run', '--plan', plan, '--mermaid', one]);
  await simtls(['run', 'resumed-by-id', '--seed', '2', '--mermaid', other]);
  t.is(readFileSync(one, 'utf8'), readFileSync(other, 'utf8'));

  const found = pathIn(folder, 'found.json');
  await simtls(['find', 'damaged-ticket', '--defect', 'bad-ticket-leak', '--out', found]);
  const shown = await simtls(['replay', found, '--mermaid', '-', '--pcap', pathIn(folder, 'f.pcapng')]);
  t.is(shown.code, 1, shown.err);
  t.deepEqual(faultsInSequence(shown.out), []);
  t.regex(shown.out, /BROKEN/u);
  t.regex(shown.err, /^again: /mu);
  t.true(existsSync(pathIn(folder, 'f.pcapng')));
});
