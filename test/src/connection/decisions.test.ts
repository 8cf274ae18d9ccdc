import test from 'ava';
import { type DecisionCode, profileNames, type SslCtx, type SslSession } from '../../../src/index.js';
import { sealTicket } from '../../../src/session/index.js';
import { Bench, type Ends, Mode, noInternal, Op, tls12, tls13 } from '../../_bench.js';

const noExtendedMasterSecret = 0x1;
const noResumptionOnRenegotiation = 0x1_0000;

/** A first connection has left `x`, the client's session; what happens to it before it is offered makes the situation. */
interface Stage {
  readonly b: Bench;
  readonly cc: SslCtx;
  readonly sc: SslCtx;
  readonly x: SslSession;
}

interface Situation {
  /** `psk`: a ticket of TLS 1.3. */
  readonly by: 'id' | 'ticket' | 'psk';
  /** Before the first connection. */
  prepare?(b: Bench, cc: SslCtx, sc: SslCtx): void;
  /** Between the two. @returns the server's context, where it is another one then */
  change?(stage: Stage): SslCtx | undefined;
  /** Instead of offering the session. */
  offersNothing?: true;
  /** After the second handshake. */
  after?(stage: Stage, ends: Ends): void;
  readonly outcome: 'ok' | 'client failed' | 'server failed';
  /** Errors of the side that failed. */
  readonly errors?: readonly string[];
  /** All decisions of the second connection: side, verdict, code, field. */
  readonly decisions: readonly string[];
  readonly statistics?: {
    readonly misses?: number;
    readonly hits?: number;
    readonly timeouts?: number;
    readonly callbackHits?: number;
  };
}

const full = 'client refused server-started-new session_id';
const offeredId = 'client offered offered-id session_id';
const offeredTicket = 'client offered offered-ticket ticket';

const offeredPsk = 'client offered offered-psk ticket';
const fullOf13 = 'client refused server-started-new pre_shared_key';
const noPsk = 'server none nothing-offered pre_shared_key';

