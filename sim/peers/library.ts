/** libssl for real sockets: `real` cryptography, the real clock, the operating system's randomness unless a seed is asked for. */
import { randomBytes } from 'node:crypto';
import { type Libssl, libssl, type ProfileName, realCrypto, type StackEvent } from '../../src/index.js';

export interface LibraryOptions {
  readonly profile: ProfileName;
  /** All randomness from it: whoever knows it reads everything. */
  readonly insecureSeed?: string;
  /** Wants each line of a key log. */
  readonly keyLog?: (line: string) => void;
}

/** One instance of libssl, and who wants to hear of each of its connections. */
export interface PeerLibrary {
  readonly libssl: Libssl;
  /** Tells `listener` the events of the connection with this id until it is stopped. @returns stops it */
  listen(ssl: number, listener: (event: StackEvent) => void): () => void;
}

export function peerLibrary(options: LibraryOptions): PeerLibrary {
  const listeners = new Map<number, (event: StackEvent) => void>();
  const emit = (event: StackEvent): void => {
    if ('ssl' in event) listeners.get(event.ssl)?.(event);
  };
  const shared = { emit, nowMs: () => Date.now(), ...(options.keyLog === undefined ? {} : { keyLog: options.keyLog }) };
  const { profile, insecureSeed } = options;
  const library =
    insecureSeed === undefined
      ? libssl({
          profile,
          environment: {
            ...shared,
            crypto: realCrypto(),
            fillRandom: (_label, target) => target.set(randomBytes(target.length)),
            at() {},
          },
        })
      : libssl({ profile, seed: insecureSeed, crypto: 'real', ...shared });
  return {
    libssl: library,
    listen(ssl, listener) {
      listeners.set(ssl, listener);
      return () => listeners.delete(ssl);
    },
  };
}
