import type { Broken, Invariant } from './violation.js';

export const earlyDataComesOnce: Invariant = {
  code: 'AUTH',
  name: 'early-data-comes-once',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'a first flight can be recorded and sent again by anybody: what is acted upon twice was ordered once',
  source:
    'SSL_CTX_set_options(3), SSL_OP_NO_ANTI_REPLAY: "By default, when a server is configured for early data (i.e., max_early_data > 0), OpenSSL will switch on replay protection"',
  where: 'tls_parse_ctos_psk, ssl/statem/extensions_srvr.c: SSL_CTX_remove_session',
  helps: 'only a repaired OpenSSL helps; until then take no early data, or act upon none that may not come twice',
};

export function cameTwice(connection: number, first: number): Broken {
  return {
    invariant: earlyDataComesOnce,
    text: `connection ${connection}: early data under the ticket of connection ${first}, which has been used up`,
  };
}
