/** A second accept loop of one context, and one that serves only who resumes. */
import test from 'ava';
import { PlanError } from '../../sim/plan/index.js';
import { play, type Told } from './_talk.js';

/** A connection to each port, the second with the session of the first or without. */
function meet(withSession: boolean): Told {
  return play((w) => {
    const server = w.server({ port: 21 });
    const data = server.serveToo({ port: 20_021, resumedOnly: true });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    const ctx = client.context();
    const control = ctx.connection();
    control.open(server, { port: 21 });
    w.expect(control.request({ answer: 10 }), 'ok', 'the first loop serves everybody');
    const session = control.session();
    const second = ctx.connection();
    if (withSession) second.setSession(session);
    second.open(server, { port: 20_021 });
    second.request({ answer: 10 });
    w.expect(data.accepted(1, 'reused'), withSession ? 1 : 0, 'both loops have one cache and one set of ticket keys');
    w.expect(data.accepted(1), withSession ? 'ok' : 'not resumed', 'that is what the loop looks at');
    w.expect(data.accepted(1, 'requests'), withSession ? 1 : 0, 'who is turned away is not served');
    second.close();
    w.expect(control.request({ answer: 10 }), 'ok', 'the first connection is as it was');
    control.close();
    client.exit();
  });
}

for (const withSession of [true, false]) {
  test(`an accept loop that serves who resumes, and a client ${withSession ? 'with' : 'without'} a session`, (t) => {
    const told = meet(withSession);
    t.deepEqual(
      told.violations.map((one) => one.text),
      [],
    );
    t.is(told.verdict, 'pass');
  });
}

test('the loops boot again when the host restarts', (t) => {
  const told = play((w) => {
    const server = w.server({ port: 21 });
    const data = server.serveToo({ port: 20_021 });
    w.crash(server, { atUs: 1_000_000 });
    w.restart(server, { atUs: 2_000_000 });
    const client = w.client();
    w.link(client, server, { latencyUs: 500 });
    client.sleep({ seconds: 3 });
    const connection = client.context().connection();
    connection.open(server, { port: 20_021 });
    connection.close();
    w.expect(data.accepted(1), 'ok', 'it is there again');
  });
  t.is(told.verdict, 'pass');
});

test('a port that there is not is no plan', (t) => {
  t.throws(() => play((w) => w.server().serveToo({ port: 65_536 })), { instanceOf: PlanError, message: /port/ });
});
