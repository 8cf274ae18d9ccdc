/** The handshakes that tests bring to every state: what each needs of both contexts, and of a session from before. */
import { type Credential, type SslCtx, testCredentials } from '../src/index.js';
import { type Bench, tls12, tls13 } from './_bench.js';

export type Role = 'client' | 'server';

const verifyPeer = 1;
const verifyPeerLater = 1 | 8; // SSL_VERIFY_POST_HANDSHAKE
const earlyDataMax = 1_000;
/** SSL_OP_…: as SSL_CTX_set_options(3) names them. */
const Op = { allowNoKeyExchange: 0x400, noAntiReplay: 0x0100_0000 } as const;

interface Shape {
  /** How the server resumes. */
  readonly by: 'id' | 'ticket';
  readonly resumes?: true;
  /** The server gives a new ticket for each it takes. */
  readonly renews?: true;
  /** The server asks for a certificate; `empty`: the client has none; `later`: it asks after the handshake (RFC 8446 §4.6.2). */
  readonly certificate?: 'sent' | 'empty' | 'later';
  /** TLS 1.3: what comes of the key shares. `retried`: by HelloRetryRequest; `none`: no group in common, so the PSK alone has to do. */
  readonly shares?: 'retried' | 'none';
  /** TLS 1.3: the client sends early data, and the server takes them or has to pass over them. */
  readonly early?: 'taken' | 'passed over';
  /** TLS 1.3: both update their keys after the handshake, and ask the other to. */
  readonly updates?: true;
}

/** The handshakes there are in TLS 1.2 here. */
const shapes: Readonly<Record<Flow12, Shape>> = {
  full: { by: 'id' },
  'full with ticket': { by: 'ticket' },
  'client certificate': { by: 'id', certificate: 'sent' },
  'empty certificate': { by: 'id', certificate: 'empty' },
  resumed: { by: 'id', resumes: true },
  renewed: { by: 'ticket', resumes: true, renews: true },
};
/** And in TLS 1.3. */
const shapes13: Readonly<Record<Flow13, Shape>> = {
  '1.3 full': { by: 'ticket' },
  '1.3 stateful': { by: 'id' },
  '1.3 retried': { by: 'ticket', shares: 'retried' },
  '1.3 client certificate': { by: 'ticket', certificate: 'sent' },
  '1.3 empty certificate': { by: 'ticket', certificate: 'empty' },
  '1.3 late certificate': { by: 'ticket', certificate: 'later' },
  '1.3 resumed': { by: 'ticket', resumes: true },
  '1.3 resumed and retried': { by: 'ticket', resumes: true, shares: 'retried' },
  '1.3 key alone': { by: 'ticket', resumes: true, shares: 'none' },
  '1.3 early data': { by: 'ticket', resumes: true, early: 'taken' },
  '1.3 early data passed over': { by: 'ticket', resumes: true, early: 'passed over' },
  '1.3 key updates': { by: 'ticket', updates: true },
};

export type Flow12 = 'full' | 'full with ticket' | 'client certificate' | 'empty certificate' | 'resumed' | 'renewed';
export type Flow13 =
  | '1.3 full'
  | '1.3 stateful'
  | '1.3 retried'
  | '1.3 client certificate'
  | '1.3 empty certificate'
  | '1.3 late certificate'
  | '1.3 resumed'
  | '1.3 resumed and retried'
  | '1.3 key alone'
  | '1.3 early data'
  | '1.3 early data passed over'
  | '1.3 key updates';
export type Flow = Flow12 | Flow13;
// the records' own types name them
export const flows: readonly Flow12[] = Object.keys(shapes) as Flow12[];
export const flows13: readonly Flow13[] = Object.keys(shapes13) as Flow13[];

export function isTls13(flow: Flow): flow is Flow13 {
  return Object.hasOwn(shapes13, flow);
}

export function shapeOf(flow: Flow): Shape {
  return isTls13(flow) ? shapes13[flow] : shapes[flow];
}

function versionOf(flow: Flow): number {
  return isTls13(flow) ? tls13 : tls12;
}

export interface ContextMade {
  /** A session from before is there, so that groups need not meet. */
  readonly hasMemory?: boolean;
  /** What servers show, and clients that are asked. */
  readonly credential?: Credential;
}

export function clientContext(b: Bench, flow: Flow, made: ContextMade = {}): SslCtx {
  const { L } = b;
  const { hasMemory = false, credential = testCredentials['ec-p256'] } = made;
  const { certificate, shares } = shapeOf(flow);
  const ctx = b.ctx({ version: versionOf(flow) });
  if (certificate === 'sent' || certificate === 'later') L.SSL_CTX_use_credential(ctx, credential);
  if (certificate === 'later') L.SSL_CTX_set_post_handshake_auth(ctx, 1);
  if (shares === 'retried') L.SSL_CTX_set1_groups_list(ctx, 'P-256:X25519');
  if (shares === 'none') L.SSL_CTX_set_options(ctx, Op.allowNoKeyExchange);
  if (shares === 'none' && hasMemory) L.SSL_CTX_set1_groups_list(ctx, 'P-256');
  return ctx;
}

export function serverContext(b: Bench, flow: Flow, made: ContextMade = {}): SslCtx {
  const { L } = b;
  const { hasMemory = false, credential = testCredentials['ec-p256'] } = made;
  const shape = shapeOf(flow);
  const ctx = b.serverCtx(shape.by, { version: versionOf(flow) });
  L.SSL_CTX_use_credential(ctx, credential);
  L.SSL_CTX_set_session_id_context(ctx, Buffer.from('middle'));
  if (shape.certificate !== undefined) {
    L.SSL_CTX_set_verify(ctx, shape.certificate === 'later' ? verifyPeerLater : verifyPeer);
    L.SSL_CTX_trust(ctx, credential.chain);
  }
  if (shape.shares === 'retried') L.SSL_CTX_set1_groups_list(ctx, 'X25519');
  if (shape.shares === 'none') L.SSL_CTX_set_options(ctx, Op.allowNoKeyExchange);
  if (shape.shares === 'none' && hasMemory) L.SSL_CTX_set1_groups_list(ctx, 'X25519');
  if (shape.early !== undefined) {
    L.SSL_CTX_set_options(ctx, Op.noAntiReplay); // so that the ticket is all that a server needs
    if (shape.early === 'taken' || !hasMemory) L.SSL_CTX_set_max_early_data(ctx, earlyDataMax);
  }
  return ctx;
}

/** From here on the server gives a new ticket for each it takes, where the flow wants it. */
export function renewTickets(b: Bench, flow: Flow, ctx: SslCtx): void {
  if (shapeOf(flow).renews === undefined) return;
  const keys = b.L.SSL_CTX_get_tlsext_ticket_keys(ctx);
  b.L.SSL_CTX_set_tlsext_ticket_key_cb(ctx, () => ({ keys, renew: true }));
}
