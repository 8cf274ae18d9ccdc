import { Kem, type KeyEncapsulation } from './kem.js';
import { Mixer } from './mixer.js';

/** Mixer domains: of the key, of the secret, and of what stands around it on the wire. */
const Domain = { key: 9, secret: 10, ciphertext: 11 } as const;

/**
 * An encapsulation that anybody can undo: the ciphertext carries the message as it is. As with ML-KEM a changed key is refused,
 * and a changed ciphertext gives another secret, which the client has no way to see.
 */
export const fastKem: KeyEncapsulation = {
  keyPair(seed) {
    const encapsulationKey = keyOf(seed.subarray(0, Kem.secret));
    return { encapsulationKey, decapsulate: (ciphertext) => secretOf(encapsulationKey, ciphertext) };
  },
  encapsulate(encapsulationKey, message) {
    if (!isKey(encapsulationKey)) return undefined;
    const ciphertext = new Uint8Array(Kem.ciphertext);
    ciphertext.set(message);
    new Mixer(Domain.ciphertext).bytes(message).fill(ciphertext.subarray(message.length));
    return { ciphertext, secret: secretOf(encapsulationKey, ciphertext) };
  },
};

/** 32 bytes of its own, and what follows from them. */
function keyOf(start: Uint8Array): Uint8Array {
  const key = new Uint8Array(Kem.encapsulationKey);
  key.set(start);
  new Mixer(Domain.key).bytes(start).fill(key.subarray(start.length));
  return key;
}

function isKey(bytes: Uint8Array): boolean {
  return Buffer.compare(keyOf(bytes.subarray(0, Kem.secret)), bytes) === 0;
}

function secretOf(encapsulationKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const mixer = new Mixer(Domain.secret).bytes(encapsulationKey.subarray(0, Kem.secret));
  return mixer.bytes(ciphertext).fill(new Uint8Array(Kem.secret));
}
