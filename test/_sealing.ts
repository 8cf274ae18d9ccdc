/** The keys of a recorded handshake: its records before they were protected, and others protected as the same side would. */
import { AeadProtection } from '../src/connection/aead-protection.js';
import type { RecordFrame } from '../src/connection/protection.js';
import { Tls13Protection } from '../src/connection/tls13-protection.js';
import { keyBlock, nextTrafficSecret } from '../src/handshake/index.js';
import { readInnerPlaintext } from '../src/wire/index.js';
import { tls12 } from './_bench.js';
import type { End } from './_end.js';
import { record, recordHeaderBytes } from './_middle.js';

const changeCipherSpec = 20;
const applicationData = 23;

/** A record before it is protected. */
export interface Plain {
  readonly contentType: number;
  readonly version: number;
  readonly content: Uint8Array;
  /** TLS 1.3: which of its side's keys, in their order; 0: none. Not said: those that are in use there. */
  readonly epoch?: number;
}

/** The records of one direction, in their order. */
export interface Keys {
  /** @throws Error where it does not open */
  open(bytes: Uint8Array): Plain;
  seal(plain: Plain): Uint8Array;
}

function frameOf(contentType: number): RecordFrame {
  return { contentType, version: tls12 };
}

/** What `peer` protects its records of TLS 1.2 with; each call begins anew. */
export function keysOf12(peer: End): () => Keys {
  const { environment, handshake, session } = peer.ssl;
  const suite = handshake.suite!;
  const suiteRecords = suite.records;
  if (suiteRecords.form !== 'aead') throw new Error('handshakes are recorded with an AEAD');
  const keys = keyBlock(environment.crypto, suite, session!.masterKey, handshake.randoms());
  return () => new Keys12(new AeadProtection(environment.crypto, suiteRecords, keys[peer.role], tls12));
}

class Keys12 implements Keys {
  readonly #protection: AeadProtection;
  #isProtected = false;

  constructor(protection: AeadProtection) {
    this.#protection = protection;
  }

  open(bytes: Uint8Array): Plain {
    const { contentType, version, fragment } = partsOf(bytes);
    const content = this.#isProtected ? this.#protection.open(frameOf(contentType), fragment) : fragment;
    if (typeof content === 'string') throw new Error(`a record does not open: ${content}`);
    this.#isProtected ||= contentType === changeCipherSpec;
    return { contentType, version, content };
  }

  seal({ contentType, version, content }: Plain): Uint8Array {
    const fragment = this.#isProtected ? this.#protection.seal(frameOf(contentType), content) : content;
    this.#isProtected ||= contentType === changeCipherSpec;
    return record(contentType, fragment, version);
  }
}

/** What `peer` protects its records of TLS 1.3 with; each call begins anew. */
export function keysOf13(peer: End): () => Keys {
  const { crypto } = peer.ssl.environment;
  const suite = peer.ssl.handshake.suite13!;
  const side = peer.role.toUpperCase();
  const labels = ['CLIENT_EARLY_TRAFFIC_SECRET', `${side}_HANDSHAKE_TRAFFIC_SECRET`, `${side}_TRAFFIC_SECRET_0`];
  const used = peer.role === 'client' ? labels : labels.slice(1);
  const secrets = used.map((label) => peer.secrets.get(label)).filter((secret) => secret !== undefined);
  const secretOf = (epoch: number): Uint8Array => {
    secrets[epoch - 1] ??= nextTrafficSecret({ crypto, hash: suite.hash }, secretOf(epoch - 1));
    return secrets[epoch - 1]!;
  };
  return () => new Keys13((epoch) => new Tls13Protection(crypto, suite, secretOf(epoch)));
}

class Keys13 implements Keys {
  readonly #make: (epoch: number) => Tls13Protection;
  readonly #made = new Map<number, Tls13Protection>();
  #epoch = 0;

  constructor(make: (epoch: number) => Tls13Protection) {
    this.#make = make;
  }

  /** A record that the keys in use do not open is the first of the next. */
  open(bytes: Uint8Array): Plain {
    const { contentType, version, fragment } = partsOf(bytes);
    if (contentType !== applicationData) return { contentType, version, content: fragment, epoch: 0 };
    for (const epoch of [this.#epoch, this.#epoch + 1, this.#epoch + 2]) {
      const inner = epoch === 0 ? 'bad' : this.#protection(epoch).open(frameOf(contentType), fragment);
      if (typeof inner === 'string') continue;
      this.#epoch = epoch;
      const plain = readInnerPlaintext(inner)!;
      return { contentType: plain.contentType, version, content: plain.content, epoch };
    }
    throw new Error('a record does not open');
  }

  seal({ contentType, version, content, epoch = this.#epoch }: Plain): Uint8Array {
    if (epoch === 0) return record(contentType, content, version);
    this.#epoch = epoch;
    return record(applicationData, this.#protection(epoch).seal(frameOf(contentType), content), version);
  }

  #protection(epoch: number): Tls13Protection {
    const made = this.#made.get(epoch) ?? this.#make(epoch);
    this.#made.set(epoch, made);
    return made;
  }
}

function partsOf(bytes: Uint8Array): { contentType: number; version: number; fragment: Uint8Array } {
  const [contentType = 0, major = 0, minor = 0] = bytes;
  return { contentType, version: major * 256 + minor, fragment: bytes.subarray(recordHeaderBytes) };
}
