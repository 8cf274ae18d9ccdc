/** The verbs that say which certificates an end takes: API programs have no calls for it. */
import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';

/** The test certificate is an authority for that context. */
export function trust(process: Process, name: string): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  process.stack.trustTestCertificate(ctx);
  return ok;
}

/** The peer's certificate must be for that host. */
export function expectHost(process: Process, name: string, host: string): Ended {
  const ssl = process.connection(name);
  if (typeof ssl !== 'number') return ssl;
  process.stack.expectHost(ssl, host);
  return ok;
}
