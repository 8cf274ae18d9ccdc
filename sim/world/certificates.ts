/** The verbs that say which certificates an end takes: API programs have no calls for it. */
import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

/** Test certificates are authorities for that context: the one that every end shows, unless others are told. */
export function trust(process: Process, name: string, { keys = ['ec-p256'] }: VerbOptions['trust']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  process.stack.trustTestCertificates(ctx, keys);
  return ok;
}

/** From here on the context shows the test certificate with that key. */
export function useCredential(process: Process, name: string, { key }: VerbOptions['credential']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  process.stack.useCredential(ctx, key);
  process.oversight.commitments.shows(ctx, key);
  return ok;
}

/** The peer's certificate must be for that host. */
export function expectHost(process: Process, name: string, host: string): Ended {
  const ssl = process.connection(name);
  if (typeof ssl !== 'number') return ssl;
  process.stack.expectHost(ssl, host);
  process.oversight.commitments.expectsHost(ssl, host);
  return ok;
}
