/** A server with two names, the second of which wants certificates: what a session of the first is worth there. */

export interface NameCase {
  readonly tls: '1.2' | '1.3';
  readonly tickets: boolean;
  /** Whether each context has an id context of its own. */
  readonly idContextEach: boolean;
  /** Asked for on the first connection: a name of the server's, or one that it does not know. */
  readonly firstName: 'open.test' | 'another.test';
  /** Whether the servername callback takes the verification of the context over, beside the context. */
  readonly takesVerify: boolean;
}

export interface NameAnswer {
  /** What the name with the demand for certificates does, asked by a client that has none: with the session, and without. */
  readonly withSession: NamedConnection;
  readonly without: NamedConnection;
}

export interface NamedConnection {
  readonly reused: number;
  readonly served: boolean;
  /** SSL_get_servername: of the client with the session and no name, then with the name, and of both ends after the handshake. */
  readonly names: readonly (string | null)[];
}

export const demandedName = 'closed.test';
/** SSL_VERIFY_PEER and SSL_VERIFY_FAIL_IF_NO_PEER_CERT. */
export const demand = 3;

const either = [false, true];

export const nameCases: readonly NameCase[] = (['1.2', '1.3'] as const).flatMap((tls) =>
  (['open.test', 'another.test'] as const).flatMap((firstName) =>
    either.flatMap((tickets) =>
      either.flatMap((idContextEach) =>
        either.map((takesVerify) => ({ tls, firstName, tickets, idContextEach, takesVerify })),
      ),
    ),
  ),
);
