/** Captures, as tshark judges them. More seeds of every scenario: `SIMTLS_CAPTURE_SEEDS=20 npx ava dist/test/sim/capture.test.js`. */
import test from 'ava';
import { capturePlan } from '../../sim/capture/index.js';
import type { FaultAction, Plan } from '../../sim/plan/index.js';
import {
  type HostRecorder,
  type Recorder,
  recordPlan,
  type Scenario,
  type ServerRecorder,
  scenario,
} from '../../sim/scenario/index.js';
import type { TraceEvent } from '../../sim/trace/index.js';
import { workloads } from '../../sim/workload/index.js';
import { type RunResult, runPlan } from '../../sim/world/index.js';
import { profiles, scenarios } from './_scenarios.js';
import { type Dissected, dissect, dissectAll, type Packet } from './_tshark.js';

const seeds = Number(process.env['SIMTLS_CAPTURE_SEEDS'] ?? 1);

interface Captured {
  readonly file: Uint8Array;
  readonly result: RunResult;
  /** Of a run under the other cryptography, which nobody captures. */
  readonly plainFingerprint: string;
  readonly trace: readonly TraceEvent[];
}

/** A plan's capture, and the same run under the other cryptography. */
function captured(plan: Plan): Captured {
  const pieces: Uint8Array[] = [];
  const result = capturePlan(plan, (bytes) => pieces.push(bytes));
  const trace: TraceEvent[] = [];
  const { fingerprint: plainFingerprint } = runPlan(plan, { trace: (event) => trace.push(event) });
  return { file: new Uint8Array(Buffer.concat(pieces)), result, plainFingerprint, trace };
}

/** What a host's side of a connection wrote, and what the other side was given, as the trace tells it: length and sum. */
function data(trace: readonly TraceEvent[], connection: number, what: 'sent' | 'received', host: string): Told {
  const told = { length: 0, sum: 0 };
  for (const event of trace) {
    if (event.kind !== 'data' || event.connection !== connection || event.what !== what || event.host !== host)
      continue;
    told.length += event.length;
    told.sum += event.sum;
  }
  return told;
}
interface Told {
  readonly length: number;
  readonly sum: number;
}

const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + byte, 0);

/** Handshake messages that a host has sent, in order: as the trace has them, or as the capture shows them. */
function sentMessages(trace: readonly TraceEvent[], host: string): number[] {
  return trace.flatMap((event) =>
    event.kind === 'message' && event.direction === 'sent' && event.host === host ? [event.handshakeType] : [],
  );
}
function shownMessages({ packets }: Dissected, host: string): number[] {
  return packets.filter((packet) => packet.host === host).flatMap((packet) => packet.handshakeTypes);
}

/** Of those sent, the ones shown, in their order: each connection may lose its end. */
function within(sent: readonly number[], shown: readonly number[]): number[] {
  let at = 0;
  return sent.filter((type) => type === shown[at] && ++at > 0);
}

/** What is lost with a process, cut off by a reset, or waits for room that nobody makes, was written and never left. */
const mayLose = (plan: Plan, trace: readonly TraceEvent[]): boolean =>
  plan.faults.length > 0 ||
  plan.hosts.some((host) => host.receiveBufferBytes !== undefined || host.sendBufferBytes !== undefined) ||
  trace.some((event) => event.kind === 'process' && event.what === 'aborted');

/** The same plan, where contexts speak up to that version. */
function upTo(version: 'TLS1_2_VERSION' | 'TLS1_3_VERSION', plan: Plan): Plan {
  return JSON.parse(JSON.stringify(plan).replaceAll('TLS1_2_VERSION', version)) as Plan; // nothing but a name differs
}

/** Plans that hold contexts back at TLS 1.2 run without that too. */
const isHeldBack = (one: Scenario): boolean =>
  JSON.stringify(recordPlan(one, { seed: '1', profile: '3.0' })).includes('TLS1_2_VERSION');