const situations: Readonly<Record<DecisionCode, Situation>> = {
  'no-session-set': {
    by: 'id',
    offersNothing: true,
    outcome: 'ok',
    decisions: ['client none no-session-set session', 'server none nothing-offered session_id'],
  },
  'nothing-offered': {
    by: 'ticket',
    offersNothing: true,
    outcome: 'ok',
    decisions: ['client none no-session-set session', 'server none nothing-offered session_id'],
    statistics: { misses: 0 },
  },
  'offered-id': {
    by: 'id',
    outcome: 'ok',
    decisions: [offeredId, 'server accepted resumed-by-id session_id', 'client accepted server-resumed session_id'],
  },
  'resumed-by-id': {
    by: 'id',
    outcome: 'ok',
    decisions: [offeredId, 'server accepted resumed-by-id session_id', 'client accepted server-resumed session_id'],
    statistics: { hits: 1, misses: 0 },
  },
  'server-resumed': {
    by: 'id',
    outcome: 'ok',
    decisions: [offeredId, 'server accepted resumed-by-id session_id', 'client accepted server-resumed session_id'],
    after: ({ b, x }, { c }) => {
      if (b.L.SSL_get_session(c) !== x) throw new Error('the session stays the same object');
    },
  },
  'offered-ticket': {
    by: 'ticket',
    outcome: 'ok',
    decisions: [offeredTicket, 'server accepted resumed-by-ticket ticket', 'client accepted server-resumed session_id'],
  },
  'resumed-by-ticket': {
    by: 'ticket',
    outcome: 'ok',
    decisions: [offeredTicket, 'server accepted resumed-by-ticket ticket', 'client accepted server-resumed session_id'],
    statistics: { hits: 1, misses: 0 },
  },
  'offered-psk': {
    by: 'psk',
    outcome: 'ok',
    decisions: [
      offeredPsk,
      'server accepted resumed-by-psk pre_shared_key',
      'client accepted server-resumed pre_shared_key',
    ],
  },
  'resumed-by-psk': {
    by: 'psk',
    outcome: 'ok',
    decisions: [
      offeredPsk,
      'server accepted resumed-by-psk pre_shared_key',
      'client accepted server-resumed pre_shared_key',
    ],
    statistics: { hits: 1, misses: 0 },
  },
  'ticket-missing': {
    by: 'psk',
    change: ({ x }) => {
      x.ticket = undefined;
      return undefined;
    },
    outcome: 'ok',
    decisions: ['client refused ticket-missing ticket', noPsk, fullOf13],
    statistics: { misses: 0 },
  },
  'ticket-too-old': {
    by: 'psk',
    change: ({ b }) => {
      b.nowMs += 7_202_000;
      return undefined;
    },
    outcome: 'ok',
    decisions: ['client refused ticket-too-old ticket_lifetime_hint', noPsk, fullOf13],
    statistics: { timeouts: 0, misses: 0 },
  },
  'psk-hash-differs': {
    by: 'psk',
    change: ({ b, sc }) => {
      b.L.SSL_CTX_set_ciphersuites(sc, 'TLS_AES_128_GCM_SHA256');
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredPsk, 'server refused psk-hash-differs cipher', fullOf13],
    statistics: { misses: 0 },
  },
  'retry-hash-differs': {
    by: 'psk',
    change: ({ b, sc }) => {
      b.L.SSL_CTX_set_ciphersuites(sc, 'TLS_AES_128_GCM_SHA256');
      b.L.SSL_CTX_set1_groups_list(sc, 'P-256');
      return undefined;
    },
    outcome: 'ok',
    decisions: [
      offeredPsk,
      'server refused psk-hash-differs cipher',
      'client refused retry-hash-differs cipher',
      noPsk,
      fullOf13,
    ],
  },
  'ticket-not-stateful': {
    by: 'psk',
    change: ({ b, sc }) => {
      b.L.SSL_CTX_set_options(sc, Op.noTicket);
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredPsk, 'server refused ticket-not-stateful ticket', fullOf13],
    statistics: { misses: 0 },
  },
  'single-use-not-in-cache': {
    by: 'psk',
    prepare: (b, _cc, sc) => {
      b.L.SSL_CTX_set_max_early_data(sc, 100);
      b.L.SSL_CTX_set_session_cache_mode(sc, Mode.server | noInternal.store);
      const kept: SslSession[] = [];
      b.L.SSL_CTX_sess_set_new_cb(sc, (_ssl, session) => {
        kept.push(session);
        return 1;
      });
      b.L.SSL_CTX_sess_set_get_cb(sc, () => ({ session: kept.at(-1)!, copy: true }));
    },
    outcome: 'ok',
    decisions: [offeredPsk, 'server refused single-use-not-in-cache ticket', fullOf13],
    statistics: { misses: 1, callbackHits: 1 },
  },
  'session-version-not-enabled': {
    by: 'id',
    change: ({ b, x }) => {
      b.L.SSL_SESSION_set_protocol_version(x, 0x0304);
      return undefined;
    },
    outcome: 'ok',
    decisions: ['client refused session-version-not-enabled version', 'server none nothing-offered session_id'],
    statistics: { misses: 0 },
  },
  'session-not-resumable': {
    by: 'id',
    change: ({ b, cc, x }) => {
      b.L.SSL_CTX_remove_session(cc, x);
      return undefined;
    },
    outcome: 'ok',
    decisions: ['client refused session-not-resumable not_resumable', 'server none nothing-offered session_id'],
  },
  'server-started-new': {
    by: 'id',
    change: ({ b, sc }) => {
      b.L.SSL_CTX_flush_sessions(sc, 0);
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredId, 'server refused id-unknown session_id', full],
    after: ({ b, cc, x }) => {
      const { misses } = b.L.SSL_CTX_sess_statistics(cc);
      if (misses !== 1 || b.res(x) !== 1) throw new Error('the client misses, and may offer it again');
    },
  },
  'id-unknown': {
    by: 'id',
    change: ({ b }) => b.serverCtx('id'),
    outcome: 'ok',
    decisions: [offeredId, 'server refused id-unknown session_id', full],
    statistics: { misses: 1 },
  },
  'client-context-differs': {
    by: 'id',
    change: ({ b, cc }) => {
      b.L.SSL_CTX_set_session_id_context(cc, Buffer.from('late'));
      return undefined;
    },
    outcome: 'client failed',
    errors: ['attempt to reuse session in different context'],
    decisions: [offeredId, 'server accepted resumed-by-id session_id', 'client refused client-context-differs sid_ctx'],
    statistics: { hits: 1 },
  },
  'callback-had-none': {
    by: 'id',
    change: ({ b, sc }) => {
      b.L.SSL_CTX_flush_sessions(sc, 0);
      b.L.SSL_CTX_sess_set_get_cb(sc, () => null);
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredId, 'server refused callback-had-none session_id', full],
    statistics: { misses: 1, callbackHits: 0 },
  },
  'callback-session-not-resumable': {
    by: 'id',
    prepare: (b, _cc, sc) => {
      b.L.SSL_CTX_set_session_cache_mode(sc, Mode.server | noInternal.store);
      const kept: SslSession[] = [];
      b.L.SSL_CTX_sess_set_new_cb(sc, (_ssl, session) => {
        kept.push(session);
        return 1;
      });
      b.L.SSL_CTX_sess_set_get_cb(sc, () => {
        b.L.SSL_CTX_remove_session(sc, kept[0]!);
        return { session: kept[0]!, copy: true };
      });
    },
    outcome: 'ok',
    decisions: [offeredId, 'server refused callback-session-not-resumable not_resumable', full],
    statistics: { misses: 1, callbackHits: 0 },
  },
  'ticket-too-short': {
    by: 'ticket',
    change: ({ x }) => {
      x.ticket = x.ticket!.subarray(0, 40);
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredTicket, 'server refused ticket-too-short ticket', full],
    statistics: { misses: 0 },
  },
  'ticket-unknown-key': {
    by: 'ticket',
    change: ({ b }) => b.serverCtx('ticket'),
    outcome: 'ok',
    decisions: [offeredTicket, 'server refused ticket-unknown-key ticket', full],
    statistics: { misses: 0 },
  },
  'ticket-ignored': {
    by: 'ticket',
    change: ({ b, sc }) => {
      b.L.SSL_CTX_set_session_ticket_cb(sc, null, () => 2); // SSL_TICKET_RETURN_IGNORE_RENEW
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredTicket, 'server refused ticket-ignored ticket', full],
    statistics: { misses: 0 },
  },
  'ticket-bad-mac': {
    by: 'ticket',
    change: ({ x }) => {
      x.ticket = x.ticket!.map((byte, at) => (at === x.ticket!.length - 1 ? byte ^ 1 : byte));
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredTicket, 'server refused ticket-bad-mac ticket', full],
  },
  'ticket-bad-content': {
    by: 'ticket',
    change: ({ b, sc, x }) => {
      const { name, hmacKey, aesKey } = b.L.SSL_CTX_get_tlsext_ticket_keys(sc);
      const { crypto } = x.library.environment;
      const iv = new Uint8Array(16);
      const body = Buffer.concat([name, iv, crypto.cbcEncrypt(aesKey, iv, Buffer.from('no session'.repeat(9)))]);
      x.ticket = Buffer.concat([body, crypto.hmac('sha256', hmacKey, body)]);
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredTicket, 'server refused ticket-bad-content ticket', full],
  },
  'version-differs': {
    by: 'ticket',
    change: ({ b, sc, x }) => {
      const older = b.L.SSL_SESSION_dup(x)!;
      older.version = 0x0302;
      older.ticket = undefined;
      x.ticket = sealTicket(b.L.SSL_CTX_get_tlsext_ticket_keys(sc), older, 'test/iv');
      b.L.SSL_SESSION_free(older);
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredTicket, 'server refused version-differs version', full],
  },
  'id-context-differs': {
    by: 'id',
    prepare: (b, _cc, sc) => {
      b.L.SSL_CTX_set_session_id_context(sc, Uint8Array.of(0xaa));
    },
    change: ({ b, sc }) => {
      b.L.SSL_CTX_set_session_id_context(sc, Uint8Array.of(0xbb));
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredId, 'server refused id-context-differs sid_ctx', full],
    statistics: { misses: 0 },
  },
  'id-context-uninitialized': {
    by: 'id',
    change: ({ b, sc }) => {
      b.L.SSL_CTX_set_verify(sc, 1);
      return undefined;
    },
    outcome: 'server failed',
    errors: ['session id context uninitialized'],
    decisions: [offeredId, 'server refused id-context-uninitialized sid_ctx'],
  },
  expired: {
    by: 'id',
    change: ({ b }) => {
      b.nowMs += 7_201_000;
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredId, 'server refused expired timeout', full],
    statistics: { timeouts: 1, misses: 0 },
  },
  'extended-master-secret-missing': {
    by: 'id',
    change: ({ b, cc }) => {
      b.L.SSL_CTX_set_options(cc, noExtendedMasterSecret);
      return undefined;
    },
    outcome: 'server failed',
    errors: ['inconsistent extms'],
    decisions: [offeredId, 'server refused extended-master-secret-missing extended_master_secret'],
  },
  'extended-master-secret-added': {
    by: 'id',
    prepare: (b, cc) => {
      b.L.SSL_CTX_set_options(cc, noExtendedMasterSecret);
    },
    change: ({ b, cc }) => {
      b.L.SSL_CTX_clear_options(cc, noExtendedMasterSecret);
      return undefined;
    },
    outcome: 'ok',
    decisions: [offeredId, 'server refused extended-master-secret-added extended_master_secret', full],
  },
  'cipher-not-offered': {
    by: 'id',
    change: ({ b, cc }) => {
      b.L.SSL_CTX_set_cipher_suites(cc, [0xc02b]);
      return undefined;
    },
    outcome: 'server failed',
    errors: ['required cipher missing'],
    decisions: [offeredId, 'server accepted resumed-by-id session_id', 'server refused cipher-not-offered cipher'],
    statistics: { hits: 1 },
    after: ({ b, sc }) => {
      if (b.n(sc) !== 0) throw new Error('the session is the connection’s by then, and leaves the cache');
    },
  },
  'no-resumption-on-renegotiation': {
    by: 'id',
    outcome: 'ok',
    decisions: [
      offeredId,
      'server accepted resumed-by-id session_id',
      'client accepted server-resumed session_id',
      offeredId,
      'server none no-resumption-on-renegotiation options',
      full,
    ],
    after: ({ b }, { c, s }) => {
      b.L.SSL_set_options(s, noResumptionOnRenegotiation);
      b.L.SSL_renegotiate(s);
      b.L.SSL_do_handshake(s);
      for (let round = 0; round < 4; round += 1) for (const ssl of [c, s]) b.read(ssl);
      if (b.L.SSL_session_reused(s) !== 0) throw new Error('the second handshake is a full one');
    },
  },
};

