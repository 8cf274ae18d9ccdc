import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** RFC 8446 §4.2.11: the extension pre_shared_key, the last of a ClientHello. */

/** RFC 8446 §4.2.11, PskIdentity. */
export interface PskIdentity {
  readonly identity: Uint8Array; //          opaque identity<1..2^16-1>, a view
  readonly obfuscatedTicketAge: number; //   uint32 obfuscated_ticket_age, milliseconds
}
const identityBounds = { min: 1, max: 2 ** 16 - 1 };

/** RFC 8446 §4.2.11, OfferedPsks. That there are as many binders as identities is the caller's rule. */
export interface OfferedPsks {
  readonly identities: readonly PskIdentity[]; // PskIdentity identities<7..2^16-1>
  readonly binders: readonly Uint8Array[]; //     PskBinderEntry binders<33..2^16-1>, views
}
const identitiesBounds = { min: 7, max: 2 ** 16 - 1 };
const bindersBounds = { min: 33, max: 2 ** 16 - 1 };
const binderBounds = { min: 32, max: 255 };

/** In a ClientHello. */
export function readPreSharedKeyOfClient(data: Uint8Array): OfferedPsks {
  const r = new Reader(data);
  const identityList = r.sub(identitiesBounds);
  const identities: PskIdentity[] = [];
  while (identityList.remaining > 0) {
    identities.push({ identity: identityList.opaque(identityBounds), obfuscatedTicketAge: identityList.u32() });
  }
  const binderList = r.sub(bindersBounds);
  const binders: Uint8Array[] = [];
  while (binderList.remaining > 0) {
    binders.push(binderList.opaque(binderBounds));
  }
  r.end();
  return { identities, binders };
}

/** In a ClientHello. */
export function writePreSharedKeyOfClient(value: OfferedPsks): Uint8Array {
  const w = new Writer(512);
  w.vector(identitiesBounds, () => {
    for (const { identity, obfuscatedTicketAge } of value.identities) {
      w.opaque(identityBounds, identity);
      w.u32(obfuscatedTicketAge);
    }
  });
  w.vector(bindersBounds, () => {
    for (const binder of value.binders) {
      w.opaque(binderBounds, binder);
    }
  });
  return w.finish();
}

/** RFC 8446 §4.2.11.2: how many bytes at the end of a ClientHello a binder does not cover: the list of binders and its length. */
export function pskBindersBytes(binders: readonly Uint8Array[]): number {
  return binders.reduce((sum, binder) => sum + 1 + binder.length, 2);
}

/** In a ServerHello: uint16 selected_identity, from 0. */
export function readPreSharedKeyOfServer(data: Uint8Array): number {
  const r = new Reader(data);
  const selectedIdentity = r.u16();
  r.end();
  return selectedIdentity;
}

/** In a ServerHello. */
export function writePreSharedKeyOfServer(selectedIdentity: number): Uint8Array {
  const w = new Writer(2);
  w.u16(selectedIdentity);
  return w.finish();
}
