import test from 'ava';
import { PlanError, parsePlan } from '../../sim/plan/index.js';
import { recordPlan, scenario } from '../../sim/scenario/index.js';
import { runPlan } from '../../sim/world/index.js';
import { profiles } from './_scenarios.js';

const keys = ['ec-p256', 'rsa-2048', 'ed25519'] as const;

for (const shown of keys) {
  test(`a client that shows the certificate of ${shown} is let in by who trusts it, and seen as itself`, (t) => {
    const one = scenario({
      name: 'mine',
      title: 'mine',
      answers: 'nothing',
      record(w) {
        for (const trusted of keys) {
          const server = w.server({ name: trusted, context: { verify: true, trusts: [trusted] } });
          const client = w.client(`to-${trusted}`);
          const connection = client.context({ certificate: shown }).connection();
          connection.open(server);
          const isIn = trusted === shown;
          if (isIn) w.expect(connection.request({ answer: 10 }), 'ok', 'it is trusted');
          else connection.receive({ bytes: 1 });
          if (isIn) connection.close();
          connection.free();
          w.expect(server.accepted(1), isIn ? 'ok' : 'failed', `${trusted} alone is trusted`);
          w.expect(server.accepted(1, 'peer_key'), isIn ? shown : null, 'who it is');
          client.exit();
        }
      },
    });
    for (const profile of profiles)
      t.deepEqual(runPlan(recordPlan(one, { seed: '1', profile })).violations, [], profile);
  });
}

for (const [says, call, options] of [
  ['/steps/0/args/1/key', 'credential', { key: 'dsa' }],
  ['/steps/0/args/1/keys/0', 'trust', { keys: ['dsa'] }],
] as const) {
  test(`a plan with a key for ${call} that nobody has is refused at ${says}`, (t) => {
    const steps = [{ id: 'a', on: 'client', call, args: ['$ctx', options] }];
    const plan = { format: 'simtls-plan/1', seed: '1', profile: '3.0', hosts: [{ name: 'client' }], steps };
    const error = t.throws(() => runPlan(parsePlan(JSON.stringify(plan))), { instanceOf: PlanError });
    t.true(error.message.includes(says) && error.message.includes('rsa-2048'), error.message);
  });
}
