/** What one side does with the handshake messages. Each function may throw HandshakeFailure, which ends the handshake. */
import type { Connection } from './connection.js';

/** SSL3_MT_CHANGE_CIPHER_SPEC: no handshake message, but it takes part in the flow like one. */
export const changeCipherSpec = 0x101;

export type OutgoingMessage = { readonly type: number; readonly body: Uint8Array } | 'change-cipher-spec';

export interface Side {
  /** Moves to the state in which a message of that type is processed; false: it is not expected here. */
  readTransition(connection: Connection, messageType: number): boolean;
  /** The longest body that the state allows, in bytes. */
  messageBytesMax(connection: Connection): number;
  /** `continue`: read on; `done`: the flight is complete; `post-process`: more to do with what was read. */
  process(connection: Connection, body: Uint8Array): 'continue' | 'done' | 'post-process';
  postProcess(connection: Connection): 'continue' | 'done';
  /** `write`: there is a message to write in the new state; `read`: the flight is out. */
  writeTransition(connection: Connection): 'write' | 'read';
  /** `end`: the handshake is over. */
  preWork(connection: Connection): 'go-on' | 'end';
  /** The message of the state; `nothing` where it has none. */
  construct(connection: Connection): OutgoingMessage | 'nothing';
  /** Whether what was written so far has to be with the transport before going on. */
  postWork(connection: Connection): 'go-on' | 'flush';
  /** What comes after such a flush. */
  afterFlush(connection: Connection): void;
}
