/** The fields of a ServerHello in the order in which libssl judges them, its extensions last: tls_process_server_hello. */
import { HandshakeFailure } from '../handshake/index.js';
import { type Extension, isHelloRetryRequest, ProtocolVersion, Reader, readExtensionList } from '../wire/index.js';
import { parsed } from './parsed.js';

/** RFC 5246 §7.4.1.3, its extensions not yet looked into. */
export interface ServerHelloFields {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly legacySessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  /** The vector with its length; empty where there is none. */
  readonly extensionBytes: Uint8Array;
}

const randomBytes = 32;
const sessionIdBytesMax = 32;
const anyLength = { min: 0, max: 2 ** 8 - 1 };

/** @param mayRetry - whether it may be a HelloRetryRequest, whose extensions are not left out */
export function readServerHelloFields(body: Uint8Array, mayRetry: boolean): ServerHelloFields {
  const r = new Reader(body);
  const [legacyVersion, random, legacySessionId] = parsed(
    () => [r.u16(), r.bytes(randomBytes), r.opaque(anyLength)] as const,
    'LENGTH_MISMATCH',
  );
  if (legacySessionId.length > sessionIdBytesMax)
    throw new HandshakeFailure('illegal_parameter', 'SSL3_SESSION_ID_TOO_LONG');
  const [cipherSuite, compressionMethod] = parsed(() => [r.u16(), r.u8()] as const, 'LENGTH_MISMATCH');
  const extensionBytes = r.rest();
  const isRetry = mayRetry && legacyVersion === ProtocolVersion.tls12 && isHelloRetryRequest({ random });
  if (extensionBytes.length > 0 || isRetry) {
    const [high = 0, low = 0] = extensionBytes;
    const isWhole = extensionBytes.length >= 2 && extensionBytes.length === 2 + high * 256 + low;
    if (!isWhole) throw new HandshakeFailure('decode_error', 'BAD_LENGTH');
  }
  return { legacyVersion, random, legacySessionId, cipherSuite, compressionMethod, extensionBytes };
}

/** The first of what tls_collect_extensions does. */
export function extensionsOf({ extensionBytes }: ServerHelloFields): readonly Extension[] {
  if (extensionBytes.length === 0) return [];
  return parsed(() => readExtensionList(new Reader(extensionBytes.subarray(2))), 'BAD_EXTENSION');
}