for (const [code, situation] of Object.entries(situations)) {
  test(`the decision ${code} comes in its situation, between those that belong to it`, (t) => {
    for (const profile of profileNames) {
      if (profile === '1.1.1' && code.startsWith('extended')) continue; // without SSL_OP_NO_EXTENDED_MASTER_SECRET
      if (profile === '1.1.1' && code === 'callback-session-not-resumable') continue; // used there, row R50
      const b = new Bench(profile);
      const version = situation.by === 'psk' ? tls13 : tls12;
      const by = situation.by === 'psk' ? 'ticket' : situation.by;
      const [cc, first] = [b.ctx({ mode: Mode.client, version }), b.serverCtx(by, { version })];
      situation.prepare?.(b, cc, first);
      const x = b.established(cc, first);
      const sc = situation.change?.({ b, cc, sc: first, x }) ?? first;
      const before = { ...b.L.SSL_CTX_sess_statistics(sc) };
      b.events.length = 0;
      const ends = b.pair(cc, sc, situation.offersNothing ? undefined : x);
      t.is(b.shake(ends), situation.outcome, profile);
      t.deepEqual(b.L.takeErrors(), [...(situation.errors ?? [])], profile);
      situation.after?.({ b, cc, sc, x }, ends);
      const decisions = b.events.flatMap((event) =>
        event.kind === 'decision' ? [`${event.side} ${event.verdict} ${event.code} ${event.field}`] : [],
      );
      t.deepEqual(decisions, [...situation.decisions], profile);
      t.true(decisions.some((decision) => decision.split(' ')[2] === code));
      if (situation.after === undefined && situation.outcome === 'ok') {
        const resumed = decisions.some((decision) => decision.startsWith('client accepted')) ? 1 : 0;
        t.is(b.L.SSL_session_reused(ends.c), resumed, profile);
      }
      const now = b.L.SSL_CTX_sess_statistics(sc);
      for (const [name, count] of Object.entries(situation.statistics ?? {})) {
        const key = name as keyof typeof before;
        t.is(now[key] - before[key], count, `${profile} ${name}`);
      }
    }
  });
}

