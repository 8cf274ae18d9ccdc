/** Scenarios that cheat: each lets something into its recording that no seed decides. They must be caught. */
import { type Scenario, scenario } from '../../../sim/index.js';

/**
 * A scenario that is honest but for one number: how long it sleeps.
 * @param microseconds - from where no number may come
 * @param at - before anything is drawn, or after all has been
 */
export function cheat(
  name: string,
  title: string,
  microseconds: () => number,
  at: 'begin' | 'end' = 'begin',
): Scenario {
  return scenario({
    name: `canary-${name}`,
    title,
    answers: 'whether a run that is not determined by its seed is noticed',
    tls: '1.2',
    record(w) {
      const server = w.server();
      const client = w.client();
      w.link(client, server, { latencyUs: 500, jitterUs: 50, segmentBytes: { min: 100, max: 1460 } });
      const us = microseconds();
      if (at === 'begin') client.sleep({ us });
      const connection = client.context().connection();
      connection.open(server);
      connection.close();
      connection.free();
      if (at === 'end') client.sleep({ us });
      client.exit();
    },
  });
}
