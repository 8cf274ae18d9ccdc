// The process that measures real libssl: of the node binary that carries it. It is asked by messages, and answers each.
import { cacheUs } from './cache.mjs';
import { cryptographyUs } from './cryptography.mjs';
import { C, callUs } from './functions.mjs';
import { Handshakes } from './handshakes.mjs';

/** By kind. */
const handshakes = new Map();

const answers = {
  /** @returns OpenSSL's version, and what a connection of each kind costs besides libssl's protocol */
  begin({ certificate, key, kinds }) {
    const credential = { certificate: Buffer.from(certificate, 'hex'), key: Buffer.from(key, 'hex') };
    const calls = {};
    let wireBytes = 0;
    for (const kind of kinds) {
      const made = new Handshakes({ ...credential, kind });
      handshakes.set(kind.kind, made);
      const costs = made.costs();
      calls[kind.kind] = costs.calls;
      wireBytes = Math.max(wireBytes, costs.bytes);
    }
    const ffiUs = callUs();
    return {
      version: C.OpenSSL_version(0),
      ffi: { us: ffiUs, calls },
      cryptography: cryptographyUs({ ...credential, wireBytes, ffiUs }),
    };
  },
  /** Of a cache that is full with so many sessions. */
  cache: ({ size }) => cacheUs({ size, ffiUs: callUs() }),
  run: ({ kind, count }) => timed(() => handshakes.get(kind).run(count)),
};

process.on('message', (question) => {
  process.send(answers[question.ask](question));
});

/** Seconds of the wall clock and of this process's processor time. */
function timed(work) {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  work();
  const wallSeconds = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { wallSeconds, processorSeconds: (user + system) / 1e6 };
}
