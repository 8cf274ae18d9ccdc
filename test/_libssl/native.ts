/** What each program for the node of an OpenSSL line needs of the libssl inside it. */
import koffi from 'koffi';

export type Pointer = bigint;
export const p = 'void *';
export const library: ReturnType<typeof koffi.load> = koffi.load(null);

const d2i = {
  certificate: library.func('d2i_X509', p, [p, p, 'long']),
  privateKey: library.func('d2i_AutoPrivateKey', p, [p, p, 'long']),
} as const;
const getError = library.func('ERR_get_error', 'ulong', []);
const reasonOf = library.func('ERR_reason_error_string', 'str', ['ulong']);
/** Of an error's code: OpenSSL 3 moved the library by one bit, and numbers it alike (ERR_LIB_SSL). */
const libraryShift = /^1\./.test(process.versions['openssl'] ?? '') ? 24n : 23n;
const reasonBits = libraryShift === 24n ? 0xfffn : 0x7fffffn;
const sslLibrary = 20n;

/** An object out of its DER, in base64. */
export function decoded(what: 'certificate' | 'privateKey', base64: string): Pointer {
  const der = Buffer.from(base64, 'base64');
  const memory = koffi.alloc('uint8_t', der.length); // for as long as such a short program lives
  koffi.encode(memory, 'uint8_t', der, der.length);
  return d2i[what](null, BigUint64Array.of(memory as unknown as bigint), der.length);
}

/** The reasons that libssl queued, in words; as a number, as ERR_error_string(3) has it, where it has none. */
export function takeErrors(): string[] {
  const found: string[] = [];
  for (let code = BigInt(getError()); code !== 0n; code = BigInt(getError())) {
    const from = (code >> libraryShift) & 0xffn;
    if (from === sslLibrary) found.push(String(reasonOf(code) ?? `reason(${code & reasonBits})`));
  }
  return found;
}
