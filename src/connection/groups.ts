/**
 * Groups of the key exchange and suites of TLS 1.3 that a connection has: what its context says, or the line's default. SSL_new copies
 * the groups, so that a later SSL_CTX_set1_groups_list does not reach it.
 */
import type { KeyShare } from '../crypto/index.js';
import { groupName, offeredGroups, offeredGroups12 } from '../handshake/index.js';
import { NamedGroup } from '../wire/index.js';
import type { Connection } from './connection.js';

/** A share that a client has sent. */
export interface OwnShare {
  readonly namedGroup: number;
  readonly share: KeyShare;
}

const { x25519, secp256r1, x25519MlKem768 } = NamedGroup;

/** Preferred first, for TLS 1.2 alone. */
export function groupsOf12({ groups, profile }: Connection): readonly number[] {
  return groups?.filter((code) => code !== x25519MlKem768) ?? offeredGroups12(profile);
}

/** Preferred first. */
export function groupsOf({ groups, profile }: Connection): readonly number[] {
  return groups ?? offeredGroups(profile);
}

/** The groups for which a first ClientHello has shares. */
export function shareGroupsOf({ groups, profile }: Connection): readonly number[] {
  if (groups !== undefined) return groups.slice(0, 1);
  return profile.prefersMlKem ? [x25519MlKem768, x25519] : [x25519];
}

/**
 * What a server makes of the client's shares and groups: a share that it takes, or else the group that it asks for. Up to 3.0 the
 * first share that is known, and its own preference; from then on one set of equals after the other, and the client's.
 */
export function chooseGroup(
  connection: Connection,
  client: { readonly shares: readonly number[]; readonly groups: readonly number[] },
): { readonly share: number | undefined; readonly retry: number | undefined } {
  const own = groupsOf(connection).filter((code) => groupName(code) !== undefined);
  const { groups, profile } = connection;
  const isTupled = profile.prefersMlKem && groups === undefined;
  if (!profile.prefersMlKem) {
    const share = client.shares.find((code) => own.includes(code));
    return { share, retry: own.find((code) => client.groups.includes(code)) };
  }
  for (const set of isTupled ? tuples(own) : [own]) {
    const share = client.shares.find((code) => set.includes(code));
    const retry = share ?? client.groups.find((code) => set.includes(code));
    if (retry !== undefined) return { share, retry };
  }
  return { share: undefined, retry: undefined };
}

/** The default list of 3.5, `X25519MLKEM768 / X25519:secp256r1 / …`. */
function tuples(groups: readonly number[]): readonly (readonly number[])[] {
  const second: readonly number[] = [x25519, secp256r1];
  const rest = groups.filter((code) => code !== x25519MlKem768 && !second.includes(code));
  return [[x25519MlKem768], second, rest];
}
