import { type Recorder, type Scenario, scenario } from 'simtls/sim';

const secondUs = 1_000_000;
/** The first connections are spread over so long; then the server dies, and some time later it is up again. */
const comingUs = 10 * secondUs;
const deathUs = 20 * secondUs;

/** So many clients, each a host of its own, of one server that dies with all their connections open. */
export function herd(w: Recorder, clients: number): void {
  const keysKept = w.draw.chance('keysKept', { oneIn: 2 });
  const shutdown = w.draw.chance('shutdown', { oneIn: 2 });
  const upUs = deathUs + w.draw.int('downSeconds', { min: 1, max: 30 }) * secondUs;
  const spreadUs = w.draw.pick('spreadUs', [1, 1_000, 2 * secondUs]);
  const latencyUs = w.draw.int('latencyUs', { min: 100, max: 40_000 });
  const server = w.server(keysKept ? { ticketKeys: { file: '/ticket.keys' } } : {});
  const how = w.draw.pick('how', ['reset', 'half-open']);
  w.crash(server, { atUs: deathUs }, how);
  w.restart(server, { atUs: upUs });

  for (let i = 0; i < clients; i += 1) {
    const client = w.client(`client${i}`);
    w.link(client, server, { latencyUs: latencyUs + i });
    const ctx = client.context();
    const comesUs = (i * 7_919) % comingUs;
    client.sleep({ us: comesUs });
    const first = ctx.connection();
    w.expect(first.open(server), 'ok', 'they come one after the other');
    w.expect(first.request({ answer: 1_000 }), 'ok', 'and are served');
    const session = first.session();

    // A second after the server is up, all of them within the spread: what the first connection took is not taken away.
    client.sleep({ us: upUs + secondUs - comesUs + ((i * 104_729) % spreadUs) });
    if (shutdown) first.close({ wait: false });
    else first.disconnect();
    const freed = first.free();
    // A client that was reset knows of the end; one that was not gives its session up unasked.
    if (!shutdown && how === 'half-open') {
      w.expect.violation('held-session-stays-resumable', 'SSL_shutdown is left out', freed);
    }
    const second = ctx.connection();
    second.setSession(session);
    w.expect(second.open(server), 'ok', 'nobody is turned away');
    w.expect(
      second.reused(),
      keysKept && shutdown ? 1 : 0,
      keysKept
        ? 'a connection that is freed without SSL_shutdown takes its session along'
        : 'the keys died with the server',
    );
    w.expect(second.request({ answer: 1_000 }), 'ok', 'nobody is starved');
    second.close();
    client.exit();
  }
}

const thunderingHerd: Scenario = scenario({
  name: 'thundering-herd',
  title:
    'a server dies with all its connections, and its clients are back at once when it is up: with their sessions or without',
  answers:
    'caddyserver/caddy#1738 and openssl/openssl#4720: what spares a server the full handshakes after its restart',
  record: (w) => herd(w, w.draw.int('clients', { min: 5, max: 30 })),
});

export default thunderingHerd;
