/** What a scenario of one's own begins with. */

/**
 * A scenario that runs as it stands.
 * @param name - as `scenario` takes it
 */
export function scenarioText(name: string): string {
  return `import { scenario } from 'simtls/sim';

export default scenario({
  name: '${name}',
  title: 'a client that comes back after a while resumes its session',
  answers: 'what do you want to know?',
  record(w) {
    // What is drawn differs from seed to seed; all else is fixed.
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context();

    const first = ctx.connection();
    w.expect(first.open(server), 'ok', 'the handshake is done');
    first.request({ answer: 500 }); // TLS 1.3 hands the session out behind the handshake: something has to be read
    const session = first.session(); // SSL_get1_session: a reference of the client's own
    first.close();
    first.free();

    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 7_000 }) });

    const second = ctx.connection();
    second.setSession(session);
    second.open(server);
    w.expect(second.reused(), 1, 'the server still knows the session');
    second.close();
    client.exit(); // gives back what the process holds; what is left then has leaked
  },
});
`;
}

/** The test of that scenario, for AVA: it holds under many seeds, and each run is the same again. */
export function testText(name: string): string {
  return `import test from 'ava';
import { recordPlan, runPlan } from 'simtls/sim';
import { holds } from 'simtls/testing';
import scenario from './${name}.mjs';

for (const profile of ['1.1.1', '3.0', '3.5']) {
  test(\`${name} holds on OpenSSL \${profile}\`, async (t) => {
    t.is((await holds(scenario, { seeds: 50, profiles: [profile] })).runs, 50);
  });
}

test('${name} runs the same way twice', (t) => {
  const plan = recordPlan(scenario, { seed: '1', profile: '3.0' });
  t.is(runPlan(plan).fingerprint, runPlan(plan).fingerprint);
});
`;
}
