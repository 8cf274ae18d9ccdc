// Handshakes a second, of each kind apart: the model under both providers, real libssl, Node's tls. Each connection is closed by both sides.
import { CoreHandshakes } from './core.mjs';
import { kinds } from './kinds.mjs';
import { shortVersion } from './libssl.mjs';
import { nodeHandshakes } from './node-tls.mjs';

/** Connections a round: about a quarter of a second each. */
const units = {
  fast: { full12: 1_000, resumed12: 2_000, full13: 800, resumed13: 1_000, psk13: 1_200, early13: 1_000 },
  real: { full12: 200, resumed12: 700, full13: 180, resumed13: 350, psk13: 450, early13: 300 },
  libssl: { full12: 300, resumed12: 2_500, full13: 280, resumed13: 700, psk13: 1_000, early13: 600 },
  node: { full12: 150, resumed12: 400, full13: 140, resumed13: 250, psk13: 300 },
};

/** @param libssl what openLibssl gave */
export function handshakeMeasures(libssl) {
  return kinds.flatMap((kind) => {
    const fast = new CoreHandshakes('fast', kind);
    const real = new CoreHandshakes('real', kind);
    const runs = {
      fast: (count) => fast.run(count),
      real: (count) => real.run(count),
      ...(libssl.ask === undefined ? {} : { libssl: (count) => libssl.ask({ ask: 'run', kind: kind.kind, count }) }),
      ...(kind.earlyBytes === undefined ? { node: nodeHandshakes(kind) } : {}), // Node's tls has no early data
    };
    return Object.entries(runs).map(([stack, run]) => ({
      name: `${kind.name}, ${nameOf(stack, libssl)}`,
      kind: kind.kind,
      stack,
      units: units[stack][kind.kind],
      prepare: () => undefined,
      run: (_nothing, count) => run(count),
    }));
  });
}

function nameOf(stack, libssl) {
  if (stack === 'libssl') return shortVersion(libssl.version);
  return stack === 'node' ? "Node's tls over a Duplex" : `stack alone, ${stack}`;
}

/**
 * The rows, those of libssl less its cryptography beside them, each with how it compares.
 * @param rows what the measures gave, with `kind` and `stack`
 * @returns each with `times`: how many times as many as libssl, as libssl less its cryptography and as Node, a processor second
 */
export function compared(rows, libssl) {
  return kinds.flatMap(({ kind, goals }) => {
    const all = rows.filter((row) => row.kind === kind);
    const peer = all.find(({ stack }) => stack === 'libssl');
    if (peer !== undefined) all.splice(all.indexOf(peer) + 1, 0, bare(peer, libssl.cryptography.byKind[kind].us));
    const peers = Object.fromEntries(all.map((row) => [row.stack, row.perProcessorSecond]));
    for (const row of all) {
      row.times = Object.fromEntries(
        ['libssl', 'bare', 'node'].flatMap((to) =>
          peers[to] === undefined ? [] : [[to, row.perProcessorSecond / peers[to]]],
        ),
      );
      row.goals = goals[row.stack] ?? {};
    }
    return all;
  });
}

/** What libssl would do were its cryptography free: of processor time, since that is what the cryptography's is. */
function bare({ name, kind, perProcessorSecond }, us) {
  return {
    name: `${name}, less its cryptography`,
    kind,
    stack: 'bare',
    perProcessorSecond: 1 / (1 / perProcessorSecond - us / 1e6),
  };
}
