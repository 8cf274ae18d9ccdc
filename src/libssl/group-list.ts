/**
 * Lists of groups by names: SSL_CTX_set1_groups_list(3). 1.1.1 and 3.0 take names between colons, each with names of its own; 3.5 has a
 * grammar (`?`, `*`, `-`, `/`, `DEFAULT`), of which this stack speaks names, and names that may be unknown.
 */
import { NeedsUnknownGroups } from '../handshake/index.js';
import type { Profile } from '../profile/index.js';
import { NamedGroup } from '../wire/index.js';

/** Groups as the lines name them, and since which: 1.1.1 goes by curves, 3.x by TLS too, 3.5 by letters of either case. */
const spoken: Readonly<Record<string, { readonly code: number; readonly since: Since }>> = {
  X25519: { code: NamedGroup.x25519, since: '1.1.1' },
  x25519: { code: NamedGroup.x25519, since: '3.0' },
  X448: { code: NamedGroup.x448, since: '1.1.1' },
  x448: { code: NamedGroup.x448, since: '3.0' },
  'P-256': { code: NamedGroup.secp256r1, since: '1.1.1' },
  prime256v1: { code: NamedGroup.secp256r1, since: '1.1.1' },
  secp256r1: { code: NamedGroup.secp256r1, since: '3.0' },
  'P-384': { code: NamedGroup.secp384r1, since: '1.1.1' },
  secp384r1: { code: NamedGroup.secp384r1, since: '1.1.1' },
  'P-521': { code: NamedGroup.secp521r1, since: '1.1.1' },
  secp521r1: { code: NamedGroup.secp521r1, since: '1.1.1' },
  X25519MLKEM768: { code: NamedGroup.x25519MlKem768, since: '3.5' },
};

type Since = '1.1.1' | '3.0' | '3.5';
const lines: readonly Since[] = ['1.1.1', '3.0', '3.5'];

/** Names that the lines know besides, for groups that this stack does not speak. */
const unspoken: Readonly<Record<Since, RegExp>> = {
  '1.1.1':
    /^(sect(163[kr]1|163r2|193r[12]|233[kr]1|239k1|283[kr]1|409[kr]1|571[kr]1)|secp(160k1|160r[12]|192k1|224[kr]1|256k1)|prime192v1|brainpoolP(256|384|512)r1|[BK]-(163|233|283|409|571)|P-(192|224))$/,
  '3.0': /^(secp192r1|ffdhe(2048|3072|4096|6144|8192))$/,
  '3.5': /^(brainpoolP(256|384|512)r1tls13|MLKEM(512|768|1024)|SecP256r1MLKEM768|SecP384r1MLKEM1024)$/i,
};

/** What makes an element of 3.5 more than a name. */
const grammar = /^[?*-]|\/|^default$/i;

/** Code points, preferred first; undefined where the list is refused, with what goes to the error queue. */
export interface GroupList {
  readonly codes: readonly number[] | undefined;
  readonly reason?: string | undefined;
}

/** @throws NeedsUnknownGroups where the line takes what this stack does not speak */
export function readGroupList(profile: Profile, text: string): GroupList {
  const { emptyName, hasGrammar, refuseDuplicates, unknownName } = profile.groupLists;
  const codes: number[] = [];
  if (text === '' && hasGrammar) throw new NeedsUnknownGroups('an empty list, which leaves no group at all');
  for (const element of text.split(':').map((part) => part.trim())) {
    const mayBeUnknown = hasGrammar && element.startsWith('?');
    const name = mayBeUnknown ? element.slice(1) : element;
    if (element === '') return { codes: undefined, reason: emptyName };
    const code = codeOf(profile, name);
    if (code === undefined && mayBeUnknown && name !== '') continue;
    if (code === undefined) return { codes: undefined, reason: name === '' ? 'PASSED_INVALID_ARGUMENT' : unknownName };
    if (!codes.includes(code)) codes.push(code);
    else if (refuseDuplicates) return { codes: undefined };
  }
  if (codes.length === 0) throw new NeedsUnknownGroups(`${text}, which leaves no group at all`);
  return { codes };
}

function codeOf({ name: line, groupLists }: Profile, name: string): number | undefined {
  const known = lines.slice(0, lines.indexOf(line) + 1);
  const wanted = (one: string): boolean =>
    groupLists.hasGrammar ? one.toLowerCase() === name.toLowerCase() : one === name;
  const found = Object.entries(spoken).find(([one, { since }]) => wanted(one) && known.includes(since));
  if (found !== undefined) return found[1].code;
  const isOther = known.some((since) => new RegExp(unspoken[since], groupLists.hasGrammar ? 'i' : '').test(name));
  if (isOther || (groupLists.hasGrammar && grammar.test(name))) throw new NeedsUnknownGroups(name);
  return undefined;
}
