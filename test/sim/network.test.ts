/** What TCP promises, and what it does not, each rule by itself. */
import test from 'ava';
import { Kernel } from '../../sim/kernel/index.js';
import { ephemeralPorts, giveUpUs, Network, NetworkError, type Socket } from '../../sim/network/index.js';
import { bytes, drain, pair } from './_network.js';

const slow = { path: { latencyUs: 1000 } };

test('connecting takes a round trip, and the server has the connection half a round trip later', (t) => {
  const kernel = new Kernel({ seed: 'connect' });
  const network = new Network(kernel, slow);
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  const times: [string, number][] = [];
  network.listen(b, 443, { onConnection: () => times.push(['server', kernel.nowUs]) });
  const socket = network.connect(a, network.addressOf(b), 443);
  socket.onConnected = () => times.push(['client', kernel.nowUs]);
  t.is(socket.read(1), 'wait');
  t.is(socket.write(bytes('x')), 0);
  kernel.run({ eventsMax: 100 });
  t.deepEqual(times, [
    ['client', 2000],
    ['server', 3000],
  ]);
  t.is(kernel.pending, 0);
});

test('bytes written at once by the client come right behind the connection', (t) => {
  const kernel = new Kernel({ seed: 'early' });
  const network = new Network(kernel, slow);
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  let got = '';
  network.listen(b, 443, {
    onConnection: (socket) => {
      socket.onReadable = () => {
        got += drain(socket).text;
      };
    },
  });
  const client = network.connect(a, '10.0.0.2', 443);
  client.onConnected = () => client.write(bytes('hello'));
  kernel.run({ eventsMax: 100 });
  t.is(got, 'hello');
});

test('a port nobody listens on refuses, an address nobody has is unreachable', (t) => {
  const { network, a, settle } = pair();
  const errors: string[] = [];
  for (const [address, port] of [
    ['10.0.0.2', 80],
    ['10.9.9.9', 443],
  ] as const) {
    const socket = network.connect(a, address, port);
    socket.onError = (code) => errors.push(code);
    settle();
    t.is(socket.read(1), 'broken');
    t.is(socket.errorCode, errors.at(-1) as never);
  }
  t.deepEqual(errors.sort(), ['ECONNREFUSED', 'EHOSTUNREACH']);
});

test('a closed listener frees its port, and one port has one listener', (t) => {
  const { network, b } = pair();
  const listener = network.listen(b, 80, { onConnection: () => {} });
  const twice = t.throws(() => network.listen(b, 80, { onConnection: () => {} }), { instanceOf: NetworkError });
  t.is(twice?.code, 'EADDRINUSE');
  listener.close();
  t.notThrows(() => network.listen(b, 80, { onConnection: () => {} }));
});

test('ports of closed connections are taken again', (t) => {
  const { network, a, client, server, settle } = pair();
  t.is(client.localPort, ephemeralPorts.min);
  client.close();
  settle();
  t.is(drain(server).end, 'eof');
  server.close();
  settle();
  t.deepEqual(network.openSockets(a), []);
  const kernelPorts = ephemeralPorts.max - ephemeralPorts.min + 1;
  let last: Socket | undefined;
  for (let i = 0; i < kernelPorts; i++) {
    last = network.connect(a, '10.0.0.2', 443);
    last.abort();
  }
  t.is(last?.localPort, ephemeralPorts.min);
});

test('when all ports are in use, the next connection is a named error', (t) => {
  const { network, a } = pair();
  const count = ephemeralPorts.max - ephemeralPorts.min;
  for (let i = 0; i < count; i++) network.connect(a, '10.0.0.2', 443);
  const error = t.throws(() => network.connect(a, '10.0.0.2', 443), { instanceOf: NetworkError });
  t.is(error?.code, 'EADDRNOTAVAIL');
});

test('FIN ends one direction and leaves the other', (t) => {
  const { client, server, settle } = pair();
  client.write(bytes('question'));
  client.shutdownWrite();
  settle();
  t.deepEqual(drain(server), { text: 'question', end: 'eof' });
  t.is(client.write(bytes('more')), 'broken');
  t.is(client.errorCode, 'EPIPE');
  t.is(server.write(bytes('answer')), 6);
  server.shutdownWrite();
  settle();
  t.deepEqual(drain(client), { text: 'answer', end: 'eof' });
});

