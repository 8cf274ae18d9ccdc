/** Name constraints of authorities, compared with each line of real OpenSSL in real handshakes. */
import test from 'ava';
import { ascii } from '../../../src/crypto/bytes.js';
import * as der from '../../../src/crypto/der.js';
import { profileNames } from '../../../src/index.js';
import { sameAnswers } from '../../_libssl/compare.js';
import type { HandshakeCase } from '../../_libssl/handshake-case.js';
import {
  type Attribute,
  authority,
  bmp,
  certificate,
  commonName,
  email,
  extension,
  ia5,
  leafKey,
  middleKey,
  name,
  nowMs,
  organization,
  printable,
  rootKey,
} from './_certificates.js';

const general = {
  email: (text: string) => der.encode(der.primitiveContextTag(1), ascii(text)),
  dns: (text: string) => der.encode(der.primitiveContextTag(2), ascii(text)),
  dir: (...attributes: readonly Attribute[]) => der.encode(der.contextTag(4), name(...attributes)),
  uri: (text: string) => der.encode(der.primitiveContextTag(6), ascii(text)),
  ip: (...bytes: number[]) => der.encode(der.primitiveContextTag(7), Uint8Array.from(bytes)),
  id: () => der.encode(der.primitiveContextTag(8), Uint8Array.of(42, 3, 4)),
} as const;