const runs = scenarios.flatMap((one, index) =>
  (isHeldBack(one) ? (['TLS1_2_VERSION', 'TLS1_3_VERSION'] as const) : (['TLS1_3_VERSION'] as const)).map(
    (version) => ({
      one,
      index,
      version,
    }),
  ),
);
/** Each of another seed: what stands in one file must not have the same random bytes twice, by which secrets are found. */
const captures = runs.flatMap(({ one, index, version }, run) =>
  Array.from({ length: seeds }, (_, i) => {
    const seed = String(run * seeds + i + 1);
    const profile = profiles[(index + i + 1) % profiles.length]!;
    const plan = upTo(version, recordPlan(one, { seed, profile }));
    return { one, version, plan, about: `seed ${seed}, ${profile}`, ...captured(plan) };
  }),
);
const dissected = dissectAll(captures.map(({ file }) => file));
for (const { one, version } of runs) {
  test(`tshark reads the capture of ${one.name} up to ${version} decrypted, with no error in it`, (t) => {
    for (const [at, { plan, about, result, plainFingerprint, trace }] of captures.entries()) {
      if (captures[at]?.one !== one || captures[at]?.version !== version) continue;
      t.is(result.fingerprint, plainFingerprint, about);
      const seen = dissected[at]!;
      t.deepEqual(
        seen.packets.flatMap((packet) => packet.errors),
        [],
        about,
      );
      t.false(
        seen.packets.some(({ analysis }) => analysis.includes('lost_segment') || analysis.includes('ack_lost_segment')),
        about,
      );
      const times = seen.packets.map((packet) => packet.seconds);
      t.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        about,
      );
      const whole = !mayLose(plan, trace);
      // A ClientHello that comes again has the random bytes of the first, by which its secrets would be found.
      const isReplayed = plan.faults.some(({ action }) => action.do === 'replay');
      // A scenario that joins both ends in memory has no packets.
      const hosts = new Set(result.connections.flatMap(({ client, server }) => [client, server]));
      if (hosts.size === 0) t.deepEqual(seen.packets, []);
      for (const name of hosts) {
        const sent = sentMessages(trace, name);
        const shown = shownMessages(seen, name);
        t.deepEqual(shown, whole ? sent : within(sent, shown), `messages of ${name}, ${about}`);
      }
      for (const { connection, client, server } of result.connections) {
        for (const side of ['client', 'server'] as const) {
          const bytes = seen.decrypted(connection - 1, side);
          const written = data(trace, connection, 'sent', side === 'client' ? client : server);
          const read = data(trace, connection, 'received', side === 'client' ? server : client);
          // Of a connection of a host to itself, `read` is what both of its ends have read.
          const some = client === server ? 1 : read.length;
          t.true(isReplayed || bytes.length >= some, `${about}: ${bytes.length} bytes`);
          t.true(bytes.length <= written.length, `${about}: ${bytes.length} bytes`);
          if (bytes.length === written.length) t.is(sumOf(bytes), written.sum, about);
        }
      }
    }
  });
}

test('tshark reads the captures of the workloads decrypted, with no error in them', (t) => {
  const drawn = workloads.flatMap((one, index) =>
    Array.from({ length: seeds }, (_, i) => {
      const plan = one.plan({ seed: String(i + 1), profile: profiles[(index + i) % profiles.length]! });
      return { about: `${one.name}, seed ${i + 1}`, ...captured(plan) };
    }),
  );
  const read = dissectAll(drawn.map(({ file }) => file));
  for (const [at, { about, result, plainFingerprint, trace }] of drawn.entries()) {
    const seen = read[at]!;
    t.is(result.fingerprint, plainFingerprint, about);
    t.deepEqual(
      seen.packets.flatMap(({ errors }) => errors),
      [],
      about,
    );
    const hosts = new Set(result.connections.flatMap(({ client, server }) => [client, server]));
    t.true(hosts.size > 0);
    for (const name of hosts) {
      const [sent, shown] = [sentMessages(trace, name), shownMessages(seen, name)];
      t.deepEqual(shown, within(sent, shown), `messages of ${name}, ${about}`);
    }
  }
});

interface Recorded {
  readonly w: Recorder;
  readonly server: ServerRecorder;
  readonly client: HostRecorder;
}

