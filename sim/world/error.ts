/** A run that cannot be made, or cannot go on: nobody's broken promise, but no verdict either. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  readonly code: 'STACK_UNABLE' | 'PLAN_UNRUNNABLE';

  constructor(code: 'STACK_UNABLE' | 'PLAN_UNRUNNABLE', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
