/** What is said of a connection, in the words of `openssl s_client`. */
import type { Libssl, Ssl, StackEvent } from '../../src/index.js';

/** X509_verify_cert_error_string(3), as 3.x has it, of what the stack answers. */
const verifyTexts: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'unspecified certificate verification error',
  2: 'unable to get issuer certificate',
  7: 'certificate signature failure',
  9: 'certificate is not yet valid',
  10: 'certificate has expired',
  18: 'self-signed certificate',
  19: 'self-signed certificate in certificate chain',
  20: 'unable to get local issuer certificate',
  22: 'certificate chain too long',
  24: 'invalid CA certificate',
  25: 'path length constraint exceeded',
  26: 'unsuitable certificate purpose',
  32: 'key usage does not include certificate signing',
  34: 'unhandled critical extension',
  62: 'hostname mismatch',
  64: 'IP address mismatch',
  66: 'EE certificate key too weak',
  67: 'CA certificate key too weak',
  68: 'CA signature digest algorithm too weak',
  79: 'invalid CA certificate',
};

/** Where 1.1.1 says it otherwise. */
const oldVerifyTexts: Readonly<Record<number, string>> = {
  18: 'self signed certificate',
  19: 'self signed certificate in certificate chain',
  26: 'unsupported certificate purpose',
  62: 'Hostname mismatch',
};

/** `New, TLSv1.2, Cipher is …` or `Reused, …`. */
export function sessionLine(library: Libssl, ssl: Ssl): string {
  const how = library.SSL_session_reused(ssl) === 1 ? 'Reused' : 'New';
  return `${how}, ${library.SSL_get_version(ssl)}, Cipher is ${library.SSL_get_cipher_name(ssl) ?? '(NONE)'}`;
}

const tls13 = 'TLSv1.3';
const earlyDataWords: Readonly<Record<number, string>> = { 0: 'not sent', 1: 'rejected', 2: 'accepted' };

/** `Early data was accepted`, in TLS 1.3 alone. */
export function earlyDataLine(library: Libssl, ssl: Ssl): string | undefined {
  if (library.SSL_get_version(ssl) !== tls13) return undefined;
  return `Early data was ${earlyDataWords[library.SSL_get_early_data_status(ssl)]}`;
}

/** `Verify return code: 0 (ok)`. */
export function verifyLine(library: Libssl, ssl: Ssl): string {
  const code = library.SSL_get_verify_result(ssl);
  const old = library.profile === '1.1.1' ? oldVerifyTexts[code] : undefined;
  return `Verify return code: ${code} (${old ?? verifyTexts[code] ?? 'unknown'})`;
}

/** `ALPN protocol: h2` or `No ALPN negotiated`. */
export function alpnLine(library: Libssl, ssl: Ssl): string {
  const chosen = library.SSL_get0_alpn_selected(ssl);
  return chosen.length === 0 ? 'No ALPN negotiated' : `ALPN protocol: ${Buffer.from(chosen).toString('latin1')}`;
}

/** `decision: server refused id-unknown (session_id)`: side, verdict, reason code, and the field that decided it. */
export function decisionLine(event: Extract<StackEvent, { kind: 'decision' }>): string {
  const field = event.field === '' ? '' : ` (${event.field})`;
  return `decision: ${event.side} ${event.verdict} ${event.code}${field}`;
}