test('a close after everything was read is a FIN, and what was written arrives before it', (t) => {
  const { client, server, settle } = pair();
  server.write(bytes('goodbye'));
  server.close();
  settle();
  t.deepEqual(drain(client), { text: 'goodbye', end: 'eof' });
  t.is(server.state, 'orphan');
});

test('a close with unread bytes is a reset: what has arrived stays readable, then ECONNRESET once, then the end', (t) => {
  const { client, server, settle } = pair();
  const errors: string[] = [];
  client.onError = (code) => errors.push(code);
  server.write(bytes('answer'));
  client.write(bytes('unread'));
  settle();
  server.close();
  settle();
  t.deepEqual(errors, ['ECONNRESET']);
  t.deepEqual(drain(client), { text: 'answer', end: 'broken' });
  t.is(client.errorCode, 'ECONNRESET');
  t.is(client.read(1), 'eof');
  t.is(client.write(bytes('x')), 'broken');
  t.is(client.errorCode, 'EPIPE');
});

test('a reset eats the answer that is on its way to the closer or still in a send buffer', (t) => {
  const { client, server, settle, pass } = pair({ ...slow, host: { sendBufferBytes: 10, receiveBufferBytes: 4 } });
  server.write(bytes('0123456789'));
  pass(1000);
  t.is(client.unreadBytes, 4);
  server.write(bytes('ab'));
  client.write(bytes('late'));
  server.abort();
  settle();
  t.deepEqual(drain(client), { text: '0123', end: 'broken' });
  t.is(server.read(4), 'broken');
});

test('a write meets the reset first by its own error, then by EPIPE', (t) => {
  const { client, server, settle } = pair();
  server.abort();
  settle();
  t.is(client.write(bytes('x')), 'broken');
  t.is(client.errorCode, 'ECONNRESET');
  t.is(client.write(bytes('x')), 'broken');
  t.is(client.errorCode, 'EPIPE');
  t.is(client.read(1), 'eof');
});

test('bytes sent to a socket that its process has closed are answered by a reset, and then writing is EPIPE', (t) => {
  const { client, server, settle } = pair();
  const errors: string[] = [];
  client.onError = (code) => errors.push(code);
  server.close();
  settle();
  t.is(client.write(bytes('too late')), 8);
  settle();
  t.deepEqual(errors, ['EPIPE']);
  t.is(client.write(bytes('again')), 'broken');
  t.is(client.read(1), 'eof');
});

test('a reset that drops the flight takes what was sent before it along', (t) => {
  const { client, server, settle } = pair({ path: { latencyUs: 1000, resetDropsFlight: true } });
  server.write(bytes('answer'));
  server.abort();
  settle();
  t.deepEqual(drain(client), { text: '', end: 'broken' });
});

test('a full buffer takes a part, then nothing, and tells once there is room', (t) => {
  const { client, server, settle } = pair({ host: { sendBufferBytes: 100, receiveBufferBytes: 50 } });
  let told = 0;
  client.onWritable = () => told++;
  t.is(client.write(new Uint8Array(60)), 60);
  t.is(client.write(new Uint8Array(200)), 90);
  t.is(client.write(new Uint8Array(1)), 0);
  settle();
  t.is(server.unreadBytes, 50);
  t.is(told, 0);
  t.is((server.read(10) as Uint8Array).length, 10);
  settle();
  t.is(told, 0, 'the window does not open by crumbs');
  server.read(40);
  settle();
  t.is(told, 1);
  let total = 50;
  for (;;) {
    const got = server.read(1000);
    if (typeof got === 'string') break;
    total += got.length;
    settle();
  }
  t.is(total, 150);
});

