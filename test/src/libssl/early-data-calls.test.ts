/** Early data call by call, on the model and on each line of real OpenSSL. */
import test from 'ava';
import { type Libssl, profileNames, type Ssl, type SslCtx } from '../../../src/index.js';
import { Bench, type Ends, tls12, tls13 } from '../../_bench.js';
import { answersOf, type EarlyDataFlow, earlyDataFlows, readAndFinish } from '../../_libssl/early-data-flows.js';
import { playOnLibssl } from '../../_libssl/play.js';

const noAntiReplay = 0x0100_0000;

for (const profile of profileNames) {
  for (const [title, flow] of Object.entries(earlyDataFlows)) {
    test(`${profile}: ${title}`, (t) => {
      const { setup = {}, steps } = flow;
      const b = new Bench(profile);
      const { L } = b;
      const cc = b.ctx({ version: tls13 });
      const sc = b.serverCtx('ticket', { version: tls13 });
      L.SSL_CTX_set_max_early_data(sc, setup.max ?? 1_000);
      if (setup.noAntiReplay === true) L.SSL_CTX_set_options(sc, noAntiReplay);
      if (setup.retries === true) L.SSL_CTX_set1_groups_list(sc, 'P-521');
      const session = b.established(cc, sc);
      if (setup.twice === true) play(L, b.pair(cc, sc, session), ['client SSL_write_early_data a', ...readAndFinish]);
      if (setup.allowsNoMore === true) L.SSL_CTX_set_max_early_data(sc, 0);
      const server = setup.serverOf12 === true ? b.serverCtx('ticket', { version: tls12 }) : other(b, setup, sc);
      const ends = b.pair(cc, server, setup.withoutSession === true ? undefined : session);
      const calls = steps.map(([call]) => call);
      t.deepEqual(play(L, ends, calls), answersOf(flow, profile));
    });
  }

  test(`${profile}: real OpenSSL answers each flow of early data so`, (t) => {
    const flows = Object.values(earlyDataFlows);
    const played = playOnLibssl(t, profile, { flows });
    if (played === undefined) return;
    t.deepEqual(
      played.flows,
      flows.map((flow) => answersOf(flow, profile)),
    );
  });
}

/** The server that the flow is with. */
function other(b: Bench, { otherServer, max = 1_000 }: NonNullable<EarlyDataFlow['setup']>, sc: SslCtx): SslCtx {
  if (otherServer !== true) return sc;
  const made = b.serverCtx('ticket', { version: tls13 });
  b.L.SSL_CTX_set_max_early_data(made, max);
  return made;
}

function play(L: Libssl, ends: Ends, calls: readonly string[]): string[] {
  return calls.map((call) => {
    const [who, name, ...words] = call.split(' ');
    return who === 'state'
      ? stateOf(L, ends)
      : answer(L, who === 'client' ? ends.c : ends.s, name ?? '', words.join(' '));
  });
}

function answer(L: Libssl, ssl: Ssl, name: string, word: string): string {
  const [result, bytes] = called(L, ssl, name, new Uint8Array(Buffer.from(word)));
  const error = L.SSL_get_error(ssl, result).replace('SSL_ERROR_', '');
  const said = result > 0 ? Buffer.from(bytes).toString() : [error, ...L.takeErrors()].join(' ');
  return `${result} ${said}`.trim();
}

function called(L: Libssl, ssl: Ssl, name: string, word: Uint8Array): [result: number, bytes: Uint8Array] {
  const none = new Uint8Array(0);
  switch (name) {
    case 'SSL_write_early_data':
      return [L.SSL_write_early_data(ssl, word), none];
    case 'SSL_read_early_data':
      return L.SSL_read_early_data(ssl, 100);
    case 'SSL_write':
      return [L.SSL_write(ssl, word), none];
    case 'SSL_read':
      return L.SSL_read(ssl, 100);
    case 'SSL_shutdown':
      return [L.SSL_shutdown(ssl), none];
    default:
      return [L.SSL_do_handshake(ssl), none];
  }
}

function stateOf(L: Libssl, { c, s }: Ends): string {
  const early = [c, s].map((ssl) => L.SSL_get_early_data_status(ssl)).join(' ');
  const finished = [c, s].map((ssl) => L.SSL_is_init_finished(ssl)).join(' ');
  const inInit = [c, s].map((ssl) => (ssl.inInit ? 1 : 0)).join(' ');
  return `early ${early}, reused ${L.SSL_session_reused(c)}, finished ${finished}, in init ${inInit}`;
}
