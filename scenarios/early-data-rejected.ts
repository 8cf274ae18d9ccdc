import { type Scenario, scenario } from 'simtls/sim';

/** Why a server rejects early data, and when it resumes the session all the same. */
const reasons = {
  'not read': { resumes: 'always', says: 'a server that never calls SSL_read_early_data' },
  'clock stepped': { resumes: 'always', says: 'the ticket is older for the server than the client says' },
  // The first ClientHello has used the ticket up: in the second it is nobody’s any more.
  'another group': { resumes: 'without anti-replay', says: 'a HelloRetryRequest ends the first flight' },
  'nothing allowed': {
    resumes: 'without anti-replay',
    says: 'the server allows none any more, and seals its tickets again',
  },
  'sessions lost': { resumes: 'never', says: 'the server has started anew' },
  'used before': { resumes: 'without anti-replay', says: 'with anti-replay a ticket opens once' },
} as const;
type Reason = keyof typeof reasons;

const earlyDataRejected: Scenario = scenario({
  name: 'early-data-rejected',
  title: 'a request goes out as early data and is rejected, for one of six reasons; it is gone unless it is sent again',
  answers:
    'SSL_read_early_data(3): "any early data that was submitted will be ignored"; openssl/openssl#6389: why is mine always rejected?',
  tls: '1.3',
  record(w) {
    const reason = w.draw.pick('reason', Object.keys(reasons) as Reason[]); // its own keys
    const { resumes, says } = reasons[reason];
    const antiReplay = reason === 'used before' || w.draw.chance('antiReplay', { oneIn: 2 });
    const resumed = resumes === 'always' || (resumes === 'without anti-replay' && !antiReplay);
    const resends = w.draw.chance('resends', { oneIn: 2 });
    const early = reason === 'not read' ? 'not-read' : w.draw.pick('early', ['at-once', 'deferred']);
    const server = w.server({ early, context: { earlyData: { max: 16_384, antiReplay } } });
    if (reason === 'another group')
      server.boot(() => server.call('SSL_CTX_set1_groups_list', [server.ownContext, { text: 'P-521' }]));
    const client = w.client();
    const ctx = client.context();
    const order = {
      bytes: w.draw.int('bodyBytes', { min: 0, max: 4_000 }),
      answer: w.draw.int('answerBytes', { min: 1, max: 9_000 }),
    };

    const first = ctx.connection();
    first.open(server);
    first.request({ answer: 10 });
    const session = first.session();
    const closed = first.close();
    first.free();
    if (reason === 'used before') {
      const before = ctx.connection();
      before.setSession(session);
      before.open(server);
      before.close();
      before.free();
    }
    if (reason === 'nothing allowed') {
      server.await(closed);
      server.call('early_data', [server.ownContext, { max: 0, antiReplay }], 'outcome');
    }
    if (reason === 'sessions lost') {
      w.crash(server, { after: closed, us: 1_000_000 });
      w.restart(server, { after: closed, us: 2_000_000 });
    }
    if (reason === 'clock stepped')
      w.fault({ do: 'clock', host: server.name, byMs: 15_000 }, { after: closed, us: 1_000_000 });
    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 3, max: 30 }) });

    const second = ctx.connection();
    second.setSession(session);
    second.connect(server);
    w.expect(second.requestEarly(order), 'ok', 'the session allows it: the client cannot know');
    w.expect(second.handshake(), 'ok', 'early data that is rejected is no failure');
    w.expect(second.reused(), resumed ? 1 : 0, says);
    const became = second.early();
    w.expect(became, 'rejected', says);
    if (resends)
      w.when(became, 'rejected', () => w.expect(second.request(order), 'ok', 'the application sends it again'));
    second.close();
    client.exit();

    const nth = reason === 'sessions lost' ? 1 : reason === 'used before' ? 3 : 2;
    w.expect(server.accepted(nth, 'early_bytes'), 0, 'nothing of it reaches the application');
    w.expect(server.accepted(nth, 'requests'), resends ? 1 : 0, 'libssl sends nothing again by itself');
  },
});

export default earlyDataRejected;
