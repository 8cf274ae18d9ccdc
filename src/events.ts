/** What the stack tells of itself while it works: the raw material of traces, decisions and invariants. */
export type ObjectKind = 'ctx' | 'ssl' | 'session';
export type CallbackName = 'new' | 'remove' | 'get';

export type StackEvent =
  /** An object came to be. Ids are minted by one `libssl` instance, from 1, and never used again. */
  | { readonly kind: 'made'; readonly object: number; readonly type: ObjectKind }
  /** A reference count moved: `count` is the new one; `holder` says who took or gave the reference. */
  | {
      readonly kind: 'count';
      readonly object: number;
      readonly type: ObjectKind;
      readonly count: number;
      readonly holder: string;
    }
  | { readonly kind: 'freed'; readonly object: number; readonly type: ObjectKind }
  /** A callback of the application is about to run. `session` is 0 for `get`, `id` empty otherwise. */
  | {
      readonly kind: 'callback';
      readonly name: CallbackName;
      readonly ctx: number;
      readonly session: number;
      readonly ssl: number;
      readonly id: Uint8Array;
    }
  | {
      readonly kind: 'record';
      readonly ssl: number;
      readonly direction: 'sent' | 'received';
      readonly contentType: number;
      readonly length: number;
      /** FNV-1a over header and fragment as they are on the wire, 32 bits. */
      readonly sum: number;
    }
  | {
      readonly kind: 'message';
      readonly ssl: number;
      readonly direction: 'sent' | 'received';
      readonly handshakeType: number;
      readonly length: number;
    }
  | {
      readonly kind: 'alert';
      readonly ssl: number;
      readonly direction: 'sent' | 'received';
      readonly level: number;
      readonly description: number;
    }
  /** Whether a session was offered, accepted or refused, and why: `code` is a stable reason code. */
  | {
      readonly kind: 'decision';
      readonly ssl: number;
      readonly side: 'client' | 'server';
      readonly verdict: 'offered' | 'accepted' | 'refused' | 'none';
      readonly code: string;
      readonly session: number;
      readonly field: string;
    }
  /** A count and its claims part: somebody gave a reference back that it did not hold. */
  | {
      readonly kind: 'claims';
      readonly object: number;
      readonly type: ObjectKind;
      readonly count: number;
      readonly claims: number;
      readonly holder: string;
    }
  /** The session was used with a second SSL_CTX: against SSL_set_session(3), NOTES. */
  | {
      readonly kind: 'foreign-context';
      readonly session: number;
      readonly owner: number;
      readonly used: number;
      readonly ssl: number;
    };
