/** What becomes of bytes under way: transports that are full, that bring a few bytes at a time, that fail, and bytes from nowhere. */
import { handshake, newPair, type Pair, pairs, sessionToOffer, setSession, usable } from './connections.js';
import type { Move } from './contexts.js';
import type { ConnectionDraft, Draft, DraftArgument } from './draft.js';
import { ref } from './draft.js';

const capacities: readonly number[] = [0, 0, 1, 5, 6, 31, 100, 1_000, 4_096, 16_000, 20_000];
const deliveries: readonly number[] = [0, 1, 3, 4, 5, 6, 9, 80, 130, 250, 1_000, 16_406, 2 ** 31 - 1];

/** Whole records: close_notify, fatal alerts, a warning, an empty handshake record, application data, and what is no record. */
const injected: readonly string[] = [
  '15030300020100',
  '15030300020100',
  '15030300020228',
  '1503030002010a',
  '15030300020164',
  '1603030000',
  '160303000400000000',
  '170303000541',
  '14030300010114',
  '474554202f20485454502f312e300d0a0d0a',
  '00',
  '1503',
];

function io(draft: Draft, ssl: ConnectionDraft): void {
  const { random } = draft;
  const call = random.pick([
    'SSL_read',
    'SSL_write',
    'SSL_do_handshake',
    'SSL_shutdown',
    'SSL_read',
    'SSL_write',
  ] as const);
  const args: Readonly<Record<typeof call, readonly DraftArgument[]>> = {
    SSL_read: [random.pick([1, 5, 16_384])],
    SSL_write: [random.pick([{ text: 'hello' }, { hex: '6a'.repeat(100) }, { hex: '6a'.repeat(17_000) }])],
    SSL_do_handshake: [],
    SSL_shutdown: [],
  };
  draft.emit(call, ref(ssl), ...args[call]);
}

function both(draft: Draft, { client, server }: Pair, times: number): void {
  for (let turn = 0; turn < times; turn++) io(draft, draft.random.pick([client, server]));
}

/** A pair whose ClientHello is about as long on either stack: the model lists none of the suites and groups that it does not speak. */
function measuredPair(draft: Draft): Pair {
  for (const ctx of draft.liveContexts()) draft.emit('SSL_CTX_set1_groups_list', ref(ctx), { text: 'X25519:P-256' });
  const pair = newPair(draft);
  draft.emit('SSL_set_cipher_list', ref(pair.client), { text: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
  return pair;
}

export const underWayMoves: readonly Move[] = [
  (draft) => {
    // A handshake through a narrow or a slow transport, until it is wide and fast again.
    const pair = measuredPair(draft);
    if (draft.likely(40)) setSession(draft, pair.client, sessionToOffer(draft));
    const [one, other] = draft.random.shuffled([pair.client, pair.server]);
    const isNarrow = draft.likely(50);
    if (one === undefined || other === undefined) return false;
    if (isNarrow) draft.emit('sim_capacity', ref(one), draft.random.pick(capacities));
    else draft.emit('sim_deliver', ref(one), draft.random.pick(deliveries));
    draft.emit('sim_handshake', ref(pair.client), ref(pair.server));
    for (let times = draft.random.int(3); times > 0; times--) {
      if (isNarrow) draft.emit('sim_capacity', ref(one), draft.random.pick(capacities));
      else draft.emit('sim_deliver', ref(one), draft.random.pick(deliveries));
      draft.emit('SSL_do_handshake', ref(draft.random.pick([one, other])));
    }
    if (isNarrow) draft.emit('sim_capacity', ref(one), 1_000_000);
    else draft.emit('sim_deliver', ref(one), 1_000_000);
    handshake(draft, pair);
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open']));
    if (pair === undefined) return false;
    const ssl = draft.random.pick([pair.client, pair.server]);
    draft.emit('sim_capacity', ref(ssl), draft.random.pick(capacities));
    io(draft, ssl);
    both(draft, pair, draft.random.int(4));
    if (draft.likely(70)) draft.emit('sim_capacity', ref(ssl), draft.random.pick([...capacities, 1_000_000]));
    both(draft, pair, draft.random.int(3));
    if (draft.likely(30)) draft.emit('sim_close', ref(pair.client), ref(pair.server));
    return true;
  },
  (draft) => {
    const pair = draft.pick(pairs(draft, ['open', 'handshake']));
    if (pair === undefined) return false;
    const ssl = draft.random.pick([pair.client, pair.server]);
    draft.emit('sim_deliver', ref(ssl), draft.random.pick(deliveries));
    both(draft, pair, 1 + draft.random.int(4));
    draft.emit('sim_deliver', ref(ssl), draft.random.pick(deliveries));
    both(draft, pair, draft.random.int(3));
    if (draft.likely(60)) draft.emit('sim_deliver', ref(ssl), 1_000_000);
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'handshake', 'before']);
    if (ssl === undefined) return false;
    draft.emit('sim_inject', ref(ssl), { hex: draft.random.pick(injected) });
    if (draft.likely(80)) draft.emit(draft.random.pick(['SSL_do_handshake', 'SSL_read']), ref(ssl));
    return true;
  },
  (draft) => {
    const ssl = usable(draft, ['open', 'handshake', 'open', 'ended', 'before']);
    if (ssl === undefined) return false;
    draft.emit('sim_break', ref(ssl));
    io(draft, ssl);
    const { peer } = ssl;
    if (peer !== undefined && peer.refs > 0 && !peer.changed && draft.likely(60)) io(draft, peer);
    return true;
  },
];
