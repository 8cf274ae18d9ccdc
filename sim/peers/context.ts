/** What both ends ask of an SSL_CTX: versions, a certificate, cipher suites by their names. */
import { type Credential, cipherSuites, cipherSuitesOfTls13, type Libssl, type SslCtx } from '../../src/index.js';
import { PeerError } from './error.js';

/** What `--tls` names. */
export type TlsVersions = '1.2' | '1.3' | 'any';

const tls12 = 0x0303;
const tls13 = 0x0304;
const protocolBytesMax = 255; // RFC 7301 §3.1

type Method = ReturnType<Libssl['TLS_method']>;

/** A context of those versions. The caller owns it. */
export function configureContext(
  library: Libssl,
  method: Method,
  options: {
    readonly tls: TlsVersions;
    readonly credential?: Credential;
    readonly cipherSuites?: readonly number[];
  },
): SslCtx {
  const ctx = library.SSL_CTX_new(method);
  if (ctx === null) throw new Error('SSL_CTX_new takes every method');
  library.SSL_CTX_set_min_proto_version(ctx, options.tls === '1.3' ? tls13 : tls12);
  library.SSL_CTX_set_max_proto_version(ctx, options.tls === '1.2' ? tls12 : tls13);
  if (options.credential !== undefined) library.SSL_CTX_use_credential(ctx, options.credential);
  // a real server may have parameters for the suites that the default list has besides
  library.SSL_CTX_set_cipher_suites(ctx, spoken);
  if (options.cipherSuites !== undefined) setCipherSuites(library, ctx, options.cipherSuites);
  return ctx;
}

const spoken = cipherSuites.map(({ code }) => code);

/** Each version has a list of its own: one that is not named stays as it is. */
function setCipherSuites(library: Libssl, ctx: SslCtx, codes: readonly number[]): void {
  const nameOf = (code: number): string | undefined => cipherSuitesOfTls13.find((one) => one.code === code)?.name;
  const later = codes.flatMap((code) => nameOf(code) ?? []);
  const earlier = codes.filter((code) => nameOf(code) === undefined);
  if (later.length > 0) library.SSL_CTX_set_ciphersuites(ctx, later.join(':'));
  if (earlier.length > 0) library.SSL_CTX_set_cipher_suites(ctx, earlier);
}

/** Of both versions, by the names that OpenSSL has for them. */
const suiteNames: ReadonlyMap<string, number> = new Map([
  ...cipherSuitesOfTls13.map((one) => [one.name, one.code] as const),
  ...cipherSuites.map((one) => [one.opensslName, one.code] as const),
]);

/** Code points of suites named as `openssl ciphers` names them, with colons between. @throws PeerError */
export function readCipherList(list: string): number[] {
  return list.split(':').map((name) => {
    const code = suiteNames.get(name);
    if (code !== undefined) return code;
    const known = [...suiteNames.keys()].join(':');
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
