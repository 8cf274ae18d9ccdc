/** Tells why a session was or was not offered, accepted, refused. The codes are stable; `simtls explain` has their texts. */
import type { Connection } from './connection.js';

export type DecisionCode =
  /** client, before ClientHello */
  | 'offered-id'
  | 'offered-ticket'
  | 'no-session-set'
  | 'session-version-not-enabled'
  | 'session-not-resumable'
  | 'offered-psk'
  | 'ticket-missing'
  | 'ticket-too-old'
  | 'retry-hash-differs'
  /** client, at ServerHello */
  | 'server-resumed'
  | 'server-started-new'
  | 'client-context-differs'
  /** server */
  | 'resumed-by-id'
  | 'resumed-by-ticket'
  | 'resumed-by-psk'
  | 'psk-hash-differs'
  | 'ticket-not-stateful'
  | 'single-use-not-in-cache'
  | 'nothing-offered'
  | 'id-unknown'
  | 'callback-had-none'
  | 'callback-session-not-resumable'
  | 'ticket-too-short'
  | 'ticket-unknown-key'
  | 'ticket-bad-mac'
  | 'ticket-bad-content'
  | 'ticket-ignored'
  | 'version-differs'
  | 'id-context-differs'
  | 'id-context-uninitialized'
  | 'expired'
  | 'extended-master-secret-missing'
  | 'extended-master-secret-added'
  | 'cipher-not-offered'
  | 'no-resumption-on-renegotiation';

export function decide(
  connection: Connection,
  verdict: 'offered' | 'accepted' | 'refused' | 'none',
  code: DecisionCode,
  about: { readonly session?: number; readonly field: string },
): void {
  connection.environment.emit?.({
    kind: 'decision',
    ssl: connection.id,
    side: connection.server ? 'server' : 'client',
    verdict,
    code,
    session: about.session ?? 0,
    field: about.field,
  });
}