test('no byte is lost, doubled or swapped, whatever the segments, the jitter and the buffers', (t) => {
  for (let seed = 0; seed < 30; seed++) {
    const { kernel, client, server } = pair(
      {
        path: { latencyUs: 100, jitterUs: 5000, segmentBytes: { min: 1, max: 1 + 40 * seed }, coalesceUs: seed % 3 },
        host: { sendBufferBytes: 1 + 50 * seed, receiveBufferBytes: 1 + 17 * seed },
      },
      `bytes/${seed}`,
    );
    const sent = new Uint8Array(3000);
    kernel.fillRandom('payload', sent);
    let offset = 0;
    const push = (): void => {
      while (offset < sent.length) {
        const taken = client.write(sent.subarray(offset, offset + 333));
        if (taken === 0 || taken === 'broken') return;
        offset += taken;
      }
      client.shutdownWrite();
    };
    const got: number[] = [];
    let end = '';
    client.onWritable = push;
    server.onReadable = () => {
      for (;;) {
        const part = server.read(64);
        if (typeof part === 'string') {
          end = part;
          return;
        }
        got.push(...part);
      }
    };
    push();
    t.is(kernel.run({ eventsMax: 200_000 }), 'idle', `seed ${seed}`);
    t.is(end, 'eof', `seed ${seed}`);
    t.deepEqual(Uint8Array.from(got), sent, `seed ${seed}`);
  }
});

test('whatever faults come, what is read is a beginning of what was written, and all of it where nothing was reset', (t) => {
  let whole = 0;
  let broken = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { kernel, network, a, b, client, server } = pair(
      {
        path: { latencyUs: 300, jitterUs: 400, segmentBytes: { min: 1, max: 100 } },
        host: { sendBufferBytes: 200, receiveBufferBytes: 150 },
      },
      `faults/${seed}`,
    );
    const sent = new Uint8Array(2000);
    kernel.fillRandom('payload', sent);
    const drawn = kernel.stream('faults');
    const link = network.link(a, b);
    const acts = [
      () => link.hold(),
      () => link.release(),
      () => link.partition({ from: drawn.pick([a, b]) }),
      () => link.heal(),
      () => network.pause(b),
      () => network.resume(b),
      () => link.setLatency({ latencyUs: drawn.range(0, 5000) }),
    ];
    for (let i = 0; i < 8; i++) kernel.schedule(drawn.range(0, 20_000), 'fault', drawn.pick(acts));
    if (drawn.chance({ oneIn: 3 }))
      kernel.schedule(drawn.range(0, 20_000), 'reset', () => drawn.pick([client, server]).abort());
    kernel.schedule(20_001, 'heal', () => {
      link.release();
      link.heal();
      network.resume(b);
    });
    let offset = 0;
    const push = (): void => {
      while (offset < sent.length) {
        const taken = client.write(sent.subarray(offset));
        if (taken === 'broken' || taken === 0) return;
        offset += taken;
      }
      client.close();
    };
    const got: number[] = [];
    let end = 'wait';
    client.onWritable = push;
    server.onReadable = () => {
      for (;;) {
        const part = server.read(drawn.range(1, 99));
        if (typeof part === 'string') {
          end = part;
          if (part === 'eof') server.close();
          return;
        }
        got.push(...part);
      }
    };
    push();
    t.is(kernel.run({ eventsMax: 100_000 }), 'idle', `seed ${seed}`);
    t.deepEqual(Uint8Array.from(got), sent.subarray(0, got.length), `seed ${seed}`);
    if (end === 'eof') {
      whole++;
      t.is(got.length, sent.length, `seed ${seed}`);
    } else broken++;
    // A reset that a partition loses leaves its receiver half-open: that end alone may still be there.
    const left = [...network.openSockets(a), ...network.openSockets(b)].filter(
      (socket) => socket.peer?.state !== 'gone',
    );
    t.is(left.length, 0, `seed ${seed}`);
  }
  t.true(whole > 100 && broken > 20, `${whole} whole, ${broken} broken`);
});

test('the bytes that a caller changes after writing them are sent as they were', (t) => {
  const { client, server, settle } = pair();
  const buffer = bytes('before');
  client.write(buffer);
  buffer.fill(0);
  settle();
  t.is(drain(server).text, 'before');
});

test('a large write comes in segments, and small writes leave together where the path coalesces', (t) => {
  const sizes: number[] = [];
  const onSegment = (_: unknown, kind: string, sent: Uint8Array): void => {
    if (kind === 'data') sizes.push(sent.length);
  };
  const plain = pair({ path: { segmentBytes: { min: 4, max: 4 } }, onSegment });
  plain.client.write(bytes('0123456789'));
  t.deepEqual(sizes.splice(0), [4, 4, 2]);
  plain.client.write(bytes('a'));
  plain.client.write(bytes('b'));
  t.deepEqual(sizes.splice(0), [1, 1]);
  const joined = pair({ path: { coalesceUs: 10 }, onSegment });
  joined.client.write(bytes('a'));
  joined.client.write(bytes('b'));
  t.deepEqual(sizes, []);
  joined.settle();
  t.deepEqual(sizes, [2]);
});

