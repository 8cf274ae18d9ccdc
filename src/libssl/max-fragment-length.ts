import { isFragmentLengthCode } from '../connection/index.js';
import type { Library } from '../session/index.js';

/** SSL_CTX_set_tlsext_max_fragment_length, SSL_set_tlsext_max_fragment_length: C takes the lowest byte. */
export function setMaxFragmentLength(
  library: Library,
  target: { maxFragmentLength: number },
  mode: number | bigint,
): 0 | 1 {
  const code = Number(BigInt.asUintN(8, BigInt(mode)));
  if (code !== 0 && !isFragmentLengthCode(code)) {
    library.errors.push('SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH');
    return 0;
  }
  target.maxFragmentLength = code;
  return 1;
}