/** What tshark makes of a client and a server half a millisecond apart. */
function show(record: (recorded: Recorded) => void): Dissected {
  const one = scenario({
    name: 'mine',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    record(w) {
      const server = w.server({ tickets: false });
      const client = w.client();
      w.link(client, server, { latencyUs: 500 });
      record({ w, server, client });
    },
  });
  return dissect(captured(recordPlan(one, { seed: '1', profile: '3.0' })).file);
}

/** Opens a connection, asks for an answer, and meets a fault after the opening. */
function meeting(action: (connect: string) => FaultAction, answer = 10_000): Dissected {
  return show(({ w, client, server }) => {
    const connection = client.context().connection();
    const connect = connection.connect(server);
    const opened = connection.handshake();
    w.fault(action(connect.step), { after: opened });
    connection.request({ answer });
  });
}

/** Sequence and acknowledgement numbers of a packet without data, counted from the SYN. */
function numbers({ info }: Packet): { seq: number; ack: number } {
  const [, seq, ack] = /Seq=(\d+) Ack=(\d+)/u.exec(info)!;
  return { seq: Number(seq), ack: Number(ack) };
}

test('a connection opens with SYN, SYN and ACK, and ends with a FIN each way, all acknowledged', (t) => {
  const { packets } = show(({ client, server }) => {
    const connection = client.context().connection();
    connection.open(server);
    connection.close();
  });
  t.deepEqual(
    packets.slice(0, 3).map((packet) => `${packet.host} ${packet.flags}`),
    ['client SYN', 'server SYN,ACK', 'client ACK'],
  );
  t.deepEqual(
    packets.slice(-3).map((packet) => `${packet.host} ${packet.flags}`),
    ['server FIN,ACK', 'client FIN,ACK', 'server ACK'],
  );
  const [serverFin, clientFin, last] = packets.slice(-3).map(numbers);
  t.is(clientFin!.ack, serverFin!.seq + 1);
  t.is(last!.ack, clientFin!.seq + 1);
  t.is(last!.seq, serverFin!.seq + 1);
  t.is(packets[0]?.seconds, 1_700_000_000);
});

test('a port where nobody listens answers with a reset', (t) => {
  const { packets } = show(({ client, server }) => {
    client.context().connection().connect(server, { port: 80 });
  });
  t.deepEqual(
    packets.map((packet) => `${packet.host} ${packet.flags}`),
    ['client SYN', 'server RST,ACK'],
  );
});

test('a crash is told with the packet that shows it', (t) => {
  const { packets } = meeting(() => ({ do: 'crash', host: 'server', how: 'reset' }));
  const told = packets.filter((packet) => packet.comment.includes('fault fault-1: crash, host server, how reset'));
  t.deepEqual(
    told.map((packet) => `${packet.host} ${packet.flags}`),
    ['server RST,ACK'],
  );
});

test('a reset by somebody on the way is shown in the name of both ends', (t) => {
  const { packets } = meeting((connect) => ({ do: 'reset', connection: connect }));
  const resets = packets.filter((packet) => packet.flags === 'RST,ACK').slice(0, 2);
  t.deepEqual(
    resets.map((packet) => packet.host),
    ['client', 'server'],
  );
  t.regex(resets[0]?.comment ?? '', /fault fault-1: reset, connection client-\d+/u);
});

test('what a partition loses is seen again once it gets through', (t) => {
  const { packets } = show(({ w, client, server }) => {
    const connection = client.context().connection();
    const opened = connection.open(server);
    w.fault({ do: 'partition', from: 'server', to: 'client' }, { after: opened });
    w.fault({ do: 'heal', from: 'server', to: 'client' }, { after: opened, us: 3_000_000 });
    connection.request({ answer: 3000 });
  });
  const again = packets.filter((packet) => packet.analysis.includes('retransmission'));
  t.true(again.length > 0 && again.every((packet) => packet.host === 'server'));
  t.regex(again[0]?.comment ?? '', /heal, from server, to client/u);
});

