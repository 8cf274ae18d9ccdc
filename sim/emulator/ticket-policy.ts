/** Which keys seal and open the tickets of a server: a rule as data, for a callback on either stack. */
import type { Libssl, SslCtx, TicketKeys } from 'simtls';

export interface TicketPolicy {
  /** What seals a new ticket. `none`: an empty one is sent; `fail`: the handshake ends. */
  readonly seal: TicketKeys | 'none' | 'fail';
  /** What opens tickets by the name in them, and whether they are renewed. */
  readonly opens: readonly { readonly keys: TicketKeys; readonly renew: boolean }[];
  /** The same for tickets of any other name. */
  readonly others: TicketKeys | 'none' | 'fail';
}

/** Has a context of the model follow it (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)); null: no callback, its own keys count. */
export function useTicketPolicy(library: Libssl, ctx: SslCtx, policy: TicketPolicy | null): void {
  if (policy === null) {
    library.SSL_CTX_set_tlsext_ticket_key_cb(ctx, null);
    return;
  }
  const { seal, opens, others } = policy;
  library.SSL_CTX_set_tlsext_ticket_key_cb(ctx, (_ssl, name) => {
    if (name === undefined) return typeof seal === 'string' ? seal : { keys: seal, renew: false };
    const known = opens.find(({ keys }) => Buffer.compare(keys.name, name) === 0);
    if (known !== undefined) return known;
    return typeof others === 'string' ? others : { keys: others, renew: false };
  });
}

/** What a server that treats its clients badly does to itself. */
export interface ServerControls {
  /** Ticket keys that nobody has. */
  freshKeys(): TicketKeys;
  /** Those that count where no rule is set. */
  ticketKeys(): TicketKeys;
  setTicketKeys(keys: TicketKeys): void;
  setTicketPolicy(policy: TicketPolicy): void;
  /** Empties the session cache. */
  flushSessions(): void;
}

/** Of a context of the model. */
export function modelControls(library: Libssl, ctx: SslCtx): ServerControls {
  return {
    freshKeys: () => freshKeys(library),
    ticketKeys: () => library.SSL_CTX_get_tlsext_ticket_keys(ctx),
    setTicketKeys: (keys) => library.SSL_CTX_set_tlsext_ticket_keys(ctx, keys),
    setTicketPolicy: (policy) => useTicketPolicy(library, ctx, policy),
    flushSessions: () => library.SSL_CTX_flush_sessions(ctx, 0),
  };
}

/** The keys of a context that nobody uses: as random as the library's randomness. */
function freshKeys(library: Libssl): TicketKeys {
  const ctx = library.SSL_CTX_new(library.TLS_server_method());
  if (ctx === null) throw new Error('SSL_CTX_new takes every method');
  const keys = library.SSL_CTX_get_tlsext_ticket_keys(ctx);
  library.SSL_CTX_free(ctx);
  return keys;
}
