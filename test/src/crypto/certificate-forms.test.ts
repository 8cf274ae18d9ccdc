/** Certificates of the peer whose names or extensions are not what they should be, compared with each line of real OpenSSL. */
import test from 'ava';
import * as der from '../../../src/crypto/der.js';
import { profileNames } from '../../../src/index.js';
import { sameAnswers } from '../../_libssl/compare.js';
import type { HandshakeCase } from '../../_libssl/handshake-case.js';
import {
  authority,
  certificate,
  commonName,
  email,
  extension,
  leafKey,
  middleKey,
  name,
  nowMs,
  organization,
  rootKey,
} from './_certificates.js';

const certificateMessage = 11; // HandshakeType
const root = { subject: name([commonName, 'root']), key: rootKey };
const rootDer = certificate({ ...root, extensions: [authority] });
const sound = certificate({ subject: name([commonName, 'leaf']), key: leafKey, issuer: root, extensions: [] });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function vector(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(0, bytes.length >> 8, bytes.length & 255), bytes]);
}

/** The server's certificates give way to others on their way: real libssl would load none of them. */
function caseOf(title: string, chain: readonly Uint8Array[], verify: number, trusted = rootDer): HandshakeCase {
  const insert = Buffer.from(vector(Buffer.concat(chain.map(vector)))).toString('hex');
  return {
    title: `${title}, verified: ${verify}`,
    nowSeconds: nowMs / 1000,
    client: { verify, trusted: [base64(trusted)] },
    server: { chain: [base64(sound)], key: base64(leafKey.pkcs8) },
    messageEdits: [{ from: 'server', message: certificateMessage, at: 0, remove: 6 + sound.length, insert }],
  };
}

interface Odd {
  readonly subject?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
}

const leafOf = (odd: Odd): Uint8Array[] => [
  certificate({ subject: name([commonName, 'leaf']), key: leafKey, issuer: root, extensions: [], ...odd }),
];

/** A leaf below an authority that is odd. */
function belowOf({ subject = name([commonName, 'middle']), extensions = [] }: Odd): Uint8Array[] {
  const middle = { subject, key: middleKey };
  return [
    certificate({ subject: name([commonName, 'leaf']), key: leafKey, issuer: middle, extensions: [] }),
    certificate({ ...middle, issuer: root, extensions: [authority, ...extensions] }),
  ];
}

const anywhere = (title: string, odd: Odd): HandshakeCase[] =>
  [0, 1].flatMap((verify) => [
    caseOf(`a leaf with ${title}`, leafOf(odd), verify),
    caseOf(`a leaf below ${title}`, belowOf(odd), verify),
  ]);

const attribute = (tag: number, bytes: readonly number[], type = organization): Uint8Array => {
  const value = der.sequence(der.objectIdentifier(type), der.encode(tag, Uint8Array.from(bytes)));
  return der.sequence(der.encode(der.DerTag.set, value));
};
const names: Readonly<Record<string, Uint8Array>> = {
  'a letter of two bytes': attribute(0x1e, [0, 65]),
  'half a letter of two bytes': attribute(0x1e, [0, 1, 2]),
  'three quarters of a letter': attribute(0x1c, [0, 0, 65]),
  'UTF-8 that is none': attribute(0x0c, [0xff]),
  'a number as a name': attribute(2, [5]),
  'a truth as a name': attribute(1, [255]),
  'a name without a value': der.sequence(der.encode(der.DerTag.set, der.sequence(der.objectIdentifier(email)))),
};

const extensionTypes: Readonly<Record<string, string>> = {
  'subject key identifier': '2.5.29.14',
  'key usage': '2.5.29.15',
  'alternative names': '2.5.29.17',
  'basic constraints': '2.5.29.19',
  'name constraints': '2.5.29.30',
  'authority key identifier': '2.5.29.35',
  'extended key usage': '2.5.29.37',
};
const broken = [Uint8Array.of(1, 5, 3), Uint8Array.of(0x30, 3, 1, 5, 3)];

