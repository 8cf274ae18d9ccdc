/**
 * In-memory transports made of OpenSSL's own BIOs. A direction between two connections is one memory BIO that is the
 * write BIO of the one and the read BIO of the other, so no bytes are pumped, and each side outlives the other.
 */

import { flipLowestBit, type Library, type Pointer, readBytes } from './library.js';
import type { SslEntry } from './objects.js';

/** Commands of BIO_ctrl (bio.h). */
const bioInfo = 3;
const bioSetMemEofReturn = 130;
/** BIO_FLAGS_RWS and BIO_FLAGS_SHOULD_RETRY. */
const flagsRetry = 0x0f;

const recordHeaderBytes = 5;

/** What it writes is lost; its reads want more. */
export function makeSilent(library: Library, ssl: SslEntry): void {
  library.call('SSL_set_bio', ssl.address, memory(library), made(library, 'BIO_s_null'));
}

/** A fresh transport between the two. */
export function join(library: Library, client: SslEntry, server: SslEntry): void {
  const toServer = memory(library);
  const toClient = memory(library);
  // SSL_set_bio takes a reference to each.
  for (const bio of [toServer, toClient]) library.call('BIO_up_ref', bio);
  library.call('SSL_set_bio', client.address, toClient, toServer);
  library.call('SSL_set_bio', server.address, toServer, toClient);
  for (const ssl of [client, server]) {
    ssl.corrupt = false;
    ssl.isCut = false;
  }
}

/**
 * Its transport is gone: its reads meet end of file and its writes fail; who reads what it wrote meets end of file
 * after that, and who writes to it writes into a BIO that nobody reads.
 */
export function cut(library: Library, ssl: SslEntry): void {
  endOfFile(library, library.pointer('SSL_get_wbio', ssl.address));
  const ended = memory(library);
  endOfFile(library, ended);
  replace(library, ssl, 'rbio', ended);
  replace(library, ssl, 'wbio', failing(library));
  ssl.isCut = true;
}

/** Another BIO, as if the old one had changed its nature: SSL_get_error goes by the marks of what is to be tried again. */
function replace(library: Library, ssl: SslEntry, which: 'rbio' | 'wbio', bio: Pointer): void {
  const old = library.pointer(`SSL_get_${which}`, ssl.address);
  if (old !== null) library.call('BIO_set_flags', bio, library.integer('BIO_test_flags', old, flagsRetry));
  library.call(`SSL_set0_${which}`, ssl.address, bio);
}

/** As `cut`, but its reads fail too, as those of a descriptor that was reset. */
export function fail(library: Library, ssl: SslEntry): void {
  cut(library, ssl);
  replace(library, ssl, 'rbio', failing(library));
}

/** Bytes that nobody wrote, behind those that are under way. */
export function inject(library: Library, inbound: Pointer | null, bytes: Uint8Array): void {
  if (bytes.length > 0) library.call('BIO_write', inbound, bytes, bytes.length);
}

/** Flips the lowest bit of the last byte of the first whole record under way to `ssl`, if that was asked for. */
export function corruptIfDue(library: Library, ssl: SslEntry): void {
  if (!ssl.corrupt) return;
  const { address, length } = contents(library, library.pointer('SSL_get_rbio', ssl.address));
  if (length < recordHeaderBytes) return;
  const [high = 0, low = 0] = readBytes(address + 3n, 2);
  const recordBytes = recordHeaderBytes + high * 256 + low;
  if (length < recordBytes) return;
  flipLowestBit(address + BigInt(recordBytes - 1));
  ssl.corrupt = false;
}

/** Joins a connection to bytes that the other process pumps. */
export function attach(library: Library, ssl: SslEntry): void {
  const inbound = memory(library);
  const outbound = memory(library);
  library.call('SSL_set_bio', ssl.address, inbound, outbound);
  ssl.outbound = outbound;
}

/** Bytes that have arrived for an attached connection, and whether more will. */
export function feed(library: Library, ssl: SslEntry, bytes: Uint8Array, end: 'open' | 'eof' | 'broken'): void {
  const inbound = library.pointer('SSL_get_rbio', ssl.address);
  if (bytes.length > 0) library.call('BIO_write', inbound, bytes, bytes.length);
  if (end !== 'open') endOfFile(library, inbound);
  if (end === 'broken') {
    replace(library, ssl, 'wbio', failing(library));
    ssl.outbound = null;
  }
}

/** Takes what an attached connection has written. */
export function drain(library: Library, ssl: SslEntry): Uint8Array {
  const { length } = contents(library, ssl.outbound);
  const bytes = new Uint8Array(length);
  if (length > 0) library.call('BIO_read', ssl.outbound, bytes, length);
  return bytes;
}

function contents(library: Library, bio: Pointer | null): { readonly address: Pointer; readonly length: number } {
  if (bio === null) return { address: 0n, length: 0 };
  const place = new BigUint64Array(1);
  const length = library.integer('BIO_ctrl', bio, bioInfo, 0, place);
  return { address: place[0] ?? 0n, length };
}

/** A memory BIO: once it is empty, reads want more. */
function memory(library: Library): Pointer {
  return made(library, 'BIO_s_mem');
}

/** A BIO whose writes return −1 without a retry and without an error: a closed descriptor. */
function failing(library: Library): Pointer {
  const bio = library.pointer('BIO_new_fd', -1, 0);
  if (bio === null) throw new Error('BIO_new_fd gives NULL');
  return bio;
}

function endOfFile(library: Library, bio: Pointer | null): void {
  // Other kinds of BIO ignore the command.
  if (bio !== null) library.call('BIO_ctrl', bio, bioSetMemEofReturn, 0, null);
}

function made(library: Library, method: string): Pointer {
  const bio = library.pointer('BIO_new', library.pointer(method));
  if (bio === null) throw new Error('BIO_new gives NULL');
  return bio;
}
