/** What the bytes of a connection are, field by field. Pure data: the same bytes and keys give the same fields. */

/** One field. Its children lie within it, side by side, and cover it wholly; a field without children is one value. */
export interface Field {
  /** The RFC's word: `legacy_version`, `cipher_suites`, `ClientHello`. */
  readonly name: string;
  /** In the bytes that the field stands in: of the stream, or of the `Inside` whose field it is. */
  readonly offset: number;
  /** Bytes; 0 for what was expected and did not come, and for what is empty. */
  readonly length: number;
  /** In words: `TLS 1.2 (0x0303)`, hex where there are none, and what there is inside where it has children. */
  readonly value: string;
  /** Where it is defined: `RFC 8446 §4.1.2`. */
  readonly source?: string;
  /** What was expected and what came instead, of bytes that do not fit. */
  readonly problem?: string;
  readonly children?: readonly Field[];
  /** What these bytes stand for: what they are decrypted, or the message whose last piece they are. */
  readonly inside?: Inside;
}

/** Bytes that do not lie on the wire as they are, with fields whose offsets count in them. */
export interface Inside {
  /** `plaintext`: of a protected record. `message`: of a handshake message that came in several records, put together. */
  readonly space: 'plaintext' | 'message';
  readonly bytes: Uint8Array;
  /** They cover the bytes wholly. */
  readonly fields: readonly Field[];
}

/** What one end of a connection says to the other, and where it stands. */
export interface Message {
  readonly kind: 'handshake' | 'change_cipher_spec' | 'alert' | 'application_data' | 'protected' | 'unknown';
  /** `ClientHello`, `Alert`, `application_data`, … */
  readonly name: string;
  /** RFC 5246 §7.4, RFC 8446 §4; of a handshake message alone. */
  readonly handshakeType?: number;
  /** Whether it came protected; one that could not be opened is of the kind `protected`. */
  readonly isProtected: boolean;
  /** The records that it stands in, from 0: those of `StreamFields.records`. */
  readonly records: { readonly first: number; readonly last: number };
  /** What the offsets of `field` count in: the stream, the plaintext of a record, or the message itself. */
  readonly bytes: Uint8Array;
  readonly field: Field;
}

/** One direction of a connection. */
export interface StreamFields {
  /** One field for each record; they cover the stream wholly. */
  readonly records: readonly Field[];
  /** In the order of their last bytes. */
  readonly messages: readonly Message[];
}

/** Both directions. */
export interface ConnectionFields {
  readonly client: StreamFields;
  readonly server: StreamFields;
}
