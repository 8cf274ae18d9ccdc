/** Calls on SSL_SESSION: SSL_SESSION_free(3), SSL_SESSION_get_time(3), SSL_SESSION_get0_id_context(3), d2i_SSL_SESSION(3) and their neighbours. */
import {
  DerError,
  fragmentLengthUnspecified,
  fromLong,
  type Library,
  Session,
  SessionDecodeError,
  sessionFromDer,
  sessionIdBytesMax,
  sessionIdContextBytesMax,
  sessionToDer,
  timeFromSeconds,
  timeToSeconds,
  toLong,
} from '../session/index.js';
import type { Long } from './context-calls.js';
import { uint32 } from './integers.js';

const program = 'program';

export interface SessionCalls {
  /** A session that the caller owns: give it back with SSL_SESSION_free. */
  SSL_SESSION_new(): Session | null;
  SSL_SESSION_up_ref(session: Session): number;
  SSL_SESSION_free(session: Session | null): void;
  /** A copy that the caller owns, in no cache. */
  SSL_SESSION_dup(session: Session): Session | null;
  SSL_SESSION_get_id(session: Session): Uint8Array;
  SSL_SESSION_set1_id(session: Session, id: Uint8Array): number;
  SSL_SESSION_get0_id_context(session: Session): Uint8Array;
  SSL_SESSION_set1_id_context(session: Session, id: Uint8Array): number;
  /** Seconds since the Unix epoch; 0 for NULL. */
  SSL_SESSION_get_time(session: Session | null): Long;
  /** @returns what it was given, 0 for NULL */
  SSL_SESSION_set_time(session: Session | null, seconds: Long): Long;
  /** From 3.3 on. */
  SSL_SESSION_get_time_ex(session: Session | null): Long;
  SSL_SESSION_set_time_ex(session: Session | null, seconds: Long): Long;
  SSL_SESSION_get_timeout(session: Session | null): Long;
  SSL_SESSION_set_timeout(session: Session | null, seconds: Long): number;
  SSL_SESSION_is_resumable(session: Session): number;
  SSL_SESSION_has_ticket(session: Session): number;
  SSL_SESSION_get_ticket_lifetime_hint(session: Session): Long;
  SSL_SESSION_get0_hostname(session: Session): string | null;
  SSL_SESSION_set1_hostname(session: Session, name: string | null): number;
  SSL_SESSION_get_protocol_version(session: Session): number;
  SSL_SESSION_set_protocol_version(session: Session, version: Long): number;
  SSL_SESSION_set1_master_key(session: Session, key: Uint8Array): number;
  /** 1 to 4 for 512 to 4,096 bytes of plaintext a record, 0 for no such limit. */
  SSL_SESSION_get_max_fragment_length(session: Session): number;
  SSL_SESSION_get_max_early_data(session: Session): number;
  SSL_SESSION_set_max_early_data(session: Session, bytes: Long): number;
  /** The DER bytes; none for NULL or a session without a cipher suite. */
  i2d_SSL_SESSION(session: Session | null): Uint8Array;
  /**
   * A session that the caller owns; NULL where the bytes are none. With `into`, that very session, whose fields they overwrite: no
   * reference is taken, and what fails in the middle leaves it half overwritten.
   */
  d2i_SSL_SESSION(bytes: Uint8Array, into?: Session | null): Session | null;
}

/** SSL_SESSION_new: no argument of it knows the library. */
export function newSession(library: Library): Session | null {
  return Session.make(library, program) ?? null;
}

/** d2i_SSL_SESSION: as above. */
export function sessionOfDer(library: Library, bytes: Uint8Array, into: Session | null = null): Session | null {
  try {
    return sessionFromDer(library, bytes, into?.use() ?? program).session;
  } catch (error) {
    if (error instanceof DerError) library.errors.push('NESTED_ASN1_ERROR', 'other');
    else if (!(error instanceof SessionDecodeError)) throw error;
    else if (error.reason !== undefined) library.errors.push(error.reason);
    return null;
  }
}

