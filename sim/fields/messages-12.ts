/** Handshake messages of TLS 1.2 that TLS 1.3 does not have, or has otherwise: RFC 5246 §7.4, RFC 8422 §5. */

import { readCert, readCertificateList } from './certificates.js';
import { readAuthorities, words16 } from './extension-data.js';
import { type Names, named, named16 } from './names/code-points.js';
import { groups, signatureSchemes } from './names/groups.js';
import { count, type FieldReader, type Summary } from './reader.js';

/** What the cipher suite has the key exchange be: the part of its name between `TLS_` and `_WITH_`. */
export type KeyExchange = string;

const certificateTypes: Names = {
  1: 'rsa_sign',
  2: 'dss_sign',
  3: 'rsa_fixed_dh',
  4: 'dss_fixed_dh',
  64: 'ecdsa_sign',
  65: 'rsa_fixed_ecdh',
  66: 'ecdsa_fixed_ecdh',
};
const curveTypes: Names = { 1: 'explicit_prime', 2: 'explicit_char2', 3: 'named_curve' };
const namedCurve = 3;

export function readCertificate12(reader: FieldReader): Summary {
  return readCertificateList(reader, readCert);
}

/** RFC 8422 §5.4, RFC 5246 §7.4.3; with an identity hint before them where the suite has a PSK. */
export function readServerKeyExchange(reader: FieldReader, exchange: KeyExchange): Summary {
  if (exchange.includes('PSK')) reader.blob('psk_identity_hint', 2, 'hint');
  let said: Summary;
  if (exchange.startsWith('ECDH')) {
    reader.group(
      'params',
      (params) => {
        const type = params.u8('curve_type', named(curveTypes));
        if (type !== namedCurve) {
          params.rest('curve');
          return undefined;
        }
        said = named16(groups)(params.u16('namedcurve', named16(groups)));
        params.blob('public', 1, 'point');
        return said;
      },
      { source: 'RFC 8422 §5.4' },
    );
  } else if (exchange.startsWith('DH')) {
    reader.group(
      'params',
      (params) => {
        const prime = params.blob('dh_p', 2, 'p');
        params.blob('dh_g', 2, 'g');
        params.blob('dh_Ys', 2, 'Ys');
        said = `Diffie-Hellman, ${8 * prime.length} bits`;
        return said;
      },
      { source: 'RFC 5246 §7.4.3' },
    );
  }
  const isSigned = said !== undefined && !exchange.includes('anon') && !/^(ECDHE|DHE)_PSK/.test(exchange);
  if (isSigned) readSignature(reader, 'signed_params', 'RFC 5246 §7.4.3');
  reader.rest('params');
  return said;
}

/** RFC 8422 §5.7, RFC 5246 §7.4.7. */
export function readClientKeyExchange(reader: FieldReader, exchange: KeyExchange): Summary {
  if (exchange.includes('PSK')) reader.blob('psk_identity', 2, 'identity');
  if (exchange.startsWith('ECDH')) return count(reader.blob('ecdh_Yc', 1, 'point', { source: 'RFC 8422 §5.7' }).length);
  if (exchange.startsWith('DH')) return count(reader.blob('dh_Yc', 2, 'Yc', { source: 'RFC 5246 §7.4.7.2' }).length);
  if (exchange.startsWith('RSA'))
    return count(reader.blob('encrypted_pre_master_secret', 2, 'secret', { source: 'RFC 5246 §7.4.7.1' }).length);
  reader.rest('exchange_keys');
  return undefined;
}

export function readCertificateRequest12(reader: FieldReader): Summary {
  reader.vector('certificate_types', 1, (list) => {
    list.each(() => list.u8('certificate_type', named(certificateTypes)));
    return undefined;
  });
  const schemes = {
    item: 'algorithm',
    names: signatureSchemes,
    lengthBytes: 2,
    source: 'RFC 5246 §7.4.1.4.1',
  } as const;
  words16(reader, 'supported_signature_algorithms', schemes);
  return readAuthorities(reader, 'certificate_authorities');
}

/** RFC 5077 §3.3. */
export function readNewSessionTicket12(reader: FieldReader): Summary {
  const seconds = reader.u32('ticket_lifetime_hint', (value) => `${value} s`);
  const ticket = reader.blob('ticket', 2, 'ticket');
  return `${count(ticket.length)}, for ${seconds} s`;
}

/** `digitally-signed` of TLS 1.2 (RFC 5246 §4.7), CertificateVerify of TLS 1.3 (RFC 8446 §4.4.3). */
export function readSignature(reader: FieldReader, name: string, source?: string): Summary {
  let said: Summary;
  const read = (signed: FieldReader): Summary => {
    said = named16(signatureSchemes)(signed.u16('algorithm', named16(signatureSchemes)));
    signed.blob('signature', 2, 'signature');
    return said;
  };
  if (name === '') return read(reader);
  reader.group(name, read, { source });
  return said;
}