test('drawn segment sizes and jitter come from the streams of their direction', (t) => {
  const drawn = new Set<string>();
  const kernel = new Kernel({ seed: 'labels', onDraw: (label) => drawn.add(label) });
  const network = new Network(kernel, { path: { jitterUs: 5, segmentBytes: { min: 1, max: 3 } } });
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  network.listen(b, 443, { onConnection: () => {} });
  const client = network.connect(a, network.addressOf(b), 443);
  client.onConnected = () => client.write(bytes('x'));
  kernel.run({ eventsMax: 100 });
  t.deepEqual([...drawn].sort(), ['link/a>b/latency', 'link/a>b/segments', 'link/b>a/latency']);
});

test('fixed numbers draw nothing', (t) => {
  let draws = 0;
  const kernel = new Kernel({ seed: 'none', onDraw: () => draws++ });
  const network = new Network(kernel);
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  network.listen(b, 443, { onConnection: () => {} });
  network.connect(a, network.addressOf(b), 443);
  kernel.run({ eventsMax: 100 });
  t.is(draws, 0);
});

test('each direction has its own latency; a change of it leaves what is under way as it was, and order stays', (t) => {
  const { kernel, network, a, b, client, server, settle } = pair(slow);
  const times: number[] = [];
  server.onReadable = () => times.push(kernel.nowUs - beganUs);
  client.onReadable = () => times.push(kernel.nowUs - beganUs);
  const beganUs = kernel.nowUs;
  client.write(bytes('x'));
  network.link(a, b).setLatency({ latencyUs: 50 }, { from: a });
  server.write(bytes('y'));
  client.write(bytes('z'));
  settle();
  t.deepEqual(times, [1000, 1000]);
  t.is(drain(server).text, 'xz', 'a later segment does not overtake');
});

test('what is held back arrives in order once it is released', (t) => {
  const { network, a, b, client, server, settle } = pair();
  const link = network.link(a, b);
  link.hold({ from: a });
  client.write(bytes('1'));
  client.write(bytes('2'));
  server.write(bytes('free'));
  settle();
  t.is(drain(server).end, 'wait');
  t.is(drain(client).text, 'free');
  client.write(bytes('3'));
  link.release({ from: a });
  settle();
  t.is(drain(server).text, '123');
});

test('a partition loses resets for good, and the rest comes with a later try', (t) => {
  const { kernel, network, a, b, client, server, settle, pass } = pair();
  const link = network.link(a, b);
  link.partition();
  client.write(bytes('lost at first'));
  pass(1_000_000);
  t.is(drain(server).end, 'wait');
  link.heal();
  const healedUs = kernel.nowUs;
  settle();
  t.is(drain(server).text, 'lost at first');
  t.true(kernel.nowUs > healedUs && kernel.nowUs - healedUs < 1_000_000);

  link.partition();
  client.abort();
  settle();
  link.heal();
  settle();
  t.deepEqual(drain(server), { text: '', end: 'wait' }, 'the server is left half-open');
  server.write(bytes('anybody?'));
  settle();
  t.deepEqual(drain(server), { text: '', end: 'broken' });
});

test('a partition of one direction leaves the other', (t) => {
  const { network, a, b, client, server, pass } = pair();
  network.link(a, b).partition({ from: b });
  client.write(bytes('there'));
  server.write(bytes('back'));
  pass(10_000);
  t.is(drain(server).text, 'there');
  t.is(drain(client).end, 'wait');
});

test('what is in flight when the partition comes is lost too', (t) => {
  const { network, a, b, client, server, pass } = pair(slow);
  client.write(bytes('in flight'));
  pass(500);
  network.link(a, b).partition();
  pass(5000);
  t.is(drain(server).end, 'wait');
});

