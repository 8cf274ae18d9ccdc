import { concat } from './bytes.js';
import { Kem, type KeyEncapsulation } from './kem.js';
import { groupBytes } from './key-share.js';
import type { CryptoProvider, DhGroupName, KeyShare, KeyShareAnswer, ShareFault } from './provider.js';

type Fill = (target: Uint8Array) => void;
type DhKeyShare = (group: DhGroupName, fill: Fill) => KeyShare;

const x25519Bytes = 32;

/** The key shares of a provider, of all groups, from its Diffie-Hellman and its ML-KEM-768. */
export function keyShares(
  dh: DhKeyShare,
  kem: KeyEncapsulation,
): Pick<CryptoProvider, 'keyShare' | 'answerKeyShare' | 'shareFault'> {
  return {
    keyShare: (group, fill) => (group === 'X25519MLKEM768' ? offer(dh, kem, fill) : dh(group, fill)),
    answerKeyShare(group, clientShare, fill) {
      if (group === 'X25519MLKEM768') return answer(dh, kem, clientShare, fill);
      const { publicKey, agree } = dh(group, fill);
      const secret = agree(clientShare);
      return secret && { publicKey, secret };
    },
    shareFault(group, share) {
      if (group === 'X25519MLKEM768') return faultOfHybrid(kem, share);
      if (group === 'x25519' || group === 'x448')
        return share.length === groupBytes[group] ? 'small-order' : 'no-point';
      return share.length === 1 && share[0] === 0 ? 'infinity' : 'no-point';
    },
  };
}

/** draft-ietf-tls-ecdhe-mlkem, X25519MLKEM768: what belongs to ML-KEM stands first, in shares and in the secret. */
function offer(dh: DhKeyShare, kem: KeyEncapsulation, fill: Fill): KeyShare {
  const seed = new Uint8Array(Kem.seed);
  fill(seed);
  const { encapsulationKey, decapsulate } = kem.keyPair(seed);
  const x25519 = dh('x25519', fill);
  return {
    group: 'X25519MLKEM768',
    publicKey: concat(encapsulationKey, x25519.publicKey),
    agree(serverShare) {
      if (serverShare.length !== Kem.ciphertext + x25519Bytes) return undefined;
      const secret = x25519.agree(serverShare.subarray(Kem.ciphertext));
      return secret && concat(decapsulate(serverShare.subarray(0, Kem.ciphertext)), secret);
    },
  };
}

/** Of a client's share. */
function faultOfHybrid(kem: KeyEncapsulation, share: Uint8Array): ShareFault {
  if (share.length !== Kem.encapsulationKey + x25519Bytes) return 'no-point';
  const isKey = kem.encapsulate(share.subarray(0, Kem.encapsulationKey), new Uint8Array(Kem.message)) !== undefined;
  return isKey ? 'small-order' : 'no-point';
}

function answer(
  dh: DhKeyShare,
  kem: KeyEncapsulation,
  clientShare: Uint8Array,
  fill: Fill,
): KeyShareAnswer | undefined {
  const message = new Uint8Array(Kem.message);
  fill(message);
  const x25519 = dh('x25519', fill);
  if (clientShare.length !== Kem.encapsulationKey + x25519Bytes) return undefined;
  const encapsulated = kem.encapsulate(clientShare.subarray(0, Kem.encapsulationKey), message);
  const secret = x25519.agree(clientShare.subarray(Kem.encapsulationKey));
  if (encapsulated === undefined || secret === undefined) return undefined;
  return {
    publicKey: concat(encapsulated.ciphertext, x25519.publicKey),
    secret: concat(encapsulated.secret, secret),
  };
}
