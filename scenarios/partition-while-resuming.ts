import { type Scenario, scenario } from 'simtls/sim';

const partitionWhileResuming: Scenario = scenario({
  name: 'partition-while-resuming',
  title:
    'the network fails in the middle of a resumed handshake: what is lost of it decides what the session is still good for',
  answers:
    'RFC 8446 §2: a client may send once it has sent its Finished: is a ticket used up that the server has never seen used?',
  record(w) {
    const stateless = w.draw.chance('stateless', { oneIn: 2 });
    const server = w.server({ tickets: stateless });
    const client = w.client();
    const latencyUs = w.draw.int('latencyUs', { min: 1_000, max: 60_000 });
    w.link(client, server, { latencyUs });
    const cache = w.draw.chance('clientCache', { oneIn: 2 });
    const ctx = client.context(cache ? { cache: 'SSL_SESS_CACHE_CLIENT' } : {});
    const first = ctx.connection();
    first.open(server);
    first.request({ answer: w.draw.int('answerBytes', { min: 1, max: 5_000 }) });
    const session = first.session();
    first.close();
    first.free();

    const second = ctx.connection();
    const begin = second.setSession(session);
    // SYN, its answer, the hello, the flight of the server, the Finished: one latency each, and the cut half of one before.
    const lost = w.draw.pick('lost', ['ClientHello', 'flight of the server', 'Finished of the client']);
    const us = latencyUs * { ClientHello: 1.5, 'flight of the server': 2.5, 'Finished of the client': 3.5 }[lost];
    const [from, to] = lost === 'flight of the server' ? [server.name, client.name] : [client.name, server.name];
    const heals = w.draw.chance('heals', { oneIn: 2 });
    const seconds = heals ? w.draw.int('healsAfterSeconds', { min: 1, max: 10 }) : 300;
    const lastsUs = seconds * 1_000_000;
    w.fault({ do: 'partition', from, to }, { after: begin, us: Math.floor(us) }, { lastsUs });

    const through = heals || lost === 'Finished of the client';
    w.expect(second.open(server), through ? 'ok' : 'timeout', `lost: the ${lost}`);
    w.expect(second.reused(), through ? 1 : 0, 'what is lost is sent again, once the network has healed');
    if (through) {
      w.expect(second.request({ answer: 100 }), heals ? 'ok' : 'timeout', 'the server waits for the Finished');
      second.close({ wait: heals });
    } else second.disconnect();
    second.free();

    client.sleep({ seconds: 400 });
    const used = cache && through;
    w.expect(session.resumable(), used ? 0 : 1, 'a client with a cache uses a session up by its own Finished');
    const third = ctx.connection();
    third.setSession(session);
    w.expect(third.open(server), 'ok', 'the network is well');
    // The hello came late, and the end of the stream with it: an error since 3.0, which takes the session out of the cache.
    const removed = !stateless && !heals && lost === 'ClientHello' && w.profile !== '1.1.1';
    w.expect(
      third.reused(),
      used || removed ? 0 : 1,
      removed ? 'a late hello has cost it' : 'the server has it as before',
    );
    third.close();
    client.exit();
  },
});

export default partitionWhileResuming;
