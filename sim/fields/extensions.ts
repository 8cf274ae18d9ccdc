/** Extensions: RFC 8446 §4.2, and the RFCs of each. */
import { extensionReaders } from './extension-data.js';
import { isGrease, named } from './names/code-points.js';
import { type FieldReader, hexNumber, type Summary } from './reader.js';

/** The message that extensions stand in: what is in some depends on it. */
export type ExtensionPlace =
  | 'ClientHello'
  | 'ServerHello'
  | 'HelloRetryRequest'
  | 'EncryptedExtensions'
  | 'CertificateRequest'
  | 'Certificate'
  | 'NewSessionTicket';

/** `Extension extensions<..2^16-1>`. */
export function readExtensions(reader: FieldReader, place: ExtensionPlace): void {
  reader.vector(
    'extensions',
    2,
    (list) => {
      const names: string[] = [];
      list.each(() => names.push(readExtension(list, place)));
      return names.length === 0 ? 'none' : names.join(', ');
    },
    { source: 'RFC 8446 §4.2' },
  );
}

function readExtension(reader: FieldReader, place: ExtensionPlace): string {
  const type = ((reader.bytes[reader.at] ?? 0) << 8) | (reader.bytes[reader.at + 1] ?? 0);
  const known = extensionReaders[type];
  const name = known?.name ?? (isGrease(type) ? 'GREASE' : `extension ${type}`);
  reader.group(
    name,
    (extension) => {
      extension.u16(
        'extension_type',
        (code) => (isGrease(code) ? `GREASE (${hexNumber(code, 4)})` : named({ [type]: name })(code)),
        'RFC 8446 §4.2',
      );
      let said: Summary;
      extension.vector('extension_data', 2, (data) => {
        said = known?.read?.(data, place);
        if (known?.read === undefined) data.rest('data');
        return said;
      });
      return said;
    },
    { source: known?.source ?? (isGrease(type) ? 'RFC 8701 §2' : 'RFC 8446 §4.2') },
  );
  return name;
}