test('a sender whose segments stay unanswered gives up with ETIMEDOUT, and so does one who connects', (t) => {
  const { kernel, network, a, b, client, server, settle } = pair();
  const errors: [string, number][] = [];
  network.link(a, b).partition();
  const beganUs = kernel.nowUs;
  client.onError = (code) => errors.push([code, kernel.nowUs - beganUs]);
  client.write(bytes('x'));
  const other = network.connect(a, '10.0.0.2', 443);
  other.onError = (code) => errors.push([code, kernel.nowUs - beganUs]);
  settle();
  t.deepEqual(errors, [
    ['ETIMEDOUT', 127_000_000],
    ['ETIMEDOUT', 500 + giveUpUs],
  ]);
  t.is(drain(server).end, 'wait');
});

test('a host that is gone says nothing; the peer learns of it only when it writes and the restarted host resets it', (t) => {
  const { network, b, client, settle, pass } = pair();
  const errors: string[] = [];
  client.onError = (code) => errors.push(code);
  network.crash(b, 'half-open');
  settle();
  t.is(client.read(1), 'wait');
  t.is(client.write(bytes('hello?')), 6);
  pass(3_000_000);
  t.deepEqual(errors, []);
  network.restart(b);
  settle();
  t.deepEqual(errors, ['ECONNRESET']);
});

test('a crash that resets is noticed at once, and the host then refuses', (t) => {
  const { network, a, b, client, settle } = pair();
  network.crash(b, 'reset');
  settle();
  t.is(client.read(1), 'broken');
  t.is(client.errorCode, 'ECONNRESET');
  const next = network.connect(a, '10.0.0.2', 443);
  settle();
  t.is(next.read(1), 'broken');
  t.is(next.errorCode, 'ECONNREFUSED');
});

test('a process that dies has its sockets closed by Linux: a FIN where all was read, a reset where not', (t) => {
  const read = pair();
  read.network.crash(read.b, 'close');
  read.settle();
  t.is(read.client.read(1), 'eof');
  const unread = pair();
  unread.client.write(bytes('x'));
  unread.settle();
  unread.network.crash(unread.b, 'close');
  unread.settle();
  t.is(unread.client.read(1), 'broken');
});

test('a connection that is tried while the host is down stands once it is up and listens again', (t) => {
  const { kernel, network, a, b, settle, pass } = pair();
  network.crash(b, 'half-open');
  const socket = network.connect(a, '10.0.0.2', 443);
  let connectedUs = 0;
  socket.onConnected = () => {
    connectedUs = kernel.nowUs;
  };
  const beganUs = kernel.nowUs;
  pass(2_000_000);
  network.restart(b);
  network.listen(b, 443, { onConnection: () => {} });
  settle();
  t.is(connectedUs - beganUs, 3_001_000, 'the third SYN, and its round trip');
});

test('a paused process hears nothing until it runs again, while its host receives for it', (t) => {
  const { kernel, network, b, client, server, settle } = pair();
  const heard: string[] = [];
  server.onReadable = () => heard.push(drain(server).text);
  network.pause(b);
  client.write(bytes('one '));
  settle();
  client.write(bytes('two'));
  settle();
  t.deepEqual(heard, []);
  t.is(server.unreadBytes, 7);
  network.resume(b);
  t.is(kernel.pending, 1, 'waking is an event');
  settle();
  t.deepEqual(heard, ['one two']);
});

test('connections wait for a paused process as far as the backlog goes, the next is answered when it is asked again', (t) => {
  const kernel = new Kernel({ seed: 'backlog' });
  const network = new Network(kernel);
  const [a, b] = [network.addHost('a'), network.addHost('b')];
  const taken: number[] = [];
  network.listen(b, 443, { backlog: 2, onConnection: (socket) => taken.push(socket.peerPort) });
  network.pause(b);
  const connected: number[] = [];
  for (let i = 0; i < 2; i++) {
    const socket = network.connect(a, '10.0.0.2', 443);
    socket.onConnected = () => connected.push(socket.localPort);
  }
  kernel.run({ untilUs: 10_000, eventsMax: 100 });
  const third = network.connect(a, '10.0.0.2', 443);
  third.onConnected = () => connected.push(third.localPort);
  kernel.run({ untilUs: 500_000, eventsMax: 100 });
  t.is(connected.length, 2);
  t.deepEqual(taken, []);
  network.resume(b);
  kernel.run({ eventsMax: 1000 });
  t.is(connected.length, 3);
  t.deepEqual(taken, connected);
});

