import { type Scenario, scenario } from 'simtls/sim';

/** Two stages for those who are careful: first everybody opens with the new key, then everybody seals with it, then the old one goes. */
const careful = [['old', 'new'], ['new', 'old'], ['new']];
const hasty = [['new', 'old'], ['new', 'old'], ['new']];

const fleetRotation: Scenario = scenario({
  name: 'fleet-rotation',
  title: 'a fleet behind a balancer rotates its ticket keys in stages, and one server lags: who resumes at whom',
  answers: 'envoyproxy/gateway#8462: how to show that ticket keys across nodes, and their rotation, work',
  record(w) {
    const names = ['one', 'two', 'three', 'four'].slice(0, w.draw.int('servers', { min: 2, max: 4 }));
    const stages = w.draw.chance('careful', { oneIn: 2 }) ? careful : hasty;
    const laggard = w.draw.int('laggard', { min: 0, max: names.length - 1 });
    const lag = w.draw.int('lagStages', { min: 0, max: stages.length });
    const rings = names.map(() => ['old']);
    const servers = names.map((name) => w.server({ name, ticketKeys: { ring: ['old'] } }));
    const balancer = w.balancer({ to: servers });
    const client = w.client();
    const ctx = client.context();

    const first = ctx.connection();
    w.expect(first.open(balancer), 'ok', 'the first server has the turn');
    first.request({ answer: 100 });
    let session = first.session();
    let sealedBy = 'old';
    first.close();
    first.free();

    let turn = 1;
    for (const [stage] of stages.entries()) {
      for (const [i, server] of servers.entries()) {
        const ring = stages[stage - (i === laggard ? lag : 0)] ?? ['old'];
        server.sleep({ seconds: 100 });
        server.useTicketRing(ring);
        rings[i] = ring;
      }
      client.sleep({ seconds: stage === 0 ? w.draw.int('beginSeconds', { min: 105, max: 130 }) : 100 });
      for (let i = 0; i < names.length; i += 1) {
        const at = turn % names.length;
        turn += 1;
        const [seals = '', ...opens] = rings[at] ?? [];
        const known = sealedBy === seals || opens.includes(sealedBy);
        const connection = ctx.connection();
        connection.setSession(session);
        w.expect(connection.open(balancer), 'ok', 'whatever keys a server has, it serves');
        w.expect(connection.reused(), known ? 1 : 0, `${names[at]} in stage ${stage + 1}: sealed by ${sealedBy}`);
        connection.request({ answer: 100 });
        // A ticket of the key that seals is left as it is; any other is renewed, or replaced by those of a full handshake.
        session = connection.session();
        sealedBy = seals;
        connection.close();
        connection.free();
      }
    }
    client.exit();
  },
});

export default fleetRotation;
