import { HandshakeType } from './constants.js';
import { writeHandshake } from './handshake.js';
import { type Extension, readExtensionList, readExtensions, type ServerHello, writeExtensions } from './hello.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/**
 * The bodies of the handshake messages of TLS 1.3 after the hellos. EndOfEarlyData has an empty body, CertificateVerify that of
 * TLS 1.2. Each `read` takes a whole body and throws `WireError` for what does not fit; each `write` returns the body.
 */

/** RFC 8446 §4.1.3: the random of a ServerHello that is a HelloRetryRequest, the SHA-256 of that name. */
export const helloRetryRequestRandom: Uint8Array = Uint8Array.of(
  ...[0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91],
  ...[0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c],
);

/** RFC 8446 §4.1.4: a HelloRetryRequest is written and read as a ServerHello. */
export function isHelloRetryRequest({ random }: Pick<ServerHello, 'random'>): boolean {
  return Buffer.compare(random, helloRetryRequestRandom) === 0;
}

/** RFC 8446 §4.4.1: what stands in the transcript for the first ClientHello once there was a HelloRetryRequest; header and hash. */
export function writeMessageHash(helloHash: Uint8Array): Uint8Array {
  return writeHandshake(HandshakeType.messageHash, helloHash);
}

const encryptedExtensionsBounds = { min: 0, max: 2 ** 16 - 1 };

/** RFC 8446 §4.3.1: Extension extensions<0..2^16-1>. */
export function readEncryptedExtensions(body: Uint8Array): Extension[] {
  const r = new Reader(body);
  const extensions = readExtensions(r, encryptedExtensionsBounds);
  r.end();
  return extensions;
}

/** RFC 8446 §4.3.1. */
export function writeEncryptedExtensions(extensions: readonly Extension[]): Uint8Array {
  const w = new Writer(64);
  writeExtensions(w, encryptedExtensionsBounds, extensions);
  return w.finish();
}

const contextBounds = { min: 0, max: 2 ** 8 - 1 };
const requestExtensionsBounds = { min: 2, max: 2 ** 16 - 1 };

/** RFC 8446 §4.3.2. */
export interface CertificateRequestOfTls13 {
  readonly certificateRequestContext: Uint8Array; // opaque certificate_request_context<0..2^8-1>, a view
  readonly extensions: readonly Extension[]; //      Extension extensions<2..2^16-1>
}

/** The body of a CertificateRequest. */
export function readCertificateRequestOfTls13(body: Uint8Array): CertificateRequestOfTls13 {
  const r = new Reader(body);
  const value = {
    certificateRequestContext: r.opaque(contextBounds),
    extensions: readExtensions(r, requestExtensionsBounds),
  };
  r.end();
  return value;
}

/** The body of a CertificateRequest. */
export function writeCertificateRequestOfTls13(value: CertificateRequestOfTls13): Uint8Array {
  const w = new Writer(64);
  w.opaque(contextBounds, value.certificateRequestContext);
  writeExtensions(w, requestExtensionsBounds, value.extensions);
  return w.finish();
}

/** RFC 8446 §4.4.2, CertificateEntry of type X509. */
export interface CertificateEntry {
  readonly certData: Uint8Array; //             opaque cert_data<1..2^24-1>, DER, a view
  readonly extensions: readonly Extension[]; // Extension extensions<0..2^16-1>
}

/** RFC 8446 §4.4.2. */
export interface CertificateOfTls13 {
  readonly certificateRequestContext: Uint8Array; //        opaque certificate_request_context<0..2^8-1>, a view
  readonly certificateList: readonly CertificateEntry[]; // CertificateEntry certificate_list<0..2^24-1>, the sender's first
}
const certificateListBounds = { min: 0, max: 2 ** 24 - 1 };
const certDataBounds = { min: 1, max: 2 ** 24 - 1 };
const entryExtensionsBounds = { min: 0, max: 2 ** 16 - 1 };

