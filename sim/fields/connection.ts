/** Both directions of a connection, record by record, each as far as what the other has said allows. */
import { fastCrypto, realCrypto } from '../../src/index.js';
import { Direction } from './direction.js';
import type { ConnectionFields, StreamFields } from './field.js';
import { KeyLog } from './key-log.js';
import { Said } from './said.js';

export interface FieldsOptions {
  /** Lines of an NSS key log: what protected records are opened with. Without them they stay as they are. */
  readonly keyLog?: Iterable<string>;
  /** Under which the bytes were made: `real` unless told. */
  readonly crypto?: 'real' | 'fast';
}

const nothing: Uint8Array = new Uint8Array(0);

/**
 * What a connection's bytes are, field by field: plain, and decrypted where `keyLog` has the secrets. It never throws, whatever
 * the bytes: what does not fit is a field that says what was expected and what came.
 * @param streams - all that each side has sent, in order
 */
export function fieldsOfConnection(
  streams: { readonly client: Uint8Array; readonly server: Uint8Array },
  { keyLog = [], crypto = 'real' }: FieldsOptions = {},
): ConnectionFields {
  const said = new Said(new KeyLog(keyLog), crypto === 'real' ? realCrypto() : fastCrypto());
  const client = new Direction('client', streams.client, said);
  const server = new Direction('server', streams.server, said);
  while (!client.isDone || !server.isDone) {
    const went = [client.advance(), server.advance()].includes(true);
    // Each waits for the other: what comes next is taken for what it looks like.
    if (!went) (client.isDone ? server : client).takeAsItIs();
  }
  return { client: client.end(), server: server.end() };
}

/** The same of one direction alone: nothing is decrypted, and the form of some messages is a guess. */
export function fieldsOfStream(bytes: Uint8Array, from: 'client' | 'server' = 'client'): StreamFields {
  const streams = { client: nothing, server: nothing, [from]: bytes };
  return fieldsOfConnection(streams)[from];
}
