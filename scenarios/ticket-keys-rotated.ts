import { type Scenario, scenario } from 'simtls/sim';

const ticketKeysRotated: Scenario = scenario({
  name: 'ticket-keys-rotated',
  title: 'two servers behind a balancer rotate their ticket keys one after the other: when tickets still resume',
  answers: 'envoyproxy/gateway#8462: how to show that ticket keys across nodes, and their rotation, work',
  tls: '1.2',
  record(w) {
    // Careful: both open with the new key before either seals with it. Hasty: the first that has it seals with it at once.
    const careful = w.draw.chance('careful', { oneIn: 2 });
    const ticketKeys = { ring: careful ? ['old', 'new'] : ['old'] };
    const one = w.server({ name: 'one', ticketKeys });
    const two = w.server({ name: 'two', ticketKeys });
    const balancer = w.balancer({ to: [one, two] });
    const client = w.client();
    const ctx = client.context();

    const first = ctx.connection();
    first.open(balancer);
    const old = first.session();
    const closed = first.close();
    first.free();

    one.await(closed);
    one.useTicketRing(['new', 'old']);
    client.sleep({ seconds: w.draw.int('pauseSeconds', { min: 1, max: 50 }) });

    const atTwo = ctx.connection();
    atTwo.setSession(old);
    w.expect(atTwo.open(balancer), 'ok', 'the second server has the turn');
    w.expect(atTwo.reused(), 1, 'it still seals with the old key');
    atTwo.close();
    atTwo.free();

    const atOne = ctx.connection();
    atOne.setSession(old);
    atOne.open(balancer);
    w.expect(atOne.reused(), 1, 'the first still opens what the old key has sealed');
    const renewed = atOne.session();
    w.expect(old.refs(), 1, 'and renews it: the client has a new session in its place');
    atOne.close();
    atOne.free();

    const again = ctx.connection();
    again.setSession(renewed);
    w.expect(again.open(balancer), 'ok', 'a ticket that cannot be opened is no failure');
    w.expect(
      again.reused(),
      careful ? 1 : 0,
      careful ? 'the second knows the new key' : 'the second does not know it yet',
    );
    again.close();
    again.free();
    client.exit();
  },
});

export default ticketKeysRotated;
