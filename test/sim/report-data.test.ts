/** What stands in a report's data, without a browser. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Finding } from '../../sim/campaign/index.js';
import type { ReportData } from '../../sim/report/data.js';
import { Partners } from '../../sim/report/partners.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { simtls } from './_command.js';

const folder = mkdtempSync(join(tmpdir(), 'simtls-'));
const inFolder = (name: string): string => join(folder, name);

function headOf(file: string): ReportData['runs'][number] {
  const [, json = ''] = /id="simtls-report">(.*?)<\/script>/u.exec(readFileSync(file, 'utf8')) ?? [];
  return (JSON.parse(json) as ReportData).runs[0]!;
}

test('a finding that another simtls made says where its run parts from the one that was found, and what became of it', async (t) => {
  const fuzz = ['fuzz', 'cache-of-one', '--seeds', '1..1', '--profile', '3.0', '--defect', 'evict-callback-after-free'];
  t.is((await simtls([...fuzz, '--jobs', '1', '--out', inFolder('campaign')])).code, 1);
  const [name = ''] = readdirSync(inFolder('campaign/findings'));
  const found = JSON.parse(readFileSync(inFolder(`campaign/findings/${name}`), 'utf8')) as Finding;
  const reported = async (as: string, finding: unknown): Promise<ReportData['runs'][number]> => {
    const file = inFolder(`${as}.json`);
    writeFileSync(file, JSON.stringify(finding));
    const { code, err } = await simtls(['report', file]);
    t.is(code, 0, err);
    return headOf(inFolder(`${as}.html`));
  };
  t.deepEqual((await reported('same', found)).notes, []);
  const trace = found.run.trace.with(20, found.run.trace[20]!.replace(/"us":\d+/u, '"us":7'));
  const older = { ...found, versions: { ...found.versions, simtls: '0.0.9' }, run: { ...found.run, trace } };
  const [again = '', was = ''] = (await reported('older', older)).notes;
  t.regex(
    again,
    /not the run that simtls 0\.0\.9 found, but what simtls .* they part at event 20, and it breaks the same$/,
  );
  t.regex(was, /^what was found: callback-gets-live-session: the remove callback/);
  const gone = await reported('gone', { ...older, plan: { ...found.plan, defects: [] } });
  t.is(gone.verdict, 'pass');
  t.regex(gone.notes[0]!, /they part at event 20, and nothing is broken in it any more$/);
  const [step, ...steps] = found.plan.steps;
  const unread = { ...older, plan: { ...found.plan, steps: [{ ...step, args: [{ name: 'nobody' }] }, ...steps] } };
  const asFound = await reported('unread', unread);
  t.regex(asFound.notes[0]!, /does not run its plan \(.*\): this is the run that simtls 0\.0\.9 found$/);
  t.is(asFound.events, found.run.trace.length);
});

test('a record comes from the other end of its connection, though others are under way that look the same', (t) => {
  const partners = new Partners();
  let n = -1;
  const place = (host: string, step: string): { n: number; us: number; host: string; step: string } => {
    n += 1;
    return { n, us: 0, host, step };
  };
  const connection = (what: 'opening' | 'accepted', host: string, step: string, number: number, ssl: number): void =>
    partners.connected({ ...place(host, step), kind: 'connection', what, connection: number, peer: '', ssl });
  const record = (host: string, step: string, ssl: number, direction: 'sent' | 'received'): number => {
    const event = { ...place(host, step), kind: 'record', ssl, direction, contentType: 20, length: 6, sum: 1 } as const;
    const back = partners.of(event satisfies TraceEvent);
    return back === 0 ? -1 : event.n - back;
  };
  connection('opening', 'client', 'client-1', 1, 11);
  connection('opening', 'client', 'client-2', 2, 12);
  const first = record('client', 'client-1', 11, 'sent');
  const [ofFirst, ofSecond] = [n, n + 1];
  record('client', 'client-2', 12, 'sent');
  t.is(first, -1);
  connection('accepted', 'server', 'server-1/2', 2, 0);
  connection('accepted', 'server', 'server-1/1', 1, 0);
  record('server', 'server-1/2', 22, 'sent');
  const ofServer = n;
  t.is(record('server', 'server-1/2', 22, 'received'), ofSecond); // not its own, and not that of the first connection
  t.is(record('server', 'server-1/1', 21, 'received'), ofFirst);
  t.is(record('client', 'client-1', 11, 'received'), -1);
  t.is(record('client', 'client-2', 12, 'received'), ofServer);
});
