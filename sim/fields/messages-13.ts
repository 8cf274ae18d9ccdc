/** Handshake messages of TLS 1.3: RFC 8446 §4.3 to §4.6. */
import { readCert, readCertificateList } from './certificates.js';
import { readExtensions } from './extensions.js';
import { named } from './names/code-points.js';
import { count, type FieldReader, type Summary } from './reader.js';

export function readEncryptedExtensions(reader: FieldReader): Summary {
  readExtensions(reader, 'EncryptedExtensions');
  return undefined;
}

export function readCertificate13(reader: FieldReader): Summary {
  reader.blob('certificate_request_context', 1, 'context');
  return readCertificateList(reader, (list) => {
    let said = '';
    list.group('CertificateEntry', (entry) => {
      said = readCert(entry);
      readExtensions(entry, 'Certificate');
      return said;
    });
    return said;
  });
}

export function readCertificateRequest13(reader: FieldReader): Summary {
  reader.blob('certificate_request_context', 1, 'context');
  readExtensions(reader, 'CertificateRequest');
  return undefined;
}

/** RFC 8446 §4.6.1. */
export function readNewSessionTicket13(reader: FieldReader): Summary {
  const seconds = reader.u32('ticket_lifetime', (value) => `${value} s`);
  reader.u32('ticket_age_add', (value) => `${value} ms`);
  reader.blob('ticket_nonce', 1, 'nonce');
  const ticket = reader.blob('ticket', 2, 'ticket');
  readExtensions(reader, 'NewSessionTicket');
  return `${count(ticket.length)}, for ${seconds} s`;
}

/** RFC 8446 §4.6.3. */
export function readKeyUpdate(reader: FieldReader): Summary {
  const say = named({ 0: 'update_not_requested', 1: 'update_requested' });
  return say(reader.u8('request_update', say));
}
