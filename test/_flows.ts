/** The handshakes that tests bring to every state: what each needs of both contexts, and of a session from before. */
import { type SslCtx, testCredentials } from '../src/index.js';
import type { Bench } from './_bench.js';

export type Role = 'client' | 'server';

interface Shape {
  /** How the server resumes. */
  readonly by: 'id' | 'ticket';
  readonly resumes?: true;
  /** The server gives a new ticket for each it takes. */
  readonly renews?: true;
  /** The server asks for a certificate; `empty`: the client has none. */
  readonly certificate?: 'sent' | 'empty';
}

/** The handshakes there are in TLS 1.2 here. */
const shapes: Readonly<Record<Flow, Shape>> = {
  full: { by: 'id' },
  'full with ticket': { by: 'ticket' },
  'client certificate': { by: 'id', certificate: 'sent' },
  'empty certificate': { by: 'id', certificate: 'empty' },
  resumed: { by: 'id', resumes: true },
  renewed: { by: 'ticket', resumes: true, renews: true },
};
export type Flow = 'full' | 'full with ticket' | 'client certificate' | 'empty certificate' | 'resumed' | 'renewed';
export const flows: readonly Flow[] = Object.keys(shapes) as Flow[]; // the record's own type names them

export function shapeOf(flow: Flow): Shape {
  return shapes[flow];
}

export function clientContext(b: Bench, flow: Flow): SslCtx {
  const ctx = b.ctx();
  if (shapeOf(flow).certificate === 'sent') b.L.SSL_CTX_use_credential(ctx, testCredentials['ec-p256']);
  return ctx;
}

export function serverContext(b: Bench, flow: Flow): SslCtx {
  const { L } = b;
  const shape = shapeOf(flow);
  const ctx = b.serverCtx(shape.by);
  L.SSL_CTX_set_session_id_context(ctx, Buffer.from('middle'));
  if (shape.certificate !== undefined) {
    L.SSL_CTX_set_verify(ctx, 1);
    L.SSL_CTX_trust(ctx, testCredentials['ec-p256'].chain);
  }
  return ctx;
}

/** From here on the server gives a new ticket for each it takes, where the flow wants it. */
export function renewTickets(b: Bench, flow: Flow, ctx: SslCtx): void {
  if (shapeOf(flow).renews === undefined) return;
  const keys = b.L.SSL_CTX_get_tlsext_ticket_keys(ctx);
  b.L.SSL_CTX_set_tlsext_ticket_key_cb(ctx, () => ({ keys, renew: true }));
}
