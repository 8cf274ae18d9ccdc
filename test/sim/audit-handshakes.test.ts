/** What both ends of a handshake come to, held to what it goes back to: each invariant broken on purpose, and what only looks like it. */
import test from 'ava';
import { Handshakes, type Moment } from '../../sim/audit/index.js';
import { type Recorder, recordPlan, scenario } from '../../sim/scenario/index.js';
import { runPlan, type Violation } from '../../sim/world/index.js';
import type { Ssl, SslSession } from '../../src/index.js';

const [certificate, another] = [Uint8Array.of(1), Uint8Array.of(2)];
const secondUs = 1_000_000;

interface EndIs {
  readonly masterKey?: number;
  readonly finished?: number;
  readonly taken?: Uint8Array;
  readonly own?: Uint8Array;
  readonly idContext?: number;
  readonly ticketKey?: Uint8Array;
  readonly options?: number;
  readonly clientRandom?: number;
}

/** A connection of which no more is there than is looked at. */
function ssl(is: EndIs): Ssl {
  const { masterKey = 1, finished = 1, taken, own, idContext = 0, options = 0, clientRandom = 0 } = is;
  const { ticketKey = Uint8Array.from({ length: 32 }, (_, i) => i) } = is;
  const sessionContext = {
    ticketKeyCallback: undefined,
    ticketKeys: { aesKey: ticketKey },
    sessionIdContext: Uint8Array.of(idContext),
    timeoutOfNewSessions: 300n,
    trusted: [],
  };
  const session = {
    masterKey: new Uint8Array(48).fill(masterKey),
    sessionIdContext: Uint8Array.of(idContext),
    sessionId: new Uint8Array(0),
    peerCertificate: taken,
    timeout: 300n,
  };
  const one = {
    session,
    sessionContext,
    context: sessionContext,
    sessionIdContext: Uint8Array.of(idContext),
    credential: own === undefined ? undefined : { chain: [own] },
    handshake: {
      previousClientFinished: Uint8Array.of(finished),
      previousServerFinished: Uint8Array.of(finished),
      clientRandom: Uint8Array.of(clientRandom),
    },
    tls13: { resumptionSecret: undefined },
    verifyMode: 0,
    expectedHost: undefined,
    version: 0x0303,
    earlyData: { max: 1 },
    profile: { timeUnit: 'second' },
    has: (option: number) => (options & option) !== 0,
  };
  return one as unknown as Ssl; // what is looked at is there
}

interface Case {
  readonly first?: { readonly client?: EndIs; readonly server?: EndIs };
  readonly second?: {
    readonly client?: EndIs;
    readonly server?: EndIs;
    readonly afterSeconds?: number;
    readonly lastsSeconds?: number;
  };
}

/** One full connection, and one that resumes it. @returns the invariants that are broken */
function broken({ first = {}, second }: Case): readonly string[] {
  const handshakes = new Handshakes();
  const found: string[] = [];
  const both = (connection: number, ends: NonNullable<Case['second']>, resumed: boolean): void => {
    const [acceptedAt, at] = [0, ends.lastsSeconds ?? 0].map((more) => {
      const us = ((ends.afterSeconds ?? 0) + more) * secondUs;
      return { us, ms: us / 1000 };
    }) as [Moment, Moment];
    const client = ssl({ taken: certificate, ...ends.client });
    const server = ssl({ own: certificate, ...ends.server });
    for (const [side, end] of [['client', client] as const, ['server', server] as const]) {
      found.push(
        ...handshakes.done(connection, side, { ssl: end, resumed, at, acceptedAt }).map((one) => one.invariant.name),
      );
    }
  };
  both(1, first, false);
  if (second !== undefined) both(2, second, true);
  return found;
}

const cases: readonly (readonly [title: string, given: Case, expected: readonly string[]])[] = [
  ['a full handshake and its resumption', { second: {} }, []],
  ['ends that hold other secrets', { first: { server: { finished: 2 } } }, ['ends-agree-on-secrets']],
  ['a client that takes its server for another', { first: { client: { taken: another } } }, ['ends-agree-on-identity']],
  ['a resumed server that nobody has seen so', { second: { client: { taken: another } } }, ['ends-agree-on-identity']],
  [
    'a server that takes who resumes for somebody else',
    { second: { server: { taken: another } } },
    ['ends-agree-on-identity'],
  ],
  [
    'a client that shows its certificate in the first alone',
    {
      first: { client: { own: another }, server: { taken: another } },
      second: { server: { taken: another } },
    },
    [],
  ],
  ['a session of another id context', { second: { server: { idContext: 9 } } }, ['resumed-where-it-began']],
  ['a session that is as old as it may be', { second: { afterSeconds: 300 } }, []],
  ['a session that was young enough when it was taken', { second: { afterSeconds: 300, lastsSeconds: 60 } }, []],
  ['a session that is older than it may be', { second: { afterSeconds: 302 } }, ['resumed-within-lifetime']],
  ['a key of zeros', { first: { server: { ticketKey: new Uint8Array(32) } } }, ['ticket-keys-are-own']],
  ['a key of zeros that seals nothing', { first: { server: { ticketKey: new Uint8Array(32), options: 0x4000 } } }, []],
  [
    'a session made elsewhere',
    { second: { client: { masterKey: 7 }, server: { masterKey: 7, idContext: 9 }, afterSeconds: 900 } },
    [],
  ],
];

