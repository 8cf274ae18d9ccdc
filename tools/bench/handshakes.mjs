// Handshakes a second, full and resumed apart: the model under both providers, real libssl, Node's tls. All speak TLS 1.2 with X25519, a
// certificate for P-256 and AES-128-GCM; each connection is closed by both sides.
import { CoreHandshakes } from './core.mjs';
import { shortVersion } from './libssl.mjs';
import { nodeHandshakes } from './node-tls.mjs';

export const kinds = ['full', 'resumed'];

/** How many times as many as another makes: what the model is to reach. */
const goals = {
  full: { fast: { libssl: 5 }, real: { node: 1 } },
  resumed: { fast: { libssl: 1 }, real: { node: 2 } },
};

/** Connections a round: about a quarter of a second each. */
const units = {
  fast: { full: 1_000, resumed: 2_000 },
  real: { full: 200, resumed: 700 },
  libssl: { full: 300, resumed: 2_500 },
  node: { full: 150, resumed: 400 },
};

/** @param libssl what openLibssl gave */
export function handshakeMeasures(libssl) {
  const model = { fast: new CoreHandshakes('fast'), real: new CoreHandshakes('real') };
  const runs = {
    fast: (kind, count) => model.fast.run(kind, count),
    real: (kind, count) => model.real.run(kind, count),
    ...(libssl.ask === undefined ? {} : { libssl: (kind, count) => libssl.ask({ ask: 'run', kind, count }) }),
    node: nodeHandshakes,
  };
  return kinds.flatMap((kind) =>
    Object.entries(runs).map(([stack, run]) => ({
      name: `${kind}, ${nameOf(stack, libssl)}`,
      kind,
      stack,
      units: units[stack][kind],
      prepare: () => undefined,
      run: (_nothing, count) => run(kind, count),
    })),
  );
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
  return kinds.flatMap((kind) => {
    const all = rows.filter((row) => row.kind === kind);
    const peer = all.find(({ stack }) => stack === 'libssl');
    if (peer !== undefined) all.splice(all.indexOf(peer) + 1, 0, bare(peer, libssl.cryptography[kind].us));
    const peers = Object.fromEntries(all.map((row) => [row.stack, row.perProcessorSecond]));
    for (const row of all) {
      row.times = Object.fromEntries(
        ['libssl', 'bare', 'node'].flatMap((to) =>
          peers[to] === undefined ? [] : [[to, row.perProcessorSecond / peers[to]]],
        ),
      );
      row.goals = goals[kind][row.stack] ?? {};
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
