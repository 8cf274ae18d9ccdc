// Real libssl, measured in a process of its own: of the node binary that carries the release line.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { reportLines } from '../../dist/sim/stacks/lines.js';
import { testCredentials } from '../../dist/src/index.js';
import { kinds } from './kinds.mjs';

const profile = '3.0';
const script = fileURLToPath(new URL('libssl/process.mjs', import.meta.url));

/** @returns the process that answers, or what would be needed for one */
export async function openLibssl() {
  const line = reportLines().find((one) => one.profile === profile);
  if (!line.ok) return { missing: `no row of OpenSSL ${line.expected}: ${line.advice}` };
  const child = fork(script, [], { execPath: line.where, execArgv: ['--expose-gc'] });
  const died = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process that measures libssl ended: ${signal ?? code}`);
  });
  died.catch(() => {}); // it also ends when it is closed
  const ask = async (question) => {
    child.send(question);
    const answer = new Promise((resolve) => child.once('message', resolve));
    return await Promise.race([answer, died]);
  };
  const { chain, key } = testCredentials['ec-p256'];
  const credential = { certificate: hex(chain[0]), key: hex(key.pkcs8) };
  const costs = await ask({ ask: 'begin', ...credential, kinds });
  return { ...costs, ask, close: () => child.disconnect() };
}

/** `OpenSSL 3.0.19`, without the day. */
export function shortVersion(version) {
  return version.replace(/^(OpenSSL \S+).*/, '$1');
}

function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}
