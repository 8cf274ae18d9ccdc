/** Two ends of one library that talk over memory, and all that each has said. */
import { type Libssl, type Ssl, type Transport, testCredentials } from '../../src/index.js';
import { Bench, tls13 } from '../_bench.js';

export interface Talk {
  readonly crypto: 'real' | 'fast';
  /** As OpenSSL names it, of TLS 1.2; of TLS 1.3 where none is given. */
  readonly suite12?: string;
  readonly suite13?: string;
  readonly noEncryptThenMac?: boolean;
  /** What happens behind the handshake; `pump` has both ends read what there is. */
  readonly meanwhile?: (L: Libssl, ends: { readonly c: Ssl; readonly s: Ssl; readonly pump: () => void }) => void;
}

export interface Overheard {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly keyLog: readonly string[];
}

const noEncryptThenMac = 0x80000;
const roundsMax = 10;

export function overheard({
  crypto,
  suite12,
  suite13,
  noEncryptThenMac: plainMac = false,
  meanwhile,
}: Talk): Overheard {
  const keyLog: string[] = [];
  const b = new Bench('3.0', { crypto, keyLog: (line) => keyLog.push(line) });
  const { L } = b;
  const version = suite12 === undefined ? { version: tls13 } : {};
  const [cc, sc] = [b.ctx(version), b.serverCtx('ticket', version)];
  if (suite12?.includes('RSA') || suite12?.startsWith('AES')) L.SSL_CTX_use_credential(sc, testCredentials['rsa-2048']);
  for (const ctx of [cc, sc]) {
    if (suite12 !== undefined) L.SSL_CTX_set_cipher_list(ctx, suite12);
    if (suite13 !== undefined) L.SSL_CTX_set_ciphersuites(ctx, suite13);
    if (plainMac) L.SSL_CTX_set_options(ctx, noEncryptThenMac);
  }
  const { c, s, ct, st } = b.pair(cc, sc);
  const said = { client: [] as Uint8Array[], server: [] as Uint8Array[] };
  L.SSL_set_transport(c, heard(ct, said.client));
  L.SSL_set_transport(s, heard(st, said.server));
  const pump = (): void => {
    for (let round = 0; round < roundsMax; round++) {
      for (const end of [c, s]) {
        if (L.SSL_is_init_finished(end) !== 1) L.SSL_do_handshake(end);
        else L.SSL_read(end, 100);
      }
    }
  };
  pump();
  meanwhile?.(L, { c, s, pump });
  L.SSL_shutdown(c);
  pump();
  L.SSL_shutdown(s);
  return { client: Buffer.concat(said.client), server: Buffer.concat(said.server), keyLog };
}

function heard(transport: Transport, said: Uint8Array[]): Transport {
  return {
    read: (max) => transport.read(max),
    write(bytes) {
      const copy = bytes.slice();
      said.push(copy);
      return transport.write(bytes);
    },
  };
}
