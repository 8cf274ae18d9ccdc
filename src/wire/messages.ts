import { verifyDataBytes } from './constants.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/**
 * The bodies of the handshake messages of TLS 1.2 after the hellos. HelloRequest and ServerHelloDone have empty bodies.
 * Each `read` takes a whole body and throws `WireError` for what does not fit; each `write` returns the body.
 */

/** RFC 5246 §7.4.2. */
export interface Certificate {
  readonly certificateList: readonly Uint8Array[]; // ASN.1Cert certificate_list<0..2^24-1>, DER, the sender's first
}
const certificateListBounds = { min: 0, max: 2 ** 24 - 1 };
const asn1CertBounds = { min: 1, max: 2 ** 24 - 1 };

/** The body of a Certificate message. */
export function readCertificate(body: Uint8Array): Certificate {
  const r = new Reader(body);
  const certificateList = readOpaques(r.sub(certificateListBounds), asn1CertBounds);
  r.end();
  return { certificateList };
}

/** The body of a Certificate message. */
export function writeCertificate(value: Certificate): Uint8Array {
  const w = new Writer(1024);
  w.vector(certificateListBounds, () => writeOpaques(w, asn1CertBounds, value.certificateList));
  return w.finish();
}

/** RFC 8422 §5.4, for ephemeral ECDH with a named group: the only key exchange of this stack. */
export interface ServerKeyExchange {
  readonly namedGroup: number; //    ECParameters: curve_type named_curve, NamedCurve namedcurve
  readonly publicKey: Uint8Array; // ECPoint public: opaque point <1..2^8-1>
  readonly scheme: number; //        SignatureAndHashAlgorithm algorithm
  readonly signature: Uint8Array; // opaque signature<0..2^16-1>
}
/** RFC 8422 §5.4: ECCurveType.named_curve; the other kinds are gone. */
const namedCurve = 3;
/** An empty point is none, which the group says and not the codec. */
const pointBounds = { min: 0, max: 2 ** 8 - 1 };
const signatureBounds = { min: 0, max: 2 ** 16 - 1 };

/** The body of a ServerKeyExchange. */
export function readServerKeyExchange(body: Uint8Array): ServerKeyExchange {
  const r = new Reader(body);
  const curveType = r.u8();
  if (curveType !== namedCurve) {
    r.fail(`expected the curve type named_curve (${namedCurve}), got ${curveType}`);
  }
  const value = {
    namedGroup: r.u16(),
    publicKey: r.opaque(pointBounds),
    scheme: r.u16(),
    signature: r.opaque(signatureBounds),
  };
  r.end();
  return value;
}

/** The body of a ServerKeyExchange. */
export function writeServerKeyExchange(value: ServerKeyExchange): Uint8Array {
  const w = new Writer(512);
  w.bytes(serverKeyExchangeParams(value.namedGroup, value.publicKey));
  w.u16(value.scheme);
  w.opaque(signatureBounds, value.signature);
  return w.finish();
}

/** RFC 8422 §5.4, ServerECDHParams: what the signature covers, after both randoms. */
export function serverKeyExchangeParams(namedGroup: number, publicKey: Uint8Array): Uint8Array {
  const w = new Writer(4 + publicKey.length);
  w.u8(namedCurve);
  w.u16(namedGroup);
  w.opaque(pointBounds, publicKey);
  return w.finish();
}

/** RFC 5246 §7.4.4. */
export interface CertificateRequest {
  readonly certificateTypes: Uint8Array; //       ClientCertificateType certificate_types<1..2^8-1>
  readonly signatureSchemes: readonly number[]; // SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>
  readonly authorities: readonly Uint8Array[]; // DistinguishedName certificate_authorities<0..2^16-1>, DER
}
const certificateTypesBounds = { min: 1, max: 2 ** 8 - 1 };
const signatureSchemesBounds = { min: 2, max: 2 ** 16 - 2 };
const authoritiesBounds = { min: 0, max: 2 ** 16 - 1 };
const distinguishedNameBounds = { min: 1, max: 2 ** 16 - 1 };

/** The body of a CertificateRequest. */
export function readCertificateRequest(body: Uint8Array): CertificateRequest {
  const r = new Reader(body);
  const certificateTypes = r.opaque(certificateTypesBounds);
  const schemes = r.sub(signatureSchemesBounds);
  const signatureSchemes: number[] = [];
  while (schemes.remaining > 0) {
    signatureSchemes.push(schemes.u16());
  }
  const authorities = readOpaques(r.sub(authoritiesBounds), distinguishedNameBounds);
  r.end();
  return { certificateTypes, signatureSchemes, authorities };
}

