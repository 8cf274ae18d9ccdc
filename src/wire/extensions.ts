import { Reader } from './reader.js';
import { Writer } from './writer.js';

/**
 * What is inside `extension_data`, one pair of `read` and `write` for each extension. Each `read` takes the whole data
 * and throws `WireError` for what does not fit. Extended master secret, encrypt-then-MAC and the empty session ticket
 * have empty data; a session ticket is its data.
 */

const serverNameListBounds = { min: 1, max: 2 ** 16 - 1 };
const hostNameBounds = { min: 1, max: 2 ** 16 - 1 };
/** RFC 6066 §3: NameType.host_name. */
const hostName = 0;

/**
 * RFC 6066 §3. Empty data, which is how a server answers, gives undefined. As in OpenSSL the list has one name, of the type
 * host_name. Each byte gives one character: who uses the name decides whether it is one.
 */
export function readServerName(data: Uint8Array): string | undefined {
  if (data.length === 0) {
    return undefined;
  }
  const r = new Reader(data);
  const list = r.sub(serverNameListBounds);
  const nameType = list.u8();
  if (nameType !== hostName) {
    list.fail(`expected a name of the type host_name (${hostName}), got ${nameType}`);
  }
  const name = list.opaque(hostNameBounds);
  list.end();
  r.end();
  let text = '';
  for (const byte of name) {
    text += String.fromCharCode(byte);
  }
  return text;
}

/** @param name - what a client sends, one byte for each character; undefined gives the server's empty answer */
export function writeServerName(name: string | undefined): Uint8Array {
  if (name === undefined) {
    return new Uint8Array(0);
  }
  const w = new Writer(5 + name.length);
  w.vector(serverNameListBounds, () => {
    w.u8(hostName);
    w.vector(hostNameBounds, () => {
      for (let i = 0; i < name.length; i++) {
        w.u8(name.charCodeAt(i));
      }
    });
  });
  return w.finish();
}

/** RFC 6066 §4: the code 1 to 4 of 2^9 to 2^12 bytes; others stay numbers. */
export function readMaxFragmentLength(data: Uint8Array): number {
  const r = new Reader(data);
  const code = r.u8();
  r.end();
  return code;
}

/** RFC 6066 §4. */
export function writeMaxFragmentLength(code: number): Uint8Array {
  const w = new Writer(1);
  w.u8(code);
  return w.finish();
}

const u16ListBounds = { min: 2, max: 2 ** 16 - 2 };

/** RFC 8446 §4.2.7: NamedGroup named_group_list<2..2^16-1>. */
export function readSupportedGroups(data: Uint8Array): number[] {
  return readU16List(data, u16ListBounds);
}

/** RFC 8446 §4.2.7. */
export function writeSupportedGroups(namedGroups: readonly number[]): Uint8Array {
  return writeU16List(namedGroups, u16ListBounds);
}

/** RFC 5246 §7.4.1.4.1: SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>, best first. */
export function readSignatureAlgorithms(data: Uint8Array): number[] {
  return readU16List(data, u16ListBounds);
}

/** RFC 5246 §7.4.1.4.1. */
export function writeSignatureAlgorithms(signatureSchemes: readonly number[]): Uint8Array {
  return writeU16List(signatureSchemes, u16ListBounds);
}

const versionsBounds = { min: 2, max: 254 };

/** RFC 8446 §4.2.1, in a ClientHello: ProtocolVersion versions<2..254>, best first. */
export function readSupportedVersionsOfClient(data: Uint8Array): number[] {
  return readU16List(data, versionsBounds);
}

/** RFC 8446 §4.2.1, in a ClientHello. */
export function writeSupportedVersionsOfClient(versions: readonly number[]): Uint8Array {
  return writeU16List(versions, versionsBounds);
}

const ecPointFormatsBounds = { min: 1, max: 2 ** 8 - 1 };

/** RFC 8422 §5.1.2: ECPointFormat ec_point_format_list<1..2^8-1>. */
export function readEcPointFormats(data: Uint8Array): number[] {
  const r = new Reader(data);
  const formats = [...r.opaque(ecPointFormatsBounds)];
  r.end();
  return formats;
}

/** RFC 8422 §5.1.2. */
export function writeEcPointFormats(formats: readonly number[]): Uint8Array {
  const w = new Writer(1 + formats.length);
  w.vector(ecPointFormatsBounds, () => {
    for (const format of formats) {
      w.u8(format);
    }
  });
  return w.finish();
}

const protocolNameListBounds = { min: 2, max: 2 ** 16 - 1 };
const protocolNameBounds = { min: 1, max: 2 ** 8 - 1 };

/** RFC 7301 §3.1: ProtocolName protocol_name_list<2..2^16-1>, as views. That a server chooses one is the caller's rule. */
export function readAlpn(data: Uint8Array): Uint8Array[] {
  const r = new Reader(data);
  const list = r.sub(protocolNameListBounds);
  const names: Uint8Array[] = [];
  while (list.remaining > 0) {
    names.push(list.opaque(protocolNameBounds));
  }
  r.end();
  return names;
}

/** RFC 7301 §3.1. */
export function writeAlpn(protocolNames: readonly Uint8Array[]): Uint8Array {
  const w = new Writer(64);
  w.vector(protocolNameListBounds, () => {
    for (const name of protocolNames) {
      w.opaque(protocolNameBounds, name);
    }
  });
  return w.finish();
}

const renegotiatedConnectionBounds = { min: 0, max: 2 ** 8 - 1 };

/** RFC 5746 §3.2: opaque renegotiated_connection<0..255>, as a view; empty in a first handshake. */
export function readRenegotiationInfo(data: Uint8Array): Uint8Array {
  const r = new Reader(data);
  const renegotiatedConnection = r.opaque(renegotiatedConnectionBounds);
  r.end();
  return renegotiatedConnection;
}

/** RFC 5746 §3.2. */
export function writeRenegotiationInfo(renegotiatedConnection: Uint8Array): Uint8Array {
  const w = new Writer(1 + renegotiatedConnection.length);
  w.opaque(renegotiatedConnectionBounds, renegotiatedConnection);
  return w.finish();
}

function readU16List(data: Uint8Array, bounds: { min: number; max: number }): number[] {
  const r = new Reader(data);
  const list = r.sub(bounds);
  const values: number[] = [];
  while (list.remaining > 0) {
    values.push(list.u16());
  }
  r.end();
  return values;
}

function writeU16List(values: readonly number[], bounds: { min: number; max: number }): Uint8Array {
  const w = new Writer(2 + 2 * values.length);
  w.vector(bounds, () => {
    for (const value of values) {
      w.u16(value);
    }
  });
  return w.finish();
}
