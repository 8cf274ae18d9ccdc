/** One side of a handshake that is played message by message, with no state machine: what is under test is what both are made of. */
import assert from 'node:assert/strict';
import { Tls13Protection } from '../../../src/connection/tls13-protection.js';
import { type CryptoProvider, type KeyShare, realCrypto } from '../../../src/crypto/index.js';
import * as schedule from '../../../src/handshake/index.js';
import * as wire from '../../../src/wire/index.js';

export const crypto: CryptoProvider = realCrypto();
const found = schedule.cipherSuiteOfTls13(0x1301);
assert(found);
export const suite: schedule.CipherSuiteOfTls13 = found;
export const by: schedule.KeyDerivation = { crypto, hash: suite.hash };

export class Side {
  readonly transcript: schedule.Transcript = new schedule.Transcript();
  readonly sent: Uint8Array[] = [];
  share: KeyShare | undefined;
  early: Uint8Array = schedule.earlySecret(by, undefined);
  handshake: Uint8Array | undefined;
  master: Uint8Array | undefined;
  traffic: schedule.TrafficSecrets | undefined;
  application: schedule.TrafficSecrets | undefined;
  exporter: Uint8Array | undefined;
  #sealer: Tls13Protection | undefined;
  #opener: Tls13Protection | undefined;
  readonly #role: 'client' | 'server';

  constructor(role: 'client' | 'server') {
    this.#role = role;
    this.transcript.start(crypto, suite.hash);
  }

  get hash(): Uint8Array {
    return this.transcript.digest() as Uint8Array; // started with the side
  }

  /** Records from here on are under these secrets, in the named directions. */
  protect(client: Uint8Array | undefined, server: Uint8Array | undefined): void {
    const [own, other] = this.#role === 'client' ? [client, server] : [server, client];
    if (own !== undefined) this.#sealer = new Tls13Protection(crypto, suite, own);
    if (other !== undefined) this.#opener = new Tls13Protection(crypto, suite, other);
  }

  /** After the ServerHello, with the other side's share or without. */
  startHandshake(shared: Uint8Array | undefined): void {
    this.handshake = schedule.handshakeSecret(by, this.early, shared);
    this.traffic = schedule.handshakeTrafficSecrets(by, this.handshake, this.hash);
  }

  /** After the server's Finished. */
  finishHandshake(): void {
    this.master = schedule.masterSecretOfTls13(by, this.handshake as Uint8Array); // of startHandshake
    this.exporter = schedule.exporterSecret(by, this.master, this.hash);
    this.application = schedule.applicationTrafficSecrets(by, this.master, this.hash);
  }

  /** Adds messages to the transcript and sends them in one record; the other side adds what it opens. */
  say(to: Side, messages: readonly Uint8Array[], version = 0x0303): void {
    for (const message of messages) this.transcript.add(message);
    const received = this.send(to, wire.ContentType.handshake, concat(...messages), version);
    const assembler = new wire.HandshakeAssembler();
    assembler.feed(received);
    for (let message = assembler.next(); message !== undefined; message = assembler.next()) {
      to.transcript.add(message.raw);
    }
  }

  /** One record, and what the other side finds in it. */
  send(to: Side, contentType: number, content: Uint8Array, version = 0x0303): Uint8Array {
    const sealer = contentType === wire.ContentType.changeCipherSpec ? undefined : this.#sealer;
    const fragment = sealer === undefined ? content : sealer.seal({ contentType, version }, content);
    const type = sealer === undefined ? contentType : wire.ContentType.applicationData;
    const header = wire.writeRecordHeader({ contentType: type, legacyVersion: version, length: fragment.length });
    this.sent.push(concat(header, fragment));
    if (sealer === undefined) return fragment;
    const opened = to.#opener?.open({ contentType: type, version }, fragment);
    assert(opened instanceof Uint8Array, `the other side does not open it: ${opened}`);
    const inner = wire.readInnerPlaintext(opened);
    assert.deepEqual(inner, { content, contentType, paddingBytes: 0 });
    return inner.content;
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
