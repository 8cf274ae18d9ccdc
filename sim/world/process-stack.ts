/** What a process of a world asks of its libssl: the calls of programs, and what verbs, accept loops and checks need besides. */
import type { Claim, Credential } from 'simtls';
import type { PreSharedKey, ServerControls, StoreFiles, StoreOptions } from '../emulator/index.js';
import type { Socket } from '../network/index.js';
import type { ObjectId, Stack } from '../stacks/index.js';
import type { TestKey } from './verbs.js';

export interface ProcessStack {
  readonly stack: Stack;
  /** The step that runs from here on, as claims name it. */
  setStep(step: string): void;
  /** Runs what another thread of the process does while a call is under way. */
  asAnotherThread<T>(run: () => T): T;
  /** Who believes to hold a reference to an object that still lives, as far as the stack knows. */
  claimsOf(object: ObjectId): readonly Claim[];
  /** Joins a connection to a socket. */
  join(ssl: ObjectId, socket: Socket): void;
  /** @param keys - `ticketKeysBytes` of them */
  setTicketKeys(ctx: ObjectId, keys: Uint8Array): void;
  /** @param ring - newest first, `ticketKeysBytes` each */
  setTicketRing(ctx: ObjectId, ring: readonly Uint8Array[]): void;
  /** Takes away the callback for ticket keys that a misbehaviour has left: its ring, where it has one, counts again. */
  restoreTicketRing(ctx: ObjectId): void;
  /** What a server that misbehaves does to itself. */
  controls(ctx: ObjectId): ServerControls;
  /** Makes a connection that shows `credential` in place of its context's own. */
  showing<T>(ctx: ObjectId, credential: Credential, make: () => T): T;
  /** Has a context take the test certificates with those keys for authorities. */
  trustTestCertificates(ctx: ObjectId, keys: readonly TestKey[]): void;
  /** Has a context show the test certificate with that key. */
  useCredential(ctx: ObjectId, key: TestKey): void;
  /** The certificate that a connection gets must be for that name (SSL_set1_host). */
  expectHost(ssl: ObjectId, name: string): void;
  /** The certificate that the peer has shown, or had when the session was made; null: none. */
  peerCertificate(ssl: ObjectId): Uint8Array | null;
  /** Version and suite of a connection whose handshake is done. */
  negotiated(ssl: ObjectId): { readonly version: string; readonly cipher: string };
  /** The sessions of a connection bear no id context. */
  forgetIdContext(ssl: ObjectId): void;
  /** Has a context hand each new session to `keep`, which gets a reference. */
  onNewSession(ctx: ObjectId, keep: (session: ObjectId, ssl: ObjectId) => void): void;
  /** Keeps the sessions of a context in files. */
  setSessionStore(ctx: ObjectId, files: StoreFiles, options: StoreOptions): void;
  /** Has the context of a connection switched by the name that the client asks for, and its verification with it (as nginx does). */
  setVirtualHosts(ctx: ObjectId, hosts: ReadonlyMap<string, ObjectId>): void;
  /** Gives a context a key from elsewhere, for both roles. */
  usePreSharedKey(ctx: ObjectId, psk: PreSharedKey): void;
  /** The process is gone: with all that it had (`died`), or after it has given back what it wanted to. */
  end(how: 'exited' | 'died'): void;
}
