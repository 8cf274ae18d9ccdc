/** What a server wants of the lists of a ClientHello: ssl_cache_cipherlist, and the methods of compression. */
import { HandshakeFailure } from '../handshake/index.js';
import type { ClientHello } from '../wire/index.js';
import type { Connection } from './connection.js';

const nullCompression = 0;

export function checkSuites({ profile }: Connection, hello: ClientHello): void {
  if (hello.cutCipherSuites) throw new HandshakeFailure('decode_error', 'ERROR_IN_RECEIVED_CIPHER_LIST');
  if (hello.cipherSuites.length === 0)
    throw new HandshakeFailure(profile.helloLists.noSuitesAlert, 'NO_CIPHERS_SPECIFIED');
}

export function checkCompression({ profile }: Connection, hello: ClientHello): void {
  const methods = hello.legacyCompressionMethods;
  if (methods.includes(nullCompression)) return;
  if (methods.length === 0 || !profile.helloLists.wantsNullByName)
    throw new HandshakeFailure('decode_error', 'NO_COMPRESSION_SPECIFIED');
  throw new HandshakeFailure('illegal_parameter', 'REQUIRED_COMPRESSION_ALGORITHM_MISSING');
}
