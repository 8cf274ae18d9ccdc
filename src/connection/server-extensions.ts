/** What a server reads out of a ClientHello in either version: the name, the protocol; and its random. */
import { downgradeSentinel, HandshakeFailure } from '../handshake/index.js';
import { equalBytes } from '../session/index.js';
import { type ClientHello, ExtensionType, ProtocolVersion, readAlpn, readServerName } from '../wire/index.js';
import { orBadExtension } from './collect-extensions.js';
import type { Connection } from './connection.js';

const none: Uint8Array = new Uint8Array(0);
const randomBytes = 32;
const hostNameBytesMax = 255; // TLSEXT_MAXLEN_host_name

/** RFC 6066 §3; before TLS 1.3 a resumed session keeps the name of its first handshake. */
export function readServerNameOf(connection: Connection, hello: ClientHello): void {
  const { handshake, session } = connection;
  const data = extension(hello, ExtensionType.serverName);
  if (data === undefined) return;
  const name = orBadExtension(() => readServerName(data));
  if (name === undefined) throw new HandshakeFailure('decode_error', 'BAD_EXTENSION');
  if (connection.hit && !connection.isTls13) {
    handshake.servernameDone = session?.hostname === name;
    return;
  }
  if (name.length > hostNameBytesMax || name.includes('\0'))
    throw new HandshakeFailure('unrecognized_name', 'BAD_EXTENSION');
  connection.hostname = name;
  handshake.servernameDone = true;
}

export function makeServerRandom(connection: Connection): Uint8Array {
  const random = new Uint8Array(randomBytes);
  connection.fillRandom('server-random', random);
  if (connection.handshake.mayDowngrade) {
    const sentinel = downgradeSentinel(ProtocolVersion.tls12);
    random.set(sentinel, randomBytes - sentinel.length);
  }
  return random;
}

/** tls_parse_ctos_alpn: read whether or not anybody will choose. */
export function checkProtocols(connection: Connection, hello: ClientHello): void {
  const data = extension(hello, ExtensionType.alpn);
  if (data !== undefined && connection.isFirstHandshake) orBadExtension(() => readAlpn(data));
}

export function chooseProtocol(connection: Connection, hello: ClientHello): void {
  const { handshake, context, session, earlyData } = connection;
  handshake.alpnSelected = undefined;
  const offered = extension(hello, ExtensionType.alpn);
  if (context.alpnSelect !== undefined && offered !== undefined && connection.isFirstHandshake)
    handshake.alpnSelected = context.alpnSelect(readAlpn(offered).map((name) => name.slice()));
  const before = session?.alpnSelected;
  if (!equalBytes(before ?? none, handshake.alpnSelected ?? none)) earlyData.isAllowed = false;
  if (handshake.alpnSelected === undefined) return;
  if (!connection.hit && session !== undefined) session.alpnSelected = handshake.alpnSelected;
}

/** The content of an extension; undefined when it is absent. */
export function extension(hello: ClientHello, type: number): Uint8Array | undefined {
  return hello.extensions.find((one) => one.type === type)?.data;
}