for (const [title, given, expected] of cases) {
  test(`${title}: ${expected.length === 0 ? 'nothing is wrong' : `${expected.join()} is broken`}`, (t) => {
    t.deepEqual(broken(given), expected);
  });
}

test('a ticket that opens under other keys than it was sealed with is told', (t) => {
  const handshakes = new Handshakes();
  const at = { us: 0, ms: 0 };
  const key = (first: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => first + i);
  const both = (connection: number, ticketKey: Uint8Array, openedWith?: Uint8Array): readonly string[] => {
    const [client, server] = [ssl({ taken: certificate }), ssl({ own: certificate, ticketKey })];
    const resumed = openedWith !== undefined;
    return [
      handshakes.done(connection, 'client', { ssl: client, resumed, at, acceptedAt: at }),
      handshakes.done(connection, 'server', { ssl: server, resumed, at, acceptedAt: at, openedWith }),
    ].flatMap((found) => found.map((one) => one.invariant.name));
  };
  t.deepEqual(both(1, key(1)), []);
  t.deepEqual(both(2, key(1), key(1)), []);
  t.deepEqual(both(3, key(2), key(1)), [], 'the keys were changed behind the opening, within the handshake');
  t.deepEqual(both(4, key(2), key(2)), ['ticket-keys-are-own']);
});

test('a session that came in a ticket goes back to the handshake of its connection', (t) => {
  const handshakes = new Handshakes();
  const at = { us: 0, ms: 0 };
  handshakes.done(1, 'client', { ssl: ssl({ taken: certificate }), resumed: false, at, acceptedAt: at });
  handshakes.done(1, 'server', { ssl: ssl({ own: certificate }), resumed: false, at, acceptedAt: at });
  handshakes.came(1, { masterKey: new Uint8Array(48).fill(5) } as SslSession); // all that is looked at
  const late = { us: 400 * secondUs, ms: 400_000 };
  handshakes.done(2, 'client', {
    ssl: ssl({ taken: certificate, masterKey: 5 }),
    resumed: true,
    at: late,
    acceptedAt: late,
  });
  const found = handshakes.done(2, 'server', {
    ssl: ssl({ own: certificate }),
    resumed: true,
    at: late,
    acceptedAt: late,
  });
  t.deepEqual(
    found.map((one) => one.invariant.name),
    ['resumed-within-lifetime'],
  );
});

test('early data that comes again in the same first flight is told, and belongs to whoever switched the protection off', (t) => {
  const handshakes = new Handshakes();
  t.is(handshakes.early(1, ssl({ clientRandom: 1 })), undefined);
  t.is(handshakes.early(1, ssl({ clientRandom: 1 })), undefined, 'more of it');
  t.is(handshakes.early(2, ssl({ clientRandom: 2 })), undefined);
  t.is(handshakes.early(3, ssl({ clientRandom: 1 }))?.owner, 'libssl');
  t.is(handshakes.early(4, ssl({ clientRandom: 1, options: 0x0100_0000 }))?.owner, 'program');
});

function violations(record: (w: Recorder) => void, tls: '1.2' | '1.3' = '1.3'): readonly Violation[] {
  const one = scenario({ name: 'mine', title: 'mine', answers: 'nothing', tls, record });
  return runPlan(recordPlan(one, { seed: '1', profile: '3.0' })).violations;
}

test('who resumes under a policy that would refuse it is told, and an authority that has changed is part of the policy', (t) => {
  const resumed = (change: 'verify' | 'trust' | 'none'): readonly string[] =>
    violations((w) => {
      const server = w.server({ context: { verify: change !== 'verify', sessionIdContext: 'shop' } });
      const client = w.client();
      const ctx = client.context({ certificate: change !== 'verify' });
      const first = ctx.connection();
      first.open(server);
      first.request({ answer: 10 });
      const session = first.session();
      first.close();
      server.sleep({ seconds: 30 });
      if (change === 'trust') server.call('trust', [server.ownContext, { keys: ['rsa-2048'] }]);
      if (change === 'verify') {
        server.call('trust', [server.ownContext]);
        server.call('SSL_CTX_set_verify', [server.ownContext, 'SSL_VERIFY_PEER|SSL_VERIFY_FAIL_IF_NO_PEER_CERT']);
      }
      client.sleep({ seconds: 60 });
      const second = ctx.connection();
      second.setSession(session);
      second.open(server);
      second.request({ answer: 10 });
      second.close();
      client.exit();
    }).map((one) => `${one.invariant} ${one.owner}`);
  t.deepEqual(resumed('none'), []);
  t.deepEqual(resumed('verify'), ['resumption-meets-policy program']);
  t.deepEqual(resumed('trust'), ['resumption-meets-policy program']);
});

test('a session counts by its age when the server takes it, however long the handshake goes on behind that', (t) => {
  const latencyUs = secondUs;
  const resumed = (w: Recorder): void => {
    const server = w.server({ context: { timeoutSeconds: 60 } });
    const client = w.client();
    w.link(client, server, { latencyUs });
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    first.close();
    client.sleep({ seconds: 30 });
    const second = ctx.connection();
    second.setSession(session);
    const connected = second.connect(server);
    second.handshake();
    w.expect(second.reused(), 1, 'it was young enough');
    const hold = { do: 'hold', from: client.name, to: server.name } as const;
    w.fault(hold, { after: connected, us: 1.5 * latencyUs }, { lastsUs: 40 * secondUs });
    second.close();
    client.exit();
  };
  t.deepEqual(violations(resumed, '1.2'), []);
});
