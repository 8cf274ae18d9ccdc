// Node's own tls over a Duplex in one process.
import { createPrivateKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { testCredentials } from '../../dist/src/index.js';
import { allowNoDheKex, pskGroups, suites, tls12, tls13 } from './kinds.mjs';

const { chain, key } = testCredentials['ec-p256'];
const cert = `-----BEGIN CERTIFICATE-----\n${Buffer.from(chain[0]).toString('base64')}\n-----END CERTIFICATE-----\n`;
const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
const credential = { cert, key: privateKey.export({ format: 'pem', type: 'pkcs8' }) };
const versions = { [tls12]: 'TLSv1.2', [tls13]: 'TLSv1.3' };
const ticketKeysBytes = 48;

/**
 * @param kind whose connections, if they resume at all, resume by the ticket of the first
 * @returns what makes so many connections one after the other, each handshaken, closed by both sides and destroyed
 */
export function nodeHandshakes(kind) {
  const common = {
    maxVersion: versions[kind.version],
    ciphers: suites[kind.version],
    ...(kind.exchange === 'psk' ? { secureOptions: allowNoDheKex } : {}),
  };
  const server = { ...common, ...credential, ticketKeys: randomBytes(ticketKeysBytes) };
  const first = { server: tls.createSecureContext(server), client: tls.createSecureContext(common) };
  const contexts =
    kind.exchange === 'psk'
      ? {
          server: tls.createSecureContext({ ...server, ecdhCurve: pskGroups.server }),
          client: tls.createSecureContext({ ...common, ecdhCurve: pskGroups.client }),
        }
      : first;
  let kept;
  return async (count) => {
    kept ??= await connection(kind, first, undefined);
    for (let i = 0; i < count; i++) await connection(kind, contexts, kind.by === undefined ? undefined : kept);
  };
}

/** @returns its session */
async function connection({ version }, { server, client }, session) {
  const [near, far] = pair();
  const s = new tls.TLSSocket(far, { isServer: true, secureContext: server });
  const c = tls.connect({ socket: near, secureContext: client, rejectUnauthorized: false, session });
  s.resume();
  c.resume();
  // With keys of its own for tickets, as each has, Node's server sends none to a client that resumed.
  const ticket = version === tls13 && session === undefined ? once(c, 'session') : undefined;
  await once(c, 'secureConnect');
  if (c.isSessionReused() !== (session !== undefined)) throw new Error('Node resumed unasked, or did not');
  if (c.getCipher().name !== suites[version]) throw new Error(`Node took ${c.getCipher().name}`);
  await ticket;
  const made = c.getSession();
  const closed = [once(s, 'end'), once(c, 'end')];
  c.end();
  await closed[0];
  s.end();
  await closed[1];
  c.destroy();
  s.destroy();
  return made;
}

function pair() {
  const make = (other) =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk);
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const near = make(() => far);
  const far = make(() => near);
  return [near, far];
}
