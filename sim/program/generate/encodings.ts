/** What programs do with sessions as bytes: write them, read them back, and read bytes that nobody wrote. */
import { handshake, join, newConnection, setSession } from './connections.js';
import { type Move, newContext } from './contexts.js';
import type { ContextDraft, Draft, DraftArgument, SessionDraft } from './draft.js';
import { ref } from './draft.js';
import { damaged, drawFields, encoded, type Fields, hexOf, shuffledFields } from './encoded.js';

/** What is there to see of a session that came from bytes. */
const views: readonly string[] = [
  'SSL_SESSION_get_id',
  'SSL_SESSION_get0_id_context',
  'SSL_SESSION_get_timeout',
  'SSL_SESSION_get_ticket_lifetime_hint',
  'SSL_SESSION_get0_hostname',
  'SSL_SESSION_get_protocol_version',
  'SSL_SESSION_get_max_early_data',
];

function write(draft: Draft, one: SessionDraft | null): string {
  const name = draft.fresh('der');
  draft.bind(name, 'i2d_SSL_SESSION', one === null ? null : ref(one));
  draft.bytes.push(name);
  return name;
}

/** Names the session of these bytes: NULL where they are none. */
function read(draft: Draft, bytes: DraftArgument): SessionDraft {
  const name = draft.fresh('x');
  draft.bind(name, 'd2i_SSL_SESSION', bytes);
  const made: SessionDraft = { name, refs: 1, home: undefined, bare: true };
  draft.sessions.push(made);
  return made;
}

/** Bytes that may be a session. */
function drawBytes(draft: Draft): number[] {
  const fields = drawFields(draft, draft.random.pick([0, 5, 15, 40]));
  const way = draft.random.int(10);
  if (way < 3) return encoded(fields);
  if (way < 4) return encoded(shuffledFields(draft, fields));
  return damaged(draft, encoded(fields));
}

function readUnwritten(draft: Draft): boolean {
  // A time that damage makes could tie with another session's.
  if (draft.limits.smallCaches) return false;
  draft.oddTimes = true;
  for (let times = 1 + draft.random.int(4); times > 0; times--) {
    const one = read(draft, hexOf(drawBytes(draft)));
    for (const view of views) if (draft.likely(40)) draft.emit(view, ref(one));
    if (draft.likely(30)) write(draft, one);
  }
  return true;
}

/** A session of which the client has one encoding and the server's cache another: both resume, or see that they differ. */
function offerUnwritten(draft: Draft): boolean {
  if (draft.limits.smallCaches) return false;
  draft.oddTimes = true;
  const server = draft.pick(draft.liveContexts('server')) ?? newContext(draft, 'server');
  const client = draft.pick(draft.liveContexts('client')) ?? newContext(draft, 'client');
  const fields = drawFields(draft, draft.random.pick([0, 0, 5, 15]));
  const other: Fields = draft.likely(40) ? shuffledFields(draft, fields) : fields;
  const [offered, kept] = draft.likely(50) ? [fields, other] : [other, fields];
  if (draft.likely(70)) draft.emit('SSL_CTX_set_session_id_context', ref(server), { text: 'app' });
  keep(draft, server, read(draft, hexOf(encoded(kept))));
  const pair = join(draft, {
    client: newConnection(draft, 'client', client),
    server: newConnection(draft, 'server', server),
  });
  setSession(draft, pair.client, read(draft, hexOf(encoded(offered))));
  handshake(draft, pair);
  for (const ssl of [pair.client, pair.server]) if (draft.likely(50)) draft.emit('SSL_session_reused', ref(ssl));
  if (draft.likely(50)) draft.emit('sim_exchange', ref(pair.client), ref(pair.server));
  return true;
}

function keep(draft: Draft, ctx: ContextDraft, session: SessionDraft): void {
  draft.emit('SSL_CTX_add_session', ref(ctx), ref(session));
  session.home = ctx;
}

export const encodingMoves: readonly Move[] = [
  (draft) => {
    const one = draft.pick(draft.liveSessions());
    if (one === undefined) return false;
    write(draft, draft.likely(4) ? null : one);
    return true;
  },
  (draft) => {
    const bytes = draft.pick(draft.bytes);
    if (bytes === undefined && !draft.likely(20)) return false;
    if (bytes !== undefined && !draft.likely(10)) {
      read(draft, `$${bytes}`);
      return true;
    }
    const broken = draft.random.pick([{ hex: '' }, { hex: '30' }, { hex: '3003020101' }, { text: 'nonsense' }]);
    draft.bind(draft.fresh('x'), 'd2i_SSL_SESSION', broken);
    return true;
  },
  (draft) => {
    const one = draft.pick(draft.liveSessions((known) => !known.bare));
    if (one === undefined) return false;
    read(draft, `$${write(draft, one)}`);
    return true;
  },
  readUnwritten,
  readUnwritten,
];

export const unwrittenMoves: readonly Move[] = [offerUnwritten];
