/** Handshake messages: RFC 5246 §7.4, RFC 8446 §4. */
import { handshakeNames } from 'simtls';
import { readCertificateStatus } from './extension-data.js';
import { isHelloOf13, isHelloRetryRequest, readClientHello, readServerHello } from './hello.js';
import {
  readCertificate12,
  readCertificateRequest12,
  readClientKeyExchange,
  readNewSessionTicket12,
  readServerKeyExchange,
  readSignature,
} from './messages-12.js';
import {
  readCertificate13,
  readCertificateRequest13,
  readEncryptedExtensions,
  readKeyUpdate,
  readNewSessionTicket13,
} from './messages-13.js';
import { named } from './names/code-points.js';
import { count, type FieldReader, hexText, type Summary } from './reader.js';

export const handshakeHeaderBytes = 4;

/** What was negotiated, on which the form of some messages depends. */
export interface Negotiated {
  readonly isTls13: boolean;
  /** Of TLS 1.2: what stands between `TLS_` and `_WITH_` in the name of its suite, empty where that is not known. */
  readonly keyExchange: string;
}

interface KnownMessage {
  readonly source: string;
  readonly read: (body: FieldReader, negotiated: Negotiated) => Summary;
}

/** By type, what both versions have in one form, or one of them alone. */
const both: Readonly<Record<number, KnownMessage>> = {
  0: { source: 'RFC 5246 §7.4.1.1', read: nothing },
  5: { source: 'RFC 8446 §4.5', read: nothing },
  8: { source: 'RFC 8446 §4.3.1', read: readEncryptedExtensions },
  12: { source: 'RFC 5246 §7.4.3', read: (body, { keyExchange }) => readServerKeyExchange(body, keyExchange) },
  14: { source: 'RFC 5246 §7.4.5', read: nothing },
  16: { source: 'RFC 5246 §7.4.7', read: (body, { keyExchange }) => readClientKeyExchange(body, keyExchange) },
  22: { source: 'RFC 6066 §8', read: readCertificateStatus },
  24: { source: 'RFC 8446 §4.6.3', read: readKeyUpdate },
};

const of12: Readonly<Record<number, KnownMessage>> = {
  1: { source: 'RFC 5246 §7.4.1.2', read: readClientHello },
  2: { source: 'RFC 5246 §7.4.1.3', read: readServerHello },
  4: { source: 'RFC 5077 §3.3', read: readNewSessionTicket12 },
  11: { source: 'RFC 5246 §7.4.2', read: readCertificate12 },
  13: { source: 'RFC 5246 §7.4.4', read: readCertificateRequest12 },
  15: { source: 'RFC 5246 §7.4.8', read: (body) => readSignature(body, '') },
  20: { source: 'RFC 5246 §7.4.9', read: verifyData },
};

const of13: Readonly<Record<number, KnownMessage>> = {
  1: { source: 'RFC 8446 §4.1.2', read: readClientHello },
  2: { source: 'RFC 8446 §4.1.3', read: readServerHello },
  4: { source: 'RFC 8446 §4.6.1', read: readNewSessionTicket13 },
  11: { source: 'RFC 8446 §4.4.2', read: readCertificate13 },
  13: { source: 'RFC 8446 §4.3.2', read: readCertificateRequest13 },
  15: { source: 'RFC 8446 §4.4.3', read: (body) => readSignature(body, '') },
  20: { source: 'RFC 8446 §4.4.4', read: verifyData },
};

/** What a message is called: `ClientHello`; `handshake 99` where the type is not known. */
export function messageName(handshakeType: number): string {
  return handshakeNames[handshakeType] ?? `handshake ${handshakeType}`;
}

/** One message, whole or as much of it as came. */
export function readMessage(reader: FieldReader, negotiated: Negotiated): void {
  const { bytes, at } = reader;
  const type = bytes[at] ?? 0;
  const bodyAt = at + handshakeHeaderBytes;
  const isHello = type === 1 || type === 2;
  const is13 = isHello ? isHelloOf13(bytes, bodyAt, at + reader.remaining) : negotiated.isTls13;
  const known = (is13 ? of13 : of12)[type] ?? both[type];
  const isRetry = type === 2 && isHelloRetryRequest(bytes, bodyAt);
  const source = isRetry ? 'RFC 8446 §4.1.4' : (known?.source ?? 'RFC 8446 §4');
  reader.group(
    isRetry ? 'HelloRetryRequest' : messageName(type),
    (message) => {
      message.u8('msg_type', named(handshakeNames), 'RFC 8446 §4');
      const length = message.u24('length', count, 'RFC 8446 §4');
      const came = message.remaining;
      const summary = message.within(length, (body) => {
        if (known !== undefined) return known.read(body, negotiated);
        body.rest('body');
        return undefined;
      });
      return came < length ? { ...summary, problem: `expected ${count(length)}, ${came} came` } : summary;
    },
    { source },
  );
}

/** A message without a body: what is in it nonetheless is unexpected. */
function nothing(): Summary {
  return 'empty';
}

function verifyData(body: FieldReader): Summary {
  return hexText(body.rest('verify_data'));
}
