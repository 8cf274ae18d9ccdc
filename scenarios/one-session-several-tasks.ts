import { type Scenario, scenario } from 'simtls/sim';

const oneSessionSeveralTasks: Scenario = scenario({
  name: 'one-session-several-tasks',
  title: 'one session resumed by several connections at a time, each in a task of its own',
  answers: 'SSL_set_session(3): "When the session is set, the reference count of session is incremented by 1."',
  tls: '1.2',
  record(w) {
    const server = w.server({ tickets: w.draw.chance('tickets', { oneIn: 2 }) });
    const client = w.client();
    const ctx = client.context();
    const tasks = w.draw.int('tasks', { min: 2, max: 5 });
    const connections = Array.from({ length: tasks }, () => ctx.connection());
    const first = ctx.connection();
    first.open(server);
    const session = first.session();
    const ready = first.close();
    first.free();

    const closed: (typeof ready)[] = [];
    for (const [i, connection] of connections.entries()) {
      client.task(`task${i}`, () => {
        client.await(ready);
        client.sleep({ us: w.draw.int(`beginUs/${i}`, { min: 0, max: 2_000 }) });
        connection.setSession(session);
        w.expect(connection.open(server), 'ok', 'they do not disturb each other');
        w.expect(connection.reused(), 1, 'each of them resumes');
        connection.request({ answer: w.draw.int(`answerBytes/${i}`, { min: 0, max: 20_000 }) });
        closed.push(connection.close());
        connection.free();
      });
    }
    for (const close of closed) client.await(close);
    client.sleep({ seconds: 1 });
    w.expect(session.refs(), 1, 'every connection has given its reference back');
    w.expect(session.resumable(), 1, 'and all were closed in good order');
    client.exit();
  },
});

export default oneSessionSeveralTasks;
