// Node's own tls over a Duplex in one process.
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { testCredentials } from '../../dist/src/index.js';
import { suite } from './core.mjs';

const { chain, key } = testCredentials['ec-p256'];
const cert = `-----BEGIN CERTIFICATE-----\n${Buffer.from(chain[0]).toString('base64')}\n-----END CERTIFICATE-----\n`;
const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
const server = tls.createSecureContext({ cert, key: privateKey.export({ format: 'pem', type: 'pkcs8' }) });
const client = tls.createSecureContext({ maxVersion: 'TLSv1.2', ciphers: suite.opensslName });
let kept;

/**
 * Connections one after the other, each handshaken, closed by both sides and destroyed.
 * @param kind `full` or `resumed`, by the ticket of the first connection of all
 */
export async function nodeHandshakes(kind, count) {
  kept ??= await nodeConnection();
  for (let i = 0; i < count; i++) await nodeConnection(kind === 'resumed' ? kept : undefined);
}

async function nodeConnection(session) {
  const [near, far] = pair();
  const s = new tls.TLSSocket(far, { isServer: true, secureContext: server });
  const c = tls.connect({ socket: near, secureContext: client, rejectUnauthorized: false, session });
  s.resume();
  c.resume();
  await once(c, 'secureConnect');
  if (c.isSessionReused() !== (session !== undefined)) throw new Error('Node resumed unasked, or did not');
  if (c.getCipher().name !== suite.opensslName) throw new Error(`Node took ${c.getCipher().name}`);
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
