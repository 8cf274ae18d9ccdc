/** One instance of libssl: all calls by their C names, over one environment. */

import { type CryptoProvider, fastCrypto, realCrypto } from '../crypto/index.js';
import type { Environment } from '../environment.js';
import type { ObjectKind, StackEvent } from '../events.js';
import { type DefectName, type ProfileName, profileOf } from '../profile/index.js';
import type { Claim, Counted, ExDataFunctions, Method } from '../session/index.js';
import { Library, methods } from '../session/index.js';
import { type ConnectionCalls, connectionCalls, newConnection } from './connection-calls.js';
import { type ContextCalls, contextCalls, newContext } from './context-calls.js';
import { reasonText } from './reasons.js';
import { seededFill } from './seeded-random.js';
import { newSession, type SessionCalls, sessionCalls, sessionOfDer } from './session-calls.js';
import { type SessionFieldCalls, sessionFieldCalls } from './session-fields.js';

/** The clock of an instance that is given none: it stands still. */
export const defaultNowMs = 1_700_000_000_000;

export interface LibsslOptions {
  /** Which OpenSSL line it is. */
  readonly profile: ProfileName;
  /** Gives all randomness of an instance without an environment of its own. */
  readonly seed?: string;
  readonly crypto?: 'real' | 'fast';
  /** Milliseconds since the Unix epoch; without it the clock stands at 1,700,000,000 s. */
  readonly nowMs?: () => number;
  readonly emit?: (event: StackEvent) => void;
  /** Wants the secrets of each handshake: a name such as `CLIENT_RANDOM`, the client random and the secret in hex, a line of an NSS key log. */
  readonly keyLog?: (line: string) => void;
  /** Bugs that really happened, switched on. */
  readonly defects?: readonly DefectName[];
  /** Instead of the five above. */
  readonly environment?: Environment;
}

/** What no group of calls has: the methods, and what C programs read elsewhere. */
interface OwnCalls {
  readonly profile: ProfileName;
  TLS_method(): Method;
  TLS_client_method(): Method;
  TLS_server_method(): Method;
  TLSv1_2_method(): Method;
  TLSv1_2_client_method(): Method;
  TLSv1_2_server_method(): Method;
  /** The true reference count; 0 for an object that is gone. */
  refs(object: Counted): number;
  /** Who believes to hold a reference, since which step. */
  claims(object: Counted): readonly Claim[];
  kindOf(object: Counted): ObjectKind;
  /** Functions for the ex_data of all objects of a kind that there are, and will be; there is one index for each kind. */
  CRYPTO_get_ex_new_index(kind: ObjectKind, functions: ExDataFunctions): void;
  /** SSL_set_ex_data, SSL_CTX_set_ex_data, SSL_SESSION_set_ex_data: of that index, a number in place of a pointer, 0 for NULL. */
  set_ex_data(object: Counted, value: number): number;
  get_ex_data(object: Counted): number;
  ERR_clear_error(): void;
  /** Reason strings of libssl's own errors, oldest first; the queue is empty afterwards. */
  takeErrors(): string[];
  /** Runs what another thread does while a call is under way: it has an error queue of its own. */
  asAnotherThread<T>(run: () => T): T;
  /** The step that runs from here on: claims and deaths name it. */
  setStep(step: string | number): void;
}

export interface Libssl extends ContextCalls, ConnectionCalls, SessionCalls, SessionFieldCalls, OwnCalls {}

/** The calls that have to be told the library: those of one instance. */
type InstanceCalls = Pick<
  Libssl,
  | 'profile'
  | 'SSL_CTX_new'
  | 'SSL_new'
  | 'SSL_SESSION_new'
  | 'd2i_SSL_SESSION'
  | 'CRYPTO_get_ex_new_index'
  | 'ERR_clear_error'
  | 'takeErrors'
  | 'asAnotherThread'
  | 'setStep'
>;

/** The calls of every instance: to make more than a hundred functions for each costs more than a small world has time for. */
const sharedCalls: Omit<Libssl, keyof InstanceCalls> = Object.freeze({
  ...contextCalls(),
  ...connectionCalls(),
  ...sessionCalls(),
  ...sessionFieldCalls(),
  TLS_method: () => methods.TLS_method,
  TLS_client_method: () => methods.TLS_client_method,
  TLS_server_method: () => methods.TLS_server_method,
  TLSv1_2_method: () => methods.TLSv1_2_method,
  TLSv1_2_client_method: () => methods.TLSv1_2_client_method,
  TLSv1_2_server_method: () => methods.TLSv1_2_server_method,
  refs: (object: Counted) => object.count,
  claims: (object: Counted) => object.claims,
  kindOf: (object: Counted) => object.kind,
  set_ex_data(object: Counted, value: number) {
    object.use().exData = value;
    return 1;
  },
  get_ex_data: (object: Counted) => object.use().exData ?? 0,
});

/** @throws RangeError for an unknown profile, TypeError without a seed or an environment */
export function libssl(options: LibsslOptions): Libssl {
  const profile = profileOf(options.profile);
  const library = new Library(options.environment ?? ownEnvironment(options), profile, options.defects);
  const calls: InstanceCalls = {
    profile: profile.name,
    SSL_CTX_new: (method) => newContext(library, method),
    SSL_new: (ctx) => newConnection(library, ctx),
    SSL_SESSION_new: () => newSession(library),
    d2i_SSL_SESSION: (bytes, into) => sessionOfDer(library, bytes, into),
    CRYPTO_get_ex_new_index: (kind, functions) => {
      library.exData.set(kind, functions);
    },
    ERR_clear_error: () => library.errors.clear(),
    takeErrors: () => takeErrors(library),
    asAnotherThread: (run) => library.asAnotherThread(run),
    setStep(step) {
      library.step = step;
    },
  };
  return Object.setPrototypeOf(calls, sharedCalls) as Libssl; // both halves of it
}

function takeErrors({ errors, profile }: Library): string[] {
  const taken = errors.take();
  if (taken.length === 0) return []; // as after most calls
  return taken.filter((error) => error.library === 'SSL').map((error) => reasonText(profile, error));
}

function ownEnvironment(options: LibsslOptions): Environment {
  const { seed } = options;
  if (seed === undefined)
    throw new TypeError('libssl: expected a seed (a string) or an environment, got neither; no seed, no run');
  const crypto: CryptoProvider = options.crypto === 'fast' ? fastCrypto() : realCrypto();
  return {
    nowMs: options.nowMs ?? (() => defaultNowMs),
    fillRandom: seededFill(crypto, seed),
    crypto,
    emit: options.emit,
    keyLog: options.keyLog,
  };
}
