/** Which protocol versions a connection may speak: ssl/statem/statem_lib.c of OpenSSL. */
import type { Profile } from '../profile/index.js';
import { ProtocolVersion } from '../wire/index.js';

/** What decides it. */
export interface VersionLimits {
  readonly profile: Profile;
  /** `any`, or the one version of a fixed method or of a connection that has negotiated. */
  readonly methodVersion: 'any' | number;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Low 32 bits of the options. */
  readonly flags: number;
}

const tlsVersions: readonly number[] = [
  ProtocolVersion.tls13,
  ProtocolVersion.tls12,
  ProtocolVersion.tls11,
  ProtocolVersion.tls10,
]; // SSL 3.0 is not built

/** SSL_OP_NO_TLSv1_3 and its sisters. */
const disablingOption: Readonly<Record<number, number>> = {
  [ProtocolVersion.tls13]: 0x2000_0000,
  [ProtocolVersion.tls12]: 0x0800_0000,
  [ProtocolVersion.tls11]: 0x1000_0000,
  [ProtocolVersion.tls10]: 0x0400_0000,
};

function isEnabled(limits: VersionLimits, version: number): boolean {
  if (limits.minVersion !== 0 && version < limits.minVersion) return false;
  if (version < limits.profile.versionMin) return false;
  if (limits.maxVersion !== 0 && version > limits.maxVersion) return false;
  return (limits.flags & (disablingOption[version] ?? 0)) === 0;
}

/** ssl_version_supported, without a server's need for a certificate in TLS 1.3. */
export function supportsVersion(limits: VersionLimits, version: number): boolean {
  if (limits.methodVersion !== 'any') return version === limits.methodVersion;
  return tlsVersions.includes(version) && isEnabled(limits, version);
}

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** ssl_get_min_max_version: the lowest run of enabled versions without a hole; undefined: none is enabled. */
export function versionRange(limits: VersionLimits): VersionRange | undefined {
  if (limits.methodVersion !== 'any') return { min: limits.methodVersion, max: limits.methodVersion };
  let min = 0;
  let max = 0;
  let hole = true;
  for (const version of tlsVersions) {
    if (!isEnabled(limits, version)) {
      hole = true;
    } else {
      min = version;
      if (hole) max = version;
      hole = false;
    }
  }
  return max === 0 ? undefined : { min, max };
}

/** ssl_choose_server_version, for the versions that a ClientHello lists or implies; a string is the error's reason. */
export function chooseServerVersion(
  limits: VersionLimits,
  hello: { readonly legacyVersion: number; readonly supportedVersions: readonly number[] | undefined },
  canTls13: boolean,
): number | 'WRONG_SSL_VERSION' | 'BAD_LEGACY_VERSION' | 'UNSUPPORTED_PROTOCOL' | 'VERSION_TOO_LOW' {
  const isRetried = limits.methodVersion === ProtocolVersion.tls13; // after a HelloRetryRequest nothing else will do
  if (isRetried && hello.supportedVersions === undefined) return 'UNSUPPORTED_PROTOCOL';
  if (limits.methodVersion !== 'any' && !isRetried) {
    return hello.legacyVersion < limits.methodVersion ? 'WRONG_SSL_VERSION' : limits.methodVersion;
  }
  if (hello.supportedVersions !== undefined) {
    if (hello.legacyVersion <= ProtocolVersion.ssl3) return 'BAD_LEGACY_VERSION';
    let best = 0;
    for (const version of hello.supportedVersions) {
      if (version <= best || !supportsVersion(limits, version)) continue;
      if (version === ProtocolVersion.tls13 && !canTls13 && !isRetried) continue; // whether it can is not asked again
      best = version;
    }
    return best === 0 ? 'UNSUPPORTED_PROTOCOL' : best;
  }
  const offered = Math.min(hello.legacyVersion, ProtocolVersion.tls12);
  let disabled = false;
  for (const version of tlsVersions) {
    if (version > offered) continue;
    if (isEnabled(limits, version)) return version;
    disabled = true;
  }
  return disabled ? 'UNSUPPORTED_PROTOCOL' : 'VERSION_TOO_LOW';
}
