// Node's own tls over a Duplex in one process: a full handshake of TLS 1.2, and one resumed by its ticket where asked, closed.
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { testCredentials } from '../../dist/src/index.js';

const { chain, key } = testCredentials['ec-p256'];
const cert = `-----BEGIN CERTIFICATE-----\n${Buffer.from(chain[0]).toString('base64')}\n-----END CERTIFICATE-----\n`;
const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
const server = tls.createSecureContext({ cert, key: privateKey.export({ format: 'pem', type: 'pkcs8' }) });
const client = tls.createSecureContext({ maxVersion: 'TLSv1.2' });

/** One full connection and one resumed, each closed by both sides. */
export async function nodePair() {
  const session = await nodeConnection();
  await nodeConnection(session);
}

async function nodeConnection(session) {
  const [near, far] = pair();
  const s = new tls.TLSSocket(far, { isServer: true, secureContext: server });
  const c = tls.connect({ socket: near, secureContext: client, rejectUnauthorized: false, session });
  s.resume();
  c.resume();
  await once(c, 'secureConnect');
  if (c.isSessionReused() !== (session !== undefined)) throw new Error('Node resumed where it was not to, or did not');
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
