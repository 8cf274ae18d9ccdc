import { type Scenario, scenario } from 'simtls/sim';

const bounds = { '1.2': 'TLS1_2_VERSION', '1.3': 'TLS1_3_VERSION' } as const;

const sessionOfAnotherVersion: Scenario = scenario({
  name: 'session-of-another-version',
  title: 'a session of TLS 1.3 where only TLS 1.2 is spoken, and the other way round: a full handshake, and back again',
  answers:
    'RFC 8446 Appendix D.1: "A client using a ticket for resumption SHOULD initiate the connection using the version that was previously negotiated."',
  record(w) {
    const before = w.draw.pick('before', ['1.2', '1.3']);
    const after = w.draw.pick('after', ['1.2', '1.3']);
    const who = w.draw.pick('who', ['server', 'client']);
    const ticketKeys = { shared: 'fleet' };
    const tickets = w.draw.chance('tickets', { oneIn: 2 });
    const servers = {
      '1.2': w.server({ name: 'old', ticketKeys, tickets, context: who === 'server' ? { tls: '1.2' } : {} }),
      '1.3': w.server({ name: 'new', ticketKeys, tickets }),
    };
    const client = w.client();
    const ctx = client.context();
    const connect = (tls: '1.2' | '1.3') => {
      if (who === 'client') client.call('SSL_CTX_set_max_proto_version', [ctx, bounds[tls]]);
      return ctx.connection();
    };
    const first = connect(before);
    w.expect(first.open(servers[before]), 'ok', 'a full handshake');
    w.expect(first.version(), `TLSv${before}`, 'the newest that both take');
    first.request({ answer: 100 });
    const session = first.session();
    first.close();
    first.free();

    const same = before === after;
    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 0, max: 600 }) });
    const second = connect(after);
    second.setSession(session);
    w.expect(second.open(servers[after]), 'ok', 'a session of another version is no obstacle');
    w.expect(second.version(), `TLSv${after}`, 'nor does it hold the version back');
    w.expect(second.reused(), same ? 1 : 0, same ? 'the same version' : 'another version');
    // A client that no longer speaks the version of its session does not offer it; one that does, and is refused, counts a miss.
    const offered = same || who === 'server' || after === '1.3';
    w.expect(ctx.counter('misses'), offered && !same ? 1 : 0, offered ? 'offered' : 'not offered');
    second.request({ answer: w.draw.int('answerBytes', { min: 1, max: 5_000 }) });
    second.close();
    second.free();

    w.expect(session.resumable(), 1, 'nothing is wrong with it');
    const third = connect(before);
    third.setSession(session);
    third.open(servers[before]);
    w.expect(third.reused(), 1, 'back where it came from it is good');
    third.close();
    client.exit();
  },
});

export default sessionOfAnotherVersion;
