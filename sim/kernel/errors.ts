/** What can go wrong in the kernel, each by a code: used wrongly, or a named limit met. */

export type KernelErrorCode =
  | 'SEED_INVALID'
  | 'DELAY_INVALID'
  | 'TIME_PAST_END'
  | 'PENDING_EVENTS_MAX'
  | 'EVENTS_MAX'
  | 'STREAMS_MAX'
  | 'CHOICES_INVALID';

/** A kernel used wrongly, or one of its limits met. `code` says which; the message says what came and what would do. */
export class KernelError extends Error {
  readonly code: KernelErrorCode;
  constructor(code: KernelErrorCode, message: string) {
    super(message);
    this.name = 'KernelError';
    this.code = code;
  }
}
