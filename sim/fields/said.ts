/** What both sides of a connection have said so far that later bytes depend on, and the secrets there are. */
import { type CryptoProvider, cipherSuitesOfTls13, type OpeningKeys } from '../../src/index.js';
import type { Message } from './field.js';
import type { Negotiated } from './handshake.js';
import { clientRandomOf, type ServerHelloFacts, serverHelloOf } from './hello-facts.js';
import type { KeyLog } from './key-log.js';
import { suites } from './names/suites.js';

type Side = 'client' | 'server';

/** RFC 8446 §7.1, in the order in which a side uses them. */
const trafficSecrets = {
  client: ['CLIENT_EARLY_TRAFFIC_SECRET', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0'],
  server: ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0'],
} as const;

export class Said {
  readonly crypto: CryptoProvider;
  readonly #keyLog: KeyLog;
  readonly #clientRandoms: Uint8Array[] = [];
  readonly #serverHellos: ServerHelloFacts[] = [];

  constructor(keyLog: KeyLog, crypto: CryptoProvider) {
    this.#keyLog = keyLog;
    this.crypto = crypto;
  }

  take(message: Message): void {
    const random = clientRandomOf(message);
    if (random !== undefined) this.#clientRandoms.push(random);
    const hello = serverHelloOf(message);
    if (hello !== undefined) this.#serverHellos.push(hello);
  }

  /** Whether every ClientHello has been answered: until then it is not known how the client goes on. */
  get isAnswered(): boolean {
    return this.#serverHellos.length >= this.#clientRandoms.length;
  }

  /** What the server chose last, as `side` knows it: a client goes by the hello that answers its own. */
  chosen(side: Side): ServerHelloFacts | undefined {
    const hellos = this.#serverHellos;
    return side === 'server' ? hellos.at(-1) : hellos[Math.min(this.#clientRandoms.length, hellos.length) - 1];
  }

  negotiated(side: Side): Negotiated {
    const chosen = this.chosen(side);
    const suite = chosen === undefined ? '' : (suites[chosen.suite] ?? '');
    return { isTls13: chosen?.isTls13 ?? false, keyExchange: /^TLS_(\w+)_WITH_/u.exec(suite)?.[1] ?? '' };
  }

  /** All keys that records of `side` could be under. */
  candidates(side: Side): readonly OpeningKeys[] {
    return this.#clientRandoms.flatMap((client) => [...this.#keysOf12(side, client), ...this.#keysOf13(side, client)]);
  }

  #keysOf12(sender: Side, client: Uint8Array): OpeningKeys[] {
    return this.#keyLog.get('CLIENT_RANDOM', client).flatMap((master) =>
      this.#serverHellos
        .filter(({ isTls13 }) => !isTls13)
        .map(({ suite, random, encryptThenMac }) => {
          const randoms = { client, server: random };
          return { version: 'TLS 1.2', suite, master, randoms, sender, encryptThenMac };
        }),
    );
  }

  #keysOf13(side: Side, client: Uint8Array): OpeningKeys[] {
    const chosen = this.#serverHellos.filter(({ isTls13 }) => isTls13).map(({ suite }) => suite);
    // Early data are under the suite of the session, of which nothing is known but how long its secrets are.
    const possible = [...new Set([...chosen, ...cipherSuitesOfTls13.map(({ code }) => code)])];
    return trafficSecrets[side].flatMap((label) =>
      this.#keyLog
        .get(label, client)
        .flatMap((secret) => possible.map((suite): OpeningKeys => ({ version: 'TLS 1.3', suite, secret }))),
    );
  }
}
