/** Early data of a context, and what became of a connection's. */
import type { ObjectId } from '../stacks/index.js';
import { type Ended, ok } from './activity.js';
import type { Process } from './process.js';
import type { VerbOptions } from './verbs.js';

const noAntiReplay = 0x0100_0000; // SSL_OP_NO_ANTI_REPLAY

/** SSL_EARLY_DATA_…, in their order. */
const statusWords = ['not sent', 'rejected', 'accepted'] as const;
export type EarlyDataStatus = (typeof statusWords)[number];

export function allowEarlyData(process: Process, name: string, options: VerbOptions['early_data']): Ended {
  const ctx = process.context(name);
  if (typeof ctx !== 'number') return ctx;
  const { max, receivedMax, antiReplay } = options;
  process.perform('SSL_CTX_set_max_early_data', ctx, max);
  if (receivedMax !== undefined) process.perform('SSL_CTX_set_recv_max_early_data', ctx, receivedMax);
  process.perform(antiReplay ? 'SSL_CTX_clear_options' : 'SSL_CTX_set_options', ctx, noAntiReplay);
  return ok;
}

/** SSL_get_early_data_status, in words. */
export function earlyDataStatus(process: Process, ssl: ObjectId): EarlyDataStatus {
  const status = process.perform('SSL_get_early_data_status', ssl).ret;
  return statusWords[Number(status)] ?? 'not sent';
}
