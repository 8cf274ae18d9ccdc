/** Groups of the key exchange: RFC 8422 §5.1.1, tls1_get_supported_groups. */
import { curveOf, type GroupName, type KeyKind } from '../crypto/index.js';
import type { Profile } from '../profile/index.js';
import { NamedGroup } from '../wire/index.js';

const namesByCode: ReadonlyMap<number, GroupName> = new Map<number, GroupName>([
  [NamedGroup.x25519, 'x25519'],
  [NamedGroup.secp256r1, 'secp256r1'],
  [NamedGroup.x448, 'x448'],
  [NamedGroup.secp521r1, 'secp521r1'],
  [NamedGroup.secp384r1, 'secp384r1'],
  [NamedGroup.x25519MlKem768, 'X25519MLKEM768'],
]);

const first: readonly number[] = [NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.x448];
const p521First: readonly number[] = [...first, NamedGroup.secp521r1, NamedGroup.secp384r1];
const p384First: readonly number[] = [...first, NamedGroup.secp384r1, NamedGroup.secp521r1];

/** What both sides take in TLS 1.2, preferred first. */
export function offeredGroups12(profile: Profile): readonly number[] {
  return profile.prefersP521 ? p521First : p384First;
}

/**
 * What both sides list where they would speak TLS 1.3, preferred first. The finite fields stand there so that hellos are what OpenSSL's
 * are: they are not spoken here, and come behind all that is.
 */
export function offeredGroups(profile: Profile): readonly number[] {
  const later = profile.prefersMlKem ? [NamedGroup.x25519MlKem768] : [];
  return [...later, ...offeredGroups12(profile), ...profile.finiteFields.map((name) => NamedGroup[name])];
}

/** Undefined for a group that is not spoken here. */
export function groupName(code: number): GroupName | undefined {
  return namesByCode.get(code);
}

/** The group whose curve keys of that kind are on; undefined for keys that are on none. */
export function groupOfKey(kind: KeyKind): number | undefined {
  const name = curveOf(kind)?.name;
  return name === undefined ? undefined : NamedGroup[name];
}
