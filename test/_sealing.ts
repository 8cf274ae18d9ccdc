/** The keys of a handshake that somebody listens to: its records before they were protected, and others protected as the same side would. */
import { AeadProtection } from '../src/connection/aead-protection.js';
import type { RecordFrame } from '../src/connection/protection.js';
import { Tls13Protection } from '../src/connection/tls13-protection.js';
import type { CryptoProvider } from '../src/crypto/index.js';
import { cipherSuite, cipherSuiteOfTls13, keyBlock, nextTrafficSecret } from '../src/handshake/index.js';
import { readInnerPlaintext } from '../src/wire/index.js';
import { record, recordHeaderBytes, splitRecords } from './_middle.js';

const ContentType = { changeCipherSpec: 20, handshake: 22, applicationData: 23 } as const;
const serverHello = 2;
const tls12 = 0x0303;
/** In a hello that begins its record: behind the headers of record and message, and the version. */
const randomAt = recordHeaderBytes + 4 + 2;
const randomBytes = 32;
/** What early data are protected with before a ServerHello is there: the first suite of libssl's own list. */
const earlySuite = 0x1302;

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

/** What is known of a handshake from its bytes and its key log. */
export interface Overheard {
  readonly crypto: CryptoProvider;
  readonly isTls13: boolean;
  /** All that each side has said so far. */
  readonly said: { readonly client: Uint8Array; readonly server: Uint8Array };
  /** Secrets by their labels. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

/** What protects the records of `role`; each call begins anew. */
export function keysOf(overheard: Overheard, role: 'client' | 'server'): () => Keys {
  return overheard.isTls13 ? keysOf13(overheard, role) : keysOf12(overheard, role);
}

function suiteOf({ said }: Overheard): number | undefined {
  const hello = splitRecords(said.server).find(
    (bytes) => isHandshake(bytes) && bytes[recordHeaderBytes] === serverHello,
  );
  if (hello === undefined) return undefined;
  const at = randomAt + randomBytes + 1 + hello[randomAt + randomBytes]!; // behind the session id
  return hello[at]! * 256 + hello[at + 1]!;
}

function isHandshake(bytes: Uint8Array): boolean {
  return bytes[0] === ContentType.handshake;
}

function frameOf(contentType: number): RecordFrame {
  return { contentType, version: tls12 };
}

function keysOf12(overheard: Overheard, role: 'client' | 'server'): () => Keys {
  const { crypto, said, secrets } = overheard;
  const master = secrets.get('CLIENT_RANDOM');
  const suite = cipherSuite(suiteOf(overheard) ?? 0);
  if (master === undefined || suite === undefined) return () => new Keys12(undefined);
  if (suite.records.form !== 'aead') throw new Error('handshakes are listened to with an AEAD');
  const { records } = suite;
  const randomOf = (bytes: Uint8Array): Uint8Array => bytes.slice(randomAt, randomAt + randomBytes);
  const keys = keyBlock(crypto, suite, master, { client: randomOf(said.client), server: randomOf(said.server) });
  const nonce = firstNonce(splitRecords(said[role]));
  const fillNonce = (target: Uint8Array): void => target.set(nonce.subarray(0, target.length));
  return () => new Keys12(new AeadProtection(crypto, records, keys[role], { version: tls12, fillNonce }));
}

/** With what the explicit nonces of a side begin: it is drawn. */
function firstNonce(records: readonly Uint8Array[]): Uint8Array {
  const change = records.findIndex(([contentType]) => contentType === ContentType.changeCipherSpec);
  return records[change + 1]?.subarray(recordHeaderBytes) ?? new Uint8Array(0);
}

class Keys12 implements Keys {
  readonly #protection: AeadProtection | undefined;
  #isProtected = false;

  /** @param protection - none before there are keys */
  constructor(protection: AeadProtection | undefined) {
    this.#protection = protection;
  }

  open(bytes: Uint8Array): Plain {
    const { contentType, version, fragment } = partsOf(bytes);
    const protection = this.#isProtected ? this.#protection : undefined;
    const content = protection?.open(frameOf(contentType), fragment) ?? fragment;
    if (typeof content === 'string') throw new Error(`a record does not open: ${content}`);
    this.#isProtected ||= contentType === ContentType.changeCipherSpec;
    return { contentType, version, content };
  }

  seal({ contentType, version, content }: Plain): Uint8Array {
    const protection = this.#isProtected ? this.#protection : undefined;
    const fragment = protection?.seal(frameOf(contentType), content) ?? content;
    this.#isProtected ||= contentType === ContentType.changeCipherSpec;
    return record(contentType, fragment, version);
  }
}

function keysOf13(overheard: Overheard, role: 'client' | 'server'): () => Keys {
  const { crypto } = overheard;
  const suite = cipherSuiteOfTls13(suiteOf(overheard) ?? earlySuite)!;
  const side = role.toUpperCase();
  const labels = ['CLIENT_EARLY_TRAFFIC_SECRET', `${side}_HANDSHAKE_TRAFFIC_SECRET`, `${side}_TRAFFIC_SECRET_0`];
  const secrets = (role === 'client' ? labels : labels.slice(1))
    .map((label) => overheard.secrets.get(label))
    .filter((secret) => secret !== undefined);
  const secretOf = (epoch: number): Uint8Array | undefined => {
    const before = epoch > 1 ? secretOf(epoch - 1) : undefined;
    if (before !== undefined) secrets[epoch - 1] ??= nextTrafficSecret({ crypto, hash: suite.hash }, before);
    return secrets[epoch - 1];
  };
  return () =>
    new Keys13((epoch) => {
      const secret = secretOf(epoch);
      return secret === undefined ? undefined : new Tls13Protection(crypto, suite, secret);
    });
}

class Keys13 implements Keys {
  readonly #make: (epoch: number) => Tls13Protection | undefined;
  readonly #made = new Map<number, Tls13Protection | undefined>();
  #epoch = 0;

  constructor(make: (epoch: number) => Tls13Protection | undefined) {
    this.#make = make;
  }

  /** A record that the keys in use do not open is the first of the next. */
  open(bytes: Uint8Array): Plain {
    const { contentType, version, fragment } = partsOf(bytes);
    if (contentType !== ContentType.applicationData) return { contentType, version, content: fragment, epoch: 0 };
    for (const epoch of [this.#epoch, this.#epoch + 1, this.#epoch + 2]) {
      const inner = this.#protection(epoch)?.open(frameOf(contentType), fragment) ?? 'bad';
      if (typeof inner === 'string') continue;
      this.#epoch = epoch;
      const plain = readInnerPlaintext(inner)!;
      return { contentType: plain.contentType, version, content: plain.content, epoch };
    }
    throw new Error('a record does not open');
  }

  seal({ contentType, version, content, epoch = this.#epoch }: Plain): Uint8Array {
    const protection = this.#protection(epoch);
    if (protection === undefined) return record(contentType, content, version);
    this.#epoch = epoch;
    return record(ContentType.applicationData, protection.seal(frameOf(contentType), content), version);
  }

  #protection(epoch: number): Tls13Protection | undefined {
    if (epoch === 0) return undefined;
    if (!this.#made.has(epoch)) this.#made.set(epoch, this.#make(epoch));
    return this.#made.get(epoch);
  }
}

function partsOf(bytes: Uint8Array): { contentType: number; version: number; fragment: Uint8Array } {
  const [contentType = 0, major = 0, minor = 0] = bytes;
  return { contentType, version: major * 256 + minor, fragment: bytes.subarray(recordHeaderBytes) };
}