test('a box on the way can end the stream early, by an end or by a reset, after so many bytes', (t) => {
  const { client, server, settle } = pair();
  client.cutIncoming({ afterBytes: 4, as: 'eof' });
  server.write(bytes('abcdefg'));
  settle();
  t.deepEqual(drain(client), { text: 'abcd', end: 'eof' });
  const other = pair();
  other.client.cutIncoming({ afterBytes: 0, as: 'reset' });
  other.settle();
  t.deepEqual(drain(other.client), { text: '', end: 'broken' });
});

test('a box on the way can change bytes', (t) => {
  const { client, server, settle } = pair();
  client.tamperIncoming((segment) => segment.map((byte) => byte ^ 1));
  server.write(bytes('abc'));
  settle();
  t.is(drain(client).text, '`cb');
});

test('a callback that closes its socket hears nothing more', (t) => {
  const { client, server, settle } = pair();
  const heard: string[] = [];
  client.onError = () => {
    heard.push('error');
    client.close();
  };
  client.onReadable = () => heard.push('readable');
  server.abort();
  settle();
  t.deepEqual(heard, ['error']);
});

test('a number out of range is refused with its name', (t) => {
  const { network, a, b } = pair();
  const link = network.link(a, b);
  const cases: [() => void, RegExp][] = [
    [() => link.setLatency({ latencyUs: 0.5 }), /latencyUs/],
    [() => link.change({ segmentBytes: { min: 5, max: 4 } }), /segmentBytes\.max/],
    [() => network.addHost('c', { receiveBufferBytes: 0 }), /receiveBufferBytes/],
    [() => network.connect(a, '10.0.0.2', 0), /port/],
  ];
  for (const [act, message] of cases) {
    t.is(t.throws(act, { instanceOf: NetworkError, message })?.code, 'OPTION_INVALID');
  }
  t.is(t.throws(() => network.addHost('a'), { instanceOf: NetworkError })?.code, 'HOST_TWICE');
  t.is(t.throws(() => network.pause(99), { instanceOf: NetworkError })?.code, 'HOST_UNKNOWN');
});

test('the same seed gives the same segments at the same times, another seed others', (t) => {
  const run = (seed: string): string => {
    const log: string[] = [];
    const options = { path: { jitterUs: 900, segmentBytes: { min: 1, max: 9 } } };
    const { kernel, client, server, settle } = pair(
      { ...options, onSegment: (socket, kind, sent) => log.push(`${socket.id} ${kind} ${sent.length}`) },
      seed,
    );
    server.onReadable = () => log.push(`${kernel.nowUs} ${drain(server).text}`);
    client.write(bytes('the same bytes in other pieces'));
    settle();
    return log.join('\n');
  };
  t.is(run('s'), run('s'));
  t.not(run('s'), run('t'));
});

test('who looks on is told of connecting, of what is acknowledged, and of what leaves again', (t) => {
  const log: string[] = [];
  const { kernel, network, a, b, client, server, settle, pass } = pair({
    onConnecting: (socket, what) => log.push(`${socket.id} ${what}`),
    onSegment: (socket, kind, sent) => log.push(`${socket.id} ${kind} ${sent.length}`),
    onAcknowledgement: (socket) =>
      log.push(`${socket.id} has ${socket.arrivedBytes}${socket.peerEnded ? ', all' : ''}`),
    onRetransmission: (socket, kind, sent, offset) =>
      log.push(`${socket.id} ${kind} ${sent.length} at ${offset} again`),
  });
  t.deepEqual(log.splice(0), ['1 syn', '1 accept', '1 open 0']);
  client.write(bytes('ab'));
  settle();
  t.deepEqual(log.splice(0), ['1 data 2', '2 has 2']);
  network.link(a, b).partition();
  client.write(bytes('cde'));
  client.write(bytes('f'));
  pass(1000);
  network.link(a, b).heal();
  settle();
  t.deepEqual(log.splice(0), [
    '1 data 3',
    '1 data 1',
    '1 data 3 at 2 again',
    '1 data 1 at 5 again',
    '2 has 5',
    '2 has 6',
  ]);
  drain(server);
  client.shutdownWrite();
  settle();
  t.deepEqual(log.splice(0), ['1 fin 0', '2 has 6, all']);
  network.connect(a, network.addressOf(b), 444);
  kernel.run({ eventsMax: 100 });
  t.deepEqual(log, ['3 syn', '3 refuse']);
});
