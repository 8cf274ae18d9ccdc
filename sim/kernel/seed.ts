/** Seeds: their one written form, and the 128 bits that a label gets out of them. */
import { hash } from 'node:crypto';
import { KernelError } from './errors.js';

/** Characters in a seed: more is a file by mistake, not a seed. */
export const seedCharactersMax = 256;

/**
 * The one written form of a seed: the number 7 and the text `'7'` are the same seed.
 * @param seed - an integer of 0 to 2^53−1, or a text of 1 to 256 characters
 * @throws KernelError `SEED_INVALID`: there is no default seed, and none is guessed
 */
export function canonicalSeed(seed: string | number): string {
  if (typeof seed === 'number') {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new KernelError('SEED_INVALID', `a seed is a whole number of 0 to 2^53−1 or a text, not ${seed}`);
    }
    return seed.toString();
  }
  if (typeof seed !== 'string' || seed.length === 0 || seed.length > seedCharactersMax) {
    throw new KernelError('SEED_INVALID', `a seed is a whole number or a text of 1 to ${seedCharactersMax} characters`);
  }
  return seed;
}

/** SHA-256 of a text, as 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}
