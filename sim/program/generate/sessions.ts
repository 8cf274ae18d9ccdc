/** What programs do to sessions of their own and to those of connections. */
import type { Move } from './contexts.js';
import type { Draft, SessionDraft } from './draft.js';
import { ref } from './draft.js';

/** Makes a session with a version and an id, as an application could that stores sessions itself. */
export function bareSession(draft: Draft): SessionDraft {
  const { random } = draft;
  const name = draft.fresh('x');
  draft.bind(name, 'SSL_SESSION_new');
  const session: SessionDraft = { name, refs: 1, home: undefined, bare: true };
  if (draft.likely(85)) {
    draft.emit(
      'SSL_SESSION_set_protocol_version',
      ref(session),
      draft.likely(90) ? 'TLS1_2_VERSION' : 'TLS1_3_VERSION',
    );
  }
  if (draft.likely(90)) {
    // Few ids, so that two sessions often have the same.
    const id = draft.likely(60) ? { text: random.pick(['aaaa', 'bbbb', 'cccc', 'dddd']) } : draft.hex(draft.length(31));
    draft.emit('SSL_SESSION_set1_id', ref(session), id);
  }
  draft.sessions.push(session);
  return session;
}

/** Names the session of a connection, with a reference of the program. */
export function takeSession(
  draft: Draft,
  ssl: { readonly name: string; readonly context: SessionDraft['home'] },
): SessionDraft {
  const name = draft.fresh('x');
  draft.bind(name, 'SSL_get1_session', ref(ssl));
  const session: SessionDraft = { name, refs: 1, home: ssl.context, bare: false };
  draft.sessions.push(session);
  return session;
}

function session(
  draft: Draft,
  act: (session: SessionDraft) => void,
  where?: (session: SessionDraft) => boolean,
): boolean {
  const one = draft.pick(draft.liveSessions(where));
  if (one === undefined) return false;
  act(one);
  return true;
}

/** `null` once in a while, for the calls that take it. */
function orNull(draft: Draft, one: SessionDraft): string | null {
  return draft.likely(4) ? null : ref(one);
}

const getters: readonly string[] = [
  'SSL_SESSION_get_id',
  'SSL_SESSION_get0_id_context',
  'SSL_SESSION_get_timeout',
  'SSL_SESSION_is_resumable',
  'SSL_SESSION_has_ticket',
  'SSL_SESSION_get_ticket_lifetime_hint',
  'SSL_SESSION_get0_hostname',
  'SSL_SESSION_get_protocol_version',
  'SSL_SESSION_get_max_early_data',
];

export const getterMoves: readonly Move[] = [
  (draft) =>
    session(draft, (one) => {
      const call = draft.random.pick(getters);
      draft.emit(call, call === 'SSL_SESSION_get_timeout' ? orNull(draft, one) : ref(one));
    }),
  (draft) =>
    session(
      draft,
      (one) => draft.emit('SSL_SESSION_get_time', orNull(draft, one)),
      () => !draft.oddTimes,
    ),
];

const oddTimeouts = [-1, 0, 1, 2 ** 31, 2 ** 33, 9_223_372_036, 9_223_372_037, 'LONG_MAX', 'LONG_MIN'] as const;
/** The edges of what a line counts in, and what wraps there: relative to now, since clocks differ. */
const oddTimes = [
  0,
  -1,
  1,
  -(2 ** 31),
  999_999_999,
  { now: 2 ** 31 },
  { now: 2 ** 33 },
  { now: -600_000_000 },
] as const;

export const sessionMoves: readonly Move[] = [
  (draft) => {
    bareSession(draft);
    return true;
  },
  (draft) =>
    session(draft, (one) => {
      draft.emit('SSL_SESSION_up_ref', ref(one));
      one.refs += 1;
    }),
  (draft) =>
    session(draft, (one) => {
      draft.emit('SSL_SESSION_free', draft.likely(3) ? null : ref(one));
      one.refs -= 1;
    }),
  (draft) =>
    session(draft, (one) => {
      const name = draft.fresh('x');
      draft.bind(name, 'SSL_SESSION_dup', ref(one));
      draft.sessions.push({ name, refs: 1, home: undefined, bare: true });
    }),
  (draft) => session(draft, (one) => draft.emit('SSL_SESSION_set_time', orNull(draft, one), draft.age())),
  (draft) =>
    session(
      draft,
      (one) => {
        draft.emit('SSL_SESSION_set_time', ref(one), draft.random.pick(oddTimes));
        draft.oddTimes = true;
      },
      // A cached session of that time could tie with another.
      (one) => one.bare && !draft.limits.smallCaches,
    ),
  (draft) => session(draft, (one) => draft.emit('SSL_SESSION_set_timeout', orNull(draft, one), draft.timeout())),
  (draft) =>
    session(
      draft,
      (one) => draft.emit('SSL_SESSION_set_timeout', ref(one), draft.random.pick(oddTimeouts)),
      (one) => one.bare && one.home === undefined && !draft.limits.smallCaches,
    ),
  (draft) =>
    session(
      draft,
      (one) => draft.emit('SSL_SESSION_set1_id', ref(one), draft.hex(draft.length(32))),
      (one) => one.bare && one.home === undefined,
    ),
  (draft) =>
    session(draft, (one) => {
      const value = draft.likely(40) ? { text: 'app' } : draft.hex(draft.length(32));
      draft.emit('SSL_SESSION_set1_id_context', ref(one), value);
    }),
  (draft) =>
    session(draft, (one) => {
      const name = draft.random.pick([
        { text: 'a.example' },
        { text: 'b.example' },
        { text: '' },
        null,
        { text: 'a'.repeat(255) },
        { text: 'a'.repeat(256) },
      ]);
      draft.emit('SSL_SESSION_set1_hostname', ref(one), name);
    }),
  (draft) =>
    session(
      draft,
      (one) => {
        const version = draft.random.pick([
          'TLS1_2_VERSION',
          'TLS1_2_VERSION',
          'TLS1_3_VERSION',
          'TLS1_1_VERSION',
          'SSL3_VERSION',
          'DTLS1_2_VERSION',
          0,
          -1,
          12345,
          'INT_MAX',
        ]);
        draft.emit('SSL_SESSION_set_protocol_version', ref(one), version);
      },
      (one) => one.bare || draft.likely(15),
    ),
  (draft) =>
    session(
      draft,
      (one) =>
        draft.emit(
          'SSL_SESSION_set1_master_key',
          ref(one),
          draft.hex(draft.random.pick([0, 1, 48, 48, 256, 257, 512, 513])),
        ),
      (one) => one.bare || draft.likely(10),
    ),
  (draft) =>
    session(draft, (one) => {
      draft.emit('SSL_SESSION_set_max_early_data', ref(one), draft.random.pick([0, 1, 16384, 'INT_MAX', 'UINT_MAX']));
    }),
];