test('a cut and a flipped bit are told with the segment that they meet, which is shown as it left', (t) => {
  const cut = meeting((connection) => ({ do: 'cut', connection, from: 'server', afterBytes: 5000 }));
  t.is(cut.packets.filter((packet) => packet.comment.includes('cut')).length, 1);
  const flipped = meeting((connection) => ({ do: 'corrupt', connection, from: 'server', byte: 5000 }));
  const told = flipped.packets.filter((packet) => packet.comment.includes('corrupt'));
  t.deepEqual(
    told.map((packet) => packet.host),
    ['server'],
  );
  t.is(flipped.decrypted(0, 'server').length, 10_000);
  t.true(flipped.packets.some((packet) => packet.info.includes('Bad Record MAC')));
});

test('a segment larger than an IP packet is shown in several', (t) => {
  const buffers = { sendBufferBytes: 2 ** 20, receiveBufferBytes: 2 ** 20 };
  const one = scenario({
    name: 'mine',
    title: 'mine',
    answers: 'nothing',
    tls: '1.2',
    record(w) {
      const server = w.server({ tickets: false, ...buffers });
      const client = w.client('client', buffers);
      w.link(client, server, { latencyUs: 500, coalesceUs: 1000, segmentBytes: { min: 2 ** 20, max: 2 ** 20 } });
      const connection = client.context().connection();
      connection.open(server);
      connection.request({ answer: 200_000 });
    },
  });
  const seen = dissect(captured(recordPlan(one, { seed: '1', profile: '3.0' })).file);
  t.deepEqual(
    seen.packets.flatMap((packet) => [...packet.errors, ...packet.analysis]),
    [],
  );
  t.is(seen.decrypted(0, 'server').length, 200_000);
});

test('no size of a request makes it look like another protocol, and broken', (t) => {
  for (const bytes of [4, 100, 1_024, 2_048, 65_536]) {
    const { packets } = show(({ client, server }) => {
      const connection = client.context().connection();
      connection.open(server);
      connection.request({ bytes, answer: 54 });
    });
    t.deepEqual(
      packets.flatMap((packet) => packet.errors),
      [],
      `${bytes} bytes`,
    );
  }
});

test('decisions about sessions stand beside the packets of the side that made them', (t) => {
  const { packets } = show(({ client, server }) => client.context().connection().open(server));
  const told = packets.filter(({ comment }) => comment.includes('session none'));
  t.deepEqual(
    told.map((packet) => [packet.host, packet.handshakeTypes[0]]),
    [
      ['client', 1],
      ['server', 2],
    ],
  );
  t.regex(told[0]?.comment ?? '', /client client: session none, no-session-set/u);
});

test('steps stand beside the first packet that they send', (t) => {
  const { packets } = show(({ client, server }) => {
    const connection = client.context().connection();
    connection.open(server);
    connection.request({ answer: 100 });
    connection.close();
  });
  const told = packets.flatMap(({ host, handshakeTypes, comment }) =>
    [...comment.matchAll(/\] step: ([^,;]*)/gu)].map(([, what]) => ({ what: `${host}: ${what}`, handshakeTypes })),
  );
  t.deepEqual(
    told.map(({ what }) => what),
    ['client: connect', 'client: handshake', 'server: connection 1 accepted', 'client: request', 'client: close'],
  );
  t.deepEqual([told[1]?.handshakeTypes[0], told[2]?.handshakeTypes[0]], [1, 2], 'ClientHello and ServerHello');
});

test('a capture comes in pieces of one block each, secrets before the packets that need them', (t) => {
  const plan = recordPlan(scenarios.find((one) => one.name === 'resumed-by-ticket')!, { seed: '1', profile: '3.0' });
  const types: number[] = [];
  const { connections } = capturePlan(plan, (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    types.push(view.getUint32(0, true));
    t.is(view.getUint32(4, true), bytes.length);
    t.is(view.getUint32(bytes.length - 4, true), bytes.length);
  });
  t.deepEqual(types.slice(0, 3), [0x0a0d0d0a, 1, 1]);
  t.true(connections.some(({ outcome }) => outcome === 'resumed'));
  t.is(types.filter((type) => type === 10).length, connections.length, 'one a handshake, though both sides tell');
});
