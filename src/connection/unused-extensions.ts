/** Extensions of a ClientHello of which a server makes little use or none, and which it reads all the same: what does not parse ends the handshake. */
import { type Credential, readCertificate } from '../crypto/index.js';
import { HandshakeFailure, signatureName } from '../handshake/index.js';
import { type ClientHello, ExtensionType, Reader, readSignatureAlgorithms } from '../wire/index.js';
import { orBadExtension } from './collect-extensions.js';
import { extension } from './server-extensions.js';

const ocsp = 1; // CertificateStatusType
const list = { min: 0, max: 2 ** 16 - 1 };
const responderId = { min: 1, max: 2 ** 16 - 1 };

/** tls_parse_ctos_status_request; the identities of responders stay unread. */
export function readStatusRequest(hello: ClientHello): void {
  const data = extension(hello, ExtensionType.statusRequest);
  if (data === undefined) return;
  orBadExtension(() => {
    const r = new Reader(data);
    if (r.u8() !== ocsp) return;
    const responders = r.sub(list);
    while (responders.remaining > 0) responders.opaque(responderId);
    r.opaque(list);
    r.end();
  });
}

/** tls_parse_ctos_sig_algs_cert: undefined where it is not there. */
export function readSchemesOfCertificates(hello: ClientHello): readonly number[] | undefined {
  const data = extension(hello, ExtensionType.signatureAlgorithmsCert);
  return data && orBadExtension(() => readSignatureAlgorithms(data));
}

/** check_cert_usable: the certificate itself has to be signed by one of the algorithms that the client names for certificates. */
export function takesCertificate(hello: ClientHello, credential: Credential | undefined): boolean {
  const codes = readSchemesOfCertificates(hello);
  const own = credential?.chain[0];
  if (codes === undefined || own === undefined) return true;
  const { scheme } = readCertificate(own);
  return scheme !== undefined && codes.some((code) => signatureName(code) === scheme);
}

/** final_psk: whatever the version. */
export function requirePskModes(hello: ClientHello): void {
  const isOffered = extension(hello, ExtensionType.preSharedKey) !== undefined;
  if (isOffered && extension(hello, ExtensionType.pskKeyExchangeModes) === undefined)
    throw new HandshakeFailure('missing_extension', 'MISSING_PSK_KEX_MODES_EXTENSION');
}
