/** How a server can treat its clients badly: one table, a name each, for `simtls serve --misbehave NAME` and for servers of worlds. */
import { type Credential, makeCertificate, realCrypto, type TicketKeys } from '../../src/index.js';
import type { ServerControls } from './ticket-policy.js';

/** What a server does otherwise than a good one. Nothing set: it is a good one. */
export interface Conduct {
  /** Before each connection. `memory` is the server's own, from its start. */
  readonly prepare?: (server: ServerControls, memory: Memory) => void;
  /** `prepare` has left a callback for ticket keys, which has to go when the server behaves again. */
  readonly ticketKeys?: 'by callback';
  /** The certificate it shows in place of its own. */
  readonly credential?: (own: Credential, nowMs: number) => Credential;
  /** Sessions bear no id context, although clients are verified. */
  readonly idContext?: 'left out';
  /** In place of a handshake, once the first bytes have come. */
  readonly hello?: 'silence' | 'plain HTTP' | 'reset' | 'end';
  /** As soon as the handshake is done. */
  readonly established?: 'stop reading' | 'garbage record' | 'reset';
  readonly answer?: 'half of it' | 'none';
  readonly afterAnswer?: 'reset' | 'close';
  readonly closeNotify?: 'left out';
  /** Bytes of each piece that TCP is given. */
  readonly pieceBytes?: number;
}

/** A record of application data that no key opens. */
export const garbageRecord = (): Uint8Array => Uint8Array.of(0x17, 0x03, 0x03, 0x00, 0x20, ...new Uint8Array(0x20));

/** What a server of plain HTTP says to a ClientHello. */
export const plainAnswer = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** Ticket keys that a server has had, newest first. */
export interface Memory {
  keys: TicketKeys[];
}

export interface Misbehaviour extends Conduct {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly says: string;
}

const dayMs = 86_400_000;

export const misbehaviours: readonly Misbehaviour[] = [
  {
    name: 'forget-keys',
    says: 'Forgets its ticket keys before each connection, as a server that restarts: every ticket is unknown.',
    prepare: (server) => server.setTicketKeys(server.freshKeys()),
  },
  {
    name: 'rotate-keys',
    says: 'Takes new ticket keys for each connection and still opens the tickets of the one before, which it renews.',
    ticketKeys: 'by callback',
    prepare(server, memory) {
      memory.keys = [server.freshKeys(), ...memory.keys.slice(0, 1)];
      const [current, ...older] = memory.keys;
      const opens = older.map((keys) => ({ keys, renew: true }));
      server.setTicketPolicy({ seal: current ?? 'fail', opens, others: 'none' });
    },
  },
  {
    name: 'forget-sessions',
    says: 'Empties its session cache before each connection: every session id is unknown.',
    prepare: (server) => server.flushSessions(),
  },
  {
    name: 'garbage-ticket',
    says: 'Hands out tickets that nobody can open, itself included: their name is right, their MAC is not.',
    ticketKeys: 'by callback',
    prepare(server) {
      const keys = server.ticketKeys();
      server.setTicketPolicy({ seal: { ...server.freshKeys(), name: keys.name }, opens: [], others: keys });
    },
  },
  {
    name: 'empty-ticket',
    says: 'Promises a ticket in its ServerHello and sends an empty one (RFC 5077 §3.3 allows it).',
    ticketKeys: 'by callback',
    prepare: (server) => server.setTicketPolicy({ seal: 'none', opens: [], others: 'none' }),
  },
  {
    name: 'fail-on-ticket',
    says: 'Ends the handshake with internal_error when a ticket comes, in place of a full handshake.',
    ticketKeys: 'by callback',
    prepare: (server) => server.setTicketPolicy({ seal: server.ticketKeys(), opens: [], others: 'fail' }),
  },
  {
    name: 'no-id-context',
    says: 'Verifies clients (with --verify) and has no session id context: who resumes is turned away (often met).',
    idContext: 'left out',
  },
  {
    name: 'omit-close-notify',
    says: 'Ends connections with FIN and no close_notify: its own session cache loses the session, tickets stay good.',
    closeNotify: 'left out',
  },
  {
    name: 'reset-after-answer',
    says: 'Resets the connection (RST) as soon as an answer is written.',
    afterAnswer: 'reset',
  },
  {
    name: 'close-after-answer',
    says: 'Closes after the first answer, although it promised to keep the connection.',
    afterAnswer: 'close',
  },
  {
    name: 'half-answer',
    says: 'Ends the connection in the middle of an answer, with FIN and no close_notify: a truncation.',
    answer: 'half of it',
    afterAnswer: 'close',
    closeNotify: 'left out',
  },
  { name: 'no-answer', says: 'Reads requests and never answers.', answer: 'none' },
  {
    name: 'stop-reading',
    says: 'Reads nothing more once the handshake is done: what is sent to it stays in the buffers.',
    established: 'stop reading',
  },
  {
    name: 'garbage-record',
    says: 'Sends a record that does not decrypt once the handshake is done.',
    established: 'garbage record',
  },
  {
    name: 'reset-after-handshake',
    says: 'Resets the connection (RST) once the handshake is done.',
    established: 'reset',
  },
  { name: 'silent', says: 'Takes the connection and the ClientHello, and says nothing.', hello: 'silence' },
  { name: 'plain-http', says: 'Answers the ClientHello with plain HTTP.', hello: 'plain HTTP' },
  { name: 'reset-on-hello', says: 'Answers the ClientHello with a reset (RST).', hello: 'reset' },
  { name: 'end-on-hello', says: 'Answers the ClientHello with the end of the stream (FIN).', hello: 'end' },
  { name: 'byte-by-byte', says: 'Sends every byte as a TCP segment of its own.', pieceBytes: 1 },
  {
    name: 'expired-certificate',
    says: 'Shows a certificate that expired yesterday, signed by itself, with its own key.',
    credential: (own, nowMs) => certificate(own, { names: ['localhost', '127.0.0.1'], endMs: nowMs - dayMs }),
  },
  {
    name: 'wrong-name',
    says: 'Shows a certificate for wrong.simtls.invalid, signed by itself, with its own key.',
    credential: (own, nowMs) => certificate(own, { names: ['wrong.simtls.invalid'], endMs: nowMs + dayMs }),
  },
];

export function misbehaviourNamed(name: string): Misbehaviour | undefined {
  return misbehaviours.find((one) => one.name === name);
}

function certificate(
  own: Credential,
  about: { readonly names: readonly string[]; readonly endMs: number },
): Credential {
  const options = {
    subject: about.names[0] ?? '',
    names: about.names,
    key: own.key,
    provider: realCrypto(),
    serial: 1n,
    notBeforeMs: about.endMs - 10 * dayMs,
    notAfterMs: about.endMs,
  };
  return { chain: [makeCertificate(options)], key: own.key };
}