/** The body of a CertificateRequest. */
export function writeCertificateRequest(value: CertificateRequest): Uint8Array {
  const w = new Writer();
  w.opaque(certificateTypesBounds, value.certificateTypes);
  w.vector(signatureSchemesBounds, () => {
    for (const scheme of value.signatureSchemes) {
      w.u16(scheme);
    }
  });
  w.vector(authoritiesBounds, () => writeOpaques(w, distinguishedNameBounds, value.authorities));
  return w.finish();
}

/** RFC 8422 §5.7, explicit ClientECDiffieHellmanPublic. */
export interface ClientKeyExchange {
  readonly publicKey: Uint8Array; // ECPoint ecdh_Yc: opaque point <1..2^8-1>
}

/** The body of a ClientKeyExchange. */
export function readClientKeyExchange(body: Uint8Array): ClientKeyExchange {
  const r = new Reader(body);
  const publicKey = r.opaque(pointBounds);
  r.end();
  return { publicKey };
}

/** The body of a ClientKeyExchange. */
export function writeClientKeyExchange(value: ClientKeyExchange): Uint8Array {
  const w = new Writer(1 + value.publicKey.length);
  w.opaque(pointBounds, value.publicKey);
  return w.finish();
}

/** RFC 5246 §7.4.7.1, EncryptedPreMasterSecret: what a ClientKeyExchange has where the secret is encrypted to a key. */
export interface EncryptedPreMasterSecret {
  readonly encrypted: Uint8Array; // opaque encrypted<0..2^16-1>, with its length since TLS 1.0
}
const encryptedBounds = { min: 0, max: 2 ** 16 - 1 };

/** The body of a ClientKeyExchange with an encrypted secret. */
export function readEncryptedPreMasterSecret(body: Uint8Array): EncryptedPreMasterSecret {
  const r = new Reader(body);
  const encrypted = r.opaque(encryptedBounds);
  r.end();
  return { encrypted };
}

/** The body of a ClientKeyExchange with an encrypted secret. */
export function writeEncryptedPreMasterSecret(value: EncryptedPreMasterSecret): Uint8Array {
  const w = new Writer(2 + value.encrypted.length);
  w.opaque(encryptedBounds, value.encrypted);
  return w.finish();
}

/** RFC 5246 §7.4.8. */
export interface CertificateVerify {
  readonly scheme: number; //        SignatureAndHashAlgorithm algorithm
  readonly signature: Uint8Array; // opaque signature<0..2^16-1>
}

/** The body of a CertificateVerify. */
export function readCertificateVerify(body: Uint8Array): CertificateVerify {
  const r = new Reader(body);
  const value = { scheme: r.u16(), signature: r.opaque(signatureBounds) };
  r.end();
  return value;
}

/** The body of a CertificateVerify. */
export function writeCertificateVerify(value: CertificateVerify): Uint8Array {
  const w = new Writer(4 + value.signature.length);
  w.u16(value.scheme);
  w.opaque(signatureBounds, value.signature);
  return w.finish();
}

/** RFC 5077 §3.3. */
export interface NewSessionTicket {
  readonly ticketLifetimeHint: number; // uint32 ticket_lifetime_hint, seconds; 0 leaves it to the client
  readonly ticket: Uint8Array; //         opaque ticket<0..2^16-1>
}
const ticketBounds = { min: 0, max: 2 ** 16 - 1 };

/** The body of a NewSessionTicket. */
export function readNewSessionTicket(body: Uint8Array): NewSessionTicket {
  const r = new Reader(body);
  const value = { ticketLifetimeHint: r.u32(), ticket: r.opaque(ticketBounds) };
  r.end();
  return value;
}

/** The body of a NewSessionTicket. */
export function writeNewSessionTicket(value: NewSessionTicket): Uint8Array {
  const w = new Writer(6 + value.ticket.length);
  w.u32(value.ticketLifetimeHint);
  w.opaque(ticketBounds, value.ticket);
  return w.finish();
}

/** RFC 5246 §7.4.9. */
export interface Finished {
  readonly verifyData: Uint8Array; // opaque verify_data[verify_data_length], 12 bytes
}

/** The body of a Finished. */
export function readFinished(body: Uint8Array): Finished {
  const r = new Reader(body);
  const verifyData = r.bytes(verifyDataBytes);
  r.end();
  return { verifyData };
}

/** The body of a Finished. */
export function writeFinished(value: Finished): Uint8Array {
  const w = new Writer(verifyDataBytes);
  w.fixed(verifyDataBytes, value.verifyData);
  return w.finish();
}

function readOpaques(r: Reader, bounds: { min: number; max: number }): Uint8Array[] {
  const values: Uint8Array[] = [];
  while (r.remaining > 0) {
    values.push(r.opaque(bounds));
  }
  return values;
}

function writeOpaques(w: Writer, bounds: { min: number; max: number }, values: readonly Uint8Array[]): void {
  for (const value of values) {
    w.opaque(bounds, value);
  }
}
