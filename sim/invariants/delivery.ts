import type { Broken, Invariant } from './violation.js';

export const completeAfterCleanClose: Invariant = {
  code: 'DATA',
  name: 'complete-after-clean-close',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'simtls',
  reason: 'a close_notify vouches for all that was sent before it',
  source:
    'RFC 5246 §7.2.1: "The client and the server must share knowledge that the connection is ending in order to avoid a truncation attack"',
  where: 'ssl3_read_bytes, ssl/record/rec_layer_s3.c: where a close_notify sets SSL_RECEIVED_SHUTDOWN',
  helps: 'a fault of simtls: report the plan and its seed (simtls shrink makes it small)',
};

export const truncatedIsNotComplete: Invariant = {
  code: 'DATA',
  name: 'truncated-is-not-complete',
  judged: 'call',
  under: 'any faults',
  on: 'both stacks',
  owner: 'program',
  reason: 'whoever can end a stream on the way could otherwise cut an answer short unseen',
  source:
    'SSL_CTX_set_options(3), SSL_OP_IGNORE_UNEXPECTED_EOF: "You should only enable this option if the protocol running over TLS can detect a truncation attack itself"',
  where:
    'ssl3_read_n, ssl/record/rec_layer_s3.c (3.5: ossl_tls_handle_rlayer_return, ssl/record/rec_layer_s3.c): where SSL_OP_IGNORE_UNEXPECTED_EOF takes the end of the stream for a close_notify',
  helps: 'leave SSL_OP_IGNORE_UNEXPECTED_EOF off, unless the protocol above says where its messages end',
};

/** What one direction of a connection came to, when its reader was told of a clean end. */
export interface Ending {
  readonly connection: number;
  readonly reader: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** The writer's close_notify has arrived. */
  readonly closeNotify: boolean;
  /** SSL_OP_IGNORE_UNEXPECTED_EOF is on: the program has asked for it; undefined: nobody can tell. */
  readonly ignoresEof?: boolean | undefined;
}

export function judgeEnding(ending: Ending): Broken | undefined {
  const { connection, reader, sentBytes, receivedBytes, closeNotify, ignoresEof } = ending;
  if (!closeNotify) {
    return {
      invariant: truncatedIsNotComplete,
      owner: ignoresEof === false ? 'libssl' : 'program',
      text: `connection ${connection}: ${reader} took the end of the stream for a clean one after ${receivedBytes} bytes, but no close_notify has come`,
    };
  }
  if (receivedBytes === sentBytes) return undefined;
  return {
    invariant: completeAfterCleanClose,
    text: `connection ${connection}: ${reader} got ${receivedBytes} of ${sentBytes} bytes before the close_notify`,
  };
}
