import type { Broken, Invariant } from './violation.js';

export const clientResumesAsItself: Invariant = {
  code: 'AUTH',
  name: 'client-resumes-as-itself',
  judged: 'handshake',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'a server asks nobody again who resumes: it takes the client for the one who made the session',
  source:
    'CVE-2016-5419 (curl): a server may skip the client certificate where it resumes, and goes by the one that the session was made with',
  where: 'no part of OpenSSL looks at it: SSL_set_session, ssl/ssl_sess.c, takes any session for any certificate',
  helps: 'make the whole of the credentials part of what sessions are kept by, none included',
};

export function resumedAsAnother(found: {
  readonly connection: number;
  /** Keys of test certificates; `none`: it shows no certificate. */
  readonly own: string;
  readonly taken: string;
}): Broken {
  const { connection, own, taken } = found;
  const shows = own === 'none' ? 'no certificate' : `the certificate ${own}`;
  return {
    invariant: clientResumesAsItself,
    text: `connection ${connection}: the client has ${shows} to show, and the server takes it for who showed ${taken}`,
  };
}

export const sessionUsedForItsName: Invariant = {
  code: 'AUTH',
  name: 'session-used-for-its-name',
  judged: 'handshake',
  under: 'any faults',
  on: 'the model',
  owner: 'program',
  reason: 'a resumed peer shows no certificate: it is who made the session, whatever name it is asked for by now',
  source:
    'RFC 8446 §4.6.1: "Clients MUST only resume if the new SNI value is valid for the server certificate presented in the original session and SHOULD only resume if the SNI value matches the one used in the original session"',
  where:
    'no part of OpenSSL looks at it: SSL_set_session, ssl/ssl_sess.c; a name of SSL_set1_host is looked for in certificates alone',
  helps:
    'file each session under the name for which its own connection was made, by the SSL that the new callback is handed',
};

/** A session by which a connection was resumed, and the names for which each was meant. */
export interface OtherName {
  readonly object: number;
  readonly session: string;
  readonly made: string | undefined;
  readonly wanted: string;
}

export function resumedForAnother({ object, session, made, wanted }: OtherName): Broken {
  const by = made === undefined ? 'was made for no name' : `was made for ${made}`;
  return {
    invariant: sessionUsedForItsName,
    object,
    text: `a connection for ${wanted} is resumed by ${session}, which ${by}`,
  };
}
