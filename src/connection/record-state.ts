/** What the record layer of a connection holds: its keys, and what was read or written by halves. */
import { recordPlaintextBytesMax } from '../wire/index.js';
import { nothing } from './nothing.js';
import type { Protection } from './protection.js';

/** A record that was read and not used up. */
export interface IncomingRecord {
  readonly contentType: number;
  readonly version: number;
  data: Uint8Array;
}

/** Bytes that the transport did not take yet. */
export interface PendingWrite {
  readonly contentType: number;
  readonly bytes: Uint8Array;
  sent: number;
  /** How many bytes of the caller's are in it. */
  readonly plaintextLength: number;
}

export class Records {
  header: Uint8Array = nothing;
  body: Uint8Array = nothing;
  reading: 'header' | 'body' = 'header';
  current: IncomingRecord | undefined;
  /** A record was passed over without being given back to the separate record layer. */
  unreleased = false;
  /** Bytes of a handshake message met while application data was asked for, at most 4. */
  handshakeFragment: Uint8Array = nothing;
  consecutiveAlerts = 0;
  consecutiveEmpty = 0;
  firstRecord = true;
  /** A separate record layer knows the version from when it was negotiated. */
  version: number | undefined;
  readProtection: Protection | undefined;
  /** A server's, whose keys for reading are the early ones. */
  readsEarlyData = false;
  /** The separate record layer that reads began before the first handshake was over. */
  isOfFirstHandshake = true;
  /** The largest plaintext that a separate record layer takes, in bytes. */
  readFragmentBytesMax: number = recordPlaintextBytesMax;
  /** What the buffer of a separate record layer holds behind a header, in bytes; undefined where it holds any record. */
  readBufferBytes: number | undefined;
  writeProtection: Protection | undefined;
  /** The plaintext for which the buffer was made in which records are made, in bytes. */
  writeFragmentBytesMax: number = recordPlaintextBytesMax;
  pending: PendingWrite | undefined;
  /** 1.1.1 and 3.0 forget with SSL_clear what was pending, but not that something was (wb->left), until a new buffer is made. */
  leftBehind = false;
  /** Application bytes of the current SSL_write that are out already (wnum). */
  written = 0;
}
