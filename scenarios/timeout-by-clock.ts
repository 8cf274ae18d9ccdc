import { type Scenario, scenario } from 'simtls/sim';

const timeoutByClock: Scenario = scenario({
  name: 'timeout-by-clock',
  title: 'a session times out by the clock of the server: whether that runs, is set forward, or is set back',
  answers:
    'SSL_CTX_set_timeout(3): "If the actual time is later than creation time plus timeout, the session is not reused."',
  tls: '1.2',
  record(w) {
    const timeoutSeconds = w.draw.int('timeoutSeconds', { min: 10, max: 1_000 });
    const clock = w.draw.pick('clock', ['runs', 'runs out', 'steps forward', 'steps back']);
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }), context: { timeoutSeconds } });
    const client = w.client();
    const ctx = client.context();
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const closed = first.close();
    first.free();

    const byMs = (timeoutSeconds + 5) * 1_000;
    if (clock === 'steps forward') w.fault({ do: 'clock', host: server.name, byMs }, { after: closed });
    if (clock === 'steps back') w.fault({ do: 'clock', host: server.name, byMs: -byMs }, { after: closed });
    // The handshake takes its time too: seconds of it on the longest links.
    client.sleep({ seconds: clock === 'runs' ? timeoutSeconds - 8 : timeoutSeconds + 5 });

    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'an expired session is answered with a full handshake');
    w.expect(second.reused(), clock === 'runs' || clock === 'steps back' ? 1 : 0, `the clock of the server ${clock}`);
    second.close();
    second.free();
    client.exit();
  },
});

export default timeoutByClock;
