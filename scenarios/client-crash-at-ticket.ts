import { type Scenario, scenario } from 'simtls/sim';

const clientCrashAtTicket: Scenario = scenario({
  name: 'client-crash-at-ticket',
  title:
    'a client keeps its session in a file and dies while it puts a newer ticket there: what its next process offers',
  answers: 'curl/curl#7467 and #18031: sessions in a file, for the next process',
  record(w) {
    const inPlace = w.draw.chance('inPlace', { oneIn: 2 });
    const server = w.server({ tickets: w.draw.chance('stateless', { oneIn: 2 }) });
    const client = w.client();
    const { files } = client;
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    const fetch = (connection: ReturnType<typeof ctx.connection>, label: string) => {
      connection.open(server);
      const answer = w.draw.int(`answerBytes/${label}`, { min: 1, max: 5_000 });
      const answered = connection.request({ answer });
      const encoded = connection.session().encode();
      connection.close();
      connection.free();
      return { answered, encoded };
    };
    files.write('/session', fetch(ctx.connection(), 'first').encoded);
    files.sync('/session');
    files.syncDirectory('/');

    const second = ctx.connection();
    second.setSession(client.bind('session', 'd2i_SSL_SESSION', [files.read('/session')]));
    const { answered, encoded } = fetch(second, 'second');
    const target = inPlace ? '/session' : '/session.new';
    const steps = [
      () => files.write(target, encoded),
      () => files.sync(target),
      ...(inPlace ? [] : [() => files.rename(target, '/session')]),
      () => files.syncDirectory('/'),
    ];
    // A moment between any two, so that the crash comes between them.
    const marks = [answered];
    for (const step of steps) {
      marks.push(step());
      client.sleep({ us: 10 });
    }
    const last = w.draw.int('stepsMade', { min: 0, max: steps.length });
    const mark = marks[last] ?? answered;
    // Power may go only where a file takes its name when it is whole: written in place it may come back as half of each.
    w.crash(client, { after: mark, us: 5 }, inPlace ? 'reset' : w.draw.pick('how', ['reset', 'half-open']));
    w.restart(client, { after: mark, us: w.draw.int('downUs', { min: 10, max: 2_000_000 }) });

    client.task('again', () => {
      client.sleep({ seconds: 20 });
      const again = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
      const third = again.connection();
      third.setSession(client.bind('session', 'd2i_SSL_SESSION', [files.read('/session')]));
      w.expect(third.open(server), 'ok', 'the file holds the old ticket or the new one');
      w.expect(third.reused(), 1, 'used before or not, the server takes either');
      third.close();
      client.exit();
    });
  },
});

export default clientCrashAtTicket;
