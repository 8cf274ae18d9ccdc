/** GeneralNames and NameConstraints, held to their form as OpenSSL reads them: RFC 5280 §4.2.1.6, §4.2.1.10. What does not fit throws `WireError`. */
import { contextTag, type DerReader, DerTag, type DerValue, primitiveContextTag } from './der.js';
import { isObjectIdentifier, readDistinguishedName } from './distinguished-name.js';

/** RFC 5280 §4.2.1.6, GeneralName: the tag says which kind it is. */
export interface GeneralName {
  readonly tag: number;
  readonly contents: Uint8Array;
}

/** Which names an authority permits or excludes: those within `base`. */
export interface Subtree {
  readonly base: GeneralName;
  readonly minimum: 'absent' | 'zero' | 'more';
  readonly hasMaximum: boolean;
}

export interface NameConstraints {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

type Kind = 'other' | 'email' | 'dns' | 'x400' | 'directory' | 'ediParty' | 'uri' | 'address' | 'registeredId';
/** Tags of GeneralName. */
export const NameKind: Readonly<Record<Kind, number>> = {
  other: contextTag(0),
  email: primitiveContextTag(1),
  dns: primitiveContextTag(2),
  x400: contextTag(3),
  directory: contextTag(4),
  ediParty: contextTag(5),
  uri: primitiveContextTag(6),
  address: primitiveContextTag(7),
  registeredId: primitiveContextTag(8),
};
const kinds: readonly number[] = Object.values(NameKind);
const [minimumTag, maximumTag] = [primitiveContextTag(0), primitiveContextTag(1)];

export function readGeneralNames(list: DerReader): GeneralName[] {
  const names: GeneralName[] = [];
  while (list.more) names.push(readGeneralName(list));
  return names;
}

export function readNameConstraints(fields: DerReader): NameConstraints {
  const constraints = { permitted: readSubtrees(fields, contextTag(0)), excluded: readSubtrees(fields, contextTag(1)) };
  fields.end();
  return constraints;
}

function readGeneralName(list: DerReader): GeneralName {
  const name = list.next();
  const { tag, contents } = name;
  if (!kinds.includes(tag)) list.fail(`expected a general name, got the tag ${tag}`);
  if (tag === NameKind.other) checkOtherName(name);
  if (tag === NameKind.directory && readDistinguishedName(contents) !== 'name') list.fail('expected a directory name');
  if (tag === NameKind.registeredId && !isObjectIdentifier(contents)) list.fail('expected an object identifier');
  return name;
}

function checkOtherName(name: DerValue): void {
  const fields = name.enter();
  fields.expect(DerTag.objectIdentifier);
  fields.enter(contextTag(0)).next();
  fields.end();
}

function readSubtrees(fields: DerReader, tag: number): Subtree[] {
  const trees: Subtree[] = [];
  if (!fields.isNext(tag)) return trees;
  const list = fields.enter(tag);
  while (list.more) {
    const tree = list.enter(DerTag.sequence);
    const base = readGeneralName(tree);
    const minimum = readBound(tree, minimumTag);
    const hasMaximum = readBound(tree, maximumTag) !== 'absent';
    tree.end();
    trees.push({ base, minimum, hasMaximum });
  }
  return trees;
}

function readBound(tree: DerReader, tag: number): Subtree['minimum'] {
  if (!tree.isNext(tag)) return 'absent';
  const { contents } = tree.next();
  if (contents.length === 0) tree.fail('expected a number');
  return contents.every((byte) => byte === 0) ? 'zero' : 'more';
}