/** All others: one table for every instance, since each finds its library in the object that it is called with. */
export function sessionCalls(): Omit<SessionCalls, 'SSL_SESSION_new' | 'd2i_SSL_SESSION'> {
  /** 3.x keeps the cache's list in order; under the context's lock the call fails. */
  const changed = (session: Session, change: () => void): boolean => {
    change();
    if (session.library.profile.cacheOrder !== 'expiry' || session.listedIn === undefined) return true;
    return session.listedIn.cache.reorder(session);
  };

  const getTime = (session: Session | null): Long =>
    session === null ? 0 : fromLong(timeToSeconds(session.library.profile, session.use().time));
  const setTime = (session: Session | null, seconds: Long): Long => {
    if (session === null) return 0;
    const time = timeFromSeconds(session.library.profile, toLong(seconds));
    return changed(session.use(), () => session.setTime(time)) ? fromLong(toLong(seconds)) : 0;
  };

  return {
    SSL_SESSION_up_ref(session) {
      session.upRef(program);
      return 1;
    },
    SSL_SESSION_free(session) {
      session?.release(program);
    },
    SSL_SESSION_dup: (session) => session.use().duplicate({ ticket: 'kept', holder: program }) ?? null,
    SSL_SESSION_get_id: (session) => session.use().sessionId,
    SSL_SESSION_set1_id(session, id) {
      if (id.length > sessionIdBytesMax) {
        session.library.errors.push('SSL_SESSION_ID_TOO_LONG');
        return 0;
      }
      session.use().sessionId = id.slice();
      return 1;
    },
    SSL_SESSION_get0_id_context: (session) => session.use().sessionIdContext,
    SSL_SESSION_set1_id_context(session, id) {
      if (id.length > sessionIdContextBytesMax) {
        session.library.errors.push('SSL_SESSION_ID_CONTEXT_TOO_LONG');
        return 0;
      }
      session.use().sessionIdContext = id.slice();
      return 1;
    },
    SSL_SESSION_get_time: getTime,
    SSL_SESSION_set_time: setTime,
    SSL_SESSION_get_time_ex: getTime,
    SSL_SESSION_set_time_ex: setTime,
    SSL_SESSION_get_timeout: (session) =>
      session === null ? 0 : fromLong(timeToSeconds(session.library.profile, session.use().timeout)),
    SSL_SESSION_set_timeout(session, seconds) {
      const wanted = toLong(seconds);
      if (session === null || (session.library.profile.refusesNegativeTimeout && wanted < 0n)) return 0;
      return changed(session.use(), () => session.setTimeout(timeFromSeconds(session.library.profile, wanted))) ? 1 : 0;
    },
    SSL_SESSION_is_resumable: (session) => (session.use().isResumable ? 1 : 0),
    SSL_SESSION_has_ticket: (session) => (session.use().ticketBytes > 0 ? 1 : 0),
    SSL_SESSION_get_ticket_lifetime_hint: (session) => session.use().ticketLifetimeHint,
    SSL_SESSION_get0_hostname: (session) => session.use().hostname ?? null,
    SSL_SESSION_set1_hostname(session, name) {
      session.use().hostname = name ?? undefined;
      return 1;
    },
    SSL_SESSION_get_protocol_version: (session) => session.use().version,
    SSL_SESSION_set_protocol_version(session, version) {
      session.use().version = Number(BigInt.asIntN(32, BigInt(version)));
      return 1;
    },
    SSL_SESSION_set1_master_key(session, key) {
      if (key.length > session.library.profile.masterKeyBytesMax) return 0;
      session.use().masterKey = key.slice();
      return 1;
    },
    SSL_SESSION_get_max_fragment_length(session) {
      const code = session.use().maxFragmentLength;
      return code === fragmentLengthUnspecified ? 0 : code;
    },
    SSL_SESSION_get_max_early_data: (session) => session.use().maxEarlyData,
    SSL_SESSION_set_max_early_data(session, bytes) {
      session.use().maxEarlyData = uint32(bytes);
      return 1;
    },
    i2d_SSL_SESSION: (session) =>
      (session === null ? undefined : sessionToDer(session.use())?.slice()) ?? new Uint8Array(0),
  };
}
