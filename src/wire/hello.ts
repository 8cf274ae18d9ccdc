import type { Bounds } from './bounds.js';
import { randomBytes, sessionIdBytesMax } from './constants.js';
import { ExtensionsError, WireError } from './error.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** RFC 5246 §7.4.1.4. */
export interface Extension {
  readonly type: number; //     ExtensionType extension_type
  readonly data: Uint8Array; // opaque extension_data<0..2^16-1>
}

/** RFC 5246 §7.4.1.2. Extensions that are absent and an empty block read alike; an empty list is written as no block. */
export interface ClientHello {
  readonly legacyVersion: number; //                ProtocolVersion client_version
  readonly random: Uint8Array; //                   Random random, 32 bytes
  readonly legacySessionId: Uint8Array; //          opaque SessionID<0..32>
  readonly cipherSuites: readonly number[]; //      CipherSuite cipher_suites<2..2^16-2>
  readonly cutCipherSuites?: boolean; //            whether the list ends within a suite; never written
  readonly legacyCompressionMethods: Uint8Array; // CompressionMethod compression_methods<1..2^8-1>
  readonly extensions: readonly Extension[]; //     Extension extensions<0..2^16-1>, may be absent
}

/** RFC 5246 §7.4.1.3. Extensions as in `ClientHello`. */
export interface ServerHello {
  readonly legacyVersion: number; //            ProtocolVersion server_version
  readonly random: Uint8Array; //               Random random, 32 bytes
  readonly legacySessionId: Uint8Array; //      opaque SessionID<0..32>
  readonly cipherSuite: number; //              CipherSuite cipher_suite
  readonly compressionMethod: number; //        CompressionMethod compression_method
  readonly extensions: readonly Extension[]; // Extension extensions<0..2^16-1>, may be absent
}

const suiteBytes = 2;
const sessionIdBounds = { min: 0, max: sessionIdBytesMax };
/** RFC 8446 wants one at least, which is its reader's to say: OpenSSL does so after it has looked at other things. */
const cipherSuitesBounds = { min: 0, max: 2 ** 16 - 1 };
const compressionMethodsBounds = { min: 0, max: 2 ** 8 - 1 };
const extensionsBounds = { min: 0, max: 2 ** 16 - 1 };
const extensionDataBounds = { min: 0, max: 2 ** 16 - 1 };

/** @param body - the whole body; what does not fit throws `WireError`. An extension type that comes twice is its reader's to refuse. */
export function readClientHello(body: Uint8Array): ClientHello {
  const r = new Reader(body);
  const hello = {
    legacyVersion: r.u16(),
    random: r.bytes(randomBytes),
    legacySessionId: r.opaque(sessionIdBounds),
    ...readCipherSuites(r.sub(cipherSuitesBounds)),
    legacyCompressionMethods: r.opaque(compressionMethodsBounds),
    extensions: readOptionalExtensions(r),
  };
  r.end();
  return hello;
}

/** The body of a ClientHello. */
export function writeClientHello(value: ClientHello): Uint8Array {
  const w = new Writer(512);
  w.u16(value.legacyVersion);
  w.fixed(randomBytes, value.random);
  w.opaque(sessionIdBounds, value.legacySessionId);
  w.vector(cipherSuitesBounds, () => {
    for (const cipherSuite of value.cipherSuites) {
      w.u16(cipherSuite);
    }
  });
  w.opaque(compressionMethodsBounds, value.legacyCompressionMethods);
  writeOptionalExtensions(w, value.extensions);
  return w.finish();
}

/** @param body - the whole body; what does not fit throws `WireError`. An extension type that comes twice is its reader's to refuse. */
export function readServerHello(body: Uint8Array): ServerHello {
  const r = new Reader(body);
  const hello = {
    legacyVersion: r.u16(),
    random: r.bytes(randomBytes),
    legacySessionId: r.opaque(sessionIdBounds),
    cipherSuite: r.u16(),
    compressionMethod: r.u8(),
    extensions: readOptionalExtensions(r),
  };
  r.end();
  return hello;
}

/** The body of a ServerHello. */
export function writeServerHello(value: ServerHello): Uint8Array {
  const w = new Writer();
  w.u16(value.legacyVersion);
  w.fixed(randomBytes, value.random);
  w.opaque(sessionIdBounds, value.legacySessionId);
  w.u16(value.cipherSuite);
  w.u8(value.compressionMethod);
  writeOptionalExtensions(w, value.extensions);
  return w.finish();
}

function readCipherSuites(r: Reader): Pick<ClientHello, 'cipherSuites' | 'cutCipherSuites'> {
  const cipherSuites: number[] = [];
  while (r.remaining >= suiteBytes) {
    cipherSuites.push(r.u16());
  }
  return r.remaining === 0 ? { cipherSuites } : { cipherSuites, cutCipherSuites: true };
}

/** Extensions of a hello, which may be absent. */
function readOptionalExtensions(r: Reader): Extension[] {
  return r.remaining === 0 ? [] : readExtensionList(r.sub(extensionsBounds));
}

/** `Extension extensions<min..max>`; what is no extension, and a type that comes twice, throws `ExtensionsError`. */
export function readExtensions(outer: Reader, bounds: Bounds): Extension[] {
  const r = outer.sub(bounds);
  const extensions = readExtensionList(r);
  const seen = new Set<number>();
  for (const { type } of extensions) {
    if (seen.has(type))
      throw new ExtensionsError('DECODE_ERROR', `expected each extension once, got the type ${type} twice`, 0);
    seen.add(type);
  }
  return extensions;
}

/** All that is left, which is a list of extensions, or throws `ExtensionsError`. */
export function readExtensionList(r: Reader): Extension[] {
  const extensions: Extension[] = [];
  try {
    while (r.remaining > 0) extensions.push({ type: r.u16(), data: r.opaque(extensionDataBounds) });
  } catch (error) {
    if (error instanceof WireError) throw new ExtensionsError(error.code, error.message, error.offset);
    throw error;
  }
  return extensions;
}

/** An empty list is written as no block. */
function writeOptionalExtensions(w: Writer, extensions: readonly Extension[]): void {
  if (extensions.length > 0) {
    writeExtensions(w, extensionsBounds, extensions);
  }
}

/** `Extension extensions<min..max>`. */
export function writeExtensions(w: Writer, bounds: Bounds, extensions: readonly Extension[]): void {
  w.vector(bounds, () => {
    for (const extension of extensions) {
      w.u16(extension.type);
      w.opaque(extensionDataBounds, extension.data);
    }
  });
}
