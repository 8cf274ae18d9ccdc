import { NetworkError } from '../network/index.js';
import type { Ended } from './activity.js';

/** What the network gives, or the error's POSIX name as the outcome of the step. */
export function refused<T>(ask: () => T): T | Ended {
  try {
    return ask();
  } catch (cause) {
    if (cause instanceof NetworkError) return { outcome: cause.code };
    throw cause;
  }
}
