import { type Scenario, scenario } from 'simtls/sim';

const pskReflected: Scenario = scenario({
  name: 'psk-reflected',
  title: 'two hosts share a key, each is client and server; what the one sends to the other is led back to itself',
  answers:
    'the Selfie attack (eprint.iacr.org/2019/347): RFC 8446 names no roles in a PSK, so whom does a client talk to that shares one?',
  tls: '1.3',
  record(w) {
    const apart = w.draw.chance('keyPerDirection', { oneIn: 2 });
    const reflected = w.draw.chance('reflected', { oneIn: 2 });
    const [toB, toA] = apart ? (['a-to-b', 'b-to-a'] as const) : (['a-and-b', 'a-and-b'] as const);
    const a = w.server({ name: 'a', context: { certificate: false, psk: { identity: toA } } });
    const b = w.server({ name: 'b', context: { certificate: false, psk: { identity: toB } } });
    if (reflected) w.fault({ do: 'redirect', from: a.name, to: b.name, host: a.name }, { atUs: 0 });

    a.sleep({ ms: w.draw.int('pauseMs', { min: 0, max: 10_000 }) });
    const connection = a.context({ psk: { identity: toB } }).connection();
    const opened = connection.open(b);
    const refused = reflected && apart;
    w.expect(
      opened,
      refused ? 'failed' : 'ok',
      apart ? 'a has no such key for others to come with' : 'whoever has the key is taken',
    );
    if (!refused) {
      w.expect(connection.reused(), 1, 'a PSK counts as a resumption');
      const answer = w.draw.int('answerBytes', { min: 1, max: 5_000 });
      w.expect(connection.request({ answer }), 'ok', 'somebody answers');
    }
    const closed = connection.close();
    for (const [host, took] of [
      [a, reflected && !apart],
      [b, !reflected],
    ] as const) {
      host.await(closed);
      host.sleep({ seconds: 1 });
      w.expect(
        host.ownContext.counter('hits'),
        took ? 1 : 0,
        took ? `${host.name} was asked` : `${host.name} was not asked`,
      );
    }
    for (const host of [a, b]) host.exit();
  },
});

export default pskReflected;
