/** Callbacks that answer out of a table of the program's: `sim_virtual_host`, `sim_psk` and `sim_alpn_select`. */
import type { Libssl, SslCtx, SslSession } from '../../../src/index.js';

interface Psk {
  readonly identity: Uint8Array;
  readonly session: SslSession;
}

export class Tables {
  readonly #library: Libssl;
  readonly #psks = new Map<SslCtx, Psk>();
  readonly #hosts = new Map<SslCtx, Map<string, SslCtx>>();

  constructor(library: Libssl) {
    this.#library = library;
  }

  virtualHost(ctx: SslCtx, name: string, host: SslCtx): void {
    let hosts = this.#hosts.get(ctx);
    if (hosts === undefined) {
      hosts = new Map();
      this.#hosts.set(ctx, hosts);
    }
    hosts.set(name, host);
    const known = hosts;
    this.#library.SSL_CTX_set_tlsext_servername_callback(ctx, (ssl, asked) => {
      const wanted = asked === undefined ? undefined : known.get(asked);
      if (wanted?.alive === true) this.#library.SSL_set_SSL_CTX(ssl, wanted);
      return 'ok';
    });
  }

  /** Connections that were made before with another key of this context have the new one, too. */
  psk(ctx: SslCtx, identity: Uint8Array, session: SslSession): void {
    this.#psks.set(ctx, { identity, session });
    const taken = (): Psk | undefined => {
      const psk = this.#psks.get(ctx);
      if (psk?.session.alive !== true) return undefined;
      this.#library.SSL_SESSION_up_ref(psk.session);
      return psk;
    };
    this.#library.SSL_CTX_set_psk_use_session_callback(ctx, taken);
    this.#library.SSL_CTX_set_psk_find_session_callback(ctx, (_ssl, asked) => {
      const own = this.#psks.get(ctx)?.identity;
      return own !== undefined && Buffer.compare(asked, own) === 0 ? taken()?.session : undefined;
    });
  }

  /** @param protocols preferred first */
  alpnSelect(ctx: SslCtx, protocols: readonly Uint8Array[]): void {
    this.#library.SSL_CTX_set_alpn_select_cb(ctx, (offered) =>
      protocols.find((own) => offered.some((one) => Buffer.compare(one, own) === 0)),
    );
  }
}

/** `h2,http/1.1` as the names that it is made of. */
export function protocolNames(text: string): readonly Uint8Array[] {
  return text.split(',').map((name) => Buffer.from(name, 'latin1'));
}
