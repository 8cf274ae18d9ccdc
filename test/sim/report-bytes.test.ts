/** The bytes of a report's messages: of real OpenSSL, of code under test, of long runs; and packets of real OpenSSL. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import test from 'ava';
import { capturePlan } from '../../sim/capture/index.js';
import { Lines } from '../../sim/cli/lines.js';
import type { Code } from '../../sim/code/index.js';
import type { Plan } from '../../sim/plan/index.js';
import type { PackedField } from '../../sim/report/data.js';
import { collectedPlan, Gathering, type PackedBytes } from '../../sim/report/index.js';
import { recordPlan, scenario } from '../../sim/scenario/index.js';
import type { Profile } from '../../sim/stacks/index.js';
import { runPlan, runWithCode } from '../../sim/world/index.js';
import { linesThere } from '../_lines.js';
import { scenarios } from './_scenarios.js';
import { dissect } from './_tshark.js';

const io = { err: () => {} } as unknown as ConstructorParameters<typeof Lines>[1]; // it says nothing of the expected lines
const lines = new Lines({}, io);
test.after.always(() => lines.close());

const planOf = (name: string, profile: Profile): Plan =>
  recordPlan(scenarios.find((one) => one.name === name)!, { seed: '3', profile });

/** The fields of all records, those inside of others too, and what of them is wrong. */
function fieldsOf({ records }: PackedBytes): { readonly names: ReadonlySet<string>; readonly problems: string[] } {
  const names = new Set<string>();
  const problems: string[] = [];
  const walk = ([name, , , , , children = [], problem = '', inside]: PackedField): void => {
    names.add(name);
    if (problem !== '') problems.push(`${name}: ${problem}`);
    for (const child of [...children, ...(inside?.[2] ?? [])]) walk(child);
  };
  for (const { field } of records) walk(field);
  return { names, problems };
}

for (const profile of linesThere()) {
  test(`what real OpenSSL ${profile} says is in its report, decrypted, and in its packets; to be listened to changes nothing`, (t) => {
    const libssl = lines.of(profile);
    for (const [name, ...expected] of [
      ['resumed-by-ticket', 'ClientHello', 'Finished', 'NewSessionTicket'],
      ['early-data-from-one-ticket', 'EndOfEarlyData', 'EncryptedExtensions', 'Finished'],
    ] as const) {
      const plan = planOf(name, profile);
      const { about, bytes } = collectedPlan(plan, { title: name, replay: '', libssl });
      t.is(about.result?.fingerprint, runPlan(plan, { libssl }).fingerprint);
      t.deepEqual(about.notes, []);
      const { names, problems } = fieldsOf(bytes);
      for (const one of expected) t.true(names.has(one), `${name}: ${one}`);
      t.deepEqual(problems, []);
      t.is(bytes.leftOut, 0);
    }
    const pieces: Uint8Array[] = [];
    const plan = planOf('early-data-from-one-ticket', profile);
    const { fingerprint, connections } = capturePlan(plan, (bytes) => pieces.push(bytes), { libssl });
    t.is(fingerprint, runPlan(plan, { libssl }).fingerprint);
    const seen = dissect(Buffer.concat(pieces));
    t.deepEqual(
      seen.packets.flatMap(({ errors }) => errors),
      [],
    );
    const answered = connections.filter(({ outcome }) => outcome === 'full' || outcome === 'resumed');
    t.true(answered.length > 1);
    for (const { connection } of answered) t.true(seen.decrypted(connection - 1, 'client').length > 0);
  });
}

test('of code under test the bytes are those of its own run, opened where the other end tells its secrets', async (t) => {
  const client: Code = async ({ net }) => {
    const socket = connect({ socket: net.connect('server', 443), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.end();
    await once(socket, 'close');
  };
  const codes = { client };
  const one = scenario({
    name: 'node',
    codes,
    title: 'Node as the client',
    answers: 'which bytes a report has',
    record(w) {
      w.server();
      w.client().code('client');
    },
  });
  const plan = recordPlan(one, { seed: '1', profile: '3.0' });
  const gathering = new Gathering({ bytes: 'own' });
  const result = await runWithCode(plan, { codes, ...gathering.options });
  const { bytes, notes } = gathering.bytesOf(plan, result);
  t.deepEqual(notes, []);
  const { names, problems } = fieldsOf(bytes);
  for (const name of ['ClientHello', 'CertificateVerify', 'NewSessionTicket', 'Finished'])
    t.true(names.has(name), name);
  t.deepEqual(problems, []);
});

test('of a long run the bytes go up to a limit, which is said, and no further is it made again', (t) => {
  const plan = planOf('resumed-by-ticket', '3.0');
  const result = runPlan(plan);
  const eventsMax = 100;
  for (const bytes of ['again', 'own'] as const) {
    const gathering = new Gathering({ bytes, eventsMax });
    if (bytes === 'own') runPlan(plan, gathering.options);
    const found = gathering.bytesOf(plan, result);
    t.deepEqual(found.notes, [`the bytes of its messages are those up to event ${eventsMax} of ${result.events}`]);
    t.true(found.bytes.at.length > 10);
    t.true(found.bytes.at.every(([n]) => n < eventsMax));
    t.true(found.bytes.records.every(({ connection }) => connection === 1));
  }
});
