import type { Broken, Invariant } from './violation.js';

export const earlyDataComesOnce: Invariant = {
  code: 'AUTH',
  name: 'early-data-comes-once',
  judged: 'call',
  under: 'any faults',
  on: 'the model',
  owner: 'libssl',
  reason: 'whoever records a first flight can have its request done again',
  source:
    'RFC 8446 §8: "the server can … ensure that any given instance of the server would accept 0-RTT for the same 0-RTT handshake at most once"',
  where: 'tls_parse_ctos_psk, ssl/statem/extensions_srvr.c: the session of such a ticket is taken out of the cache',
  helps: 'leave SSL_OP_NO_ANTI_REPLAY off, or act on early data only where doing it twice does no harm',
};

/** @param program - it has switched the protection off */
export function cameAgain(connection: number, first: number, { program }: { readonly program: boolean }): Broken {
  return {
    invariant: earlyDataComesOnce,
    owner: program ? 'program' : 'libssl',
    text: `connection ${connection}: early data is taken that came on connection ${first} before, in the same first flight`,
  };
}
