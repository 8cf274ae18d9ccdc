/** A scenario that cheats: it reads the real clock. `--verify` must catch it. */
import { performance } from 'node:perf_hooks';
import { type Scenario, scenario } from '../../sim/index.js';

const canary: Scenario = scenario({
  name: 'canary',
  title: 'reads the real clock',
  answers: 'whether a run that is not determined by its seed is noticed',
  record(w) {
    const server = w.server();
    const client = w.client();
    w.link(client, server, { latencyUs: 500, jitterUs: 50, segmentBytes: { min: 100, max: 1460 } });
    client.sleep({ us: Math.floor(performance.now() * 1000) });
    const connection = client.context().connection();
    connection.open(server);
    connection.close();
    connection.free();
    client.exit();
  },
});

export default canary;
