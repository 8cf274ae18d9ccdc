/** Node's own tls in a world, as client and as server, against ours. */
import { once } from 'node:events';
import {
  request as httpRequest,
  createServer as httpServer,
  type RequestListener,
  type RequestOptions,
} from 'node:http';
import { Agent, request as httpsRequest, createServer as httpsServer } from 'node:https';
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls';
import test from 'ava';
import type { Code } from '../../sim/code/index.js';
import type { Profile } from '../../sim/stacks/stack.js';
import type { RunResult } from '../../sim/world/index.js';
import { pem, playCode } from './_code.js';

/** Of the emulator: an answer of so many bytes. */
function request(answer: number): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32BE(answer, 5);
  return header;
}

/** Connects twice, and keeps the session in a file meanwhile: what it reports is `[reused, bytes, …]`. */
const client: Code = async ({ net, fs, clock }) => {
  const told: unknown[] = [];
  for (let i = 0; i < 2; i += 1) {
    const session = fs.existsSync('/session') ? fs.readFileSync('/session') : undefined;
    const options = { ca: pem.cert, servername: 'simtls.test', ...(session === undefined ? {} : { session }) };
    const socket: TLSSocket = connect({ socket: net.connect('server', 443), ...options });
    socket.on('session', (fresh) => fs.writeFileSync('/session', fresh));
    await once(socket, 'secureConnect');
    const reused = socket.isSessionReused();
    socket.write(request(40_000));
    let bytes = 0;
    for await (const chunk of socket) {
      bytes += chunk.length;
      if (bytes === 40_000) socket.end();
    }
    told.push(reused, bytes);
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 60_000));
  }
  return told;
};

/** Answers 10 bytes, and ends when the client does. */
const server: Code = ({ net }) => {
  const tls = createServer({ ...pem, maxVersion: 'TLSv1.2' }, (socket) => {
    socket.once('data', () => socket.write('0123456789'));
    socket.on('end', () => socket.end());
  });
  net.listen(443, (stream) => tls.emit('connection', stream));
};

function nodeAsClient(profile: Profile, tickets: boolean): Promise<RunResult> {
  return playCode(
    { client },
    ({ w, client }) => {
      w.server({ name: 'by-id', tickets: false });
      client.code('client');
      if (!tickets) w.fault({ do: 'redirect', from: 'client', to: 'server', host: 'by-id' }, { atUs: 0 });
    },
    { profile },
  );
}

for (const profile of ['1.1.1', '3.0', '3.5'] as const) {
  for (const tickets of [true, false]) {
    test.serial(
      `Node's tls resumes with our server of ${profile}, by ${tickets ? 'ticket' : 'id'}, the same way twice`,
      async (t) => {
        const [one, two] = [await nodeAsClient(profile, tickets), await nodeAsClient(profile, tickets)];
        t.deepEqual(one.violations, []);
        t.deepEqual(one.steps.get('client-1')?.observed.ret, [false, 40_000, true, 40_000]);
        t.deepEqual(
          one.connections.map((connection) => connection.outcome),
          ['full', 'resumed'],
        );
        t.is(one.connections[1]?.decision, tickets ? 'resumed-by-ticket' : 'resumed-by-id');
        t.is(one.fingerprint, two.fingerprint);
      },
    );
  }

  test.serial(`our client of ${profile} resumes with Node's tls, the same way twice`, async (t) => {
    const run = (): Promise<RunResult> =>
      playCode(
        { server },
        ({ w, client }) => {
          const node = w.host('node');
          node.boot(() => node.code('server'));
          client.sleep({ ms: 1 });
          const ctx = client.context();
          const first = ctx.connection();
          w.expect(first.open(node), 'ok', 'the handshake is done');
          first.send(30_000);
          w.expect(first.receive({ bytes: 10 }), 'ok', 'Node has read, and answers');
          const session = first.session();
          w.expect(first.close(), 'ok', 'both ends say so');
          first.free();
          const second = ctx.connection();
          second.setSession(session);
          w.expect(second.open(node), 'ok', 'the handshake is done');
          w.expect(second.reused(), 1, 'by its ticket');
          w.expect(second.close(), 'ok', 'both ends say so');
          client.exit();
        },
        { profile },
      );
    const [one, two] = [await run(), await run()];
    t.deepEqual(one.violations, []);
    t.deepEqual(
      one.connections.map((connection) => connection.outcome),
      ['full', 'resumed'],
    );
    t.is(one.fingerprint, two.fingerprint);
  });
}

