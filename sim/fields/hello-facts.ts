/** What hellos say that later records depend on. */
import type { Field, Message } from './field.js';

export interface ServerHelloFacts {
  readonly random: Uint8Array;
  readonly suite: number;
  readonly isTls13: boolean;
  readonly encryptThenMac: boolean;
}

const clientHello = 1;
const serverHello = 2;
const tls13 = 0x0304;

/** The random bytes of a ClientHello; undefined for another message. */
export function clientRandomOf(message: Message): Uint8Array | undefined {
  return message.handshakeType === clientHello ? bytesAt(message, ['random']) : undefined;
}

/** Of a ServerHello, or a HelloRetryRequest; undefined for another message. */
export function serverHelloOf(message: Message): ServerHelloFacts | undefined {
  if (message.handshakeType !== serverHello) return undefined;
  const random = bytesAt(message, ['random']);
  const suite = bytesAt(message, ['cipher_suite']);
  if (random === undefined || suite === undefined) return undefined;
  const version = bytesAt(message, ['extensions', 'supported_versions', 'extension_data', 'selected_version']);
  return {
    random,
    suite: numberOf(suite),
    isTls13: version !== undefined && numberOf(version) === tls13,
    encryptThenMac: bytesAt(message, ['extensions', 'encrypt_then_mac']) !== undefined,
  };
}

function bytesAt({ bytes, field }: Message, path: readonly string[]): Uint8Array | undefined {
  let at: Field | undefined = field;
  for (const name of path) at = at?.children?.find((child) => child.name === name);
  return at === undefined || at.problem !== undefined ? undefined : bytes.subarray(at.offset, at.offset + at.length);
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
