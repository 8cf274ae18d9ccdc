import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

/** FIPS 203, ML-KEM-768: bytes of each part, the same for every provider. */
export const Kem = { seed: 64, encapsulationKey: 1184, message: 32, ciphertext: 1088, secret: 32 } as const;

/** A key encapsulation mechanism; what is drawn comes from the caller. */
export interface KeyEncapsulation {
  /** A key pair from 64 bytes, d and z of FIPS 203 §7.1. */
  keyPair(seed: Uint8Array): { readonly encapsulationKey: Uint8Array; decapsulate(ciphertext: Uint8Array): Uint8Array };
  /** Undefined for what is no key. @param message 32 bytes, m of FIPS 203 §7.2 */
  encapsulate(
    encapsulationKey: Uint8Array,
    message: Uint8Array,
  ): { readonly ciphertext: Uint8Array; readonly secret: Uint8Array } | undefined;
}

/** ML-KEM-768 itself. Node draws the message of an encapsulation on its own, even where it knows the algorithm. */
export const realKem: KeyEncapsulation = {
  keyPair(seed) {
    const { publicKey, secretKey } = ml_kem768.keygen(seed);
    return {
      encapsulationKey: publicKey,
      decapsulate: (ciphertext) => ml_kem768.decapsulate(ciphertext, secretKey),
    };
  },
  encapsulate(encapsulationKey, message) {
    try {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(encapsulationKey, message);
      return { ciphertext: cipherText, secret: sharedSecret };
    } catch {
      return undefined; // a coefficient that is not below the modulus: all else was checked
    }
  },
};
