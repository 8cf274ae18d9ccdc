/** SSL_CTX_set_min_proto_version(3): which bounds are taken. ssl_check_allowed_versions, ssl_set_version_bound. */
import type { Method } from '../session/index.js';

const dtlsBadVersion = 0x0100;
const dtlsNewest = 0xfefd;
const dtlsOldest = 0xff00; // DTLS1_BAD_VER, as it is compared
const sslOldest = 0x0300;
const tlsNewest = 0x0304;

function isDtls(version: number): boolean {
  return version === dtlsBadVersion || version >> 8 === 0xfe;
}

/** @returns the bound to store, or undefined when the call answers 0 */
export function acceptedBound(
  method: Method,
  wanted: { readonly version: number; readonly current: number; readonly other: number },
): number | undefined {
  const { version, current, other } = wanted;
  if (isDtls(version) !== isDtls(other) && version !== 0 && other !== 0) return undefined;
  if (version === 0) return 0;
  const comparable = version === dtlsBadVersion ? dtlsOldest : version;
  const validDtls = comparable >= dtlsNewest && comparable <= dtlsOldest;
  const validTls = version >= sslOldest && version <= tlsNewest;
  if (!validTls && !validDtls) return undefined;
  return method.version === 'any' && validTls ? version : current;
}
