import { type Scenario, scenario } from 'simtls/sim';

const poolRefill: Scenario = scenario({
  name: 'pool-refill',
  title:
    'a pool opens all its connections anew, with a ticket for each: which ones it offers decides what a restart costs',
  answers:
    'sidorares/node-mysql2#4521 and #4529: a pool that refills pays full handshakes; what to keep, and what to let go',
  record(w) {
    const size = w.draw.int('size', { min: 2, max: 6 });
    const offers = w.draw.pick('offers', ['newest', 'oldest', 'nothing']);
    const restarts = w.draw.chance('restarts', { oneIn: 2 });
    const server = w.server();
    const client = w.client();
    w.link(client, server, { latencyUs: w.draw.int('latencyUs', { min: 1_000, max: 60_000 }) });
    const ctx = client.context({ cache: 'SSL_SESS_CACHE_CLIENT' });
    ctx.keepSessions();
    if (restarts) {
      // Between the first filling and the second, while nothing is open. Its ticket keys are others from then on.
      w.crash(server, { atUs: 25_000_000 });
      w.restart(server, { atUs: 27_000_000 });
    }

    // The second filling offers what the first has brought. The third has tickets from before the restart, and newer ones.
    const fillings = [false, !restarts, !restarts || offers === 'newest'].map((good, i) => {
      const begin = client.call('sleep', [{ us: i === 0 ? 0 : 30_000_000 }], 'outcome');
      return { begin, offered: i > 0 && offers !== 'nothing', good };
    });
    for (let slot = 0; slot < size; slot += 1) {
      client.task(`slot${slot}`, () => {
        for (const [i, { begin, offered, good }] of fillings.entries()) {
          client.await(begin);
          // All have taken theirs before any gets a new one.
          client.sleep({ us: w.draw.int(`beginUs/${i}/${slot}`, { min: 0, max: 1_000 }) });
          const connection = ctx.connection();
          if (i > 0 && offers !== 'nothing') connection.setSession(ctx.takeSession(offers));
          w.expect(connection.open(server), 'ok', 'the pool is filled in any case');
          w.expect(connection.reused(), offered && good ? 1 : 0, `filling ${i + 1} offers ${offers}`);
          connection.request({ answer: w.draw.int(`answerBytes/${i}/${slot}`, { min: 1, max: 5_000 }) });
          connection.close();
          connection.free();
        }
      });
    }

    // A resumption takes a session out of the cache and brings one. A full handshake brings two, and takes none.
    client.sleep({ seconds: 30 });
    const full = fillings.filter(({ offered, good }) => !(offered && good)).length;
    w.expect(ctx.cached(), 2 * size * full, 'what is not offered stays, and adds up');
    client.exit();
  },
});

export default poolRefill;
