/** How C takes the numbers that callers give. */
import type { Long } from './context-calls.js';

/** uint32_t */
export function uint32(value: Long): number {
  return Number(BigInt.asUintN(32, BigInt(value)));
}