/** The body of a Certificate message. */
export function readCertificateOfTls13(body: Uint8Array): CertificateOfTls13 {
  const r = new Reader(body);
  const certificateRequestContext = r.opaque(contextBounds);
  const list = r.sub(certificateListBounds);
  const certificateList: CertificateEntry[] = [];
  while (list.remaining > 0) {
    certificateList.push({
      certData: list.opaque(certDataBounds),
      extensions: readExtensions(list, entryExtensionsBounds),
    });
  }
  r.end();
  return { certificateRequestContext, certificateList };
}

/** The body of a Certificate message. */
export function writeCertificateOfTls13(value: CertificateOfTls13): Uint8Array {
  const w = new Writer(1024);
  w.opaque(contextBounds, value.certificateRequestContext);
  w.vector(certificateListBounds, () => {
    for (const { certData, extensions } of value.certificateList) {
      w.opaque(certDataBounds, certData);
      writeExtensions(w, entryExtensionsBounds, extensions);
    }
  });
  return w.finish();
}

/** RFC 8446 §4.6.1. */
export interface NewSessionTicketOfTls13 {
  readonly ticketLifetime: number; //           uint32 ticket_lifetime, seconds
  readonly ticketAgeAdd: number; //             uint32 ticket_age_add, milliseconds
  readonly ticketNonce: Uint8Array; //          opaque ticket_nonce<0..255>, a view
  readonly ticket: Uint8Array; //               opaque ticket<1..2^16-1>, a view
  readonly extensions: readonly Extension[]; // Extension extensions<0..2^16-2>
}
const ticketNonceBounds = { min: 0, max: 255 };
const ticketBounds = { min: 1, max: 2 ** 16 - 1 };
/** OpenSSL sends an empty ticket where a stateful one has no id. */
const writtenTicketBounds = { ...ticketBounds, min: 0 };
const ticketExtensionsBounds = { min: 0, max: 2 ** 16 - 2 };

/** The body of a NewSessionTicket. */
export function readNewSessionTicketOfTls13(body: Uint8Array): NewSessionTicketOfTls13 {
  const r = new Reader(body);
  const value = {
    ticketLifetime: r.u32(),
    ticketAgeAdd: r.u32(),
    ticketNonce: r.opaque(ticketNonceBounds),
    ticket: r.opaque(ticketBounds),
    extensions: readExtensionList(r.sub(ticketExtensionsBounds)),
  };
  r.end();
  return value;
}

/** The body of a NewSessionTicket. */
export function writeNewSessionTicketOfTls13(value: NewSessionTicketOfTls13): Uint8Array {
  const w = new Writer(32 + value.ticketNonce.length + value.ticket.length);
  w.u32(value.ticketLifetime);
  w.u32(value.ticketAgeAdd);
  w.opaque(ticketNonceBounds, value.ticketNonce);
  w.opaque(writtenTicketBounds, value.ticket);
  writeExtensions(w, ticketExtensionsBounds, value.extensions);
  return w.finish();
}

/** What OpenSSL 1.1.1 sends where it has no keys for a ticket: hint and ticket of TLS 1.2, both nothing, and extensions behind them. */
export function writeNoTicket(extensions: readonly Extension[]): Uint8Array {
  const w = new Writer(16);
  w.u32(0);
  w.u16(0);
  writeExtensions(w, ticketExtensionsBounds, extensions);
  return w.finish();
}

/** RFC 8446 §4.4.4: opaque verify_data[Hash.length], as a view. @param hashLength bytes of the suite's hash */
export function readFinishedOfTls13(body: Uint8Array, hashLength: number): Uint8Array {
  const r = new Reader(body);
  const verifyData = r.bytes(hashLength);
  r.end();
  return verifyData;
}

/** RFC 8446 §4.6.3: KeyUpdateRequest request_update. Whether the value is one that exists is the caller's rule. */
export function readKeyUpdate(body: Uint8Array): number {
  const r = new Reader(body);
  const requestUpdate = r.u8();
  r.end();
  return requestUpdate;
}

/** RFC 8446 §4.6.3. */
export function writeKeyUpdate(requestUpdate: number): Uint8Array {
  const w = new Writer(1);
  w.u8(requestUpdate);
  return w.finish();
}
