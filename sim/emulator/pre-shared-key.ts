/** A pre-shared key of TLS 1.3, as `openssl s_client -psk` and `s_server -psk` have it: both sides know it and its name. */
import type { Libssl, SslCtx, SslSession } from '../../src/index.js';

export interface PreSharedKey {
  readonly key: Uint8Array;
  readonly identity: string;
}

/** Those with the key's hash first. */
const sha256Suites = 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384';
const tls13 = 0x0304;
const aes128GcmSha256 = 0x1301;
const cipherServerPreference = 0x40_0000; // SSL_OP_CIPHER_SERVER_PREFERENCE

/** The side of a client offers it, that of a server finds it. The key's hash is SHA-256: suites with it come first. */
export function usePreSharedKey(
  library: Libssl,
  ctx: SslCtx,
  psk: PreSharedKey,
  options: { readonly ownSuites: boolean },
): void {
  const identity = new Uint8Array(Buffer.from(psk.identity));
  const session = (): SslSession => {
    const made = library.SSL_SESSION_new() as SslSession; // null without memory alone
    library.SSL_SESSION_set1_master_key(made, psk.key);
    library.SSL_SESSION_set_cipher(made, aes128GcmSha256);
    library.SSL_SESSION_set_protocol_version(made, tls13);
    return made;
  };
  library.SSL_CTX_set_psk_use_session_callback(ctx, (_ssl, hash) =>
    hash === undefined || hash === 'sha256' ? { identity, session: session() } : undefined,
  );
  library.SSL_CTX_set_psk_find_session_callback(ctx, (_ssl, offered) =>
    Buffer.compare(offered, identity) === 0 ? session() : undefined,
  );
  library.SSL_CTX_set_options(ctx, cipherServerPreference);
  if (!options.ownSuites) library.SSL_CTX_set_ciphersuites(ctx, sha256Suites);
}
