/** Handshake messages: RFC 5246 §7.4, RFC 8446 §4. */
import { handshakeTypes, named } from './names.js';
import { count, type FieldReader } from './reader.js';

export const handshakeHeaderBytes = 4;

/** What a message is called: `ClientHello`; `handshake 99` where the type is not known. */
export function messageName(handshakeType: number): string {
  return handshakeTypes[handshakeType] ?? `handshake ${handshakeType}`;
}

/** One message, whole or as much of it as came. */
export function readMessage(reader: FieldReader): void {
  const type = reader.bytes[reader.at] ?? 0;
  reader.group(
    messageName(type),
    (message) => {
      message.u8('msg_type', named(handshakeTypes));
      const length = message.u24('length');
      const came = message.remaining;
      message.within(length, (body) => {
        body.rest('body');
        return undefined;
      });
      return came < length ? { problem: `expected ${count(length)}, ${came} came` } : undefined;
    },
    { source: 'RFC 8446 §4' },
  );
}