interface Tree {
  readonly base: Uint8Array;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Constraints {
  readonly permitted?: readonly (Uint8Array | Tree)[];
  readonly excluded?: readonly (Uint8Array | Tree)[];
}

function constraintsOf({ permitted, excluded }: Constraints): Uint8Array {
  const field = (tag: number, value: number | undefined): Uint8Array[] =>
    value === undefined ? [] : [der.encode(der.primitiveContextTag(tag), Uint8Array.of(value))];
  const trees = (tag: number, list: Constraints['permitted']): Uint8Array[] => {
    if (list === undefined) return [];
    const all = list.map((one) => (one instanceof Uint8Array ? { base: one } : one));
    const encoded = all.map((one: Tree) => der.sequence(one.base, ...field(0, one.minimum), ...field(1, one.maximum)));
    return [der.encode(der.contextTag(tag), ...encoded)];
  };
  return extension('2.5.29.30', der.sequence(...trees(0, permitted), ...trees(1, excluded)), true);
}

interface Leaf {
  readonly subject?: readonly Attribute[];
  readonly names?: readonly Uint8Array[];
  /** Of the client: X509_CHECK_FLAG_… */
  readonly flags?: number;
  /** The constraints stand in an authority between, whose subject this is. */
  readonly between?: readonly Attribute[];
}

function caseOf(title: string, given: Constraints, leaf: Leaf): HandshakeCase {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const constraints = constraintsOf(given);
  const root = { subject: name([commonName, 'root']), key: rootKey };
  const middle = { subject: name(...(leaf.between ?? [])), key: middleKey };
  const isDeep = leaf.between !== undefined;
  const rootDer = certificate({ ...root, extensions: [authority, constraints] });
  const middleDer = certificate({ ...middle, issuer: root, extensions: [authority, constraints] });
  const names = leaf.names === undefined ? [] : [extension('2.5.29.17', der.sequence(...leaf.names))];
  const own = certificate({
    subject: name(...(leaf.subject ?? [[commonName, 'leaf']])),
    key: leafKey,
    issuer: isDeep ? middle : root,
    extensions: names,
  });
  return {
    title,
    nowSeconds: nowMs / 1000,
    client: {
      verify: 1,
      trusted: [base64(rootDer)],
      ...(leaf.flags === undefined ? {} : { hostFlags: leaf.flags }),
    },
    server: { chain: [own, ...(isDeep ? [middleDer] : [])].map(base64), key: base64(leafKey.pkcs8) },
  };
}

const leaves: Readonly<Record<string, Leaf>> = {
  'a plain leaf': {},
  'a host': { names: [general.dns('a.b.example')] },
  'a host in capitals': { names: [general.dns('A.B.EXAMPLE')] },
  'another host': { names: [general.dns('b.example'), general.dns('xb.example')] },
  'a host as common name': { subject: [[commonName, 'a.b.example']] },
  'a host as common name, beside another': {
    subject: [[commonName, 'a.c.example']],
    names: [general.dns('a.b.example')],
  },
  'the same, subject checked always': {
    subject: [[commonName, 'a.c.example']],
    names: [general.dns('a.b.example')],
    flags: 1,
  },
  'the same, subject checked never': { subject: [[commonName, 'a.c.example']], flags: 0x20 },
  'odd common names': {
    subject: [
      [commonName, 'a-.example'],
      [commonName, '.x.example'],
      [commonName, 'x..example'],
      [commonName, 'a_b.example'],
    ],
  },
  addresses: { names: [general.ip(10, 1, 2, 3)] },
  'other addresses': { names: [general.ip(10, 2, 2, 3), general.ip(...new Array<number>(16).fill(1))] },
  'a mailbox': { names: [general.email('Me@b.example')] },
  'another mailbox': { names: [general.email('me@a.b.example')] },
  'no mailbox': { names: [general.email('b.example')] },
  'a mailbox in the subject': {
    subject: [
      [commonName, 'leaf'],
      [email, 'me@B.example', ia5],
    ],
  },
  'a mailbox in the subject, of another string': { subject: [[email, 'me@b.example']] },
  'an address of a page': { names: [general.uri('https://a.b.example/x')] },
  'with a port': { names: [general.uri('https://b.example:80/x')] },
  'no host in it': { names: [general.uri('mailto:me@b.example')] },
  'nothing in it': { names: [general.uri('https:///')] },
  'a colon in the path': { names: [general.uri('https://b.example/x:y')] },
  'a user before the host': { names: [general.uri('https://me@b.example/')] },
  'a question at once': { names: [general.uri('https://b.example?x')] },
  'two users before the host': { names: [general.uri('https://b.example@c.example@b.example/')] },
  'one of them with a path': { names: [general.uri('https://c.example/@b.example')] },
  'two ports': { names: [general.uri('https://b.example:80:81/x')] },
  'a user with a password': { names: [general.uri('https://me:b.example@b.example/x')] },
  'version 6 as a host': { names: [general.uri('https://[::1]/')] },
  'a number': { names: [general.id()] },
  'a directory name': { names: [general.dir([organization, 'Our  Company'], [commonName, 'x'])] },
  'a subject': {
    subject: [
      [organization, ' our company', printable],
      [commonName, 'y'],
    ],
  },
  'a subject in two bytes': { subject: [[organization, 'Our Company', bmp]] },
  'another subject': { subject: [[organization, 'Our Company Too']] },
  'an authority of that name between': { between: [[organization, 'Our Company']] },
  'an authority of another name between': { between: [[organization, 'Theirs']], names: [general.dns('c.example')] },
};

const bases: Readonly<Record<string, readonly Uint8Array[]>> = {
  'a domain': [general.dns('b.example')],
  'hosts below a domain': [general.dns('.b.example')],
  'no host in particular': [general.dns('')],
  'two domains': [general.dns('c.example'), general.dns('B.example')],
  'a net': [general.ip(10, 1, 0, 0, 255, 255, 0, 0)],
  'half a net': [general.ip(10, 1, 0, 0)],
  'a net of version 6': [general.ip(...new Array<number>(16).fill(1), ...new Array<number>(16).fill(255))],
  'mail to a host': [general.email('b.example')],
  'mail below a domain': [general.email('.b.example')],
  'one mailbox': [general.email('Me@b.example')],
  'a mailbox of nobody': [general.email('@b.example')],
  'pages of a host': [general.uri('b.example')],
  'pages below a domain': [general.uri('.b.example')],
  'a number': [general.id()],
  'names of a company': [general.dir([organization, 'Our Company'])],
  'every name': [general.dir()],
};

/** Whether the leaf has a name of the kind of that base. A subject is a directory name, and may be a host or hold a mailbox. */
function concerns(leaf: Leaf, base: Uint8Array): boolean {
  const tag = base[0] ?? 0;
  const tags = new Set((leaf.names ?? []).map((one) => one[0]));
  const inSubject = [general.dns('')[0], general.email('')[0], general.dir()[0]];
  return tags.has(tag) || ((leaf.subject ?? leaf.between) !== undefined && inSubject.includes(tag));
}

const cases = Object.entries(bases).flatMap(([what, trees]) =>
  Object.entries(leaves)
    .filter(([, leaf]) => leaf === leaves['a plain leaf'] || concerns(leaf, trees[0]!))
    .flatMap(([who, leaf]) => [
      caseOf(`${who}, permitted: ${what}`, { permitted: trees }, leaf),
      caseOf(`${who}, excluded: ${what}`, { excluded: trees }, leaf),
    ]),
);
const bounded = [{ minimum: 0 }, { minimum: 1 }, { maximum: 0 }, { maximum: 3 }].flatMap((bounds) => {
  const base = general.dns('b.example');
  return Object.entries(leaves)
    .slice(0, 4)
    .flatMap(([who, leaf]) => [
      caseOf(`${who}, permitted with ${JSON.stringify(bounds)}`, { permitted: [{ base, ...bounds }] }, leaf),
      caseOf(`${who}, excluded with ${JSON.stringify(bounds)}`, { excluded: [{ base, ...bounds }] }, leaf),
      caseOf(`${who}, permitted beside ${JSON.stringify(bounds)}`, { permitted: [base, { base, ...bounds }] }, leaf),
    ]);
});
const both = Object.entries(leaves).map(([who, leaf]) => {
  const given = { permitted: [general.dns('b.example')], excluded: [general.dns('a.b.example'), general.email('')] };
  return caseOf(`${who}, permitted and excluded`, given, leaf);
});

for (const profile of profileNames) {
  test(`${profile}: names are within the constraints of authorities as with OpenSSL, with the same number and alert`, (t) => {
    const answers = sameAnswers(t, profile, [...cases, ...bounded, ...both], Infinity);
    if (answers === undefined) return;
    const numbers = new Set(answers.map((one) => one.client.verifyResult));
    for (const number of [0, 47, 48, 49, 51, 53]) t.true(numbers.has(number), String(number));
  });
}
