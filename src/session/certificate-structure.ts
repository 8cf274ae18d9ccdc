/** X509 as OpenSSL's templates have it (crypto/x509/x_x509.c and its neighbours): the structure of RFC 5280 §4.1. */
import { type Asn1Rules, Universal } from './asn1.js';
import type { Template } from './asn1-template.js';
import { DerError } from './der.js';

function value(...tags: number[]): Template {
  return { form: 'value', tags };
}

/** A name's value: types that DirectoryString has, and all that OpenSSL knows no name for. */
const nameValueTags: readonly number[] = [3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 28, 29, 30];

const algorithm: Template = {
  form: 'sequence',
  fields: [{ template: value(Universal.objectIdentifier) }, { template: { form: 'any' }, optional: true }],
};
const name: Template = {
  form: 'of',
  tag: Universal.sequence,
  item: {
    form: 'of',
    tag: Universal.set,
    item: {
      form: 'sequence',
      fields: [
        { template: value(Universal.objectIdentifier) },
        { template: { form: 'value', tags: nameValueTags, check: checkText } },
      ],
    },
  },
};
const time: Template = value(Universal.utcTime, Universal.generalizedTime);
const extension: Template = {
  form: 'sequence',
  fields: [
    { template: value(Universal.objectIdentifier) },
    { template: value(Universal.boolean), optional: true },
    { template: value(Universal.octetString) },
  ],
};

/** SubjectPublicKeyInfo. */
export const publicKeyStructure: Template = {
  form: 'sequence',
  fields: [{ template: algorithm }, { template: value(Universal.bitString) }],
};

export const certificateStructure: Template = {
  form: 'sequence',
  fields: [
    {
      template: {
        form: 'sequence',
        fields: [
          { template: value(Universal.integer), explicit: 0, optional: true },
          { template: value(Universal.integer) },
          { template: algorithm },
          { template: name },
          { template: { form: 'sequence', fields: [{ template: time }, { template: time }] } },
          { template: name },
          { template: publicKeyStructure },
          { template: value(Universal.bitString), implicit: 1, optional: true },
          { template: value(Universal.bitString), implicit: 2, optional: true },
          {
            template: { form: 'of', tag: Universal.sequence, item: extension },
            explicit: 3,
            optional: true,
          },
        ],
      },
    },
    { template: algorithm },
    { template: value(Universal.bitString) },
  ],
};

/** x509_name_canon: text that names are compared by has to be text. And ENUMERATED is a type without a name in 1.1.1 alone. */
function checkText(tag: number, content: Uint8Array, { namesHaveEnumerated }: Asn1Rules): void {
  if (tag === Universal.enumerated && !namesHaveEnumerated) throw new DerError('DER: a name with an ENUMERATED');
  if (tag !== Universal.utf8String) return;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new DerError('DER: expected UTF-8 in a name', { cause });
  }
}