test.serial('Node’s client says what is wrong where the network corrupts a record or cuts the stream', async (t) => {
  const asking: Code = async ({ net }) => {
    const socket = connect({ socket: net.connect('server', 443), ca: pem.cert, servername: 'simtls.test' });
    try {
      await once(socket, 'secureConnect');
      socket.write(request(1000));
      for await (const _ of socket);
      return 'ended';
    } catch (cause) {
      return (cause as NodeJS.ErrnoException).code;
    }
  };
  const corrupted = await playCode({ asking }, ({ w, client, server }) => {
    w.corrupt(client.code('asking'), { from: server, record: 8, byte: 20 });
  });
  t.regex(
    String(corrupted.steps.get('client-1')?.observed.ret),
    /^ERR_SSL_(DECRYPTION_FAILED_OR_BAD_RECORD_MAC|CIPHER_OPERATION_FAILED)$/,
  );
  const cut = await playCode({ asking }, ({ w, client, server }) => {
    w.cut(client.code('asking'), { from: server, afterBytes: 100 });
  });
  t.is(
    cut.steps.get('client-1')?.observed.ret,
    'ECONNRESET',
    'Node: socket disconnected before secure TLS connection was established',
  );
});

test.serial('a session file of Node survives a crash of its host where it was synced', async (t) => {
  const keeping: Code = async ({ net, fsPromises, run }) => {
    const file = await fsPromises.readFile('/session').catch(() => undefined);
    const socket = connect({
      socket: net.connect('server', 443),
      ca: pem.cert,
      servername: 'simtls.test',
      ...(file === undefined || file.length === 0 ? {} : { session: file }),
    });
    const [fresh] = run === 1 ? await once(socket, 'session') : [undefined, await once(socket, 'secureConnect')];
    if (fresh !== undefined) {
      const handle = await fsPromises.open('/session', 'w');
      await handle.write(fresh);
      await handle.sync();
      await handle.close();
      const root = await fsPromises.open('/');
      await root.sync();
      await root.close();
    }
    socket.end();
    return socket.isSessionReused();
  };
  const result = await playCode({ keeping }, ({ w, client }) => {
    client.boot(() => client.code('keeping'));
    w.crash(client, { atUs: 1_000_000 }, 'half-open');
    w.restart(client, { atUs: 2_000_000 });
  });
  t.deepEqual(result.violations, []);
  t.deepEqual(
    result.connections.map((connection) => connection.outcome),
    ['full', 'resumed'],
  );
});

test.serial(
  'Node’s http and https run over the streams of a world, with an agent that keeps its connection',
  async (t) => {
    const serving: Code = ({ net }) => {
      const answer: RequestListener = (request, response) => response.end(`hello ${request.url}`);
      const [plain, secure] = [httpServer(answer), httpsServer(pem, answer)];
      net.listen(80, (stream) => plain.emit('connection', stream));
      net.listen(443, (stream) => secure.emit('connection', stream));
    };
    const asking: Code = async ({ net }) => {
      const get = async (request: typeof httpRequest, options: RequestOptions): Promise<string> => {
        const [response] = await once(request(options).end(), 'response');
        let text = '';
        for await (const chunk of response) text += chunk;
        return text;
      };
      const connecting = (options: object): TLSSocket =>
        connect({
          ...(options as ConnectionOptions),
          socket: net.connect('node', 443),
          ca: pem.cert,
          servername: 'simtls.test',
        });
      const agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), { createConnection: connecting });
      const plain = await get(httpRequest, { path: '/a', createConnection: () => net.connect('node', 80) as never });
      return [plain, await get(httpsRequest, { path: '/b', agent }), await get(httpsRequest, { path: '/c', agent })];
    };
    const run = (): Promise<RunResult> =>
      playCode({ serving, asking }, ({ w, client }) => {
        const node = w.host('node');
        node.boot(() => node.code('serving'));
        client.sleep({ ms: 1 });
        client.code('asking');
      });
    const [one, two] = [await run(), await run()];
    t.deepEqual(one.violations, []);
    t.deepEqual(one.steps.get('client-2')?.observed.ret, ['hello /a', 'hello /b', 'hello /c']);
    t.is(one.connections.length, 2);
    t.is(one.fingerprint, two.fingerprint);
  },
);