const directory = (bytes: Uint8Array): Uint8Array => der.encode(der.contextTag(4), bytes);
const host = der.encode(der.primitiveContextTag(2), Buffer.from('b.example'));
const permitted = (...tree: Uint8Array[]): Uint8Array => der.encode(der.contextTag(0), der.sequence(...tree));
const constraints: Readonly<Record<string, Uint8Array>> = {
  none: der.sequence(),
  'no trees': der.sequence(der.encode(der.contextTag(0))),
  'an empty tree': der.sequence(permitted()),
  'no tree': der.sequence(der.encode(der.contextTag(0), Uint8Array.of(0x30, 5, 1))),
  'another list': der.sequence(der.encode(der.contextTag(2))),
  'lists in the other order': der.sequence(der.encode(der.contextTag(1), der.sequence(host)), permitted(host)),
  'bytes behind': Buffer.concat([der.sequence(permitted(host)), Uint8Array.of(0)]),
  'half a letter': der.sequence(permitted(directory(attribute(0x1e, [0, 1, 2])))),
  'a list of names that is not marked as one': der.sequence(permitted(directory(Uint8Array.of(0x10, 0)))),
  'no directory name': der.sequence(permitted(directory(Uint8Array.of(4, 1, 1)))),
  'no kind of name': der.sequence(permitted(der.encode(0x0c, Uint8Array.of(1)))),
  'a minimum of nothing': der.sequence(permitted(host, der.encode(der.primitiveContextTag(0)))),
};
const altNames: Readonly<Record<string, Uint8Array>> = {
  'half a letter': der.sequence(directory(attribute(0x1e, [0, 1, 2]))),
  'no kind of name': der.sequence(der.encode(0x0c, Uint8Array.of(1))),
  'a name of another kind': der.sequence(
    der.encode(der.contextTag(0), der.objectIdentifier('1.2.3'), der.encode(der.contextTag(0), attribute(0x0c, [65]))),
  ),
};

const cases: readonly HandshakeCase[] = [
  ...anywhere('nothing odd', {}),
  ...Object.entries(names).flatMap(([title, subject]) => anywhere(title, { subject })),
  ...Object.entries(extensionTypes).flatMap(([title, type]) =>
    broken.flatMap((value, i) => anywhere(`${title}, broken ${i}`, { extensions: [extension(type, value)] })),
  ),
  ...Object.entries(constraints).flatMap(([title, value]) =>
    [0, 1].flatMap((verify) => {
      const trusted = certificate({ ...root, extensions: [authority, extension('2.5.29.30', value, true)] });
      return [
        caseOf(`constraints: ${title}`, leafOf({}), verify, trusted),
        ...anywhere(`constraints: ${title}`, { extensions: [extension('2.5.29.30', value, true)] }),
      ];
    }),
  ),
  ...Object.entries(altNames).flatMap(([title, value]) =>
    anywhere(`alternative names: ${title}`, { extensions: [extension('2.5.29.17', value)] }),
  ),
  ...[0x80, 0x08, 0x20, 0x06].flatMap((bits) => {
    const usage = extension('2.5.29.15', der.encode(der.DerTag.bitString, Uint8Array.of(0, bits)), true);
    return [0, 1].map((verify) => caseOf(`a leaf for ${bits}`, leafOf({ extensions: [usage] }), verify));
  }),
];

for (const profile of profileNames) {
  test(`${profile}: certificates with names, extensions or uses that will not do end a handshake as with OpenSSL`, (t) => {
    const answers = sameAnswers(t, profile, cases);
    if (answers === undefined) return;
    for (const reason of ['ASN1 lib', 'certificate verify failed', 'ecc cert not for signing', 'bad ecc cert'])
      t.true(
        answers.some((one) => one.client.errors.includes(reason)),
        reason,
      );
  });
}

const usageOf = (...bits: readonly number[]): Uint8Array =>
  extension('2.5.29.15', der.encode(der.DerTag.bitString, Uint8Array.of(...bits)), true);

/** Servers that have the certificate loaded: what it may be used for decides which suites they share. */
const ownUses = Object.entries({
  signatures: usageOf(7, 0x80),
  'key agreement': usageOf(3, 0x08),
  'both of them': usageOf(3, 0x88),
  nothing: usageOf(7, 0x00),
  'no bit at all': usageOf(0),
  'deciphering only': usageOf(7, 0x00, 0x80),
}).flatMap(([title, usage]) =>
  [false, true].flatMap((tls13) =>
    [0, 1].map((verify): HandshakeCase => {
      const chain = leafOf({ extensions: [usage] }).map(base64);
      return {
        title: `a certificate for ${title}, ${tls13 ? 'TLS 1.3' : 'TLS 1.2'}, verified: ${verify}`,
        nowSeconds: nowMs / 1000,
        client: { verify, trusted: [base64(rootDer)] },
        server: { chain, key: base64(leafKey.pkcs8) },
        tls13,
      };
    }),
  ),
);

for (const profile of profileNames) {
  test(`${profile}: a server whose certificate is not for signatures shares no ECDSA suite of TLS 1.2, as with OpenSSL`, (t) => {
    const answers = sameAnswers(t, profile, ownUses);
    if (answers === undefined) return;
    t.true(answers.some((one) => one.server.errors.includes('no shared cipher')));
    t.true(answers.some((one) => one.server.errors.length === 0));
  });
}