test('R50 R51: 1.1.1 takes a session that may not be resumed from the callback, and the handshake breaks on the client', (t) => {
  const b = new Bench('1.1.1');
  const [cc, sc] = [b.ctx(), b.serverCtx('id', { mode: Mode.server | noInternal.store })];
  const kept: SslSession[] = [];
  b.L.SSL_CTX_sess_set_new_cb(sc, (_ssl, session) => {
    kept.push(session);
    return 1;
  });
  b.L.SSL_CTX_sess_set_get_cb(sc, () => ({ session: kept[0]!, copy: true }));
  const x = b.established(cc, sc);
  b.L.SSL_CTX_remove_session(sc, kept[0]!);
  const ends = b.pair(cc, sc, x);
  t.is(b.shake(ends), 'client failed');
  t.deepEqual([b.L.SSL_session_reused(ends.c), b.L.SSL_CTX_sess_statistics(sc).hits], [0, 1]);
});

test('a decision names the session that it is about', (t) => {
  const b = new Bench('3.5');
  const [cc, sc] = [b.ctx(), b.serverCtx('id')];
  const x = b.established(cc, sc);
  const y = [...sc.cache.listed()][0]!;
  b.events.length = 0;
  b.connect(cc, sc, x);
  t.deepEqual(
    b.events.flatMap((event) => (event.kind === 'decision' ? [event.session] : [])),
    [x.id, y.id, x.id],
  );
});
