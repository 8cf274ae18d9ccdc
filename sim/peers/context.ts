/** What both ends ask of an SSL_CTX: one version, a certificate, cipher suites by their names. */
import { type Credential, cipherSuites, type Libssl, type SslCtx } from '../../src/index.js';
import { PeerError } from './error.js';

const tls12 = 0x0303;
const protocolBytesMax = 255; // RFC 7301 §3.1

type Method = ReturnType<Libssl['TLS_method']>;

/** A context of TLS 1.2 alone. The caller owns it. */
export function configureContext(
  library: Libssl,
  method: Method,
  options: { readonly credential?: Credential; readonly cipherSuites?: readonly number[] },
): SslCtx {
  const ctx = library.SSL_CTX_new(method);
  if (ctx === null) throw new Error('SSL_CTX_new takes every method');
  library.SSL_CTX_set_min_proto_version(ctx, tls12);
  library.SSL_CTX_set_max_proto_version(ctx, tls12);
  if (options.credential !== undefined) library.SSL_CTX_use_credential(ctx, options.credential);
  if (options.cipherSuites !== undefined) library.SSL_CTX_set_cipher_suites(ctx, options.cipherSuites);
  return ctx;
}

/** Code points of suites named as `openssl ciphers` names them, with colons between. @throws PeerError */
export function readCipherList(list: string): number[] {
  return list.split(':').map((name) => {
    const suite = cipherSuites.find((one) => one.opensslName === name);
    if (suite !== undefined) return suite.code;
    const known = cipherSuites.map((one) => one.opensslName).join(':');
    throw new PeerError('ARGUMENT', `unknown cipher suite ${name}: expected some of ${known}`);
  });
}

/** Protocol names, with commas between. @throws PeerError */
export function readAlpnList(list: string): string[] {
  const names = list.split(',');
  const wrong = names.find((name) => name.length === 0 || Buffer.byteLength(name) > protocolBytesMax);
  if (wrong === undefined) return names;
  throw new PeerError('ARGUMENT', `expected ALPN names of 1 to ${protocolBytesMax} bytes, got '${wrong}'`);
}

export function encodeProtocols(names: readonly string[]): Uint8Array[] {
  return names.map((name) => new Uint8Array(Buffer.from(name)));
}
