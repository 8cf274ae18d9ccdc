// Arrays of OSSL_PARAM, as libcrypto takes them.
import { memory } from './functions.mjs';

export const integer = 1; //     OSSL_PARAM_INTEGER
export const utf8String = 4; //  OSSL_PARAM_UTF8_STRING
export const octetString = 5; // OSSL_PARAM_OCTET_STRING
const paramBytes = 40;

/** @param list of each its name, its type and its bytes */
export function parameters(list) {
  const bytes = new Uint8Array(paramBytes * (list.length + 1));
  const view = new DataView(bytes.buffer);
  for (const [i, [name, type, value]] of list.entries()) {
    const at = i * paramBytes;
    view.setBigUint64(at, memory(Buffer.from(`${name}\0`)), true);
    view.setUint32(at + 8, type, true);
    view.setBigUint64(at + 16, memory(value), true);
    view.setBigUint64(at + 24, BigInt(value.length), true);
  }
  return memory(bytes);
}
