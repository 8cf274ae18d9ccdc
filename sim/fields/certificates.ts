/** The chain in a Certificate message, leaf first, as far as its certificates can be read. */
import { CertificateError, readCertificate } from '../../src/index.js';
import { count, type FieldReader, type Summary } from './reader.js';

/** `ASN1Cert certificate_list<0..2^24-1>`, or `CertificateEntry certificate_list<0..2^24-1>`: who each of them is for. */
export function readCertificateList(reader: FieldReader, readEntry: (list: FieldReader) => string): Summary {
  const said: string[] = [];
  reader.vector('certificate_list', 3, (list) => {
    list.each(() => said.push(readEntry(list)));
    return said.length === 0 ? 'none' : said.join('; ');
  });
  return said.length === 0 ? 'no certificate' : said.join('; ');
}

/** One certificate, DER. @returns whom it is for, and who says so */
export function readCert(reader: FieldReader): string {
  return aboutCertificate(
    reader.blob('cert_data', 3, 'certificate', { source: 'RFC 5280 §4.1', say: aboutCertificate }),
  );
}

function aboutCertificate(der: Uint8Array): string {
  try {
    const { subject, issuer, kind, serial } = readCertificate(der);
    return `${subject || 'no name'}, by ${issuer || 'no name'}, ${kind}, serial ${serial}, ${count(der.length)}`;
  } catch (error) {
    if (error instanceof CertificateError) return `${count(der.length)}, not read: ${error.message}`;
    throw error;
  }
}
